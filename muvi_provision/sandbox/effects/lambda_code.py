"""A function's code: where it comes from, what is wrong with it, and the address it is fetched from."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import downloads, functions
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.functions import Function
from muvi_provision.sandbox.view import View

DIRECT = 50 * 1024 * 1024  # aws-reality 7.1 a
UNZIPPED = 250 * 1024 * 1024
_SOURCES = {"python": (".py",), "nodejs": (".js", ".mjs", ".cjs")}


def uploaded(call: Call, view: View) -> bytes:
    """The zip that a call brings or points at. Raises ``Refused``."""
    said = call.params.get("Code", call.params) if call.operation == "CreateFunction" else call.params
    content = bytes(said["ZipFile"]) if said.get("ZipFile") is not None else _stored(view, said)
    _check(content)
    return content


def _stored(view: View, said: Mapping[str, Any]) -> bytes:
    """aws-reality 7.1: in a bucket of the function's own region."""
    bucket = view.backend("s3", "aws").buckets.get(said.get("S3Bucket", ""))
    if bucket is None:
        raise _unreadable("NoSuchBucket", "The specified bucket does not exist")
    if bucket.region_name != view.region:
        where = f"The bucket is in this region: {bucket.region_name}. Please use this region to retry the request"
        raise _unreadable("PermanentRedirect", where)
    found = view.backend("s3", "aws").get_object(said["S3Bucket"], said["S3Key"], said.get("S3ObjectVersion"))
    if found is None or not hasattr(found, "value"):
        raise _unreadable("NoSuchKey", "The specified key does not exist.")
    return bytes(found.value)


def _unreadable(code: str, message: str) -> Refused:
    said = f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}"
    return Refused("InvalidParameterValueException", said)


def _check(content: bytes) -> None:
    """That it is a zip which is neither empty nor too large."""
    wrong = "InvalidParameterValueException"
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sizes = [one.file_size for one in archive.infolist() if not one.is_dir()]
    except zipfile.BadZipFile as bad:
        message = "Could not unzip uploaded file. Please check your file, then try to upload again."
        raise Refused(wrong, message) from bad
    if not sizes:
        raise Refused(wrong, "Uploaded file must be a non-empty zip")
    if sum(sizes) > UNZIPPED:
        raise Refused(wrong, f"Unzipped size must be smaller than {UNZIPPED} bytes")


def has_handler(function: Function) -> bool:
    """Whether the file that the handler names is there; of runtimes that compile it nobody can say."""
    module = str(function.settings["Handler"]).rpartition(".")[0].replace(".", "/")
    endings = next((ends for name, ends in _SOURCES.items() if function.settings["Runtime"].startswith(name)), ())
    with zipfile.ZipFile(io.BytesIO(function.code)) as archive:
        names = set(archive.namelist())
    plain = not endings or any(module + end in names for end in endings)
    return plain or f"{module}/__init__.py" in names


def told(call: Call, view: View, function: Function) -> dict[str, str]:
    """Where the code can be fetched: an address on the endpoint that was asked, which holds for this code only."""
    path = f"{function.name}/{_mark(function)}"
    location = downloads.address(call, "lambda", view.account, view.region, path)
    return {"RepositoryType": "S3", "Location": location}


@downloads.served("lambda")
def content(view: View, path: str) -> bytes | None:
    name, _, mark = path.partition("/")
    function = functions.kept(view).get(name)
    return function.code if function is not None and _mark(function) == mark else None


def _mark(function: Function) -> str:
    """A digest as it may stand in an address."""
    return function.digest.translate(str.maketrans("+/=", "-_."))
