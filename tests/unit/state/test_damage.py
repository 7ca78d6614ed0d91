"""Damaged, torn and missing files: what is mended, what is said of it, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from muvi_provision.errors import StateCorrupt
from muvi_provision.state import records
from muvi_provision.state.records import Contents
from muvi_provision.state.store import State
from tests.unit.state.conftest import make

Open = Callable[..., State]


@pytest.fixture
def two_checkpoints(open_state: Open) -> Contents:
    """Two checkpoints and a line after them."""
    state = open_state()
    for number in range(3):
        make(state, f"vpc/{number}")
        if number < 2:
            state.checkpoint()
    return state.contents()


@pytest.fixture
def one_checkpoint(open_state: Open) -> Contents:
    state = open_state()
    make(state, "vpc/0")
    state.checkpoint()
    make(state, "vpc/1")
    return state.contents()


DAMAGE: dict[str, Callable[[Path], None]] = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "cut": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "zeros": lambda path: path.write_bytes(b"\0" * path.stat().st_size),
    "one letter": lambda path: path.write_bytes(path.read_bytes().replace(b"vpc/0", b"vpc/9", 1)),
    "not text": lambda path: path.write_bytes(b"\xff\xfe" + path.read_bytes()),
    "a list": lambda path: path.write_bytes(b"[]"),
    "a number": lambda path: path.write_bytes(b"7"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_checkpoint_is_restored_from_backup_and_logs(
    open_state: Open, folder: Path, two_checkpoints: Contents, damage: Callable[[Path], None]
) -> None:
    path = folder / "uat.json"
    damage(path)
    state = open_state()
    assert state.contents() == two_checkpoints
    wrong = "damaged" if path.exists() else "missing"
    assert state.mended == f"{path} was {wrong}; restored from its backup and log"


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_the_first_checkpoint_is_restored_from_its_logs(
    open_state: Open, folder: Path, one_checkpoint: Contents, damage: Callable[[Path], None]
) -> None:
    path = folder / "uat.json"
    damage(path)
    state = open_state()
    assert state.contents() == one_checkpoint
    assert state.mended == f"{path} was {'damaged' if path.exists() else 'missing'}; restored from its log"


def test_after_mending_it_goes_on_and_is_whole_again(open_state: Open, folder: Path, two_checkpoints: Contents) -> None:
    (folder / "uat.json").write_bytes(b"x")
    state = open_state()
    make(state, "vpc/9")
    state.checkpoint()
    again = open_state()
    assert again.mended == ""
    assert again.contents() == state.contents()
    assert {*two_checkpoints.records, "vpc/9"} == set(again.contents().records)


def test_mended_twice_in_a_row(open_state: Open, folder: Path, two_checkpoints: Contents) -> None:
    """The damaged file must not become the backup that the next mending needs."""
    (folder / "uat.json").write_bytes(b"x")
    state = open_state()
    state.checkpoint()
    wanted = state.contents()
    (folder / "uat.json").write_bytes(b"y")
    assert open_state().contents() == wanted


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_backup_is_not_noticed(
    open_state: Open, folder: Path, two_checkpoints: Contents, damage: Callable[[Path], None]
) -> None:
    damage(folder / "uat.json.backup")
    state = open_state()
    assert state.contents() == two_checkpoints
    assert state.mended == ""


@pytest.mark.parametrize("damage", [name for name in DAMAGE if name != "missing"])
def test_both_damaged(open_state: Open, folder: Path, two_checkpoints: Contents, damage: str) -> None:
    DAMAGE[damage](folder / "uat.json")
    (folder / "uat.json.backup").write_bytes(b"{}")
    with pytest.raises(StateCorrupt) as caught:
        open_state()
    assert caught.value.next == ("muvi state recover",)


def test_both_missing_is_not_an_empty_state(open_state: Open, folder: Path, two_checkpoints: Contents) -> None:
    """Its log says that there was more: going on would forget what was made."""
    (folder / "uat.json").unlink()
    (folder / "uat.json.backup").unlink()
    with pytest.raises(StateCorrupt):
        open_state()


def test_a_damaged_checkpoint_with_nothing_else(open_state: Open, folder: Path) -> None:
    folder.mkdir()
    (folder / "uat.json").write_bytes(b"x")
    with pytest.raises(StateCorrupt, match="neither the file, its backup nor its log"):
        open_state()


def lines(folder: Path) -> list[bytes]:
    return (folder / "uat.wal").read_bytes().splitlines(keepends=True)


def put_lines(folder: Path, kept: list[bytes]) -> None:
    (folder / "uat.wal").write_bytes(b"".join(kept))


@pytest.fixture
def log(open_state: Open) -> Contents:
    state = open_state()
    make(state, "vpc/0")
    make(state, "vpc/1")
    return state.contents()


@pytest.mark.parametrize("place", [0, 1, 3, 5])
def test_a_damaged_line_in_the_middle_is_refused(open_state: Open, folder: Path, log: Contents, place: int) -> None:
    kept = lines(folder)
    kept[place] = kept[place].replace(b"vpc", b"VPC").replace(b"uat", b"UAT")
    put_lines(folder, kept)
    with pytest.raises(StateCorrupt, match=f"line {place + 1} is damaged"):
        open_state()


@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_missing_line_is_refused(open_state: Open, folder: Path, log: Contents, place: int) -> None:
    kept = lines(folder)
    del kept[place]
    put_lines(folder, kept)
    with pytest.raises(StateCorrupt):
        open_state()


@pytest.mark.parametrize("cut", [1, 2, 9, 30, 10_000])
def test_a_torn_last_line_is_dropped(open_state: Open, folder: Path, log: Contents, cut: int) -> None:
    kept = lines(folder)
    last = kept[-1][: -min(cut, len(kept[-1]) - 1)]
    put_lines(folder, [*kept[:-1], last])
    state = open_state()
    assert state.contents().serial == log.serial - 1
    assert state.mended == ""
    record = state.record("vpc/1")
    assert record is not None
    assert record.status == "made"


@pytest.mark.parametrize("cut", [1, 9, 10_000])
@pytest.mark.parametrize("checkpointed", [False, True])
def test_a_torn_line_is_never_glued_to_the_next(
    open_state: Open, folder: Path, log: Contents, cut: int, checkpointed: bool
) -> None:
    if checkpointed:
        state = open_state()
        state.checkpoint()
        make(state, "vpc/2")
    kept = lines(folder)
    put_lines(folder, [*kept[:-1], kept[-1][: -min(cut, len(kept[-1]) - 1)]])
    state = open_state()
    make(state, "vpc/9")
    state.did("act/a", "1.1")
    again = open_state()
    assert again.contents() == state.contents()
    assert again.record("vpc/9") is not None
    assert again.mended == ""


def test_a_first_line_that_is_torn(open_state: Open, folder: Path) -> None:
    folder.mkdir()
    (folder / "uat.wal").write_bytes(b"0123 {")
    state = open_state()
    assert state.is_new
    make(state, "vpc/0")
    assert open_state().contents() == state.contents()


def test_a_last_line_that_lies_about_its_checksum_is_dropped(open_state: Open, folder: Path, log: Contents) -> None:
    kept = lines(folder)
    put_lines(folder, [*kept[:-1], b"00000000" + kept[-1][8:]])
    state = open_state()
    assert state.contents().serial == log.serial - 1
    make(state, "vpc/9")
    assert open_state().contents() == state.contents()


def test_a_log_of_the_same_id_twice_is_refused(open_state: Open, folder: Path, log: Contents) -> None:
    serial, record = log.serial + 1, log.records["vpc/0"]
    doubled = records.put(serial, record)
    doubled["record"]["address"] = "vpc/7"
    put_lines(folder, [*lines(folder), records.line(doubled)])
    with pytest.raises(StateCorrupt, match="the same id"):
        open_state()


@pytest.mark.parametrize(
    "entry",
    [
        {"what": 1},
        {"record": {"address": "vpc/0"}},
        {"record": {"address": "a", "kind": "b", "step": "c", "status": "made", "balcony": 1}},
        {"deed": {}},
        {"header": {"env": "uat"}},
        {"drop": 7},
    ],
)
def test_a_whole_line_that_makes_no_sense_is_refused(
    open_state: Open, folder: Path, log: Contents, entry: dict[str, object]
) -> None:
    """Never with a traceback: a damaged state has a way out to show."""
    put_lines(folder, [*lines(folder), records.line({"serial": log.serial + 1, **entry})])
    with pytest.raises(StateCorrupt):
        open_state()


@pytest.mark.parametrize("status", ["thinking", ""])
def test_an_unknown_status_is_refused(open_state: Open, folder: Path, log: Contents, status: str) -> None:
    entry = records.put(log.serial + 1, log.records["vpc/0"])
    entry["record"]["status"] = status
    put_lines(folder, [*lines(folder), records.line(entry)])
    with pytest.raises(StateCorrupt, match="unknown status"):
        open_state()
