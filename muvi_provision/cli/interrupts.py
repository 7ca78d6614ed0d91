"""Ctrl-C and SIGTERM during a run: the first stops it safely, the second leaves at once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

ENDS = {"SIGINT": 130, "SIGTERM": 143, "SIGBREAK": 130}
SHOW_CURSOR = b"\x1b[?25h\n"


class Interrupts:
    """Inside, a signal calls ``stop`` and is remembered as the exit code; the next one ends the process.

    ``stop`` must be safe in a signal handler.
    """

    def __init__(self, stop: Callable[[], None], leave: Callable[[int], Any] = os._exit) -> None:
        self.stop = stop
        self.leave = leave
        self.code = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for name in ENDS:
                if number := getattr(signal, name, None):
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
            # straight to the descriptor: the streams may be in the middle of a line
            if os.isatty(2):
                os.write(2, SHOW_CURSOR)
            self.leave(code)
        self.code = code
        self.stop()
