"""Copies the code of another account's function into ``functions/<name>.zip``. It reads there, and never writes.

Facts: aws-reality 7.1 c and d. Lambda gives out an address for the zip that holds for ten minutes, and its SHA-256.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import AWS_ERRORS, error_of
from muvi_provision.aws.translation import translated
from muvi_provision.clock import Clock
from muvi_provision.day3_compute.downloading import Downloads
from muvi_provision.day5_serverless.code import FOLDER
from muvi_provision.day5_serverless.packaging import DIRECT, digest
from muvi_provision.environment import Environment
from muvi_provision.environment.serverless import FunctionSource
from muvi_provision.errors import AwsRefused, NameTaken, StepFailed, UsageError

AGAIN = ("muvi functions copy",)


@dataclass(frozen=True)
class Original:
    """A function as it is in the other account: its name there, code, and how it is run.

    differs: what this environment says otherwise, by the key in its file: (there, here).
    layers: what it is given besides its code, which is not copied.
    """

    name: str
    there: str
    location: str
    sha256: str
    size: int
    differs: Mapping[str, tuple[str, str]]
    layers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Copied:
    """What became of one: where its code is now, and whether it was there already."""

    original: Original
    place: Path
    was_there: bool


def reading(aws: Aws, source: FunctionSource, clock: Clock, account: str = "") -> Aws:
    """A way to the other account that reads only.

    account: a rehearsal reads no credentials, so there it says whose of the sandbox's accounts is meant.
    """
    sign_in = replace(aws.border.sign_in, region=source.region)
    if account:
        sign_in = replace(sign_in, access_key=account, secret_key=account)
    else:
        sign_in = replace(sign_in, profile=source.profile)
    return aws.elsewhere(sign_in, clock)


def source_of(environment: Environment) -> FunctionSource:
    """Raises UsageError when the environment does not say where code is copied from."""
    if environment.function_source is None:
        raise UsageError(
            "nothing says where the functions are copied from",
            where="function_source",
            why="the environment file has no function_source: a profile that may read them, and a region",
            next=("muvi config show", "muvi functions package NAME"),
        )
    return environment.function_source


def looked_at(aws: Aws, environment: Environment, name: str, source: FunctionSource) -> Original:
    """The function there. Raises StepFailed, where there is none or it is an image, UsageError and AwsRefused."""
    if place := environment.functions[name].code:
        why = "the environment file says so, and a copy beside it would not be used"
        raise UsageError(f"the code of {name} comes from {place}", where=f"function/{name}", why=why, next=AGAIN)
    there = f"{source.prefix}{name}{source.suffix}"
    try:
        said: Any = aws.lambda_.get_function(FunctionName=there)
    except AWS_ERRORS as error:
        raise _told(error, name, there, source) from error
    configuration = said["Configuration"]
    if configuration.get("PackageType", "Zip") != "Zip":
        why = "it is a container image, which is copied from registry to registry"
        raise StepFailed(f"{there} has no code to copy", where=f"function/{name}", why=why, next=("muvi images copy",))
    digest_there, size = configuration["CodeSha256"], int(configuration["CodeSize"])
    differs = _differing(configuration, environment, name)
    layers = tuple(layer["Arn"] for layer in configuration.get("Layers", ()))
    return Original(name, there, said["Code"]["Location"], digest_there, size, differs, layers)


def _told(error: Exception, name: str, there: str, source: FunctionSource) -> Exception:
    _, code, message, _ = error_of(error)
    where = f"function/{name}"
    if code == "ResourceNotFoundException":
        why = "its name there is function_source.prefix, the name here, and function_source.suffix"
        return StepFailed(f"there is no function {there} in {source.region}", where=where, why=why, next=AGAIN)
    if code.startswith("AccessDenied"):
        why = f"the profile {source.profile} needs lambda:GetFunction there, and nothing else"
        return AwsRefused(message, where=where, why=why, next=("muvi config show",))
    return translated(error, where)


def _differing(there: Mapping[str, Any], environment: Environment, name: str) -> dict[str, tuple[str, str]]:
    plan = environment.functions[name]
    pairs = {
        "runtime": (there.get("Runtime", ""), plan.runtime),
        "entry": (there.get("Handler", ""), plan.entry),
        "memory": (there.get("MemorySize", ""), plan.memory),
        "timeout_s": (there.get("Timeout", ""), plan.timeout_s),
    }
    return {key: (str(theirs), str(ours)) for key, (theirs, ours) in pairs.items() if theirs != ours}


def copied(aws: Aws, original: Original, *, force: bool = False, folder: Path = Path()) -> Copied:
    """Puts its code into ``functions/<name>.zip`` below ``folder``, whole or not at all.

    Raises NameTaken when other code is there (unless ``force``), StepFailed for bytes that are not what AWS said.
    """
    place = folder / FOLDER / f"{original.name}.zip"
    if _is_this(place, original):
        return Copied(original, place, was_there=True)
    _refuse_other_code(original, place, force)
    content = _fetched(aws, original)
    if digest(content) != original.sha256:
        raise StepFailed(
            f"the code of {original.there} arrived with the SHA-256 {digest(content)}, not {original.sha256}",
            where=f"function/{original.name}",
            why="it was damaged on its way, or changed meanwhile; nothing was written",
            next=AGAIN,
        )
    _write(place, content)
    return Copied(original, place, was_there=False)


def _fetched(aws: Aws, original: Original) -> bytes:
    where, downloads = f"function/{original.name}", Downloads(aws)
    if original.size > DIRECT:
        why = f"{original.size / 1024**2:.1f} MiB, and Lambda takes {DIRECT // 1024**2} with a call"
        help_ = "put it into a bucket and write code: s3://BUCKET/KEY in the environment file"
        raise StepFailed(f"the code of {original.there} is too large: {why}", where=where, why=help_, next=AGAIN)
    try:
        return downloads.whole(original.location, original.size)
    except StepFailed as error:
        what = f"the code of {original.there} could not be fetched"
        raise StepFailed(what, where=where, why=error.why or error.what, next=AGAIN) from error
    finally:
        downloads.close()


def _is_this(place: Path, original: Original) -> bool:
    return place.is_file() and place.stat().st_size == original.size and digest(place.read_bytes()) == original.sha256


def _refuse_other_code(original: Original, place: Path, force: bool) -> None:
    where, beside = f"function/{original.name}", place.with_suffix("")
    if beside.exists():
        why = "a folder is taken before a zip, so the copy would not be used: move the folder away first"
        raise NameTaken(f"there is a folder {beside}", where=where, why=why, next=("muvi functions list",))
    if place.exists() and not force:
        again = f"muvi functions copy {original.name} --force", "muvi functions list"
        raise NameTaken(f"{place} is not the code of {original.there}", where=where, next=again)


def _write(place: Path, content: bytes) -> None:
    """Beside it first, so that whoever looks meanwhile sees the old code or the new, and never half of it."""
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
