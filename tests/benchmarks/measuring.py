"""One process measured from outside: seconds, CPU, memory, and the calls its cloud saw."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muvi_provision.sandbox import process
from muvi_provision.sandbox.faults import Faults

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "environments"
WAITING = 9  # the exit code when everything is done but what a person has to do


@dataclass(frozen=True)
class Measured:
    """What a process took. ``calls``: API calls its cloud answered. ``counts``: what it said itself."""

    wall: float
    cpu: float
    memory: float
    calls: int
    counts: Mapping[str, int]


def measure(command: Sequence[str], folder: Path) -> tuple[float, float, float, str]:
    """(wall seconds, CPU seconds, peak MB, standard output) of a command; raises when it fails."""
    out = folder / "out.txt"
    with out.open("wb") as stdout, (folder / "err.txt").open("wb") as stderr:
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=folder, stdout=stdout, stderr=stderr, env=_environ())
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, WAITING):
        raise SystemExit(f"{' '.join(command)} ended with {child.returncode}\n{(folder / 'err.txt').read_text()}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out.read_text()


def _environ() -> dict[str, str]:
    return {**{k: v for k, v in os.environ.items() if not k.startswith("AWS_")}, "PYTHONPATH": str(ROOT)}


class Bench:
    """A sandbox of its own in a folder, and the program run against it."""

    def __init__(
        self,
        folder: Path,
        env: str,
        *,
        latency_ms: float = 0,
        speed: float = 0,
        throttle: Mapping[str, tuple[float, int]] | None = None,
    ) -> None:
        file = SMALL / f"{env}.yaml"
        self.folder, self.env = folder, str(file) if file.exists() else env
        folder.mkdir(parents=True)
        faults = Faults(latency_ms=latency_ms, throttle=dict(throttle or {}))
        self.running = process.start(folder / "state", speed=speed, faults=faults)
        process.control(self.running, "settings", {"quotas": {"fargate_vcpus": 200}})  # what prodlike has to ask for

    def said(self, *words: str) -> dict[str, Any]:
        """The document that a command prints."""
        document: dict[str, Any] = json.loads(measure(self._command(*words), self.folder)[3])
        return document

    def _command(self, *words: str) -> tuple[str, ...]:
        where = ("--env", self.env, "--sandbox", "--state-dir", str(self.folder / "state"), "--json", "--no-input")
        return (sys.executable, "-m", "muvi_provision", *words, *where)

    def muvi(self, *words: str) -> Measured:
        """Runs the program as a process of its own."""
        before = self._calls()
        wall, cpu, memory, said = measure(self._command(*words), self.folder)
        return Measured(wall, cpu, memory, self._calls() - before, _counts(said))

    def _calls(self) -> int:
        return int(process.control(self.running, "stats")["calls"])

    def close(self) -> None:
        process.stop(self.folder / "state")


def _counts(said: str) -> dict[str, int]:
    last: dict[str, Any] = json.loads(said) if said.lstrip().startswith("{\n") else json.loads(said.splitlines()[-1])
    found = last.get("counts") or last.get("stats") or last
    return {key: value for key, value in found.items() if isinstance(value, int)}
