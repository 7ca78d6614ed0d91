"""How a request names a bucket: in the host's name or in the path. Here it is always in the path.

S3 Control, which tags buckets, signs as S3 does; it is told by its path.
"""

from __future__ import annotations

import re
from typing import Any

_HOST = re.compile(r"(?P<bucket>[^:]+?)\.(?:s3[.-](?:[a-z0-9.-]+\.)?amazonaws\.com|localhost)(?::\d+)?")
_CONTROL = "/v20180820/"


def of_storage(environ: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The service that a request signed for S3 is for, and the request with its bucket in the path."""
    if str(environ.get("PATH_INFO", "")).startswith(_CONTROL):
        return "s3control", environ
    found = _HOST.fullmatch(str(environ.get("HTTP_HOST", "")))
    if found is None:
        return "s3", environ
    bucket = f"/{found['bucket']}"
    moved = {name: bucket + str(environ.get(name) or "/") for name in ("PATH_INFO", "RAW_URI")}
    return "s3", environ | moved | {"HTTP_HOST": "127.0.0.1"}
