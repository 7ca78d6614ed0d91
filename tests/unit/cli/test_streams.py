"""Streams whose reader goes away, and code pages from before Unicode."""

from __future__ import annotations

import errno
import io
import os
import sys

import pytest

from muvi_provision.cli.streams import Unbreakable, fitted
from muvi_provision.errors import OutputNotWritten


class Broken(io.TextIOWrapper):
    """A stream that refuses to be written."""

    number = errno.EPIPE

    def write(self, text: str) -> int:
        raise OSError(self.number, os.strerror(self.number))


def test_a_closed_pipe_is_silent_from_then_on() -> None:
    stream = Unbreakable(Broken(io.BytesIO()))
    assert stream.write("one") == 3
    assert stream.broken
    assert not stream.isatty()
    stream.write("two")
    stream.flush()


def test_a_full_disk_is_told_once_of_results_and_never_of_talk() -> None:
    broken = Broken(io.BytesIO())
    broken.number = errno.ENOSPC
    result = Unbreakable(broken, is_result=True)
    with pytest.raises(OutputNotWritten) as told:
        result.write("one")
    assert told.value.why == "No space left on device"
    result.write("two")
    Unbreakable(broken).write("talk")


def test_a_terminal_that_was_closed_is_silent() -> None:
    broken = Broken(io.BytesIO())
    broken.number = errno.EIO
    assert Unbreakable(broken, is_result=True).write("one") == 3


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_what_a_stream_cannot_write_is_written_plainer(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding, newline=""))
    with fitted():
        print("a → b … “c” ✓ \u0627")
    text = written.getvalue().decode(encoding)
    assert text.startswith("a → b" if encoding == "utf-8" else "a -> b")
    assert "c" in text


def test_a_stream_that_was_closed_before_we_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with fitted():
        print("nobody hears this")
        sys.stdout._stream.close()  # type: ignore[attr-defined]
    assert sys.stdout is None
