"""Where images come from and where they go: options, the environment, and what is recorded as ours."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from muvi_provision.cli.holdings import named, needed, ours
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.aws.clients import Aws
    from muvi_provision.cli.session import Session
    from muvi_provision.day3_compute.copying import Copy
    from muvi_provision.day3_compute.images import Place

DAY = 3
HELP = ("muvi images copy --help",)


@dataclass(frozen=True)
class Given:
    """What the command line says of the source; "" and None for what it does not say."""

    account: str = ""
    region: str = ""
    prefix: str | None = None
    tag: str = ""
    profile: str = ""


def repositories_of(session: Session, words: Sequence[str]) -> list[str]:
    """The repositories a command is about. Raises UsageError for one there is not."""
    there = session.environment.repositories
    return [named(word, there, "repository", "muvi images list") for word in dict.fromkeys(words)] or list(there)


def tags_of(session: Session, repository: str) -> list[str]:
    """The tags that services want of a repository, each once."""
    environment = session.environment
    services = [each for each in environment.services.values() if each.image == repository]
    return list(dict.fromkeys(each.tag or environment.images.tag for each in services))


def targets(session: Session, names: Sequence[str]) -> list[tuple[Place, str]]:
    """Where images of these repositories go, and the address of each repository: recorded and ours.

    Raises UsageError for one that is not built yet, NotOurs.
    """
    from muvi_provision.day3_compute.images import Place

    found = []
    for name in names:
        record = needed(session, f"repository/{name}", DAY)
        live = ours(session, record)
        found += [(Place(session.connection.aws, live.id, tag), record.address) for tag in tags_of(session, name)]
    return found


def copies(session: Session, given: Given, words: Sequence[str]) -> list[Copy]:
    """What is to be copied from where to where. Raises UsageError, NotOurs."""
    from muvi_provision.day3_compute.copying import Copy
    from muvi_provision.day3_compute.images import Place

    names = repositories_of(session, words)
    if not names:
        raise UsageError("the environment has no services, so it runs no images", next=("muvi config show",))
    given = _settled(session, given)
    for name in names:
        needed(session, f"repository/{name}", DAY)
    aws, account = _reading(session, given), session.identity.account
    registry = given.account if given.account != account or given.profile else ""
    found = []
    for target, owner in targets(session, names):
        source = Place(aws, f"{given.prefix}{owner.partition('/')[2]}", given.tag or target.tag, registry)
        if (source.repository, source.tag, registry, aws.region) == (
            target.repository,
            target.tag,
            "",
            target.aws.region,
        ):
            raise UsageError(f"{target} would be copied to itself", where="--from-prefix", next=HELP)
        found.append(Copy(source, target, owner))
    return found


def _settled(session: Session, given: Given) -> Given:
    """Option, else environment file, else here. Raises UsageError when nothing says where images come from."""
    from muvi_provision.cli.complaints import of_account
    from muvi_provision.cli.session import valid_region

    said = session.environment.images.source
    if not (said or given.account or given.region or given.profile):
        raise UsageError(
            "nothing says where the images are copied from",
            where="images.source",
            why="the environment file has none, and no option names another account or region",
            next=("muvi images copy --from-account 111122223333", "muvi images build"),
        )
    account = given.account or (said.account if said else "")
    if complaint := of_account(account):
        raise UsageError(complaint, where="--from-account", next=HELP)
    prefix = given.prefix if given.prefix is not None else (said.prefix if said else "")
    region = valid_region(given.region) if given.region else said.region if said else session.environment.region
    return Given(account, region, prefix, given.tag or ((said.tag or "") if said else ""), given.profile)


def _reading(session: Session, given: Given) -> Aws:
    """A way to the source that reads only."""
    aws = session.connection.aws
    if not given.profile:
        return dataclasses.replace(aws, region=given.region)
    if session.is_sandbox:
        why = "a rehearsal reads no credentials; the sandbox's other accounts open their registries by policy"
        raise UsageError("--source-profile has no meaning in the sandbox", why=why, next=HELP)
    sign_in = dataclasses.replace(aws.border.sign_in, profile=given.profile, region=given.region)
    return aws.elsewhere(sign_in, session.call.clock)


def folders(said: Sequence[str], names: Sequence[str]) -> dict[str, Path]:
    """The folder of each repository's Dockerfile. Raises UsageError for what is missing, all at once."""
    own = {name: Path(folder) for name, mark, folder in (each.partition("=") for each in said) if mark}
    roots = [Path(each) for each in said if "=" not in each]
    if unknown := sorted(set(own) - set(names)):
        named(unknown[0], names, "repository", "muvi images list")
    if len(roots) > 1 or not said:
        what = "--context names one folder of folders" if roots else "no folder to build from is named"
        raise UsageError(what, where="--context", next=("muvi images build --context FOLDER", "muvi images copy"))
    found = {name: own.get(name) or roots[0] / name for name in names if name in own or roots}
    if lost := [str(folder / "Dockerfile") for folder in found.values() if not (folder / "Dockerfile").is_file()]:
        raise UsageError(f"there is no {', no '.join(lost)}", where="--context", next=("muvi images build --help",))
    return found
