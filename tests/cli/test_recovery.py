"""``muvi state recover``: a state that was lost or damaged comes back from what AWS shows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Ended, Run
from tests.cli.test_every_command import told


@pytest.fixture
def folder(run: Run, cloud: object, small: Path, tmp_path: Path) -> Path:
    """The state folder of a sandbox with two steps in it."""
    assert run("run", "--until", "1.2", "--sandbox").code == 0
    return tmp_path / "state" / "sandbox"


def remembered(run: Run) -> set[tuple[str, ...]]:
    """Step, status, address and id of everything."""
    return {tuple(line.split()) for line in run("state", "show", "--sandbox").out.splitlines()}


def recover(run: Run, *words: str, **more: str) -> Ended:
    return run("state", "recover", "--sandbox", *words, **more)


def damage(folder: Path) -> None:
    for file in folder.glob("uat.json*"):
        file.write_text("{}")
    for file in folder.glob("uat.wal*"):
        file.unlink()


def test_a_lost_state_is_found_again(run: Run, folder: Path) -> None:
    before = remembered(run)
    for file in (*folder.glob("uat.json*"), *folder.glob("uat.wal*")):
        file.unlink()
    found = told(recover(run, "--json"), "state-recover")
    assert found["kept"] == []
    assert {address for _, _, address, _ in before} <= set(found["recovered"])  # type: ignore[call-overload]
    assert before <= remembered(run)  # and what was only looked up
    assert run("plan", "--until", "1.2", "--sandbox", "--json").document["data"]["empty"]


def test_a_damaged_state_is_kept_beside_after_asking(run: Run, folder: Path) -> None:
    before = remembered(run)
    damage(folder)
    assert run("status", "--sandbox").code == 1
    assert recover(run).code == 2  # nobody to ask
    assert recover(run, typed="n\n").code == 3
    assert (folder / "uat.json").read_text() == "{}"
    ended = recover(run, typed="y\n")
    assert ended.code == 0, ended.err
    assert "damaged" in ended.err
    assert "found again" in ended.out
    assert "next: muvi plan --sandbox" in ended.err
    kept = [file.name for file in folder.glob("uat.json.damaged-*")]
    assert len(kept) == 1
    assert re.fullmatch(r"uat\.json\.damaged-\d{14}", kept[0])
    assert before <= remembered(run)  # and what was only looked up


def test_a_sound_state_is_left_alone(run: Run, folder: Path) -> None:
    before = (folder / "uat.json").read_bytes()
    refused = recover(run, "--yes")
    assert refused.code == 2
    assert "there is nothing to recover" in refused.err
    assert "muvi drift" in refused.err
    assert (folder / "uat.json").read_bytes() == before


def test_an_empty_state_makes_room(run: Run, folder: Path) -> None:
    before = remembered(run)
    for file in (*folder.glob("uat.json*"), *folder.glob("uat.wal*")):
        file.unlink()
    run("run", "--step", "1.1", "--sandbox")  # refused, since what is there bears another lineage
    ended = recover(run, "--yes")
    assert ended.code == 0, ended.err
    assert before <= remembered(run)  # and what was only looked up


def test_when_nothing_is_found_the_damaged_files_are_where_they_were(run: Run, folder: Path) -> None:
    assert run("teardown", "--sandbox", "--confirm", "uat").code == 0
    damage(folder)
    ended = recover(run, "--yes")
    assert ended.code == 2
    assert "nothing in this account" in ended.err
    assert (folder / "uat.json").read_text() == "{}"
    assert not list(folder.glob("*.damaged-*"))
