"""What the sandbox refuses, how long it takes and how much it allows can be read without one that runs."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.cli.commands.sandbox_rules import SHOWN
from muvi_provision.cli.drawing.glyphs import ESCAPES
from muvi_provision.sandbox import process, quotas
from muvi_provision.sandbox.lifecycles import TABLE
from muvi_provision.sandbox.rules import rules
from tests.cli.conftest import Run
from tests.cli.test_every_command import told
from tests.cli.test_processes import PROGRAM, begin, variables

TOLD = ("service", "code", "sentence", "source")


def listed(run: Run, *words: str) -> list[dict[str, Any]]:
    return told(run("sandbox", "rules", *words, "--json"), "sandbox-rules")["rules"]  # type: ignore[return-value]


def test_every_rule_is_listed_once_with_all_its_operations(run: Run, tmp_path: Path) -> None:
    said = listed(run)
    found = [tuple(each[key] for key in TOLD) for each in said]
    assert len(found) == len(set(found))
    spread = {(*key, name) for key, each in zip(found, said, strict=True) for name in each["operations"]}
    assert spread == {(one.service, one.code, one.sentence, one.source, one.operation) for one in rules()}
    assert not (tmp_path / "state").exists(), "nothing was started for that"


def test_they_are_chosen_by_service_operation_and_code(run: Run) -> None:
    everything = listed(run)
    mine = listed(run, "ec2")
    assert mine == [each for each in everything if each["service"] == "ec2"]
    assert listed(run, "--operation", "create_subnet") == listed(run, "ec2", "--operation", "CreateSubnet")
    assert all("CreateSubnet" in each["operations"] for each in listed(run, "--operation", "CreateSubnet"))
    held = listed(run, "ec2", "--code", "dependencyviolation")
    assert held == [each for each in mine if each["code"] == "DependencyViolation"] != []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ElastiCach",), 'did you mean "elasticache"?'),
        (("zzz",), "there are acm, "),
        (("--operation", "createsubnets"), 'did you mean "CreateSubnet"?'),
        (("ec2", "--code", "DependencyViolatio"), 'did you mean "DependencyViolation"?'),
        (("ec2", "--code", "NoSuchBucket"), "no rule is about the code NoSuchBucket"),
    ],
)
def test_a_word_that_no_rule_knows(run: Run, words: tuple[str, ...], said: str) -> None:
    ended = run("sandbox", "rules", *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err.replace("\n      ", "")
    assert "next:  muvi sandbox rules --help" in ended.err


def test_a_person_sees_them_under_their_service(run: Run) -> None:
    ended = run("sandbox", "rules", "ecr", env={"COLUMNS": "80"}, typed="")
    lines = ESCAPES.sub("", ended.out).splitlines()
    assert ended.code == 0
    assert lines[0].startswith("ecr: ")
    assert max(map(len, lines)) <= 80
    at = lines.index("  PutImage")
    assert lines[at + 1].startswith("    ImageAlreadyExistsException: ")
    assert "docs/aws-reality.md" in ended.err
    assert any(line.endswith(" more") for line in lines)
    assert "docs/aws-reality.md" not in run("sandbox", "rules", "ecr", "-q", typed="").err


def test_a_program_gets_a_line_for_each(run: Run) -> None:
    ended = run("sandbox", "rules", "s3")
    assert len(ended.out.splitlines()) == len(listed(run, "s3"))
    assert "s3  CreateBucket  InvalidBucketName  " in ended.out
    assert ended.err == ""
    longest = max(listed(run, "s3"), key=lambda each: len(each["operations"]))
    assert len(longest["operations"]) > SHOWN
    assert ", ".join(longest["operations"]) in run("sandbox", "rules", "s3", "-v").out


def test_a_long_list_begins_with_what_was_asked_for(run: Run) -> None:
    lines = run("sandbox", "rules", "--operation", "PutObject").out.splitlines()
    assert lines
    assert all(line.startswith("s3  PutObject") for line in lines)


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    running = begin(tmp_path, "sandbox", "rules")
    assert running.stdout
    assert running.stderr
    assert running.stdout.readline().startswith("acm  ")
    running.stdout.close()
    assert running.stderr.read() == ""
    running.stderr.close()
    assert running.wait(timeout=60) == 0


def test_neither_a_network_nor_a_sandbox_is_asked(tmp_path: Path) -> None:
    code = (
        "import socket, sys\n"
        f"def refuse(*_): raise OSError({errno.ENETUNREACH}, 'no network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
    )
    words = (sys.executable, "-c", code + PROGRAM[-1], "sandbox", "rules", "iam")
    ended = subprocess.run(words, cwd=tmp_path, env=variables(tmp_path), capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("iam  ")


@pytest.mark.parametrize("command", ["rules", "durations"])
def test_a_missing_library_is_said(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr(process, "NEEDED", ("moto", "no_such_library"))
    ended = run("sandbox", command)
    assert ended.code == 1
    assert "no_such_library not installed" in ended.err
    assert "next:  pip install 'muvi-provision[sandbox]'" in ended.err


def test_how_long_things_take(run: Run) -> None:
    kinds = told(run("sandbox", "durations", "--json"), "sandbox-durations")["kinds"]
    found = {each["kind"]: (each["make_s"], each["delete_s"], each["listed_s"]) for each in kinds}  # type: ignore[attr-defined]
    assert found == {name: (one.make_s, one.delete_s, one.listed_s) for name, one in TABLE.items()}
    assert found["nat_gateway"] == (105, 55, 3600)
    shown = next(line for line in run("sandbox", "durations").out.splitlines() if line.startswith("nat_gateway"))
    assert shown.split() == ["nat_gateway", "1:45", "0:55", "1:00:00"]


def test_how_much_is_allowed(run: Run) -> None:
    found = told(run("sandbox", "quotas", "--json"), "sandbox-quotas")["quotas"]
    assert {each["name"]: each["default"] for each in found} == quotas.DEFAULTS  # type: ignore[attr-defined]
    assert {(each["service"], each["code"]) for each in found if each["code"]} == set(quotas.CODES)  # type: ignore[attr-defined]
    lines = ESCAPES.sub("", run("sandbox", "quotas", env={"COLUMNS": "80"}, typed="").out).splitlines()
    assert len(lines) == len(quotas.DEFAULTS) + 1
    assert max(len(line.rstrip()) for line in lines) <= 80
