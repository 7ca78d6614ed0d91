"""The two tools as processes: build, take down, and what each of them remembers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muvi_provision.clock import SystemChance, SystemClock
from muvi_provision.errors import StateError
from muvi_provision.state.store import State
from tests.peers.place import Place

ROOT = Path(__file__).parents[2]
WORK = Path(__file__).parent / "network.tf"
OURS = "muvi-provision"
PLUGINS = "MUVI_TERRAFORM_PLUGINS"
"""Names a folder of providers, a ``filesystem_mirror``; without it ``terraform init`` gets them as it always does."""


class Unreadable(Exception):
    """The tool's own memory cannot be read."""


@dataclass(frozen=True)
class Tool:
    """One tool, in one place. ``up`` and ``down`` are command lines; both are run in ``folder`` with ``environ``.

    known: the ids that it remembers. Raises Unreadable.
    """

    name: str
    folder: Path
    environ: Mapping[str, str]
    up: tuple[str, ...]
    down: tuple[str, ...]
    known: Callable[[Path], set[str]]


def _environ(**more: str) -> dict[str, str]:
    """Nobody's credentials but the sandbox's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
    return {**kept, "AWS_EC2_METADATA_DISABLED": "true", **more}


def ours(place: Place) -> Tool:
    """Day 1 of the runbook."""
    where = ("--env", "uat", "--sandbox", "--state-dir", str(place.folder), "--no-input")
    command = (sys.executable, "-m", "muvi_provision")
    up = (*command, "run", "day1", "--yes", *where)
    down = (*command, "teardown", "day1", "--confirm", "uat", *where)
    return Tool(OURS, place.folder, _environ(PYTHONPATH=str(ROOT)), up, down, _recorded)


def _recorded(folder: Path) -> set[str]:
    try:
        state = State.open(folder, "uat", SystemClock(), SystemChance())
    except StateError as error:
        raise Unreadable(str(error)) from error
    return {record.id for record in state.records() if record.id}


def in_tfstate(folder: Path) -> set[str]:
    """Nothing when no state was written yet: then the file is not there, or empty, which Terraform takes as well."""
    try:
        said = (folder / "terraform.tfstate").read_bytes()
        return set(_ids(json.loads(said))) if said else set()
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError) as error:
        raise Unreadable(str(error)) from error


def _ids(state: Mapping[str, Any]) -> Iterator[str]:
    for resource in state["resources"]:
        for instance in resource["instances"]:
            yield str(instance["attributes"]["id"])


class Installed:
    """Terraform and its provider, for any number of folders. Raises FileNotFoundError, which says what is missing."""

    def __init__(self, folder: Path) -> None:
        found = shutil.which("terraform")
        if found is None:
            raise FileNotFoundError("terraform is not installed")
        self.command, self.folder = found, folder
        shutil.copy(WORK, folder)
        self.environ = _environ(TF_DATA_DIR=str(folder / "providers"), TF_IN_AUTOMATION="1", CHECKPOINT_DISABLE="1")
        if plugins := os.environ.get(PLUGINS):
            settings = folder / "settings.tfrc"
            path = json.dumps(plugins)
            settings.write_text(f"provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n")
            self.environ["TF_CLI_CONFIG_FILE"] = str(settings)
        made = self._said("init", "-input=false", "-no-color")
        if made.returncode:
            raise FileNotFoundError(f"no provider for terraform ({PLUGINS} may name a folder): {made.stderr.strip()}")
        said = json.loads(self._said("version", "-json").stdout)
        self.name = f"Terraform {said['terraform_version']} + aws {next(iter(said['provider_selections'].values()))}"

    def tool(self, place: Place) -> Tool:
        """``network.tf`` in a folder of its own."""
        folder = place.folder / "terraform"
        folder.mkdir()
        for file in (WORK, self.folder / ".terraform.lock.hcl"):
            shutil.copy(file, folder)
        keys = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}
        nobody = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
        environ = self.environ | keys | nobody | {"AWS_ENDPOINT_URL": place.listener.endpoint}
        words = ("-auto-approve", "-input=false", "-no-color")
        up, down = (self.command, "apply", *words), (self.command, "destroy", *words)
        return Tool(self.name, folder, environ, up, down, in_tfstate)

    def _said(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.command, *words],
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
