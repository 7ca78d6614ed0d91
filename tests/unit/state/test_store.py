"""One state: what a change leaves on disk, and what the next process reads there."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from muvi_provision.errors import StateCorrupt, StateError, StateNotWritten, StateTooNew
from muvi_provision.state.records import INTENDED, MADE, READY, Contents
from muvi_provision.state.store import State
from tests.unit.state.conftest import CHANCE, Failing, Standing, make, opened

Open = Callable[..., State]


def test_a_new_state_writes_nothing_until_something_happens(open_state: Open, folder: Path) -> None:
    state = open_state()
    assert state.is_new
    assert state.header.env == "uat"
    assert len(state.header.lineage) == 32
    state.checkpoint()
    assert not folder.exists()


def test_every_change_is_on_disk_at_once(open_state: Open) -> None:
    state = open_state()
    state.pin("000011112222", "eu-central-1")
    assert open_state().header == state.header
    state.intend("vpc/main", "vpc", "1.1", {"name": "main"}, ())
    record = open_state().record("vpc/main")
    assert record is not None
    assert (record.status, record.id, record.step, record.wanted) == (INTENDED, None, "1.1", {"name": "main"})
    state.made("vpc/main", "vpc-1")
    assert open_state().values("vpc/main") == {"id": "vpc-1"}
    state.ready("vpc/main", {"arn": "arn:1"})
    assert open_state().values("vpc/main") == {"id": "vpc-1", "arn": "arn:1"}
    state.did("act/images", "3.2")
    deed = open_state().deed("act/images")
    assert deed is not None
    assert deed.step == "3.2"
    state.deleting("vpc/main")
    assert open_state().contents() == state.contents()
    state.forget("vpc/main")
    assert open_state().record("vpc/main") is None
    assert open_state().contents() == state.contents()


def test_the_lineage_is_for_life(open_state: Open) -> None:
    state = open_state()
    make(state, "vpc/main")
    lineage = state.header.lineage
    state.checkpoint()
    state.forget("vpc/main")
    state.checkpoint()
    assert open_state().header.lineage == lineage


def test_what_has_no_id_has_no_values(open_state: Open) -> None:
    state = open_state()
    state.intend("vpc/main", "vpc", "1.1", {}, ())
    assert state.values("vpc/main") is None
    assert state.values("vpc/other") is None


def test_an_open_intent_keeps_its_token(open_state: Open) -> None:
    """AWS tells a repeated create from a second one by it."""
    first = open_state().intend("nat/a", "nat", "1.4", {"size": 1}, ("eip/a",))
    again = open_state().intend("nat/a", "nat", "1.4", {"size": 2}, ("eip/a",))
    assert again.token == first.token
    assert again.wanted == {"size": 2}


def test_a_finished_one_is_intended_again_with_a_new_token(open_state: Open) -> None:
    state = open_state()
    make(state, "nat/a")
    before = state.record("nat/a")
    again = state.intend("nat/a", "nat", "1.4", {}, ())
    assert before is not None
    assert again.token != before.token
    assert again.id is None


def test_nothing_is_written_when_nothing_changes(open_state: Open, folder: Path) -> None:
    state = open_state()
    make(state, "vpc/main")
    state.deleting("vpc/main")
    state.ready("vpc/main", {"arn": "arn:vpc/main"})
    state.pin("1", "r")
    before = state.contents().serial, (folder / "uat.wal").read_bytes()
    record = state.record("vpc/main")
    assert record is not None
    state.ready("vpc/main", {"arn": "arn:vpc/main"})
    state.revise("vpc/main", record.step, dict(record.wanted), record.needs)
    state.pin("1", "r")
    assert (state.contents().serial, (folder / "uat.wal").read_bytes()) == before


def test_the_times_of_the_first_making_stay(open_state: Open) -> None:
    state = open_state()
    make(state, "vpc/main")
    record = state.record("vpc/main")
    assert record is not None
    assert record.made_at == record.ready_at == "2026-11-02T09:30:00.000+00:00"
    assert state.made("vpc/main", "vpc-2").status == MADE
    assert state.ready("vpc/main", {}).status == READY


def test_a_checkpoint_keeps_the_one_before_it(open_state: Open, folder: Path) -> None:
    state = open_state()
    make(state, "vpc/main")
    state.checkpoint()
    make(state, "subnet/a", needs=("vpc/main",))
    state.checkpoint()
    assert sorted(path.name for path in folder.iterdir()) == ["uat.json", "uat.json.backup", "uat.wal.backup"]
    assert [record["address"] for record in json.loads((folder / "uat.json").read_text())["records"]] == [
        "vpc/main",
        "subnet/a",
    ]
    assert open_state().contents() == state.contents()
    assert open_state().mended == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_the_files_are_private(folder: Path) -> None:
    from muvi_provision.state.disk import Disk

    state = opened(folder, Disk())
    make(state, "vpc/main")
    state.checkpoint()
    make(state, "subnet/a")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert modes == dict.fromkeys(("uat.json", "uat.wal", "uat.wal.backup"), 0o600)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize("room", range(8))
def test_a_full_disk_stops_everything_and_keeps_what_was(folder: Path, room: int) -> None:
    state = opened(folder, Failing(room))
    before = state.contents()
    with pytest.raises(StateNotWritten, match="No space left") as caught:
        for number in range(20):
            before = state.contents()
            state.intend(f"vpc/{number}", "vpc", "1.1", {}, ())
            if number % 3 == 2:
                before = state.contents()
                state.checkpoint()
    assert caught.value.where.startswith(str(folder))
    assert caught.value.next
    assert state.contents() == before, "what is not on the disk does not count"
    afterwards = [
        lambda: state.made("vpc/0", "vpc-0"),
        lambda: state.forget("vpc/0"),
        lambda: state.did("act/a", "1.1"),
        lambda: state.intend("vpc/x", "vpc", "1.1", {}, ()),
        lambda: state.pin("1", "r"),
    ]
    for change in afterwards if before.serial else afterwards[2:]:
        with pytest.raises(StateNotWritten):
            change()
    again = opened(folder).contents()
    if before.serial:
        assert again == before
    else:
        assert again.records == {}


def test_a_folder_that_cannot_be_made(folder: Path) -> None:
    state = opened(folder)
    folder.write_text("in the way")
    with pytest.raises(StateNotWritten):
        state.pin("1", "r")


@pytest.mark.parametrize("name", ["uat.json", "uat.wal", "uat.json.backup"])
def test_a_file_that_cannot_be_read(open_state: Open, folder: Path, name: str) -> None:
    """It belongs to somebody else, say; here, where nothing is forbidden, it is a folder."""
    (folder / name).mkdir(parents=True)
    with pytest.raises(StateError) as caught:
        open_state()
    assert name in caught.value.where


def test_a_checkpoint_of_nothing_new_writes_nothing(folder: Path) -> None:
    state = opened(folder)
    make(state, "vpc/main")
    state.checkpoint()
    again = opened(folder, Failing(0))
    again.checkpoint()
    assert again.contents() == state.contents()


def test_a_sound_state_is_read_without_waiting(folder: Path) -> None:
    """Only what is amiss is read again, for it may be a writer between two renames."""
    state = opened(folder)
    make(state, "vpc/main")
    state.checkpoint()
    clock = Standing()
    State.open(folder, "uat", clock, CHANCE)
    assert clock.slept == 0
    (folder / "uat.json").write_bytes(b"x")
    State.open(folder, "uat", clock, CHANCE)
    assert 0 < clock.slept < 1


def test_a_disk_of_another_kind_of_trouble_is_told_in_its_words(folder: Path) -> None:
    import errno

    state = opened(folder, Failing(0, errno.EROFS))
    with pytest.raises(StateNotWritten) as caught:
        state.pin("1", "r")
    assert isinstance(caught.value.__cause__, OSError)
    assert caught.value.exit_code == 1


def test_many_threads_lose_nothing(open_state: Open) -> None:
    from concurrent.futures import ThreadPoolExecutor

    state = open_state()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: make(state, f"vpc/{number}"), range(60)))
    again = open_state().contents()
    assert again == state.contents()
    assert len(again.records) == 60
    assert again.serial == 180


def test_a_state_that_contradicts_itself_is_not_folded(open_state: Open) -> None:
    state = open_state()
    make(state, "vpc/a", "vpc-1")
    make(state, "vpc/b", "vpc-1")
    with pytest.raises(StateCorrupt, match="the same id vpc-1"):
        state.checkpoint()


def test_the_same_id_of_another_kind_is_another_thing(open_state: Open) -> None:
    state = open_state()
    make(state, "route-table/a", "x-1")
    make(state, "route/a", "x-1")
    state.checkpoint()
    assert len(open_state().records()) == 2


def test_records_in_a_circle_are_refused(open_state: Open) -> None:
    state = open_state()
    make(state, "vpc/a", needs=("vpc/b",))
    make(state, "vpc/b", needs=("vpc/a",))
    with pytest.raises(StateCorrupt, match="in a circle"):
        state.checkpoint()
    with pytest.raises(StateCorrupt, match="in a circle"):
        open_state()


def test_a_later_schema_is_refused(open_state: Open, folder: Path) -> None:
    state = open_state()
    make(state, "vpc/a")
    state.checkpoint()
    path = folder / "uat.json"
    path.write_text(path.read_text().replace('"schema": 1', '"schema": 2'))
    with pytest.raises(StateTooNew, match="schema 2"):
        open_state()


def test_a_later_schema_in_a_log_is_refused(open_state: Open, folder: Path) -> None:
    """Before its first checkpoint a state is a log alone."""
    from muvi_provision.state import records

    make(open_state(), "vpc/a")
    path = folder / "uat.wal"
    entries = [records.entry_of(line) for line in path.read_bytes().splitlines()]
    for entry in entries:
        assert entry is not None
        if "header" in entry:
            entry["header"]["schema"] = 2
    path.write_bytes(b"".join(records.line(entry) for entry in entries if entry))
    with pytest.raises(StateTooNew):
        open_state()


def test_contents_are_a_copy(open_state: Open) -> None:
    state = open_state()
    make(state, "vpc/a")
    contents: Contents = state.contents()
    make(state, "vpc/b")
    assert list(contents.records) == ["vpc/a"]
