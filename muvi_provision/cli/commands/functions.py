"""``muvi functions``: when they run and where their code is; copied from another account, or packed from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.options import COMMON, Commands
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muvi_provision.cli.function_list import Seen
    from muvi_provision.cli.function_sources import Way
    from muvi_provision.day5_serverless.copying_functions import Copied
    from muvi_provision.day5_serverless.packaging import Package
    from muvi_provision.errors import MuviError

app = typer.Typer(cls=Commands, rich_markup_mode=None, help="The functions: listed, their code copied or packed.")


@app.command("list", epilog=COMMON)
def list_(
    ctx: typer.Context,
    following: Annotated[bool, typer.Option("--next", help="Also the next five runs of each.")] = False,
) -> None:
    """Each function: when it runs (UTC, and local), where its code is, whether it is in AWS, how often it failed."""
    from muvi_provision.cli.function_list import listed

    call = invocation(ctx)
    with opened(call) as session:
        seen = listed(session)
        session.count()
        _show(session, seen, shows_runs=following)


def _show(session: Session, seen: list[Seen], *, shows_runs: bool) -> None:
    from muvi_provision.cli.function_list import headings

    call, zone = session.call, session.environment.timezone
    advice = _advice(session, seen)
    if call.options.json:
        content = {"timezone": zone, "functions": [one.described(call.options.again) for one in seen]}
        return call.document(content, next=advice)
    if not seen:
        return call.show("the environment has no functions")
    from muvi_provision.cli.drawing.columns import columns
    from muvi_provision.environment import local_times

    rows = [one.row(local_times.zone(zone), call.options.again, shows_runs=shows_runs) for one in seen]
    columns(session.sheet(), headings(zone), rows)
    return call.advise(*advice)


def _advice(session: Session, seen: list[Seen]) -> tuple[str, ...]:
    from muvi_provision.cli.function_list import GONE, NOT_BUILT, OTHER, TO_MAKE

    lacking = [one for one in seen if one.lacks_code]
    first = (lacking[0].command,) if lacking else ()
    if lacking and session.environment.function_source and len(lacking) > 1:
        first = ("muvi functions copy",)
    runs = any(one.state in (GONE, NOT_BUILT, OTHER, TO_MAKE) for one in seen)
    failed = tuple(f"muvi logs {one.name}" for one in seen if one.failed)
    return (*failed[:2], *first, *(("muvi run day5",) if runs else ()))


@app.command(epilog=COMMON)
def copy(
    ctx: typer.Context,
    functions: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Only these; without one, all of them.")
    ] = None,
    profile: Annotated[
        str, typer.Option("--from-profile", metavar="NAME", help="The AWS profile that may read them there.")
    ] = "",
    region: Annotated[str, typer.Option("--from-region", metavar="REGION", help="The region they are in.")] = "",
    prefix: Annotated[
        str | None, typer.Option("--prefix", metavar="TEXT", help="What stands before the names there.")
    ] = None,
    suffix: Annotated[
        str | None, typer.Option("--suffix", metavar="TEXT", help="What stands behind them there, such as -live.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also over other code that is here.")] = False,
) -> int:
    """Copy functions' code from another account into functions/NAME.zip. That account is only read."""
    from muvi_provision.cli.function_sources import Given, functions_of, source, way

    call = invocation(ctx)
    with opened(call) as session:
        names = functions_of(session, functions or [])
        along = way(session, source(session, Given(profile, region, prefix, suffix)))
        copied, errors = _copied(session, along, names, force=force)
        tally = along.aws.border.tally
        call.stats.api_calls, call.stats.writes = tally.calls, tally.writes
        return _told(session, along, copied, errors)


def _copied(
    session: Session, along: Way, names: Sequence[str], *, force: bool
) -> tuple[list[Copied], dict[str, MuviError]]:
    """One after the other; what cannot be copied keeps nothing else from it. Raises NotSignedIn."""
    from muvi_provision.cli.holdings import in_our_words
    from muvi_provision.day5_serverless import copying_functions
    from muvi_provision.errors import StepFailed, UsageError

    done: list[Copied] = []
    errors: dict[str, MuviError] = {}
    for name in names:
        try:
            with in_our_words(f"function/{name}"):
                found = copying_functions.looked_at(along.aws, session.environment, name, along.source)
                done.append(copying_functions.copied(along.aws, found, force=force))
        except (StepFailed, UsageError) as error:
            errors[name] = error
            continue
        session.call.say(f"{name}: {'there already' if done[-1].was_there else 'copied'}")
    return done, errors


