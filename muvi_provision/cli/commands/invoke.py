"""``muvi invoke``: call a function now, and show what it answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.session import Session, opened
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.cli.calling import Answer, How

FREELY = "uat"  # the environment that is there for trying things


def invoke(
    ctx: typer.Context,
    function: Annotated[str, typer.Argument(help="The function, such as sync-films.")],
    payload: Annotated[
        str | None, typer.Option("--payload", metavar="JSON|@FILE", help="What it is sent; {} if left out.")
    ] = None,
    asynchronous: Annotated[bool, typer.Option("--async", help="Let it run; nobody waits for its answer.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only ask whether it may be called.")] = False,
) -> int:
    """Call a function and show its answer; one that fails ends with 1 and the end of its log."""
    from muvi_provision.cli import calling
    from muvi_provision.cli.holdings import named, ours

    call = invocation(ctx)
    how = _how(asynchronous, dry_run)
    content = calling.payload_of(payload, how)
    with opened(call) as session:
        named(function, session.environment.functions, "function", "muvi functions list")
        record = calling.callable_record(session, function)
        session.connection  # noqa: B018 (who we are, before anything else is asked)
        session.guard_writes()
        live = ours(session, record)
        calling.refuse_unready(function, live)
        _asked(session, function, dry_run)
        answer = calling.called(session, record, live, content, how)
        session.count()
        return _tell(session, function, answer, how)


def _how(asynchronous: bool, dry_run: bool) -> How:
    if asynchronous and dry_run:
        raise UsageError("--async lets it run, --dry-run does not: take one", next=("muvi invoke --help",))
    return "Event" if asynchronous else "DryRun" if dry_run else "RequestResponse"


def _asked(session: Session, function: str, dry_run: bool) -> None:
    """Elsewhere than in the environment for trying, a call is thought of twice."""
    from muvi_provision.cli.prompts import confirm

    if not (dry_run or session.is_sandbox or session.environment.name == FREELY):
        confirm(session.call, f"Call {function} of {session.environment.name} now, outside of its schedule?")


def _tell(session: Session, function: str, answer: Answer, how: How) -> int:
    call, code = session.call, 1 if answer.error else 0
    advice = (f"muvi logs {function}",) if answer.error or how == "Event" else ()
    if call.options.json:
        content = {
            "function": function,
            "how": {"RequestResponse": "answered", "Event": "begun", "DryRun": "may be called"}[how],
            "status": answer.status,
            "answer": answer.payload if how == "RequestResponse" else None,
            "error": answer.error or None,
            "problem": answer.problem or None,
            "log": list(answer.log),
            "took_s": round(answer.took_s, 3),
        }
        call.document(content, ok=not answer.error, next=advice)
        return code
    if how == "DryRun":
        call.show(f"{function}: it is there, and may be called")
    elif how == "Event":
        call.show(f"{function}: it has been called, and runs by itself; Lambda tries twice more if it fails")
    else:
        _answered(call, session, function, answer)
    call.advise(*advice)
    return code


def _answered(call: Invocation, session: Session, function: str, answer: Answer) -> None:
    from muvi_provision.cli.drawing.glyphs import glyphs_for

    safe = glyphs_for(call.out.encoding).safe
    if answer.error:
        _failed(call, session, function, answer)
        for line in answer.log:
            call.say(f"  {safe(line)}")
        return
    text = answer.payload if isinstance(answer.payload, str) else json.dumps(answer.payload, indent=2)
    call.show("\n".join(safe(line) for line in text.splitlines()))
    call.say(f"{function}: answered after {answer.took_s:.1f} s")
    if call.options.verbose:
        for line in answer.log:
            call.say(f"  {safe(line)}")


def _failed(call: Invocation, session: Session, function: str, answer: Answer) -> None:
    limit = session.environment.functions[function].timeout_s
    call.show(f"{function}: it was called and failed: {answer.problem}")
    if answer.is_timeout:
        call.say(f"Lambda ended it after {limit} s: let it do less at a time, or raise functions.{function}.timeout_s")
    call.say("the end of its log:" if answer.log else "it wrote nothing")
