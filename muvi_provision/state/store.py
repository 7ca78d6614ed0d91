"""The state file and its write-ahead log.

A change is one line appended to ``<env>.wal`` and synced before anything acts on it; ``<env>.json`` is
the checkpoint of all lines so far. A checkpoint keeps the one before it and its log as ``.backup``, so
that a damaged checkpoint costs nothing. Loading = checkpoint (or backup) + the log lines with a later serial.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from muvi_provision.clock import Chance, Clock
from muvi_provision.errors import StateCorrupt, StateNotWritten
from muvi_provision.state import records
from muvi_provision.state.disk import Disk, not_written, vanished
from muvi_provision.state.loading import Files, load, read_settled
from muvi_provision.state.records import DELETING, INTENDED, MADE, READY, Contents, Deed, Header, Record

T = TypeVar("T", Record, Deed, Header)

__all__ = ["Files", "State", "load"]


class State:
    """The records in memory, and every change on disk before it counts. Safe for many threads.

    Raises StateNotWritten when the disk refuses; nothing may be done after that.
    """

    def __init__(self, files: Files, contents: Contents, clock: Clock, chance: Chance, disk: Disk) -> None:
        self.files = files
        self.clock = clock
        self.chance = chance
        self.disk = disk
        self.mended = ""
        self.torn = False
        self._header = contents.header
        self._records = dict(contents.records)
        self._deeds = dict(contents.deeds)
        self._serial = contents.serial
        self._folded = -1
        self._damaged = False
        self._lock = threading.RLock()
        self._failed: StateNotWritten | None = None

    @classmethod
    def open(cls, folder: Path, env: str, clock: Clock, chance: Chance, disk: Disk | None = None) -> State:
        """Loads the state, or begins a new one in memory. Raises StateCorrupt, StateTooNew."""
        disk = disk or Disk()
        files = Files(folder, env)
        found, mended = read_settled(files, disk, clock)
        state = cls(files, found or Contents(Header(env, chance.token())), clock, chance, disk)
        state.mended, state._damaged = mended, bool(mended)
        if not mended and disk.read(files.log) is None:
            state._folded = state._serial
        state.torn = records.is_torn(disk.read(files.log) or b"")
        return state

    @property
    def header(self) -> Header:
        return self._header

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever written."""
        return self._serial == 0

    def contents(self) -> Contents:
        """All of it at this moment."""
        with self._lock:
            return Contents(self._header, dict(self._records), dict(self._deeds), self._serial)

    def record(self, address: str) -> Record | None:
        return self._records.get(address)

    def records(self) -> list[Record]:
        with self._lock:
            return list(self._records.values())

    def deed(self, address: str) -> Deed | None:
        return self._deeds.get(address)

    def values(self, address: str) -> dict[str, str] | None:
        """id and outputs of a recorded object, None when there is no record or no id yet."""
        record = self._records.get(address)
        return record.values() or None if record else None

    def inherit(self, lineage: str) -> None:
        """Takes up the lineage that a lost state gave its objects. Only for a state that has written nothing."""
        if not self.is_new:
            raise StateCorrupt("a state that remembers something keeps its lineage", where=str(self.files.checkpoint))
        self._header = dataclasses.replace(self._header, lineage=lineage)

    def pin(self, account: str, region: str) -> None:
        """Remembers the account and region for ever. Also the first line of a new state."""
        if (self._header.account, self._header.region) != (account, region):
            self._put(dataclasses.replace(self._header, account=account, region=region))

    def intend(self, address: str, kind: str, step: str, wanted: Mapping[str, Any], needs: Iterable[str]) -> Record:
        """The intention to create now, on disk; an open intent is taken up again with its token."""
        before = self._records.get(address)
        opened = before if before and before.status == INTENDED else None
        return self._put(
            Record(
                address=address, kind=kind, step=step, status=INTENDED, wanted=wanted, needs=tuple(needs),
                token=opened.token if opened else self.chance.token(),
                intended_at=self._now(),
            )
        )  # fmt: skip

    def put_back(self, address: str, before: Record | None) -> None:
        """The intention is given up: what was recorded before it stands again."""
        if before is None:
            self.forget(address)
        else:
            self._put(before)

    def made(self, address: str, known_id: str) -> Record:
        """It exists, under this id."""
        record = self._records[address]
        made_at = record.made_at or self._now()
        return self._put(dataclasses.replace(record, status=MADE, id=known_id, made_at=made_at))

    def ready(self, address: str, outputs: Mapping[str, str]) -> Record:
        """It can be used, and these are its outputs."""
        record = self._records[address]
        same = record.status == READY and record.outputs == outputs
        ready_at = record.ready_at or self._now()
        return (
            record
            if same
            else self._put(dataclasses.replace(record, status=READY, outputs=dict(outputs), ready_at=ready_at))
        )

    def revise(self, address: str, step: str, wanted: Mapping[str, Any], needs: Iterable[str]) -> Record:
        """What is wanted of it has changed; nothing is written when it has not."""
        record = self._records[address]
        revised = dataclasses.replace(record, step=step, wanted=wanted, needs=tuple(needs))
        return record if revised == record else self._put(revised)

    def deleting(self, address: str) -> Record:
        """The intention to delete, on disk."""
        record = self._records[address]
        return record if record.status == DELETING else self._put(dataclasses.replace(record, status=DELETING))

    def forget(self, address: str) -> None:
        """It no longer exists, or is no longer ours to remember."""
        with self._lock:
            self._write(records.drop(self._serial + 1, address))
            self._records.pop(address, None)
            self._deeds.pop(address, None)

    def did(self, address: str, step: str) -> None:
        """An act was done."""
        self._put(Deed(address, step, self._now()))

    def checkpoint(self) -> None:
        """Folds the log into the state file, keeping the old file and log as backups."""
        with self._lock:
            if self._serial in (0, self._folded):
                return
            contents = self.contents()
            if problems := list(contents.complaints()):
                raise StateCorrupt("; ".join(problems), where=str(self.files.checkpoint))
            self._guarded(lambda: self._fold(records.checkpoint(contents)))

    def _fold(self, content: bytes) -> None:
        files, disk = self.files, self.disk
        disk.write(files.fresh, content)
        if not self._damaged and disk.read(files.checkpoint) is not None:
            disk.rename(files.checkpoint, files.backup(files.checkpoint))
        disk.rename(files.fresh, files.checkpoint)
        if self._damaged:  # the backup was all there was, so it was kept until now
            disk.write(files.backup(files.checkpoint), content)
            self._damaged = False
        if disk.read(files.log) is not None:
            disk.rename(files.log, files.backup(files.log))
        self._folded = self._serial

    def _now(self) -> str:
        return self.clock.now().isoformat(timespec="milliseconds")

    def _put(self, item: T) -> T:
        with self._lock:
            self._write(records.put(self._serial + 1, item))
            match item:
                case Record():
                    self._records[item.address] = item
                case Deed():
                    self._deeds[item.address] = item
                case Header():
                    self._header = item
        return item

    def _write(self, entry: Mapping[str, Any]) -> None:
        def append() -> None:
            if self.torn:
                self._discard_torn_line()
            if self._serial == 0:
                self.disk.append(self.files.log, records.line(records.put(0, self._header)))
            self.disk.append(self.files.log, records.line(entry))

        self._guarded(append)
        self._serial += 1

    def _discard_torn_line(self) -> None:
        """A line cut off by a dying process must not become the beginning of the next one."""
        if self._serial:
            self._fold(records.checkpoint(self.contents()))
        else:
            self.disk.remove(self.files.log)
        self.torn = False

    def _guarded(self, write: Callable[[], None]) -> None:
        if self._failed:
            raise self._failed
        try:
            if not self._serial:
                self.files.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            elif self._has_vanished():  # a new file would hold a part of it and look like the whole
                raise FileNotFoundError(self.files.folder)
            write()
        except OSError as error:
            gone = self._has_vanished()
            self._failed = vanished(self.files.checkpoint) if gone else not_written(error, self.files.log)
            raise self._failed from error

    def _has_vanished(self) -> bool:
        return bool(self._serial) and not any(map(self.disk.is_there, self.files.all()))
