"""The README keeps its word: two commands, a map of the rooms, figures that are so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from muvi_provision import environment, runbook
from muvi_provision.engine.stack import Stack, Wanted

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = 150
COMMAND = re.compile(r"^<!-- command: ([^\n]+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = dict(COMMAND.findall(README))
NOT_OURS = re.compile(r"(^|/)(\.(?!ci/|gitignore)|__pycache__)|^state/(?!README|\.gitignore)|\.egg-info|^(build|dist)/")
NO_ROOMS = {"__init__.py", "__main__.py", "py.typed"}


def files() -> list[str]:
    """What the repository has or is about to have; without git, everything that is not hidden."""
    listing = ["git", "ls-files", "-co", "--exclude-standard", "-z"]
    try:
        told = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        paths = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*") if path.is_file())
        return [path for path in paths if not NOT_OURS.search(path)]
    return sorted(path for path in told.split("\0") if path and (ROOT / path).exists())


def test_it_is_short() -> None:
    assert len(README.splitlines()) < LINES


def test_there_are_three_blocks_and_the_two_commands_are_one_line_each() -> None:
    assert set(COMMANDS) == {"build", "build, PowerShell", "test"}
    for name, text in COMMANDS.items():
        assert len(text.strip().splitlines()) == 1, name


@pytest.mark.parametrize("name", ["build", "test"])
def test_a_command_needs_nothing_but_python_and_pip(name: str) -> None:
    """Dependency groups want a younger pip than most machines have, so the venv's own goes first."""
    venv, upgrade, install, last = COMMANDS[name].strip().split(" && ")
    assert venv == "python3 -m venv .venv"
    assert upgrade == ".venv/bin/pip install -q -U pip"
    assert install == ".venv/bin/pip install -q -e '.[sandbox]'" + (" --group dev" if name == "test" else "")
    assert last == {"build": ".venv/bin/muvi run day1 --sandbox", "test": ".venv/bin/poe check"}[name]


def test_powershell_does_the_same() -> None:
    parts = COMMANDS["build, PowerShell"].strip().split("; ")
    same = [part.replace(".venv\\Scripts\\", ".venv/bin/").replace("py -m", "python3 -m", 1) for part in parts]
    same = [part.replace("/python -m pip", "/pip") for part in same]
    assert " && ".join(same) == COMMANDS["build"].strip()


def test_the_map_has_every_room_and_no_other() -> None:
    drawn = re.search(r"^## The rooms\n\n```\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert drawn
    lines = [line for line in drawn[1].splitlines() if line]
    outside = {line.split()[0] for line in lines if not line.startswith(" ")}
    inside = {line.split()[0] for line in lines if line.startswith(" ")}
    assert outside == {f"{path.split('/')[0]}/" for path in files() if "/" in path}
    package = [path.split("/", 1)[1] for path in files() if path.startswith("muvi_provision/")]
    rooms = {f"{path.split('/')[0]}/" if "/" in path else path for path in package}
    assert inside == rooms - NO_ROOMS


@pytest.mark.parametrize("env", ["uat", "prodlike"])
def test_the_number_of_objects_is_so(env: str) -> None:
    assert f"{len(kinds(env))} in `{env}`" in README.replace("objects ", "")


def test_the_figures_of_the_picture_are_so() -> None:
    made = kinds("uat")
    picture = " ".join(README.split())
    for text, kind in (
        ("{} security groups", "security-group"),
        ("the {} rules between them", "security-group-rule"),
        ("{} route tables", "route-table"),
        ("{} target groups", "target-group"),
    ):
        assert text.format(made.count(kind)) in picture


def kinds(env: str) -> list[str]:
    """The kind of everything that is made (not only looked up) in that environment."""
    stack = Stack(environment.load(ROOT / "runbook" / "environments" / f"{env}.yaml"))
    stack.record(runbook.steps())
    wanted = [node.resource.declared for node in stack.nodes.values() if isinstance(node, Wanted)]
    return [declared.kind for declared in wanted if not declared.lookup]


def test_the_days_it_says_are_there_are_there() -> None:
    there = {day.number for day in runbook.days()}
    assert there == {1, 2, 3, 4, 5}, "a day was added: the README still says that only days 1 to 5 are there"


@pytest.mark.skipif(os.name != "posix" or not shutil.which("git"), reason="a bash script, for the machine that tests")
def test_ci_runs_the_readme_command_in_a_clean_clone_without_anybody_there(tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    (repository / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", repository / ".ci" / "run")
    probe = "test ! -e untracked && ! read -r line && echo CI is $CI, 3 passed"
    (repository / "README.md").write_text(README.replace(COMMANDS["test"].strip(), probe), encoding="utf-8")
    _git(repository, "init", "--quiet")
    _git(repository, "add", ".")
    _git(repository, "commit", "--quiet", "--message", "All of it")
    (repository / "untracked").touch()

    ended = subprocess.run(["bash", ".ci/run"], cwd=repository, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "CI is true, 3 passed"


@pytest.mark.skipif(os.name != "posix", reason="a bash script")
def test_ci_fails_when_the_command_does(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "README.md").write_text(README.replace(COMMANDS["test"].strip(), "false && true"), encoding="utf-8")
    assert subprocess.run(["bash", ".ci/run"], cwd=tmp_path, capture_output=True, check=False).returncode == 1
    (tmp_path / "README.md").write_text("# Nothing\n", encoding="utf-8")
    assert subprocess.run(["bash", ".ci/run"], cwd=tmp_path, capture_output=True, check=False).returncode == 2


def _git(folder: Path, *words: str) -> None:
    me = ["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *me, *words], cwd=folder, check=True, env=kept)
