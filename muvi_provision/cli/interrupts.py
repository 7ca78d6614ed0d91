"""Ctrl-C, SIGTERM and a closed terminal during a run: the first stops it safely, the second leaves at once."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

from muvi_provision.cli.drawing import keys

ENDS = {"SIGINT": 130, "SIGTERM": 143, "SIGBREAK": 130, "SIGHUP": 129}
SHOW_CURSOR = "\x1b[?25h\n"


class Interrupts:
    """Inside, a signal calls ``stop`` and is remembered as the exit code; the next one ends the process.

    ``stop`` must be safe in a signal handler. A hang-up that was to be ignored (nohup) stays ignored.
    """

    def __init__(self, stop: Callable[[], None], leave: Callable[[int], Any] = os._exit) -> None:
        self.stop = stop
        self.leave = leave
        self.code = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in ENDS:
                number = getattr(signal, name, None)
                if number and not (name == "SIGHUP" and signal.getsignal(number) is signal.SIG_IGN):
                    self._before[number] = signal.signal(number, self._caught)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._before.items():
            signal.signal(number, before)

    def _caught(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        code = ENDS[signal.Signals(number).name]
        if self.code:
            keys.shown()
            # straight to the descriptor: the streams may be in the middle of a line, and locked
            with contextlib.suppress(OSError):
                os.write(2, last_word(sys.argv[1:], os.isatty(2)))
            self.leave(code)
            return
        self.code = code
        self.stop()


def last_word(words: list[str], is_terminal: bool) -> bytes:
    """What is said by who leaves at once: the command again, as it was typed."""
    command = " ".join(["muvi", *(f'"{word}"' if " " in word else word for word in words)])
    said = f"left at once; the state is saved; next: {command}\n"
    return f"{SHOW_CURSOR if is_terminal else ''}{said}".encode(errors="replace")
