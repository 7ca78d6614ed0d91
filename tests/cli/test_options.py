"""The common options: where they may stand, what wins, and how results are written for whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.mark.usefixtures("small", "cloud")
@pytest.mark.parametrize(
    "words",
    [
        ["--sandbox", "--json", "plan", "day1"],
        ["plan", "day1", "--sandbox", "--json"],
        ["plan", "--json", "day1", "--sandbox"],
        ["--json", "plan", "day1", "--sandbox", "-qv"],
        ["plan", "-euat", "--json", "--sandbox", "--", "day1"],
    ],
)
def test_before_and_after_the_command(run: Run, words: list[str]) -> None:
    ended = run(*words)
    assert ended.code == 0, ended.err
    assert ended.document["data"]["create"]


def region(run: Run, *words: str, **env: str) -> str:
    return str(run("config", "show", "--json", *words, env=env).document["data"]["region"])


def test_an_option_wins_over_a_variable_and_that_over_the_file(run: Run) -> None:
    assert region(run, AWS_REGION="us-east-1") == "me-central-1"
    assert region(run, MUVI_REGION="eu-west-1", AWS_REGION="us-east-1") == "eu-west-1"
    assert region(run, "--region", "eu-west-2", MUVI_REGION="eu-west-1") == "eu-west-2"


def test_the_environment_by_name_variable_and_path(run: Run, small: Path) -> None:
    assert run("config", "show", "-e", "prodlike", "--json").document["data"]["name"] == "prodlike"
    assert run("config", "show", "--json", env={"MUVI_ENV": "prodlike"}).document["data"]["name"] == "prodlike"
    by_path = run("config", "show", "--env", str(small), "--json").document
    assert (by_path["env"], by_path["data"]["domain"]) == ("uat", "tiny.cinema.example")


@pytest.mark.usefixtures("small", "cloud")
def test_the_sandbox_by_variable(run: Run, tmp_path: Path) -> None:
    assert run("run", "--step", "1.1", env={"MUVI_SANDBOX": "1"}).code == 0
    assert (tmp_path / "state" / "sandbox" / "uat.json").exists()
    assert not (tmp_path / "state" / "uat.json").exists()
    assert run("plan", env={"MUVI_SANDBOX": "perhaps"}).code == 2


@pytest.mark.usefixtures("small", "cloud")
def test_another_state_folder(run: Run, tmp_path: Path) -> None:
    (tmp_path / "state").rename(tmp_path / "elsewhere")
    assert run("run", "--step", "1.1", "--sandbox", "--state-dir", "elsewhere").code == 0
    assert (tmp_path / "elsewhere" / "sandbox" / "uat.json").exists()
    ended = run("plan", "--sandbox", env={"MUVI_STATE_DIR": "elsewhere"})
    assert "next: muvi run --state-dir elsewhere --sandbox" in ended.err


@pytest.mark.usefixtures("small", "cloud")
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_every_stream_can_take_it(run: Run, encoding: str) -> None:
    for words in (
        ["plan"],
        ["run", "--until", "1.4"],
        ["status"],
        ["verify"],
        ["teardown", "--confirm", "uat"],
        ["plna"],
    ):
        ended = run(*words, "--sandbox", encoding=encoding)
        assert ended.code in (0, 1, 2), ended.err
        if encoding != "utf-8":
            assert (ended.out + ended.err).isascii()


@pytest.mark.usefixtures("small", "cloud")
def test_quiet_says_only_the_result(run: Run) -> None:
    ended = run("run", "--until", "1.2", "--sandbox", "-q")
    assert ended.code == 0
    assert "creating" not in ended.err
    assert "SANDBOX" not in ended.err


@pytest.mark.usefixtures("small", "cloud")
def test_colour_only_where_it_is_wanted(run: Run) -> None:
    run("run", "--until", "1.2", "--sandbox")
    assert "\x1b[" not in run("status", "--sandbox").out
    assert "\x1b[3" not in run("status", "--sandbox", typed="", env={"NO_COLOR": "1"}).out
    assert "\x1b[3" not in run("status", "--sandbox", "--no-color", typed="").out
    assert "\x1b[" in run("status", "--sandbox", typed="").out
    assert "\x1b[" not in run("status", "--sandbox", "--plain", typed="").out


def test_no_question_without_a_terminal_or_in_ci(run: Run) -> None:
    for words, env in ((["--no-input"], {}), ([], {"CI": "true"}), ([], {"MUVI_NO_INPUT": "1"})):
        assert run("run", *words, typed="y\n", env=env).code == 2


def test_help_names_every_common_option(run: Run) -> None:
    ended = run("--help")
    for option in (
        "--env",
        "--profile",
        "--region",
        "--sandbox",
        "--json",
        "--plain",
        "--quiet",
        "--verbose",
        "--debug",
    ):
        assert option in ended.out
    assert "--state-dir" in run("plan", "--help").out
    assert run("plan", "-h").code == 0
