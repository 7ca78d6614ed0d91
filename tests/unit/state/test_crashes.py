"""Whatever is written, and wherever the process dies: the next one reads what was before the change or after it.

A model keeps what must be there. Each change may be cut short at any of its writes, before it, in the middle of it
or after it; the state is then opened again, as the next process would.
"""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from muvi_provision.state.records import DELETING, INTENDED, MADE, READY, Contents, checkpoint
from muvi_provision.state.store import State
from tests.unit.state.conftest import Quick, opened


class PulledPlug(BaseException):
    """The power is gone."""


class Plugged(Quick):
    """A disk whose plug can be pulled at the next write number ``left``, in one of three ways."""

    left: int | None = None
    how = "before"

    def append(self, path: Path, content: bytes) -> None:
        self._write(lambda part: super(Plugged, self).append(path, part), content)

    def write(self, path: Path, content: bytes) -> None:
        self._write(lambda part: super(Plugged, self).write(path, part), content)

    def rename(self, old: Path, new: Path) -> None:
        self._write(lambda _: super(Plugged, self).rename(old, new), b"")

    def remove(self, path: Path) -> None:
        self._write(lambda _: super(Plugged, self).remove(path), b"")

    def _write(self, write: Callable[[bytes], None], content: bytes) -> None:
        if self.left is None:
            return write(content)
        self.left -= 1
        if self.left >= 0:
            return write(content)
        if self.how == "after":
            write(content)
        elif self.how == "torn" and content:
            write(content[: len(content) * 2 // 3])
        raise PulledPlug


@dataclasses.dataclass(frozen=True)
class Plug:
    """When and how the plug is pulled during one change."""

    point: int
    how: str


PLUGS = st.none() | st.builds(Plug, st.integers(0, 5), st.sampled_from(["before", "torn", "after"]))
ADDRESSES = st.sampled_from(["vpc/a", "vpc/b", "subnet/a", "subnet/b", "eip/a"])


class Crashes(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="crashes-"))
        self.disk = Plugged()
        self.state = opened(self.folder, self.disk)
        self.ids = 0

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    def change(self, plug: Plug | None, change: Callable[[State], object]) -> None:
        before = self.state.contents()
        if plug is None:
            change(self.state)
            return
        self.disk.left, self.disk.how = plug.point, plug.how
        try:
            change(self.state)
        except PulledPlug:
            after = self.wanted(before, change)
            self.reopen()
            assert shape(self.state.contents()) in (shape(before), shape(after))
            assert before.serial == 0 or self.state.header.lineage == before.header.lineage
        finally:
            self.disk.left = None

    def wanted(self, before: Contents, change: Callable[[State], object]) -> Contents:
        """What the change would have made of it on a disk with nothing wrong."""
        files = dataclasses.replace(self.state.files, folder=self.folder / "other")
        if before.serial:
            Quick().write(files.checkpoint, checkpoint(before))
        other = State(files, before, self.state.clock, self.state.chance, Quick())
        change(other)
        shutil.rmtree(self.folder / "other", ignore_errors=True)
        return other.contents()

    def reopen(self) -> None:
        self.disk.left = None
        self.disk = Plugged()
        self.state = opened(self.folder, self.disk)

    @rule(address=ADDRESSES, plug=PLUGS)
    def intend(self, address: str, plug: Plug | None) -> None:
        kind = address.partition("/")[0]
        needs = ("vpc/a",) if kind == "subnet" else ()
        self.change(plug, lambda state: state.intend(address, kind, "1.1", {"name": address}, needs))

    @rule(address=ADDRESSES, plug=PLUGS)
    def make(self, address: str, plug: Plug | None) -> None:
        if not self.status(address):
            return
        self.ids += 1
        known_id = f"id-{self.ids}"
        self.change(plug, lambda state: state.made(address, known_id))

    @rule(address=ADDRESSES, output=st.text(max_size=3), plug=PLUGS)
    def ready(self, address: str, output: str, plug: Plug | None) -> None:
        if self.status(address) in (MADE, READY):
            self.change(plug, lambda state: state.ready(address, {"arn": output}))

    @rule(address=ADDRESSES, plug=PLUGS)
    def delete(self, address: str, plug: Plug | None) -> None:
        if self.status(address) not in ("", INTENDED):
            self.change(plug, lambda state: state.deleting(address))

    @rule(address=ADDRESSES, plug=PLUGS)
    def forget(self, address: str, plug: Plug | None) -> None:
        self.change(plug, lambda state: state.forget(address))

    @rule(name=st.sampled_from("xyz"), plug=PLUGS)
    def did(self, name: str, plug: Plug | None) -> None:
        self.change(plug, lambda state: state.did(f"act/{name}", "1.1"))

    @rule(account=st.sampled_from(["111122223333", "444455556666"]), plug=PLUGS)
    def pin(self, account: str, plug: Plug | None) -> None:
        self.change(plug, lambda state: state.pin(account, "eu-central-1"))

    @rule(plug=PLUGS)
    def checkpoint(self, plug: Plug | None) -> None:
        self.change(plug, lambda state: state.checkpoint())

    @rule()
    def end_and_begin_again(self) -> None:
        before = self.state.contents()
        self.reopen()
        assert before.serial == 0 or self.state.contents() == before

    def status(self, address: str) -> str:
        record = self.state.record(address)
        return record.status if record else ""

    @invariant()
    def nothing_to_complain_about(self) -> None:
        assert list(self.state.contents().complaints()) == []
        statuses = {record.status for record in self.state.records()}
        assert statuses <= {INTENDED, MADE, READY, DELETING}

    @invariant()
    def another_process_reads_the_same(self) -> None:
        seen = opened(self.folder).contents()
        assert self.state.is_new or seen == self.state.contents()


def shape(contents: Contents) -> object:
    """All but tokens, which are new each time, and the lineage of a state that was not begun yet."""
    records = {a: dataclasses.replace(r, token="") for a, r in contents.records.items()}
    header = (contents.header.env, contents.header.account, contents.header.region)
    return records, dict(contents.deeds), header, contents.serial


TestCrashes = Crashes.TestCase
TestCrashes.settings = settings(derandomize=True, deadline=None, database=None, max_examples=30, stateful_step_count=20)
