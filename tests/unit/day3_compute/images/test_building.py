"""Images built by a docker that writes down what it is asked."""

from __future__ import annotations

import json
import stat
import sys
from pathlib import Path

import pytest

from muvi_provision.day3_compute.building import Docker, build_all
from muvi_provision.day3_compute.images import Place
from muvi_provision.errors import StepFailed
from tests.registry import Registry

SCRIPT = """#!{python}
import json, sys
from pathlib import Path
here = Path(__file__).parent
with (here / "asked").open("a") as asked:
    asked.write(json.dumps([sys.argv[1:], sys.stdin.read()]) + "\\n")
print("docker says", sys.argv[1])
print("and ends badly", file=sys.stderr)
sys.exit((here / f"fails-{{sys.argv[1]}}").exists())
"""


@pytest.fixture
def docker(tmp_path: Path) -> Docker:
    program = tmp_path / "bin" / "docker"
    program.parent.mkdir()
    program.write_text(SCRIPT.format(python=sys.executable))
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Docker.found({"PATH": str(program.parent)})


def asked(docker: Docker) -> list[tuple[list[str], str]]:
    return [json.loads(line) for line in (Path(docker.program).parent / "asked").read_text().splitlines()]


def test_built_for_fargate_and_pushed(docker: Docker, mine: Registry, tmp_path: Path) -> None:
    pushed = mine.image("uat-main", "latest", b"one")  # what a real docker would have done
    said: list[str] = []
    place = Place(mine.aws, "uat-main", "latest")
    built = build_all(docker, [(place, "repository/main", tmp_path)], said.append)
    assert [(one.repository, one.tag, one.digest) for one in built] == [("uat-main", "latest", pushed["digest"])]
    login, build, logout = asked(docker)
    host = "000011112222.dkr.ecr.me-central-1.amazonaws.com"
    assert login == [["login", "--username", "AWS", "--password-stdin", host], "000011112222-token"]
    assert build[0][:4] == ["buildx", "build", "--platform", "linux/amd64"]
    assert build[0][-4:] == ["--tag", f"{host}/uat-main:latest", "--push", str(tmp_path)]
    assert logout[0] == ["logout", host]
    assert not any("token" in word for words, _ in asked(docker) for word in words)
    assert "docker says buildx" in said


@pytest.mark.parametrize("word", ["login", "buildx"])
def test_a_docker_that_fails(docker: Docker, mine: Registry, tmp_path: Path, word: str) -> None:
    (Path(docker.program).parent / f"fails-{word}").touch()
    with pytest.raises(StepFailed, match=f"docker {word} ended with 1") as told:
        build_all(docker, [(Place(mine.aws, "uat-main", "latest"), "repository/main", tmp_path)], print)
    assert told.value.why == "and ends badly"
    words = [line[0][0] for line in asked(docker)]
    assert words == (["login"] if word == "login" else ["login", "buildx", "logout"])


def test_what_was_not_pushed_is_noticed(docker: Docker, mine: Registry, tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="is not there"):
        build_all(docker, [(Place(mine.aws, "uat-main", "latest"), "repository/main", tmp_path)], print)


def test_no_docker(tmp_path: Path) -> None:
    with pytest.raises(StepFailed) as told:
        Docker.found({"PATH": str(tmp_path)})
    assert told.value.next == ("muvi images copy",)
