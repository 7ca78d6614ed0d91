"""Faults by option: put on, told of, replaced and taken away, on a real process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from muvi_provision import cli, sandbox
from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from tests.cli.conftest import Run

SCHEMAS = Path(cli.__file__).parent / "schemas"
MANY = ("latency=0.5ms", "throttle=ec2:50/90", "lost-answer=3%", "cut", "deny=ec2:CreateVpc", "seed=7")


def asked(run: Run, *words: str) -> list[str]:
    """``sandbox start`` with those faults; which ones its document tells."""
    said = [text for word in words for text in ("--fault", word)]
    ended = run("sandbox", "start", *said, "--json")
    assert ended.code == 0, ended.err
    document = ended.document
    jsonschema.validate(document, json.loads((SCHEMAS / "sandbox-start.json").read_text()))
    faults: Any = document["data"]["faults"]
    return list(faults)


@pytest.mark.usefixtures("small", "cloud")
def test_they_are_put_on_told_of_and_taken_away(run: Run) -> None:
    assert asked(run, *MANY) == list(MANY)
    told = run("sandbox", "status", "--json").document
    jsonschema.validate(told, json.loads((SCHEMAS / "sandbox-status.json").read_text()))
    assert told["data"]["faults"] == list(MANY)
    assert f"faults: {' '.join(MANY)}" in run("sandbox", "status").out
    refused = run("run", "--step", "1.1", "--sandbox")
    assert refused.code not in (0, 2)
    assert f"faults on purpose: {' '.join(MANY)}" in refused.err
    assert "ec2:CreateVpc" in refused.err
    assert asked(run) == list(MANY), "nothing said is nothing changed"
    assert asked(run, "unseen-reads=1") == ["unseen-reads=1"], "what is said replaces what was"
    assert "--speed" in run("sandbox", "start", "--fault", "unseen-seconds=5").err
    assert "--speed" not in run("sandbox", "start", "--fault", "unseen-seconds=5", "--speed", "100").err
    assert asked(run, "none") == []
    assert "faults" not in run("sandbox", "status").out
    again = run("run", "--step", "1.1", "--sandbox")
    assert again.code == 0, again.err
    assert "faults" not in again.err


def test_their_counting_begins_anew_whenever_they_are_set(run: Run, cloud: Running) -> None:
    asked(run, "error-before=1")
    assert run("run", "--step", "1.1", "--sandbox").code == 0, "an error before is tried again"
    assert control(cloud, "stats")["injected"] == {"error_before": 1}
    run("sandbox", "start", "--speed", "1000", "--quota", "vpcs=4")
    assert control(cloud, "stats")["injected"] == {"error_before": 1}, "neither of which is a fault"
    asked(run, "error-before=1")
    assert control(cloud, "stats")["injected"] == {}


def test_they_end_with_the_process(run: Run, tmp_path: Path) -> None:
    try:
        assert asked(run, "seed=1", "never-ready=nat_gateway") == ["never-ready=nat_gateway", "seed=1"]
        assert sandbox.stop(tmp_path / "state")
        assert asked(run) == []
    finally:
        sandbox.stop(tmp_path / "state")


def test_a_word_that_is_none_starts_nothing(run: Run) -> None:
    ended = run("sandbox", "start", "--fault", "time-aut=2%")
    assert ended.code == 2
    assert 'did you mean "time-out"' in ended.err
    assert "where: --fault" in ended.err
    assert "next:  muvi sandbox start --help" in ended.err
    assert run("sandbox", "status", "--json").document["data"]["running"] is False
