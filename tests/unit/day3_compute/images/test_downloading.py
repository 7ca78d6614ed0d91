"""Bytes over connections that break."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from muvi_provision.aws.clients import Aws, Border, SignIn
from muvi_provision.day3_compute.downloading import Downloads
from muvi_provision.errors import StepFailed
from tests.leaping import LeapingClock, SeededChance
from tests.registry import OURS

CONTENT = bytes(range(256)) * 40


@dataclasses.dataclass
class Store:
    """A server that breaks off after so many bytes, as often as it is told; ``asked`` are the ranges."""

    breaks: list[int] = dataclasses.field(default_factory=list)
    statuses: list[int] = dataclasses.field(default_factory=list)
    knows_ranges: bool = True
    asked: list[str] = dataclasses.field(default_factory=list)
    url: str = ""


@pytest.fixture
def store() -> Iterator[Store]:
    found = Store()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            found.asked.append(asked)
            status = found.statuses.pop(0) if found.statuses else 200
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and found.knows_ranges else 0
            rest = CONTENT[start:] if status == 200 else b""
            self.send_response(206 if start else status)
            self.send_header("Content-Length", str(len(rest)))
            self.end_headers()
            self.wfile.write(rest[: found.breaks.pop(0)] if found.breaks else rest)
            self.close_connection = True

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}/layer?signature=secret"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def downloads() -> Iterator[Downloads]:
    keys = SignIn("eu-central-1", access_key="x", secret_key="x")
    found = Downloads(Aws(Border(keys, LeapingClock(), SeededChance(1)), OURS, "eu-central-1"))
    yield found
    found.close()


def parts(downloads: Downloads, store: Store, length: int = 4000) -> list[bytes]:
    return list(downloads.parts(lambda: store.url, length))


def test_parts_are_as_long_as_asked(downloads: Downloads, store: Store) -> None:
    found = parts(downloads, store)
    assert [len(part) for part in found] == [4000, 4000, len(CONTENT) - 8000]
    assert b"".join(found) == CONTENT
    assert store.asked == [""]


@pytest.mark.parametrize("knows_ranges", [True, False])
def test_a_broken_connection_is_taken_up_where_it_broke(downloads: Downloads, store: Store, knows_ranges: bool) -> None:
    store.breaks, store.knows_ranges = [5000, 100 if knows_ranges else 6000, 0], knows_ranges
    found = parts(downloads, store)
    assert b"".join(found) == CONTENT
    assert [len(part) for part in found] == [4000, 4000, len(CONTENT) - 8000]
    assert len(store.asked) == 4
    assert store.asked[1].startswith("bytes=")


def test_a_fault_of_the_store_passes(downloads: Downloads, store: Store) -> None:
    store.statuses = [503, 500]
    assert b"".join(parts(downloads, store)) == CONTENT


def test_what_never_comes_is_given_up(downloads: Downloads, store: Store) -> None:
    store.breaks = [0] * 10
    with pytest.raises(StepFailed, match="could not be downloaded") as told:
        parts(downloads, store)
    assert "times in a row" in told.value.why
    assert len(store.asked) == 5


def test_a_refusal_is_told_without_its_signature(downloads: Downloads, store: Store) -> None:
    store.statuses = [403]
    with pytest.raises(StepFailed) as told:
        parts(downloads, store)
    assert "403" in told.value.why
    assert "secret" not in str(told.value)


def test_something_small_has_a_limit(downloads: Downloads, store: Store) -> None:
    assert downloads.whole(store.url, len(CONTENT)) == CONTENT
    with pytest.raises(StepFailed):
        downloads.whole(store.url, 100)