def _told(session: Session, along: Way, copied: list[Copied], errors: dict[str, MuviError]) -> int:
    from muvi_provision.cli.errors import error_part

    call = session.call
    for one in copied:
        _warn(call, one)
    advice = ("muvi functions list", "muvi run day5") if copied else ("muvi functions list",)
    if call.options.json:
        content = {
            "account": along.account,
            "region": along.source.region,
            "copied": [_described(one) for one in copied],
            "errors": {name: error_part(error) for name, error in errors.items()},
        }
        call.document(content, ok=not errors, next=advice)
    else:
        _draw(session, copied, errors)
        call.advise(*advice)
    return next((error.exit_code for error in errors.values()), 0)


def _warn(call: Invocation, one: Copied) -> None:
    """What its code may rely on and does not get here."""
    original = one.original
    for key, (there, here) in original.differs.items():
        call.warn(f"{original.name}: {key} is {there} there and {here} here (functions.{original.name}.{key})")
    if original.layers:
        call.warn(f"{original.name}: it also uses {len(original.layers)} layers there, which are not copied")


def _described(one: Copied) -> dict[str, Any]:
    return {
        "function": one.original.name,
        "original": one.original.there,
        "place": one.place.as_posix(),
        "sha256": one.original.sha256,
        "bytes": one.original.size,
        "was_there": one.was_there,
        "layers": list(one.original.layers),
    }


def _draw(session: Session, copied: list[Copied], problems: dict[str, MuviError]) -> None:
    from muvi_provision.cli.drawing.columns import Row, columns
    from muvi_provision.cli.drawing.findings import errors
    from muvi_provision.cli.drawing.glyphs import size

    sheet = session.sheet()
    rows = [
        Row(
            (
                one.original.name, one.original.there, one.place.as_posix(), size(one.original.size),
                "there already" if one.was_there else "copied",
            ),
            "dim" if one.was_there else "",
        )
        for one in copied
    ]  # fmt: skip
    if rows:
        columns(sheet, ("function", "there", "here", "size", "state"), rows)
    errors(sheet, problems, "Could not be copied")


@app.command(epilog=COMMON)
def package(
    ctx: typer.Context,
    function: Annotated[str, typer.Argument(metavar="NAME", help="The function, such as sync-films.")],
    folder: Annotated[
        Path | None, typer.Argument(metavar="[FOLDER]", help="What is packed; functions/NAME if left out.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also over another zip that is there.")] = False,
) -> None:
    """Look through a function's code and pack it into functions/NAME.zip: the same files make the same zip."""
    from muvi_provision.cli.files import zip_written
    from muvi_provision.cli.function_sources import packed_into
    from muvi_provision.cli.holdings import named
    from muvi_provision.day5_serverless import packaging

    call = invocation(ctx)
    with opened(call) as session:
        plan = session.environment.functions[
            named(function, session.environment.functions, "function", "muvi functions list")
        ]
        place, target = packed_into(session, function, folder)
        made = packaging.packed(place, plan.entry, plan.runtime)
        is_new = zip_written(target, made.content, f"muvi functions package {function}", force=force)
        _packed(call, function, place, target, made, is_new=is_new)


def _packed(call: Invocation, name: str, place: Path, target: Path, made: Package, *, is_new: bool) -> None:
    if call.options.json:
        content = {
            "function": name, "from": place.as_posix(), "place": target.as_posix(), "sha256": made.sha256,
            "bytes": len(made.content), "changed": is_new,
        }  # fmt: skip
        return call.document(content, next=("muvi run day5",))
    from muvi_provision.cli.drawing.glyphs import size

    call.show(f"{target.as_posix()}: {size(len(made.content))}, SHA-256 {made.sha256}")
    call.say(f"packed from {place.as_posix()}" if is_new else "it was there already, with the same content")
    return call.advise("muvi run day5")
