"""What is recorded and wanted no more is named by plan and run, priced, and taken away by one command."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from muvi_provision.cli.orphans import in_order
from muvi_provision.state.records import Record
from tests.cli.conftest import Run
from tests.cli.test_every_command import told, valid

SANDBOX = "--sandbox"


def change(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def command(text: str) -> list[str]:
    """The one teardown that is advised, as words."""
    lines = [line for line in text.splitlines() if "muvi teardown --only" in line]
    assert len(lines) == 1
    return shlex.split(lines[0].partition("muvi ")[2])


@pytest.mark.usefixtures("cloud")
def test_a_door_that_was_opened_for_a_while(run: Run, small: Path) -> None:
    change(small, "  range: 10.241", "  public_ingress: anywhere\n  range: 10.241")
    assert run("run", "--until", "1.9", SANDBOX).code == 0
    change(small, "anywhere", "cloudfront")
    change(small, "[application-autoscaling]", "[]")
    planned = run("plan", "--until", "1.9", SANDBOX)
    assert "are wanted by no step any more and stay as they are:" in planned.out
    orphans = told(run("plan", "--until", "1.9", SANDBOX, "--json"), "plan")["orphan"]
    assert "security-group-rule/alb-api:80-from-anywhere" in orphans  # type: ignore[operator]
    assert "interface-endpoint/application-autoscaling" in orphans  # type: ignore[operator]

    ended = run("run", "--until", "1.9", SANDBOX)
    assert ended.code == 0, ended.err
    assert "security-group-rule/alb-api:80-from-anywhere" in ended.err
    assert "left as they are they cost 0.02 USD an hour" in ended.err

    again = run("run", "--until", "1.9", SANDBOX)
    assert "everything is as it should be" not in again.err
    assert "are wanted by no step any more" in again.err
    planned = run("plan", "--until", "1.9", SANDBOX)
    assert "as they should be" not in planned.out
    assert planned.out.startswith("Nothing to make or change")
    last = run("run", "--until", "1.9", SANDBOX, "--json").events[-1]
    valid(last, "event")
    assert last["orphans"] == orphans

    gone = run(*command(again.err), "--confirm", "uat")
    assert gone.code == 0, gone.err
    assert "everything is as it should be" in run("run", "--until", "1.9", SANDBOX).err
    assert run("run", "--until", "1.9", SANDBOX, "--json").events[-1]["orphans"] == []


@pytest.mark.usefixtures("cloud")
def test_what_was_only_looked_up_is_not_left_over(run: Run, small: Path) -> None:
    assert run("run", "--until", "1.8", SANDBOX).code == 0
    change(small, "  range: 10.241", "  public_ingress: anywhere\n  range: 10.241")
    orphans = told(run("plan", "--until", "1.8", SANDBOX, "--json"), "plan")["orphan"]
    assert orphans == ["security-group-rule/alb-api:80-from-cloudfront"]


@pytest.mark.usefixtures("cloud")
def test_what_is_blocked_is_a_difference(run: Run, small: Path) -> None:
    assert run("run", "--until", "1.2", SANDBOX).code == 0
    change(small, "private: [10.241.7.0/24", "private: [10.241.9.0/24")
    planned = run("plan", "--until", "1.2", SANDBOX, "--exit-code")
    assert planned.code == 3, planned.out
    assert "cidr: 10.241.7.0/24" in planned.out
    assert "muvi teardown --only subnet/private-a --with-users --sandbox" in planned.out
    document = run("plan", "--until", "1.2", SANDBOX, "--json").document
    assert document["data"]["blocked"] == ["subnet/private-a"]
    first, then = document["next"]
    assert run(*shlex.split(first)[1:], "--confirm", "uat").code == 0
    assert run(*shlex.split(then)[1:]).code == 0
    assert run("plan", "--until", "1.2", SANDBOX, "--exit-code").code == 0


def test_what_stands_on_it_goes_first() -> None:
    def record(address: str, *needs: str) -> Record:
        return Record(address, "x", "1.1", "ready", id=address, needs=needs)

    records = [record("a"), record("b", "a"), record("c"), record("d", "b", "c")]
    assert [each.address for each in in_order(records, records[:1])] == ["d", "b", "a"]
    assert [each.address for each in in_order(records, records[2:3])] == ["d", "c"]
