"""A disk that is full, read-only or gone, at whatever write it shows: nothing is done that nobody would remember."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.engine.drift import find_drift
from muvi_provision.engine.planner import Planner
from muvi_provision.engine.recovering import recover
from muvi_provision.errors import StateNotWritten
from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call
from muvi_provision.state.disk import Disk
from tests.canonical import addresses, canonical
from tests.world import World

Worlds = Callable[..., World]


class FullDisk(Disk):
    """A disk with room for so many writes and a part of the next; afterwards it refuses each with ``number``."""

    def __init__(self, room: int, *, torn: bool = False, number: int = errno.ENOSPC) -> None:
        self.room, self.torn, self.number, self.full = room, torn, number, False
        self._lock = threading.Lock()

    def append(self, path: Path, content: bytes) -> None:
        self._fit(lambda: super(FullDisk, self).append(path, content[: len(content) // 2]))
        super().append(path, content)

    def write(self, path: Path, content: bytes) -> None:
        self._fit(lambda: super(FullDisk, self).write(path, content[: len(content) // 2]))
        super().write(path, content)

    def _fit(self, part: Callable[[], None]) -> None:
        with self._lock:
            if self.room > 0:
                self.room -= 1
                return
            if self.torn and not self.full:
                part()
            self.full = True
        raise OSError(self.number, os.strerror(self.number))


class ReadOnlyDisk(FullDisk):
    """A disk that somebody mounted read-only: also nothing is renamed or removed."""

    def __init__(self, room: int = 0) -> None:
        super().__init__(room, number=errno.EROFS)

    def rename(self, old: Path, new: Path) -> None:
        self._fit(lambda: None)
        super().rename(old, new)

    def remove(self, path: Path) -> None:
        self._fit(lambda: None)
        super().remove(path)


class VanishingDisk(FullDisk):
    """A disk whose folder is taken elsewhere before its write number ``room``, all at once."""

    def __init__(self, room: int, folder: Path) -> None:
        super().__init__(room)
        self.folder, self.elsewhere = folder, folder.with_name("elsewhere")

    def _fit(self, part: Callable[[], None]) -> None:
        with self._lock:
            if self.room == 0:
                self.folder.rename(self.elsewhere)
                self.full = True
            self.room -= 1


def begun_after_the_failure(one: World, disk: FullDisk) -> list[str]:
    """Notes mutating calls that begin once the disk is full and the walk has had the time to know."""
    late: list[str] = []

    def around(call: Call, go: Callable[[], Answer]) -> Answer:
        if call.mutating and disk.full:
            late.append(call.operation)
        return go()

    one._around = around
    return late


def assert_full(one: World, job: Callable[[Disk], Any], disk: FullDisk) -> bool:
    """Whether the disk was full before the job ended; nothing may be sent after that but what was under way."""
    late = begun_after_the_failure(one, disk)
    try:
        job(disk)
    except StateNotWritten as error:
        assert error.exit_code == 1
        assert error.what == os.strerror(disk.number)
        assert error.next
        assert len(late) < one.threads, late
        return True
    finally:
        one._around = None
    assert not disk.full
    return False


def assert_finished(one: World, wanted: Any) -> None:
    assert not one.run().errors
    known = addresses(one.cloud.snapshot())
    assert len(known) == len(set(known)), sorted(a for a in known if known.count(a) > 1)
    assert canonical(one.cloud.snapshot()) == wanted
    assert one.plan().is_empty


@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("room", [0, 1, 2, 3, 50, 100, 150])
def test_a_disk_that_gets_full_in_a_run(world: Worlds, built: Callable[[str], Any], room: int, torn: bool) -> None:
    """With one thread nothing at all follows the failure."""
    one = world("tiny", threads=1)
    disk = FullDisk(room, torn=torn)
    assert assert_full(one, one.run, disk), room
    assert_finished(one, built("tiny"))


@pytest.mark.parametrize("threads", [1, 8])
def test_full_again_and_again(world: Worlds, built: Callable[[str], Any], threads: int) -> None:
    """Each process finds room for some writes more, until one gets to its end."""
    one = world("tiny", threads=threads)
    full = 0
    while assert_full(one, one.run, FullDisk(25 + full % 3, torn=full % 2 == 1)):
        full += 1
        assert full < 100, "the chain makes no progress"
    assert full > 5
    assert_finished(one, built("tiny"))


@pytest.mark.slow
@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("room", range(4, 400, 17))
def test_a_disk_that_gets_full_anywhere(world: Worlds, built: Callable[[str], Any], room: int, torn: bool) -> None:
    one = world("tiny")
    assert_full(one, one.run, FullDisk(room, torn=torn))
    assert_finished(one, built("tiny"))


@pytest.mark.parametrize("torn", [False, True])
@pytest.mark.parametrize("room", [0, 1, 30, 100])
def test_a_disk_that_gets_full_in_a_teardown(world: Worlds, room: int, torn: bool) -> None:
    one = world("tiny", threads=2)
    before = one.cloud.snapshot()
    one.run()
    assert assert_full(one, one.teardown, FullDisk(room, torn=torn)), room
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before
    assert one.site().state.records() == []


def test_a_full_disk_before_the_first_line(world: Worlds) -> None:
    one = world("tiny")
    assert assert_full(one, one.run, FullDisk(0))
    assert one.cloud.log.writes == 0
    assert one.site().state.is_new


@pytest.mark.parametrize("room", [0, 1, 2, 60, 130])
def test_a_disk_that_turns_read_only_in_a_run(world: Worlds, built: Callable[[str], Any], room: int) -> None:
    one = world("tiny", threads=1)
    assert assert_full(one, one.run, ReadOnlyDisk(room)), room
    assert_finished(one, built("tiny"))


@pytest.mark.parametrize("room", [0, 1, 40])
def test_a_disk_that_turns_read_only_in_a_teardown(world: Worlds, room: int) -> None:
    one = world("tiny", threads=1)
    before = one.cloud.snapshot()
    one.run()
    assert assert_full(one, one.teardown, ReadOnlyDisk(room)), room
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before


def test_a_read_only_disk_is_good_enough_for_looking(world: Worlds) -> None:
    one = world("tiny")
    one.run()
    kept, cloud = files(one.folder), one.cloud.snapshot()
    assert Planner(one.site(ReadOnlyDisk())).plan(one.stack(), one.numbers()).is_empty
    site = one.site(ReadOnlyDisk())
    assert find_drift(site.state.records(), site).is_none
    assert (files(one.folder), one.cloud.snapshot()) == (kept, cloud)


def test_a_second_run_wants_nothing_of_a_read_only_disk(world: Worlds) -> None:
    one = world("tiny")
    one.run()
    again = one.run(ReadOnlyDisk())
    assert (again.errors, again.counts.writes) == ({}, 0)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def vanished(one: World, job: Callable[[Disk], Any], room: int) -> VanishingDisk:
    """The folder after it was taken away; with one thread nothing is sent from then on."""
    disk = VanishingDisk(room, one.folder)
    late = begun_after_the_failure(one, disk)
    with pytest.raises(StateNotWritten) as caught:
        job(disk)
    one._around = None
    assert late == []
    assert caught.value.next == ("muvi state recover",)
    assert not one.folder.exists(), "a part of a state would look like the whole"
    return disk


@pytest.mark.parametrize("room", [3, 50, 130])
def test_a_folder_that_vanishes_and_comes_back(world: Worlds, built: Callable[[str], Any], room: int) -> None:
    one = world("tiny", threads=1)
    disk = vanished(one, one.run, room)
    disk.elsewhere.rename(one.folder)
    assert_finished(one, built("tiny"))


@pytest.mark.parametrize("room", [50, 130])
def test_a_folder_that_vanishes_for_good(world: Worlds, built: Callable[[str], Any], room: int) -> None:
    one = world("tiny", threads=1)
    vanished(one, one.run, room)
    recover(one.stack(), one.site(), one.cloud.account)
    assert_finished(one, built("tiny"))


@pytest.mark.parametrize("room", [0, 30])
def test_a_folder_that_vanishes_in_a_teardown(world: Worlds, room: int) -> None:
    one = world("tiny", threads=1)
    before = one.cloud.snapshot()
    one.run()
    vanished(one, one.teardown, room)
    recover(one.stack(), one.site(), one.cloud.account)
    assert not one.teardown().errors
    assert one.cloud.snapshot() == before
