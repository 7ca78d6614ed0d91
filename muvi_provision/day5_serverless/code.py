"""Where a function's code is and which it is: a folder, a zip or an object in a bucket, looked at and never changed.

Facts: aws-reality 7.1 a and c.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import AWS_ERRORS, error_of
from muvi_provision.day5_serverless import packaging
from muvi_provision.day5_serverless.packaging import Package
from muvi_provision.errors import StepFailed
from muvi_provision.resource import Live, Resource

FOLDER = Path("functions")
"""Where code is looked for, in the working directory."""

S3 = "s3://"
ETAG = "etag:"
"""How the mark of an object begins whose SHA-256 the bucket does not know."""

SHA256, PLACE = "sha256", "place"


class FunctionCode(
    Resource,
    lookup=True,
    outputs={"sha256", "place"},
    actions={"s3:HeadObject"},
    card="lambda",
):
    """The code of a function. It is always found: while there is none, its ``sha256`` is "".

    code: a folder, a .zip or ``s3://bucket/key``; "" for ``functions/<name>`` and then ``functions/<name>.zip``.
    entry, runtime: what must be in it. Its id is its name and place.
    Outputs: ``place``; ``sha256``, as Lambda tells it, or ``etag:`` and the ETag of an object without one.
    """

    entry: str
    runtime: str
    code: str = ""

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """Raises StepFailed for code that Lambda would refuse."""
        if self.code.startswith(S3):
            mark = object_mark(aws, self.code)
            return self._seen(self.code, {SHA256: mark, PLACE: self.code if mark else ""})
        place = found(self.name, self.code)
        if place is None:
            return self._seen(self.code or (FOLDER / self.name).as_posix(), {SHA256: "", PLACE: ""})
        package = packaging.packed(place, self.entry, self.runtime)
        return self._seen(place.as_posix(), {SHA256: package.sha256, PLACE: place.as_posix()})

    def _seen(self, place: str, raw: dict[str, str]) -> Live:
        """Several functions may share one code, and an id belongs to one."""
        return Live(f"{self.name}: {place}", raw)

    def observe(self, live: Live) -> dict[str, Any]:  # noqa: ARG002
        return {}

    def outputs(self, live: Live) -> dict[str, str]:
        return {SHA256: live.raw[SHA256], PLACE: live.raw[PLACE]}


def places(name: str, code: str = "", folder: Path = Path()) -> tuple[Path, ...]:
    """Where the code of a function may be, the first one first; ``folder``: the working directory."""
    return (folder / code,) if code else (folder / FOLDER / name, folder / FOLDER / f"{name}.zip")


def found(name: str, code: str = "", folder: Path = Path()) -> Path | None:
    """The first place where there is some. An empty folder is none."""
    return next((place for place in places(name, code, folder) if place.is_file() or _holds_any(place)), None)


def _holds_any(place: Path) -> bool:
    return place.is_dir() and next(place.iterdir(), None) is not None


def is_there(aws: Aws, name: str, code: str) -> bool:
    """Whether a function has any, good or bad: what is wrong with it, its own look-up says."""
    if not code.startswith(S3):
        return found(name, code) is not None
    try:
        return bool(object_mark(aws, code))
    except (StepFailed, *AWS_ERRORS):
        return True


def sent(place: str, sha256: str, entry: str, runtime: str) -> dict[str, Any]:
    """The parameters that bring that code with a call. Raises StepFailed when it is not what it was a moment ago."""
    if place.startswith(S3):
        bucket, key = bucket_and_key(place)
        return {"S3Bucket": bucket, "S3Key": key}
    package: Package = packaging.packed(Path(place), entry, runtime)
    if package.sha256 != sha256:
        raise StepFailed("the code was changed while it was being sent", where=place, next=("muvi run day5",))
    return {"ZipFile": package.content}


def object_mark(aws: Aws, place: str) -> str:
    """What tells the object of an ``s3://`` place from another one, or "" when there is none.

    Raises ClientError, also where it may not be read.
    """
    bucket, key = bucket_and_key(place)
    try:
        said = aws.read("s3", "head_object", Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    except Exception as error:
        if error_of(error)[1] in ("404", "NoSuchKey", "NoSuchBucket", "NotFound"):
            return ""
        raise
    whole = said.get("ChecksumSHA256", "")
    # one made of parts is the sum of their sums, not the zip's
    return whole if whole and "-" not in whole else f"{ETAG}{said['ETag'].strip(chr(34))}"


def bucket_and_key(place: str) -> tuple[str, str]:
    """Of ``s3://bucket/key``. Raises StepFailed for another spelling."""
    bucket, _, key = place.removeprefix(S3).partition("/")
    if not bucket or not key:
        raise StepFailed(f'"{place}" is no object in a bucket', where=place, next=("muvi config show",))
    return bucket, key
