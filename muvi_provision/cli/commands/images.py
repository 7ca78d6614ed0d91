"""``muvi images``: what the services run; copied from another registry, or built from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.options import COMMON, Commands
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from muvi_provision.cli.image_list import Seen
    from muvi_provision.day3_compute.building import Built
    from muvi_provision.day3_compute.copying import CopyPlan, Todo

app = typer.Typer(cls=Commands, rich_markup_mode=None, help="The images services run: listed, copied, built.")
Repositories = Annotated[
    list[str] | None, typer.Argument(metavar="[REPOSITORY]...", help="Only these; without one, all of them.")
]
AT_A_TIME = 6


@app.command("list", epilog=COMMON)
def list_(ctx: typer.Context) -> None:
    """Each repository: the wanted tag, the image it stands for, and which services run it."""
    from muvi_provision.cli.image_list import listed

    call = invocation(ctx)
    with opened(call) as session:
        seen = listed(session)
        session.count()
        _show(session, seen)


@app.command(epilog=COMMON)
def copy(
    ctx: typer.Context,
    repositories: Repositories = None,
    account: Annotated[str, typer.Option("--from-account", metavar="ID", help="Whose registry, twelve digits.")] = "",
    region: Annotated[str, typer.Option("--from-region", metavar="REGION", help="Where that registry is.")] = "",
    prefix: Annotated[
        str | None, typer.Option("--from-prefix", metavar="TEXT", help="What stands before the names there.")
    ] = None,
    tag: Annotated[str, typer.Option("--from-tag", metavar="TAG", help="The tag there.")] = "",
    source_profile: Annotated[
        str, typer.Option("--source-profile", metavar="NAME", help="AWS profile to read that registry with.")
    ] = "",
    parallel: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="Layers at a time.")] = AT_A_TIME,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be copied, and end.")] = False,
) -> int:
    """Copy images from another account or region, for all processors, without Docker. Run it again to go on."""
    from muvi_provision.cli.image_sources import Given, copies
    from muvi_provision.day3_compute.copying import planned

    call, given = invocation(ctx), Given(account, region, prefix, tag, source_profile)
    with opened(call, writes=not dry_run) as session:
        wanted = copies(session, given, repositories or [])
        call.say(f"from {wanted[0].source.registry or session.identity.account} in {wanted[0].source.aws.region}")
        plan = planned(wanted)
        if dry_run:
            return _planned(session, plan)
        return _copied(session, plan, parallel)


@app.command(epilog=COMMON)
def build(
    ctx: typer.Context,
    repositories: Repositories = None,
    context: Annotated[
        list[str] | None,
        typer.Option(
            "--context",
            metavar="[NAME=]FOLDER",
            help="The folder with a repository's Dockerfile; without NAME the folder these are in, each by its name.",
        ),
    ] = None,
) -> None:
    """Build images with Docker on this machine, for Fargate's x86 processors, and push them."""
    from muvi_provision.cli.image_sources import folders, repositories_of
    from muvi_provision.day3_compute.building import Docker

    call = invocation(ctx)
    docker = Docker.found(call.environ)
    with opened(call, writes=True) as session:
        names = repositories_of(session, repositories or [])
        places = folders(context or [], names)
        _tell_built(session, _built(session, docker, places))


def _built(session: Session, docker: Any, places: dict[str, Path]) -> list[Built]:
    from muvi_provision.cli.image_sources import targets
    from muvi_provision.day3_compute.building import build_all

    wanted = [(target, owner, places[owner.partition("/")[2]]) for target, owner in targets(session, list(places))]
    return build_all(docker, wanted, session.call.say)


def _tell_built(session: Session, built: list[Built]) -> None:
    call = session.call
    session.count()
    if call.options.json:
        told = [{"repository": one.repository, "tag": one.tag, "digest": one.digest} for one in built]
        return call.document({"built": told}, next=("muvi run day3",))
    for one in built:
        call.show(f"{one.repository}:{one.tag} is {one.digest}")
    return call.advise("muvi run day3")


def _planned(session: Session, plan: CopyPlan) -> int:
    """What would be copied; the code of what cannot be."""
    from muvi_provision.cli.errors import error_part

    call = session.call
    session.count()
    again = " ".join(word for word in call.command_line.split() if word != "--dry-run")
    lacking = any(not todo.is_there for todo in plan.todos)
    advice = () if plan.errors else (again if lacking else "muvi run day3",)
    if call.options.json:
        told = [_described(todo) for todo in plan.todos]
        errors = {name: error_part(error) for name, error in plan.errors.items()}
        call.document({"images": told, "errors": errors}, ok=not errors, next=advice)
    else:
        _draw(session, plan)
        for error in plan.errors.values():
            call.advise(*error.next)
        call.advise(*advice)
    return next((error.exit_code for error in plan.errors.values()), 0)


def _described(todo: Todo) -> dict[str, Any]:
    return {
        "image": todo.copy.name,
        "source": str(todo.copy.source),
        "target": str(todo.copy.target),
        "digest": todo.image.top.digest,
        "is_there": todo.is_there,
        "manifests": len(todo.image.manifests),
        "layers": len(todo.image.blobs),
        "layers_to_copy": len(todo.layers),
        "bytes": todo.total,
        "bytes_to_copy": todo.left,
    }


def _draw(session: Session, plan: CopyPlan) -> None:
    from muvi_provision.cli.drawing.columns import Row, columns, short
    from muvi_provision.cli.drawing.findings import errors
    from muvi_provision.cli.drawing.glyphs import size

    sheet = session.sheet()
    rows = [
        Row(
            (
                todo.copy.name, short(todo.image.top.digest),
                "there already" if todo.is_there else f"{len(todo.layers)} of {len(todo.image.blobs)} layers",
                "" if todo.is_there else f"{size(todo.left)} of {size(todo.total)}", str(todo.copy.source),
            ),
            "dim" if todo.is_there else "",
        )
        for todo in plan.todos
    ]  # fmt: skip
    if rows:
        columns(sheet, ("image", "digest", "to copy", "bytes", "from"), rows)
    errors(sheet, plan.errors)


def _copied(session: Session, plan: CopyPlan, parallel: int) -> int:
    from muvi_provision.cli.drawing.glyphs import size
    from muvi_provision.cli.holdings import settled
    from muvi_provision.cli.running import carried_out
    from muvi_provision.day3_compute.copying import STEP, Copier

    settled(session)
    left, total = (sum(sizes) for sizes in zip(*((todo.left, todo.total) for todo in plan.todos), (0, 0), strict=True))
    if total:
        session.call.say(
            f"{size(left)} of {size(total)} to copy{'; the rest is there already' if left < total else ''}"
        )
    listing = [(STEP, "Images", plan.count)]
    return carried_out(session, listing, Copier, lambda copier: copier.run(plan), parallel)[1]


def _show(session: Session, seen: list[Seen]) -> None:
    call = session.call
    absent = [one for one in seen if one.is_made and not one.digest]
    advice: tuple[str, ...] = ("muvi images copy", "muvi images build") if absent else ()
    if any(not one.is_made for one in seen):
        advice = ("muvi run day3",)
    if call.options.json:
        return call.document({"images": [one.described() for one in seen]}, next=advice)
    from muvi_provision.cli.drawing.columns import columns
    from muvi_provision.cli.image_list import HEADINGS

    if not seen:
        return call.show("the environment has no services, so it runs no images")
    columns(session.sheet(), HEADINGS, [one.row(call.clock.now()) for one in seen])
    return call.advise(*advice)
