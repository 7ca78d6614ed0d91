"""A function's code as the zip that Lambda takes: the same bytes for the same files, and nothing AWS would refuse.

Facts: aws-reality 7.1 a and c. Lambda tells code apart by the SHA-256 of its zip, so the order, the times and the modes
in it are fixed; whoever has the same files (and the same zlib) makes the same zip.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from muvi_provision.day5_serverless import entries
from muvi_provision.errors import StepFailed

DIRECT = 50 * 1024 * 1024  # bytes of a zip that is sent with the call
UNZIPPED = 250 * 1024 * 1024  # bytes of what is in it
LEFT_OUT = ("__pycache__", ".git", ".DS_Store")

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # before which a zip knows no time
_UNIX = 3
_MODE = 0o100755  # anybody may read and run it, as Lambda needs for programs


@dataclass(frozen=True)
class Package:
    """A zip and what Lambda will call it: the SHA-256 of its bytes in base64."""

    content: bytes
    sha256: str


def packed(place: Path, entry: str, runtime: str) -> Package:
    """The zip of a folder, or one that is there already, looked through.

    Raises StepFailed for what Lambda would refuse: too large, empty, damaged, a link, no file for the entry.
    """
    try:
        content = _zipped(place) if place.is_dir() else _read(place)
        names = _names(content, place)
    except OSError as error:
        why = f"{type(error).__name__}: {error.strerror or error}"
        raise StepFailed("the code cannot be read", where=str(place), why=why, next=("muvi functions list",)) from error
    _confirm_size(len(content), DIRECT, "as a zip", place)
    if complaint := entries.complaint(entry, runtime, names):
        why = f"its entry is {entry} and its runtime {runtime}"
        raise StepFailed(complaint, where=str(place), why=why, next=("muvi functions list", "muvi config show"))
    return Package(content, digest(content))


def digest(content: bytes) -> str:
    """As Lambda tells it (``CodeSha256``)."""
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """What of a folder goes into its zip: the name there and the file, in the order of the names.

    Raises StepFailed for a link, which a zip would carry as something else than it is here.
    """
    found = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*")}
    for name in sorted(found):
        if set(PurePosixPath(name).parts) & set(LEFT_OUT):
            continue
        if found[name].is_symlink():
            why = "a link leads out of what is sent to AWS: put the file itself there"
            raise StepFailed(f"{name} is a symbolic link", where=str(folder), why=why, next=("muvi functions list",))
        if found[name].is_file():
            yield name, found[name]


def _zipped(folder: Path) -> bytes:
    inside = list(files(folder))
    _confirm_size(sum(file.stat().st_size for _, file in inside), UNZIPPED, "unzipped", folder)
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, file in inside:
            told = zipfile.ZipInfo(name, _FIRST_DAY)
            told.create_system, told.external_attr = _UNIX, _MODE << 16
            told.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(told, file.read_bytes(), compresslevel=6)
    return written.getvalue()


def _read(place: Path) -> bytes:
    _confirm_size(place.stat().st_size, DIRECT, "as a zip", place)
    return place.read_bytes()


def _names(content: bytes, place: Path) -> frozenset[str]:
    """Of the files in a zip. Raises StepFailed for one that Lambda could not open."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [one for one in archive.infolist() if not one.is_dir()]
    except zipfile.BadZipFile as error:
        again = "muvi functions copy NAME", "muvi functions package NAME"
        raise StepFailed("this is no zip, or a damaged one", where=str(place), why=str(error), next=again) from error
    if not inside:
        raise StepFailed("there is no file in it", where=str(place), next=("muvi functions list",))
    _confirm_size(sum(one.file_size for one in inside), UNZIPPED, "unzipped", place)
    return frozenset(_spelt(one.filename for one in inside))


def _spelt(names: Iterable[str]) -> Iterator[str]:
    """Some programs write names as Windows does."""
    return (name.replace("\\", "/").removeprefix("./") for name in names)


def _confirm_size(size: int, most: int, how: str, place: Path) -> None:
    if size <= most:
        return
    helps = "leave out what it does not need (tests, other systems' libraries)"
    if most == DIRECT:
        helps += ", or put the zip into a bucket and write code: s3://BUCKET/KEY in the environment file"
    raise StepFailed(
        f"the code is {size / 1024**2:.1f} MiB {how}, Lambda takes {most // 1024**2}",
        where=str(place),
        why=helps,
        next=("muvi functions list", "muvi config show"),
    )
