"""Keys typed while a picture is drawn: not shown by the terminal, which would write them into it."""

from __future__ import annotations

import contextlib
import os
from typing import Any, TextIO

_kept: list[tuple[int, Any]] = []  # the terminal as it was before, while its keys are hidden


def hidden(stream: TextIO) -> None:
    """Turns off the echo of a terminal that is ours to change; Ctrl-C works as before. Nothing on Windows."""
    try:
        import termios
    except ImportError:
        return
    # a stream that is no file, a terminal that is gone, a job in the background, which would be stopped for it
    with contextlib.suppress(OSError, ValueError, termios.error):
        descriptor = stream.fileno()
        if _kept or not os.isatty(descriptor) or os.tcgetpgrp(descriptor) != os.getpgrp():
            return
        before = termios.tcgetattr(descriptor)
        quiet = [*before[:3], before[3] & ~(termios.ECHO | termios.ECHONL), *before[4:]]
        _kept.append((descriptor, before))
        termios.tcsetattr(descriptor, termios.TCSANOW, quiet)


def shown() -> None:
    """The terminal as it was before. Safe in a signal handler, and when nothing was hidden."""
    while _kept:
        import termios

        descriptor, before = _kept.pop()
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, before)
