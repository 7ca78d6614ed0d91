"""Where functions' code is copied from: options over the environment file; and an account that is only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from muvi_provision.cli.holdings import named
from muvi_provision.errors import NameTaken, UsageError

if TYPE_CHECKING:
    from muvi_provision.aws.clients import Aws
    from muvi_provision.cli.session import Session
    from muvi_provision.environment.serverless import FunctionSource

HELP = ("muvi functions copy --help",)


@dataclass(frozen=True)
class Given:
    """What the command line says of the source; "" and None for what it does not say."""

    profile: str = ""
    region: str = ""
    prefix: str | None = None
    suffix: str | None = None


@dataclass(frozen=True)
class Way:
    """A way to the other account that only reads, whose it is, and what the functions are called there."""

    aws: Aws
    account: str
    source: FunctionSource


def functions_of(session: Session, words: Sequence[str]) -> list[str]:
    """The functions a command is about; without words those whose code is not said to be somewhere else.

    Raises UsageError for one there is not.
    """
    there = session.environment.functions
    chosen = [named(word, there, "function", "muvi functions list") for word in dict.fromkeys(words)]
    found = chosen or [name for name, plan in there.items() if not plan.code]
    if not found:
        raise UsageError("the environment has no functions whose code is copied", next=("muvi config show",))
    return found


def source(session: Session, given: Given) -> FunctionSource:
    """Option, else environment file. Raises UsageError when nothing says where code comes from."""
    from muvi_provision.cli.session import valid_region
    from muvi_provision.day5_serverless.copying_functions import source_of
    from muvi_provision.environment.serverless import FunctionSource

    said = session.environment.function_source
    if not (given.profile or said):
        return source_of(session.environment)
    region = valid_region(given.region) if given.region else said.region if said else session.environment.region
    return FunctionSource(
        profile=given.profile or (said.profile if said else ""),
        region=region,
        prefix=_over(given.prefix, said.prefix if said else ""),
        suffix=_over(given.suffix, said.suffix if said else ""),
    )


def _over(given: str | None, said: str) -> str:
    return said if given is None else given


def way(session: Session, wanted: FunctionSource) -> Way:
    """Signs in there and says whose account it is. Raises NotSignedIn, UsageError."""
    from muvi_provision.aws.identity import who_am_i
    from muvi_provision.cli import connection
    from muvi_provision.day5_serverless.copying_functions import reading

    call = session.call
    account = _of_the_sandbox(wanted.profile) if session.is_sandbox else ""
    here = connection.way(call, session.environment, session.state).aws
    aws = reading(here, wanted, call.clock, account)
    found = Way(aws, who_am_i(aws).account, wanted)
    call.say(_told(session, found))
    return found


def _of_the_sandbox(profile: str) -> str:
    """In a rehearsal a profile is an account of the sandbox. Raises UsageError for another one."""
    if profile.isdecimal() and len(profile) == 12:
        return profile
    why = "a rehearsal reads no credentials: there, a profile is the number of one of the sandbox's accounts"
    again = "muvi functions copy --from-profile 444455556666"
    raise UsageError(f"the sandbox knows no profile {profile}", where="--from-profile", why=why, next=(again, *HELP))


def _told(session: Session, found: Way) -> str:
    """Whose account is read. Production's may be: nothing but reads can be sent on this way."""
    wanted = found.source
    place = f"account {found.account}, region {wanted.region}, profile {wanted.profile}"
    is_production = found.account in session.forbidden.accounts
    whose = "this is production, and it " if is_production else "that account "
    return f"from {place}: {whose}is only read (lambda:GetFunction), nothing there is changed"


def packed_into(session: Session, name: str, folder: Path | None) -> tuple[Path, Path]:
    """(what is packed, the zip that it becomes). Raises UsageError, NameTaken for a zip nobody would use."""
    from muvi_provision.day5_serverless import code

    plan, own = session.environment.functions[name], code.FOLDER / name
    if plan.code:
        raise UsageError(
            f"the code of {name} comes from {plan.code}",
            where=f"functions.{name}.code",
            why=f"the environment file says so, and {own}.zip would not be used",
            next=("muvi config show",),
        )
    place = folder or own
    if not place.exists():
        again = f"muvi functions package {name} FOLDER"
        raise UsageError(f"there is no {place}", where="FOLDER", next=(again, "muvi functions list"))
    if own.exists() and own.resolve() != place.resolve():
        why = "a folder is taken before a zip, so the zip would not be used: move the folder away first"
        raise NameTaken(f"there is a folder {own}", where=f"function/{name}", why=why, next=("muvi functions list",))
    return place, code.FOLDER / f"{name}.zip"
