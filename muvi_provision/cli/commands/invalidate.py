"""``muvi invalidate``: CloudFront forgets what it keeps of a distribution, so that new files are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.session import Session, opened
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muvi_provision.state.records import Record

DAY = 4
EVERYTHING = "/*"
LONGEST = 4000  # characters of a path
MOST, MOST_ENDING_OPEN = 3000, 15  # paths in progress at a time, and of those with a star (CloudFront's quotas)
FREE = 1000  # paths a month of an account
HELP = ("muvi invalidate --help",)


def invalidate(
    ctx: typer.Context,
    distribution: Annotated[str, typer.Argument(help="The distribution, such as media.")],
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="'/posters/*' or '/index.html'; without one, all.")
    ] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until all places have forgotten it.")] = False,
) -> None:
    """Let CloudFront forget what it keeps of a distribution. 1,000 paths a month are free, '/*' is one."""
    from muvi_provision.cli.holdings import named, needed, ours, settled

    call, chosen = invocation(ctx), checked(paths or [EVERYTHING])
    with opened(call, writes=True) as session:
        named(distribution, session.environment.distributions, "distribution", "muvi outputs")
        record = needed(session, f"distribution/{distribution}", DAY)
        settled(session)
        live = ours(session, record)
        begun = _begun(session, record, live.id, chosen)
    # the lock is free again: nothing more is written
    if wait:
        call.say(f"{distribution}: CloudFront is telling its places, which usually takes some minutes")
        _waited(session, record, live.id, begun)
    session.count()
    _tell(call, distribution, chosen, begun, completed=wait)


def checked(paths: Sequence[str]) -> list[str]:
    """The paths, each once. Raises UsageError for what CloudFront would refuse, or what a shell has made of a star."""
    chosen = list(dict.fromkeys(paths))
    if {"/bin", "/etc", "/usr"} <= set(chosen):
        why = "unquoted, a shell replaces the star by the names of files"
        raise UsageError("these are the folders of this machine, not /*: put it in quotes", why=why, next=HELP)
    for path in chosen:
        if complaint := _complaint(path):
            raise UsageError(f'"{path}" {complaint}', where="PATH", next=HELP)
    open_ended = [path for path in chosen if path.endswith("*")]
    if len(chosen) > MOST or len(open_ended) > MOST_ENDING_OPEN:
        what = f"{len(chosen)} paths, {len(open_ended)} with a star"
        why = f"CloudFront takes {MOST:,} at a time, {MOST_ENDING_OPEN} of them with a star"
        raise UsageError(what, where="PATH", why=why, next=HELP)
    return chosen


def _complaint(path: str) -> str:
    if not path.startswith("/"):
        return "is not a path: it begins with a slash, as in /index.html"
    if "*" in path[:-1]:
        return "has a star that is not at its end, where CloudFront takes it as a letter"
    if not path.isascii() or " " in path:
        return "has letters that stand encoded in an address, as in /a%20b"
    return f"has more than {LONGEST:,} characters" if len(path) > LONGEST else ""


def _begun(session: Session, record: Record, distribution: str, paths: Sequence[str]) -> str:
    """Begins it and returns its id. The reference comes from chance: the same one again would do nothing."""
    from muvi_provision.cli.holdings import in_our_words

    aws = session.connection.aws
    batch: Any = {
        "Paths": {"Quantity": len(paths), "Items": list(paths)},
        "CallerReference": aws.border.chance.token(),
    }
    with in_our_words(record.address), aws.writing(record.address):
        answer = aws.cloudfront.create_invalidation(DistributionId=distribution, InvalidationBatch=batch)
    return str(answer["Invalidation"]["Id"])


def _waited(session: Session, record: Record, distribution: str, known: str) -> None:
    """Returns when it is completed everywhere. Raises TimedOut."""
    from muvi_provision.cli.holdings import in_our_words
    from muvi_provision.cli.naps import waited_for

    aws = session.connection.aws

    def is_completed() -> bool:
        with in_our_words(record.address):
            told = aws.cloudfront.get_invalidation(DistributionId=distribution, Id=known)["Invalidation"]
        return told["Status"] == "Completed"

    again = f"aws cloudfront get-invalidation --distribution-id {distribution} --id {known}"
    waited_for(session, record.address, "the invalidation", is_completed, again)


def _tell(call: Invocation, distribution: str, paths: Sequence[str], begun: str, *, completed: bool) -> None:
    if call.options.json:
        told = {"distribution": distribution, "paths": list(paths), "invalidation": begun, "completed": completed}
        return call.document(told, next=("muvi smoke",))
    state = "is forgotten everywhere" if completed else "is being forgotten, which takes some minutes"
    call.show(f"{distribution}: {', '.join(paths)} {state} ({begun})")
    call.say(f"{FREE:,} paths a month are free, 0.005 USD each after that; all of it is one path: {EVERYTHING}")
    return call.advise("muvi smoke")
