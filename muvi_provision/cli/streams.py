"""Standard streams that never end a run: a closed pipe is no error, and an old code page gets ASCII.

Only a result that cannot be written is an error: talk that nobody can hear is lost in silence.
"""

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
from muvi_provision.errors import OutputNotWritten

_ERRORS = "muvi.plainer"


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """What a stream that cannot write a character writes instead."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(str(PLAINER.get(ord(letter), "?")) for letter in error.object[error.start : error.end]), error.end


codecs.register_error(_ERRORS, _plainer)


class Unbreakable(io.TextIOBase):
    """A text stream whose reader may go away: what is written after that is lost in silence.

    For any other reason ``is_result`` raises OutputNotWritten, once.
    """

    def __init__(self, stream: TextIO, *, is_result: bool = False) -> None:
        self._stream = stream
        self._is_result = is_result
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
            self._give_up()
            # Windows answers EINVAL for a pipe nobody reads, Linux EIO for a terminal that was closed
            is_gone = error.errno in (errno.EPIPE, errno.ESHUTDOWN, errno.EIO) or (
                os.name == "nt" and error.errno == 22
            )
            if self._is_result and not is_gone:
                why = error.strerror or str(error)
                raise OutputNotWritten("standard output takes nothing more", why=why, next=("df -h",)) from error

    def _give_up(self) -> None:
        """Points the descriptor at nothing, so that Python's own flush at the end finds no broken pipe."""
        self.broken = True
        with contextlib.suppress(OSError, ValueError):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, self._stream.fileno())
            os.close(nothing)


def _fit(stream: TextIO | None, *, is_result: bool = False) -> TextIO:
    if stream is None:  # closed by whoever started us
        stream = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 (lives as long as the process)
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors=_ERRORS)
    return cast(TextIO, Unbreakable(stream, is_result=is_result))


@contextlib.contextmanager
def fitted() -> Iterator[None]:
    """Inside, ``sys.stdout`` and ``sys.stderr`` are such streams."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _fit(sys.stdout, is_result=True), _fit(sys.stderr)
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError, OutputNotWritten):
                stream.flush()
        sys.stdout, sys.stderr = before
