"""Content that is fetched from an address which an answer gave out, rather than by an API call.

The real addresses are signed and need no credentials; these hold all that is needed to find the content.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.emulator import LOCK
from muvi_provision.sandbox.view import View

PREFIX = "/_downloads/"
Serve = Callable[[View, str], bytes | None]
_SERVED: dict[str, Serve] = {}


def served(service: str) -> Callable[[Serve], Serve]:
    """Registers what finds a service's content by its path; None when there is no such thing."""

    def register(serve: Serve) -> Serve:
        _SERVED[service] = serve
        return serve

    return register


def address(call: Call, service: str, account: str, region: str, path: str) -> str:
    """On the endpoint that the caller used."""
    environ = call.environ
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}{PREFIX}{service}/{account}/{region}/{quote(path, safe='/:')}"


def asked(call: Call) -> bool:
    return str(call.environ.get("PATH_INFO", "")).startswith(PREFIX)


def answer(call: Call, view: Callable[[str, str], View]) -> Answer:
    """The content, or a plain 403 or 404 as a storage service gives them."""
    if call.environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return Answer(403)
    service, account, region, path = (str(call.environ["PATH_INFO"]).removeprefix(PREFIX) + "////").split("/", 3)
    with LOCK:
        content = _SERVED[service](view(region, account), path.rstrip("/")) if service in _SERVED else None
    if content is None:
        return Answer(404, (("Content-Type", "text/plain"),), b"there is nothing at this address")
    return Answer(200, (("Content-Type", "application/octet-stream"),), content)
