"""``muvi secrets``: which there are, and the values that only a person can give. No value is ever shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.options import COMMON, Commands
from muvi_provision.errors import AnswerMissing, UsageError

if TYPE_CHECKING:
    from muvi_provision.cli.secret_list import Told
    from muvi_provision.cli.session import Session
    from muvi_provision.environment.secrets import Secret

app = typer.Typer(cls=Commands, rich_markup_mode=None, help="The secrets: which have a value, and giving one.")
DAY = 2
MADE_UP = {
    "database": "it is made up with its database, which knows it too: changing it here would lock everybody out",
    "certificate": "it is made up from this environment's own authority, and renewed by a run",
    "password": "it is made up, so that nobody knows it",
}
SHOWN = "a word of the command line can be read in the shell's history and by every process on this machine"


@app.command("list", epilog=COMMON)
def list_(ctx: typer.Context) -> None:
    """Every secret: its kind, whether it has a value and since when, who is given it. Never a value."""
    from muvi_provision.cli.secret_list import listed
    from muvi_provision.cli.session import opened

    call = invocation(ctx)
    with opened(call) as session:
        told = listed(session)
        session.count()
        _show(session, told)


@app.command("set", epilog=COMMON)
def set_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Its name without the environment's, such as payment/key.")],
    words: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="PATH", help="Take the value from this file, at most 65,536 bytes.")
    ] = None,
    stdin: Annotated[bool, typer.Option("--stdin", help="Take the value from standard input, to its end.")] = False,
) -> None:
    """Give a secret its value: typed twice unseen, or --file, or --stdin. One line break at its end is left off."""
    call = invocation(ctx)
    if words or "=" in name:
        raise UsageError(
            "a value is never given as a word of the command", why=SHOWN, next=("muvi secrets set --help",)
        )
    if file and stdin:
        raise UsageError("the value comes from one place: --file or --stdin", next=("muvi secrets set --help",))
    from muvi_provision.cli.holdings import needed, settled
    from muvi_provision.cli.secret_values import put
    from muvi_provision.cli.session import opened

    with opened(call, writes=True) as session:
        _givable(session, name)
        record = needed(session, f"secret/{name}", DAY)
        value = _value(call, name, file, stdin)
        settled(session)
        is_new = put(session, record, value)
        session.count()
        _tell(session, name, is_new=is_new)


def _givable(session: Session, name: str) -> Secret:
    """The secret of that name, if its value is for a person to give. Raises UsageError without repeating the word."""
    from muvi_provision.cli.options import suggestion

    secrets = session.environment.secrets
    given = [each for each, secret in secrets.items() if secret.kind == "given"]
    if name not in secrets:
        near = suggestion(name, secrets)
        there = f"; those for you to give are {', '.join(given)}" if given else "; none is for you to give"
        # what was typed may be the value itself, so it is not repeated
        raise UsageError(f"there is no secret of that name{near or there}", next=("muvi secrets list",))
    if secrets[name].kind != "given":
        raise UsageError(
            f"secret {name} is of kind {secrets[name].kind}, not given",
            why=MADE_UP[secrets[name].kind],
            next=("muvi secrets list",),
        )
    return secrets[name]


def _value(call: Invocation, name: str, file: Path | None, stdin: bool) -> str:
    """The value, from wherever it comes. Raises UsageError, AnswerMissing."""
    from muvi_provision.cli import concealed
    from muvi_provision.cli.secret_values import from_file, from_stdin, typed

    if file:
        return from_file(file)
    if stdin:
        return from_stdin()
    instead = (f"muvi secrets set {name} --file PATH", f"muvi secrets set {name} --stdin")
    if not call.can_ask():
        raise AnswerMissing(
            f"the value of {name}", why="nobody is there to type it: take it from --file or --stdin", next=instead
        )
    call.say("What you type is not shown. It goes to AWS and nowhere else.")
    return typed(concealed.ask_twice(call, f"Value of {name}: ", "The same again: ", instead), instead)


def _tell(session: Session, name: str, *, is_new: bool) -> None:
    call, secret = session.call, session.environment.secrets[name]
    advice = ("muvi run",) if is_new else ("muvi secrets list",)
    if call.options.json:
        call.document({"secret": name, "changed": is_new, "used_by": list(secret.used_by)}, next=advice)
        return
    call.show(f"{name}: the value is stored" if is_new else f"{name}: it has this value already")
    if is_new and secret.used_by:
        call.say(f"containers read it when they start: {', '.join(secret.used_by)}")
    call.advise(*advice)


def _show(session: Session, told: list[Told]) -> None:
    call = session.call
    waiting = [one.name for one in told if one.is_waiting]
    unmade = [one.name for one in told if not one.is_made]
    advice = tuple(f"muvi secrets set {name}" for name in waiting[:3]) or (("muvi run day2",) if unmade else ())
    if call.options.json:
        call.document({"secrets": [_described(one) for one in told], "waiting": waiting}, next=advice)
        return None
    from muvi_provision.cli.drawing.columns import Row, columns, hour
    from muvi_provision.cli.drawing.glyphs import counted

    if not told:
        return call.show("the environment has no secrets")
    rows = [
        Row(
            (one.name, one.kind, one.state, hour(one.since), ", ".join(one.used_by), one.purpose),
            "warn" if one.is_waiting else "" if one.is_made else "dim",
        )
        for one in told
    ]
    columns(session.sheet(), ("secret", "kind", "value", "since", "given to", "purpose"), rows)
    if waiting:
        call.say(f"only you can give {counted(len(waiting), 'secret')} a value; each has its own command:")
    return call.advise(*advice)


def _described(one: Told) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "made": one.is_made,
        "has_value": one.has_value,
        "since": one.since.isoformat() if one.since else None,
        "used_by": list(one.used_by),
        "purpose": one.purpose,
    }
