"""One account on a port of its own, in which a process can be killed at exactly one of its mutating calls."""

from __future__ import annotations

import os
import secrets
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from muvi_provision.sandbox import note
from muvi_provision.sandbox.answers import Answer, ConnectionCut
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.server import Listener

LATENCY_MS = 50
WITH_ANOTHER = ("security_group_rule", "network_interface", "network_acl")  # they go with what they are in


@dataclass(frozen=True)
class Point:
    """A process dies ``how`` ("before" or "after") the cloud carries out its mutating call ``number``, from 1."""

    number: int
    how: str


class Trap(Cloud):
    """An instant cloud, strict as ever, that kills whom it is told to; the dead hear no answer."""

    def __init__(self) -> None:
        super().__init__(speed=0, faults=Faults(latency_ms=LATENCY_MS))
        self._arrived = 0
        self._point: Point | None = None
        self._kill: Callable[[], Any] = lambda: None
        self._counting = threading.Lock()

    def set(self, point: Point, kill: Callable[[], Any]) -> None:
        """``kill`` is called once, at ``point`` counted from now."""
        with self._counting:
            self._arrived, self._point, self._kill = 0, point, kill

    def answer(self, call: Call) -> Answer:
        if not (call.mutating and self._is_it()) or self._point is None:
            return super().answer(call)
        if self._point.how == "after":
            super().answer(call)
        self._kill()
        raise ConnectionCut(call.name)

    def _is_it(self) -> bool:
        with self._counting:
            self._arrived += 1
            return self._point is not None and self._arrived == self._point.number


class Place:
    """Serves a ``Trap`` until it is left; ``folder`` is where ``muvi --sandbox --state-dir`` finds it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cloud, self._identity = folder, Trap(), secrets.token_hex(16)
        self.listener = Listener(self.cloud, self._control)

    def __enter__(self) -> Place:
        (self.folder / "sandbox").mkdir(parents=True)
        noted = note.Note(
            pid=os.getpid(),
            endpoint=self.listener.endpoint,
            identity=self._identity,
            started=datetime.now(UTC).isoformat(),
            version="peers",
            speed=self.cloud.speed,
            account=self.cloud.account,
        )
        note.write(self.folder / "sandbox", noted)
        threading.Thread(target=self.listener.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.listener.shutdown()
        self.listener.server_close()

    def _control(self, verb: str, said: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        if verb != "health":
            return 404, {"error": f"{verb} is not answered here"}
        return 200, {"identity": self._identity, "pid": os.getpid()}

    def things(self) -> dict[str, str]:
        """id -> kind of all there is, but for what AWS makes along with a network, and what is part of something."""
        return dict(_things(self.cloud.snapshot()))

    def kinds(self) -> Counter[str]:
        return Counter(self.things().values())


def _things(snapshot: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for regions in snapshot.values():
        for kinds in regions.values():
            for kind, items in kinds.items():
                if kind not in WITH_ANOTHER:
                    yield from ((one, kind) for one, said in items.items() if not _is_aws_own(said))


def _is_aws_own(said: Any) -> bool:
    """A network's first group and first route table."""
    return isinstance(said, Mapping) and (said.get("default") is True or said.get("main") is True)
