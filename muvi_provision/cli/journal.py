"""The log file beside the state: one line an API call with AWS's request id, and tracebacks nobody else shows."""

from __future__ import annotations

import os
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muvi_provision.clock import Clock

if TYPE_CHECKING:
    from botocore.hooks import BaseEventHooks

LIMIT = 5_000_000  # bytes; the file before that is kept as ``.1``


class Journal:
    """Appends lines to a private file. Never stops the program: a disk that refuses loses the line.

    Parameters and answers are not written, since they may hold secrets.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self.path = path
        self.clock = clock
        self._lock = threading.Lock()

    def attach(self, events: BaseEventHooks) -> None:
        """Writes a line for every answer of a client with these hooks."""
        events.register("after-call", self._answered)

    def note(self, text: str) -> bool:
        """Adds lines, each with the time, where there is a folder for them; whether they were written."""
        return self.path.parent.is_dir() and self._write(text)

    def _write(self, text: str) -> bool:
        now = self.clock.now().isoformat(timespec="milliseconds")
        lines = "".join(f"{now} {line}\n" for line in text.splitlines())
        with self._lock:
            try:
                self._append(lines.encode("utf-8", "backslashreplace"))
            except OSError:
                return False
        return True

    def trouble(self, error: BaseException) -> bool:
        """Adds an error with its traceback, making the folder if need be; whether it could be written."""
        return self._write("".join(traceback.format_exception(error)))

    def _append(self, content: bytes) -> None:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size > LIMIT:
            self.path.replace(self.path.with_name(self.path.name + ".1"))
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, content)
        finally:
            os.close(descriptor)

    def _answered(self, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
        about = parsed.get("ResponseMetadata", {})
        said = parsed.get("Error", {}).get("Code", "")
        name = f"{model.service_model.service_name}:{model.name}"
        self.note(
            " ".join(filter(None, (name, str(about.get("HTTPStatusCode", "")), said, about.get("RequestId", ""))))
        )
