"""The real program in this process, with its own streams, home and environment variables."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from muvi_provision import sandbox
from muvi_provision.cli.main import main
from muvi_provision.sandbox.process import control

SMALL = Path(__file__).parents[1] / "environments"
NOBODY = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "TERM": "xterm-256color",
    "COLUMNS": "100",
}


@dataclass(frozen=True)
class Ended:
    """How a call of the program ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one document on stdout."""
        return dict(json.loads(self.out))

    @property
    def events(self) -> list[dict[str, Any]]:
        """The lines of a stream of events."""
        return [json.loads(line) for line in self.out.splitlines()]


class Stream(io.TextIOWrapper):
    """A stream of some encoding that may claim to be a terminal."""

    def __init__(self, encoding: str = "utf-8", terminal: bool = False, text: str = "") -> None:
        self.bytes = io.BytesIO(text.encode(encoding))
        self.terminal = terminal
        super().__init__(self.bytes, encoding=encoding, newline="")

    def isatty(self) -> bool:
        return self.terminal

    def text(self) -> str:
        self.flush()
        return self.bytes.getvalue().decode(self.encoding)


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """``run("plan", "day1", env={...}, typed="y\\n")`` in an empty folder. ``typed`` makes terminals of the streams."""
    monkeypatch.chdir(tmp_path)

    def call(
        *words: str, env: Mapping[str, str] | None = None, encoding: str = "utf-8", typed: str | None = None
    ) -> Ended:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MUVI_", "NO_COLOR"))}
        kept.pop("CI", None)
        before = dict(os.environ)
        os.environ.clear()
        os.environ.update({**kept, **NOBODY, "HOME": str(tmp_path), **(env or {})})
        there = typed is not None
        out, err = Stream(encoding, there), Stream(encoding, there)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stdin", Stream(encoding, there, typed or ""))
            patch.setattr(sys, "stdout", out)
            patch.setattr(sys, "stderr", err)
            try:
                code = main([*words])
            finally:
                os.environ.clear()
                os.environ.update(before)
        return Ended(code, out.text(), err.text())

    return call


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, sandbox.Running]]:
    """One sandbox process for all tests, and the state folder it was started for."""
    folder = tmp_path_factory.mktemp("server")
    running = sandbox.start(folder, speed=0)
    yield folder, running
    sandbox.stop(folder)


@pytest.fixture
def cloud(server: tuple[Path, sandbox.Running], tmp_path: Path) -> sandbox.Running:
    """That sandbox, emptied, known to the state folder of this test."""
    folder, running = server
    control(running, "settings", {"speed": 0, "faults": {}})
    control(running, "reset")
    (tmp_path / "state" / "sandbox").mkdir(mode=0o700, parents=True)
    shutil.copy(folder / "sandbox" / "server.json", tmp_path / "state" / "sandbox")
    return running


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small environment called ``uat``: it is found before the one that ships."""
    path = tmp_path / "runbook" / "environments" / "uat.yaml"
    path.parent.mkdir(parents=True)
    text = (SMALL / "tiny.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("name: tiny", "name: uat", 1), encoding="utf-8")
    return path


@pytest.fixture
def aws(cloud: sandbox.Running) -> dict[str, str]:
    """Environment variables with which the program takes the sandbox for AWS."""
    return {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "nobody",
        "NO_PROXY": "127.0.0.1",
    }
