"""How a botocore client reaches a Cloud in the same process, with no socket.

The seam is the client's ``before-send`` event: what answers it replaces the HTTP request. botocore's own
serialising, signing, parsing and retrying all stay in play.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote, urlsplit

from muvi_provision.sandbox.answers import Answer, ConnectionCut, NeverAnswered
from muvi_provision.sandbox.call import Call, Environ, read

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse
    from botocore.hooks import BaseEventHooks

    from muvi_provision.sandbox.cloud import Cloud

Around = Callable[[Call, Callable[[], Answer]], Answer]


class InProcess:
    """Sends a client's calls to ``cloud``, in the caller's thread; may be attached to many clients.

    ``around`` stands between: it is given the call and a function that carries it out, and may raise before
    or after it. ``answer_s``: after how many seconds without an answer the clients give up.
    """

    def __init__(self, cloud: Cloud, around: Around | None = None, answer_s: float = 60) -> None:
        self._cloud = cloud
        self._around = around
        self._answer_s = answer_s

    def attach(self, events: BaseEventHooks) -> None:
        """``events`` is ``client.meta.events`` (or a session's, before clients are made)."""
        send: Callable[..., Any] = self._send
        events.register_first("before-send", send, unique_id=f"sandbox-{id(self)}")

    def fetch(self, url: str) -> bytes:
        """What is at an address that an answer gave out (a layer's). Raises FileNotFoundError."""
        from botocore.awsrequest import AWSPreparedRequest, HeadersDict

        environ = environ_of(AWSPreparedRequest("GET", url, cast(Any, HeadersDict()), b"", False))
        answer = self._cloud.answer(read(environ, self._cloud.account))
        if not answer.good:
            raise FileNotFoundError(url)
        return answer.body

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        from botocore.exceptions import ConnectionClosedError, ReadTimeoutError

        call = read(environ_of(request), self._cloud.account)
        try:
            answer = self._around(call, lambda: self._cloud.answer(call)) if self._around else self._cloud.answer(call)
        except ConnectionCut as cut:
            raise ConnectionClosedError(endpoint_url=request.url) from cut
        except NeverAnswered as never:
            self._cloud.clock.sleep(self._answer_s)
            raise ReadTimeoutError(endpoint_url=request.url, error=never) from never
        return _response(request.url, answer)


def environ_of(request: AWSPreparedRequest) -> Environ:
    """A prepared request as a WSGI one."""
    url = urlsplit(request.url)
    content = _content(request.body)
    environ: Environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path or "/", "latin-1"),
        "RAW_URI": (url.path or "/") + (f"?{url.query}" if url.query else ""),
        "QUERY_STRING": url.query,
        "SERVER_NAME": url.hostname or "127.0.0.1",
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        environ[_header(name)] = text
    environ.pop("HTTP_TRANSFER_ENCODING", None)  # the body is here, whole
    environ["CONTENT_LENGTH"] = str(len(content))
    environ["wsgi.input"] = io.BytesIO(content)
    return environ


def _content(body: Any) -> bytes:
    if hasattr(body, "read"):
        return bytes(body.read())
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _header(name: str) -> str:
    key = name.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


def _response(url: str, answer: Answer) -> AWSResponse:
    from botocore.awsrequest import AWSResponse, HeadersDict

    headers: Any = HeadersDict(answer.headers)
    return AWSResponse(url, answer.status, headers, _Raw(answer.body))


class _Raw(io.BytesIO):
    """The body as botocore expects it of urllib3."""

    def stream(self, amt: int = 65536, decode_content: bool | None = None) -> Any:  # noqa: ARG002
        while chunk := self.read(amt):
            yield chunk
