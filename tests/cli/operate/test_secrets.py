"""Values that a person gives: they reach AWS, and nobody else hears of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from muvi_provision.cli.secret_values import LIMIT
from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from tests.cli.conftest import Run
from tests.cli.test_every_command import told
from tests.cli.test_refusals import refused

VALUE = "correct-horse-battery"
NAME = "gateway/api-key"


@pytest.fixture
def manager(cloud: Running) -> Iterator[Any]:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    client = boto3.client("secretsmanager", region_name="eu-central-1", endpoint_url=cloud.endpoint, **keys)
    yield client
    client.close()


@pytest.fixture
def built(run: Run, small: Path, cloud: Running) -> None:
    ended = run("run", "--until", "2.1", "--sandbox")
    assert ended.code == 9, ended.err  # waits for the value


def value(manager: Any) -> str:
    return str(manager.get_secret_value(SecretId=f"uat/{NAME}")["SecretString"])


def set_by_stdin(run: Run, text: str, *words: str) -> Any:
    """``typed`` makes terminals of the streams, which ``--stdin`` does not mind."""
    return run("secrets", "set", NAME, "--stdin", "--sandbox", *words, typed=text)


@pytest.mark.usefixtures("built")
def test_a_value_from_first_to_last(run: Run, manager: Any, tmp_path: Path) -> None:
    before = {
        one["name"]: one for one in told(run("secrets", "list", "--sandbox", "--json"), "secrets-list")["secrets"]
    }  # type: ignore[attr-defined]
    assert [(one["kind"], one["has_value"]) for one in before.values()] == [
        ("database", True), ("certificate", True), ("password", True), ("given", False)
    ]  # fmt: skip
    waiting = run("secrets", "list", "--sandbox")
    assert f"next: muvi secrets set {NAME} --sandbox" in waiting.err

    typed = run("secrets", "set", NAME, "--sandbox", typed=f"{VALUE}\n{VALUE}\n")
    assert typed.code == 0, typed.err
    assert "next: muvi run --sandbox" in typed.err
    assert value(manager) == VALUE
    after = told(run("secrets", "list", "--sandbox", "--json"), "secrets-list")
    assert after["waiting"] == []

    again = set_by_stdin(run, f"{VALUE}\n", "--json")
    assert told(again, "secrets-set")["changed"] is False
    assert again.document["stats"]["writes"] == 0

    other = tmp_path / "value"
    other.write_bytes(b"line one\nline two\n\n")
    assert told(run("secrets", "set", NAME, "--file", str(other), "--sandbox", "--json"), "secrets-set")["changed"]
    assert value(manager) == "line one\nline two\n"  # one line break is left off, not two

    assert told(set_by_stdin(run, VALUE, "--json"), "secrets-set")["changed"] is True
    assert value(manager) == VALUE  # an older value is made the current one again
    versions = manager.list_secret_version_ids(SecretId=f"uat/{NAME}", IncludeDeprecated=True)["Versions"]
    assert len(versions) == 2
    assert run("run", "--until", "2.1", "--sandbox").code == 0

    everything = "".join(
        path.read_text(errors="replace")
        for path in (tmp_path / "state").rglob("*")
        if path.is_file()
        and "server" not in path.name
        and path.suffix != ".pickle"
        and path.parent.name == "sandbox"
        and path.name.startswith("uat")
    )
    assert "put_secret_value" in everything or "PutSecretValue" in everything
    for ended in (typed, again):
        assert VALUE not in ended.out + ended.err + everything


@pytest.mark.usefixtures("built")
def test_an_error_of_aws_does_not_say_the_value(run: Run, cloud: Running, tmp_path: Path) -> None:
    control(cloud, "settings", {"faults": {"deny": ["secretsmanager:PutSecretValue"]}})
    ended = set_by_stdin(run, f"{VALUE}\n")
    assert ended.code == 1
    assert "AccessDenied" in ended.err
    log = (tmp_path / "state" / "sandbox" / "uat.log").read_text()
    assert VALUE not in ended.out + ended.err + log


@pytest.mark.usefixtures("built")
def test_what_is_not_ours_is_not_written(run: Run, manager: Any) -> None:
    manager.tag_resource(SecretId=f"uat/{NAME}", Tags=[{"Key": "muvi:lineage", "Value": "another"}])
    refused(set_by_stdin(run, VALUE), 5, "MUVI-5014", "muvi:lineage")
    manager.delete_secret(SecretId=f"uat/{NAME}", ForceDeleteWithoutRecovery=True)
    refused(set_by_stdin(run, VALUE), 1, "AWS shows no")


@pytest.mark.usefixtures("built")
def test_typed_values_that_are_none(run: Run) -> None:
    words = ("secrets", "set", NAME, "--sandbox")
    refused(run(*words, typed="one-value\nanother-value\n"), 2, "not the same", f"muvi secrets set {NAME} --file PATH")
    refused(run(*words, typed="\n"), 2, "empty value")
    refused(run(*words, typed=""), 3, "without an answer")
    refused(run(*words, typed="x" * 5000 + "\n"), 2, "too long to be typed")
    refused(run(*words), 2, "nobody is there to type it")
    assert "not shown" in run(*words, typed="a-value\na-value\n").err


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (b"x" * (LIMIT + 1), "too large"),
        (b"x" * (LIMIT + 5), "too large"),
        (b"\xff\xfe\x00", "not text"),
        (b"a\0b", "not text"),
    ],
)
def test_files_that_hold_no_value(run: Run, tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "value"
    path.write_bytes(content)
    refused(run("secrets", "set", NAME, "--file", str(path), "--sandbox"), 2, expected, "--file")


@pytest.mark.usefixtures("built")
def test_files_that_are_none(run: Run, tmp_path: Path, manager: Any) -> None:
    refused(run("secrets", "set", NAME, "--file", "nowhere", "--sandbox"), 2, "nowhere cannot be read")
    refused(run("secrets", "set", NAME, "--file", str(tmp_path), "--sandbox"), 2, "cannot be read")
    (tmp_path / "full").write_bytes(b"x" * LIMIT + b"\r\n")
    assert run("secrets", "set", NAME, "--file", "full", "--sandbox").code == 0
    assert value(manager) == "x" * LIMIT


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("words", [[NAME, VALUE], [f"{NAME}={VALUE}"], [NAME, "more", VALUE]])
def test_a_value_as_a_word_is_refused_and_not_repeated(run: Run, words: list[str], tmp_path: Path) -> None:
    ended = run("secrets", "set", *words, "--sandbox", "--json")
    refused(ended, 2, "never given as a word", "shell's history")
    assert VALUE not in ended.out + ended.err
    assert not (tmp_path / "state").exists()


@pytest.mark.usefixtures("small", "cloud")
def test_names(run: Run) -> None:
    refused(run("secrets", "set", "gateway/apikey", "--sandbox"), 2, f'did you mean "{NAME}"?')
    unknown = run("secrets", "set", "hunter2-is-my-value", "--sandbox")
    refused(unknown, 2, "there is no secret of that name", NAME)
    assert "hunter2" not in unknown.err
    refused(run("secrets", "set", "gateway/jwt", "--sandbox"), 2, "kind password", "nobody knows it")
    refused(run("secrets", "set", "main/rds", "--sandbox"), 2, "kind database", "lock everybody out")
    refused(run("secrets", "set", NAME, "--sandbox"), 2, "not built yet", "muvi run day2")
    refused(run("secrets", "set", NAME, "--stdin", "--file", "x", "--sandbox"), 2, "--file or --stdin")
    listed = run("secrets", "list", "--sandbox", "--json")
    assert not any(one["made"] for one in listed.document["data"]["secrets"])
    assert listed.document["stats"]["api_calls"] == 0
