"""A Cloud on a port of 127.0.0.1: HTTP with connections that are kept, and the control address ``/_sandbox``."""

from __future__ import annotations

import io
import json
import socket
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol, cast
from urllib.parse import unquote

from muvi_provision.sandbox.answers import Answer, ConnectionCut, NeverAnswered
from muvi_provision.sandbox.call import Environ, read
from muvi_provision.sandbox.cloud import Cloud

CONTROL = "/_sandbox/"
HOST = "127.0.0.1"  # never another: nothing here asks who is calling


class Control(Protocol):
    """Answers the control address: JSON in, JSON out."""

    def __call__(self, verb: str, said: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]: ...


class Listener(ThreadingHTTPServer):
    """One thread a connection; a connection lasts until the client closes it."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = sys.platform != "win32"

    def __init__(self, cloud: Cloud, control: Control, port: int = 0) -> None:
        self.cloud = cloud
        self.control = control
        super().__init__((HOST, port), _Connection)

    @property
    def endpoint(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):  # clients may go away at any time
            super().handle_error(request, client_address)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "muvi-sandbox"
    disable_nagle_algorithm = True
    timeout = 300

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        listener = cast(Listener, self.server)
        try:
            found = self._controlled(listener, body) or self._called(listener, body)
        except ConnectionCut:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        except NeverAnswered:
            self.close_connection = True
            self.connection.recv(1)  # returns once the client has hung up
            return
        self._write(found)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = answer  # noqa: N815

    def _controlled(self, listener: Listener, body: bytes) -> Answer | None:
        if not self.path.startswith(CONTROL):
            return None
        status, said = listener.control(self.path.removeprefix(CONTROL), json.loads(body or b"{}"))
        return Answer(status, (("Content-Type", "application/json"),), json.dumps(said, default=str).encode())

    def _called(self, listener: Listener, body: bytes) -> Answer:
        return listener.cloud.answer(read(self._environ(body), listener.cloud.account))

    def _environ(self, body: bytes) -> Environ:
        path, _, query = self.path.partition("?")
        environ: Environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "RAW_URI": self.path,
            "QUERY_STRING": query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": str(cast(Listener, self.server).server_port),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            key = name.upper().replace("-", "_")
            environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
        return environ | {"CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}

    def _write(self, answer: Answer) -> None:
        """One write: two would wait for each other on a kept connection."""
        skipped = ("content-length", "connection", "transfer-encoding")
        lines = [f"HTTP/1.1 {answer.status_line}", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in answer.headers if name.lower() not in skipped]
        told = {name.lower(): value for name, value in answer.headers} if self.command == "HEAD" else {}
        lines.append(f"Content-Length: {told.get('content-length', len(answer.body))}")
        if self.close_connection:
            lines.append("Connection: close")
        head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
        self.wfile.write(head if self.command == "HEAD" else head + answer.body)

    def log_message(self, *_: Any) -> None:
        return
