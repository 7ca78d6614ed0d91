"""What status and a bare call say after a run or a teardown that did not end well, and beside one that is at work."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from muvi_provision.clock import SystemChance, SystemClock
from muvi_provision.state.lock import Lock
from muvi_provision.state.store import Files, State
from tests.cli.conftest import Run

NEXT = "\nnext: "


@pytest.fixture
def state(tmp_path: Path, small: Path) -> Callable[..., None]:
    """``state(ready=["vpc/main"], deleting=[...], intended=[...])``: a state that remembers these."""

    def made(**addresses: list[str]) -> None:
        found = State.open(tmp_path / "state", "uat", SystemClock(), SystemChance())
        found.pin("123456789012", "eu-central-1")
        for status, those in addresses.items():
            for address in those:
                kind = address.partition("/")[0]
                found.intend(address, kind, {"vpc": "1.1", "bucket": "2.1"}.get(kind, "1.2"), {}, ())
                if status != "intended":
                    found.made(address, f"{kind}-1")
                    found.ready(address, {})
                if status == "deleting":
                    found.deleting(address)
        found.checkpoint()

    return made


@pytest.fixture
def at_work(tmp_path: Path) -> Iterator[None]:
    """Somebody holds the lock."""
    lock = Lock(Files(tmp_path / "state", "uat").lock, SystemClock())
    lock.take("muvi run day1")
    yield
    lock.release()


def test_a_teardown_goes_on_as_a_teardown(run: Run, state: Callable[..., None]) -> None:
    state(ready=["vpc/main"], deleting=["subnet/app-a"])
    ended = run("status")
    assert f"{NEXT}muvi teardown\n" in f"\n{ended.err}"
    assert "subnet/app-a: being deleted when the last teardown ended" in ended.out
    assert f"{NEXT}muvi teardown day1\n" in f"\n{run('status', 'day1').err}"
    assert run("status", "--json").document["next"] == ["muvi teardown"]
    bare = run().out
    assert "  muvi teardown " in bare
    assert "muvi run" not in bare


def test_the_teardown_of_one_day_does_not_become_one_of_all(run: Run, state: Callable[..., None]) -> None:
    state(ready=["bucket/images"], deleting=["subnet/app-a"])
    assert run("status", "--json").document["next"] == ["muvi teardown day1"]


def test_what_was_only_intended_is_not_in_flight_once_the_run_has_ended(run: Run, state: Callable[..., None]) -> None:
    state(ready=["vpc/main"], intended=["subnet/app-a"])
    ended = run("status")
    assert "subnet/app-a: not made yet (the last run was refused or stopped)" in ended.out
    assert "; 0 in flight" in ended.out
    assert f"{NEXT}muvi run\n" in f"\n{ended.err}"
    document = run("status", "--json").document
    assert document["data"]["in_flight"] == []


def test_beside_a_run_one_looks_on(run: Run, state: Callable[..., None], at_work: None) -> None:
    state(ready=["vpc/main"], intended=["subnet/app-a"])
    ended = run("status")
    assert "subnet/app-a: being created" in ended.out
    assert "; 1 in flight" in ended.out
    assert f"{NEXT}muvi status --watch\n" in f"\n{ended.err}"
    assert run("status", "--json").document["data"]["in_flight"] == ["subnet/app-a"]
    assert "muvi status --watch" in run().out
    refused = run("state", "unlock")
    assert refused.code == 6
    assert "unlock" not in refused.err


@pytest.mark.usefixtures("small")
def test_nothing_is_recorded_names_the_folder_looked_at(run: Run, tmp_path: Path) -> None:
    nothing = f"nothing is recorded in {tmp_path / 'state'}"
    assert nothing in run("status").out
    assert nothing in run("state", "show").out


@pytest.mark.usefixtures("small", "cloud")
def test_a_state_with_nothing_says_so_to_whoever_reads_it_back(run: Run, tmp_path: Path) -> None:
    nothing = f"nothing is recorded in {tmp_path / 'state' / 'sandbox'}"
    assert nothing in run("verify", "--sandbox").out
    assert nothing in run("drift", "--sandbox").out


def test_a_step_that_is_not_used_says_so_everywhere(run: Run, cloud: object) -> None:
    """uat has no private endpoints."""
    assert run("run", "--step", "1.1", "--sandbox").code == 0
    assert "Private endpoints           not used here" in run("status", "--sandbox").out
    verified = run("verify", "day1", "--sandbox").out
    assert "1.9   not used here" in verified
    assert "0 recorded" not in verified
    assert "1.2   nothing is recorded yet" in verified


def commands(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.startswith("  muvi ")]


@pytest.mark.parametrize("env", [{}, {"MUVI_SANDBOX": "1"}, {"MUVI_ENV": "prodlike"}])
def test_a_bare_call_has_twelve_lines_of_eighty(run: Run, env: dict[str, str], state: Callable[..., None]) -> None:
    fresh = run(env=env).out
    assert len(fresh.splitlines()) == 12
    assert all(len(line) <= 80 for line in fresh.splitlines())
    if "MUVI_SANDBOX" in env:
        assert all("--sandbox" in command for command in commands(fresh))
    state(ready=["vpc/main"])
    begun = run(env=env).out
    assert len(begun.splitlines()) == 12
    assert ("There is something already" in begun) == ("MUVI_SANDBOX" not in env)


def test_a_bare_call_in_the_sandbox(run: Run) -> None:
    for words in (["--sandbox"], ["--sandbox", "-e", "prodlike"]):
        assert all("--sandbox" in command for command in commands(run(*words).out))


@pytest.mark.usefixtures("small", "cloud")
def test_a_bare_call_after_a_teardown_says_that_nothing_is_there(run: Run) -> None:
    assert run("run", "--step", "1.1", "--sandbox").code == 0
    assert "There is something already in the sandbox" in run().out
    assert run("teardown", "--sandbox", "--confirm", "uat").code == 0
    assert "Nothing is recorded in" in run().out
    assert "Nothing is recorded in" in run("--sandbox").out
