"""The value of a secret on its way from a person to AWS. It is kept nowhere and said to nobody."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muvi_provision.cli.holdings import in_our_words, ours
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.aws.clients import Aws
    from muvi_provision.cli.session import Session
    from muvi_provision.state.records import Record

LIMIT = 65_536  # bytes (aws-reality 4.8 a)
CURRENT = "AWSCURRENT"
ROUNDS = 200_000


def from_file(path: Path) -> str:
    """A file's text. Raises UsageError for what is missing, unreadable, empty, too large or not text."""
    try:
        with path.open("rb") as file:
            content = file.read(LIMIT + 3)  # room for the line break that is left off
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(
            f"{path} cannot be read", where="--file", why=why, next=("muvi secrets set --help",)
        ) from error
    return _text(content, "--file", f"{path}")


def from_stdin() -> str:
    """All of standard input as text. Raises UsageError."""
    raw = getattr(sys.stdin, "buffer", None)
    content = raw.read(LIMIT + 3) if raw is not None else b""
    return _text(content, "--stdin", "standard input")


def typed(text: str, instead: tuple[str, ...]) -> str:
    """What was typed. Raises UsageError when it is nothing, or cannot be a value."""
    if not text:
        raise UsageError("an empty value is no value", next=instead)
    return _text(text.encode("utf-8", "surrogateescape"), "the prompt", "what was typed")


def _text(content: bytes, where: str, what: str) -> str:
    for end in (b"\r\n", b"\n"):
        if content.endswith(end):
            content = content[: -len(end)]
            break
    advice = ("muvi secrets set --help",)
    if not content.strip():
        raise UsageError(f"{what} is empty", where=where, why="an empty value is no value", next=advice)
    if len(content) > LIMIT:
        why = f"a secret holds at most {LIMIT:,} bytes"
        raise UsageError(f"{what} is too large", where=where, why=why, next=advice)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        why = "containers are given secrets as text variables; write it as base64 or PEM first"
        raise UsageError(f"{what} is not text in UTF-8", where=where, why=why, next=advice)
    return text


def put(session: Session, record: Record, value: str) -> bool:
    """Stores the value and says whether it is another one than before. Raises NotOurs, AwsRefused.

    The same value is one version, however often it is given: its version id is made of it.
    """
    live, aws = ours(session, record), session.connection.aws
    arn = str(live.raw.get("ARN") or live.id)
    version = version_id(arn, value)
    with in_our_words(record.address):
        stages = _stages(aws, arn)
        current = next((each for each, labels in stages.items() if CURRENT in labels), "")
        if current == version:
            return False
        with aws.writing(record.address):
            if version not in stages:
                aws.secretsmanager.put_secret_value(SecretId=arn, SecretString=value, ClientRequestToken=version)
            else:  # AWS ignores a version it has had before: an older value given again is made the current one
                aws.secretsmanager.update_secret_version_stage(
                    SecretId=arn, VersionStage=CURRENT, MoveToVersionId=version, RemoveFromVersionId=current
                )
    return True


def version_id(arn: str, value: str) -> str:
    """64 hexadecimal digits that come again with the value. Made slowly: they are no secret, and the value is."""
    return hashlib.pbkdf2_hmac("sha256", value.encode(), arn.encode(), ROUNDS).hex()


def _stages(aws: Aws, arn: str) -> dict[str, list[str]]:
    """The labels of every version there is, also of those that have none any more."""
    found: dict[str, list[str]] = {}
    token = ""
    while True:
        more: Any = {"NextToken": token} if token else {}
        page = aws.secretsmanager.list_secret_version_ids(SecretId=arn, IncludeDeprecated=True, **more)
        found |= {each["VersionId"]: list(each.get("VersionStages", [])) for each in page["Versions"]}
        token = page.get("NextToken", "")
        if not token:
            return found
