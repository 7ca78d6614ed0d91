"""The program in processes of its own, on a sandbox in another one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from muvi_provision.sandbox import Running, process

ROOT = Path(__file__).parents[2]


def snapshot(cloud: Running) -> dict[str, Any]:
    return process.control(cloud, "snapshot")


TINY = ROOT / "tests" / "environments" / "tiny.yaml"


def begin(folder: Path, *words: str, env: str = "uat") -> subprocess.Popen[bytes]:
    where = ("--env", env, "--sandbox", "--state-dir", str(folder), "--json", "--no-input")
    return subprocess.Popen(
        [sys.executable, "-m", "muvi_provision", *words, *where],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def killed_after(folder: Path, events: int, *words: str, env: str = "uat") -> bool:
    """Starts the command and kills it once it has told so many events; False when it ended before."""
    child = begin(folder, *words, env=env)
    assert child.stdout is not None and child.stderr is not None
    for _ in range(events):
        if not child.stdout.readline():
            break
    child.send_signal(signal.SIGKILL)
    child.communicate()
    return child.returncode == -signal.SIGKILL


def done(folder: Path, *words: str, env: str = "uat", code: int = 0) -> dict[str, Any]:
    child = begin(folder, *words, env=env)
    out, err = child.communicate(timeout=120)
    assert child.returncode == code, err.decode()
    whole = out.decode()
    return json.loads(whole if whole.startswith("{\n") else whole.splitlines()[-1])
