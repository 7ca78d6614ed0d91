"""A layer's bytes from the address that a registry gives out, part by part; a broken connection is taken up again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from muvi_provision.aws.clients import Aws
from muvi_provision.errors import StepFailed

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse

AGAIN = ("muvi images copy",)
TRIES = 5  # in a row that bring not a byte
OK, PARTIAL = 200, 206
PIECE = 1024 * 1024  # bytes read at a time: so much is lost when a connection breaks
TIMEOUT = 60  # seconds to connect, and between two pieces


class Downloads:
    """Fetches without signing: such an address carries its own permission. For many threads.

    Proxies and certificate authorities are those that calls to AWS use.
    """

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self._sessions: dict[str, Any] = {}
        self._lock = threading.Lock()

    def parts(self, address: Callable[[], str], length: int) -> Iterator[bytes]:
        """All the content, in parts of ``length`` bytes (the last one shorter).

        address: asked for anew each time, since one expires. Raises StepFailed, and botocore's errors.
        """
        from botocore.exceptions import HTTPClientError
        from urllib3.exceptions import HTTPError

        offset, idle, kept = 0, 0, bytearray()
        while True:
            try:
                for piece in self._pieces(address(), offset, min(length, PIECE)):
                    offset, idle = offset + len(piece), 0
                    kept += piece
                    while len(kept) >= length:
                        yield bytes(kept[:length])
                        del kept[:length]
                break
            except (HTTPError, HTTPClientError, OSError) as error:
                idle += 1
                if idle >= TRIES or self.aws.border.stopping.is_set():
                    why = f"{type(error).__name__} after {offset:,} bytes, {idle} times in a row"
                    raise StepFailed("a layer could not be downloaded", why=why, next=AGAIN) from error
                self.aws.clock.sleep(0.5 * 2**idle)
        if kept:
            yield bytes(kept)

    def whole(self, address: str, most: int) -> bytes:
        """Content that is small. Raises StepFailed for more than ``most`` bytes."""
        found = b""
        for part in self.parts(lambda: address, most + 1):
            found += part
            if len(found) > most:
                raise StepFailed(f"more than {most:,} bytes came where few were expected")
        return found

    def _pieces(self, url: str, offset: int, length: int) -> Iterator[bytes]:
        response = self._answer(url, offset)
        skip = offset if response.status_code == OK else 0  # who does not know ranges begins at the beginning
        try:
            while piece := response.raw.read(length):
                yield piece[skip:]
                skip = max(0, skip - len(piece))
            expected = response.headers.get("content-length")
            if expected and response.raw.tell() < int(expected):
                raise ConnectionError("the connection ended early")
        finally:
            response.raw.release_conn()

    def _answer(self, url: str, offset: int) -> AWSResponse:
        from botocore.awsrequest import AWSRequest

        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={offset}-"} if offset else {})}
        request = AWSRequest("GET", url, headers, stream_output=True).prepare()
        response: AWSResponse = self._session(url).send(request)
        if response.status_code not in (OK, PARTIAL):
            response.raw.release_conn()
            if response.status_code >= 500:
                raise ConnectionError(f"HTTP {response.status_code}")
            why = f"HTTP {response.status_code}"
            raise StepFailed("the address of a layer gave nothing", where=url.partition("?")[0], why=why, next=AGAIN)
        return response

    def _session(self, url: str) -> Any:
        """One for all addresses of a host: which proxy to use depends on it."""
        from botocore.httpsession import URLLib3Session
        from botocore.utils import get_environ_proxies

        host = "/".join(url.split("/", 3)[:3])
        with self._lock:
            if host not in self._sessions:
                authorities = self.aws.border.session()._session.get_config_variable("ca_bundle")
                self._sessions[host] = URLLib3Session(
                    verify=authorities or True,
                    proxies=get_environ_proxies(url),
                    timeout=TIMEOUT,
                    max_pool_connections=32,
                )
            return self._sessions[host]

    def close(self) -> None:
        """Lets go of the connections."""
        with self._lock:
            for session in self._sessions.values():
                session.close()
            self._sessions.clear()
