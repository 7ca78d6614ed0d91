"""Standard streams that never end a run: a closed pipe is no error, and an old code page gets ASCII."""

from __future__ import annotations

import codecs
import contextlib
import errno
import io
import os
import sys
from collections.abc import Iterator
from typing import TextIO, cast

from muvi_provision.cli.drawing.glyphs import PLAINER

_ERRORS = "muvi.plainer"


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """What a stream that cannot write a character writes instead."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(str(PLAINER.get(ord(letter), "?")) for letter in error.object[error.start : error.end]), error.end


codecs.register_error(_ERRORS, _plainer)


class Unbreakable(io.TextIOBase):
    """A text stream whose reader may go away: what is written after that is lost in silence."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.broken = False

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding or "ascii"

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._stream.errors

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return not self.broken and self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()

    def write(self, text: str) -> int:
        if not self.broken:
            with self._guarded():
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        if not self.broken:
            with self._guarded():
                self._stream.flush()

    @contextlib.contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            # Windows answers EINVAL for a pipe nobody reads
            if error.errno not in (errno.EPIPE, errno.ESHUTDOWN) and not (os.name == "nt" and error.errno == 22):
                raise
            self._give_up()

    def _give_up(self) -> None:
        """Points the descriptor at nothing, so that Python's own flush at the end finds no broken pipe."""
        self.broken = True
        with contextlib.suppress(OSError, ValueError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._stream.fileno())
            os.close(nothing)


def _fit(stream: TextIO | None) -> TextIO:
    if stream is None:  # closed by whoever started us
        stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (lives as long as the process)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_ERRORS)
    return cast(TextIO, Unbreakable(stream))


@contextlib.contextmanager
def fitted() -> Iterator[None]:
    """Inside, ``sys.stdout`` and ``sys.stderr`` are such streams."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _fit(sys.stdout), _fit(sys.stderr)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        sys.stdout, sys.stderr = before
