"""A cloud of one shelf, for the engine alone: things with tags that can be found, changed and taken away.

The shelf stands where a client would: behind the border, so that reads are shared and the guard holds. Time leaps.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from botocore.exceptions import ClientError, ConnectionClosedError

from muvi_provision.aws.clients import Aws, Border, SignIn, WriteRefused
from muvi_provision.resource import Change, Declared, Live, Resource

T = TypeVar("T")
READY_AFTER = 105.0


class Leaping:
    """A clock whose waiting costs nothing."""

    def __init__(self) -> None:
        self.time = 1000.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.time

    def now(self) -> datetime:
        return datetime(2026, 11, 2, tzinfo=UTC) + timedelta(seconds=self.time)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.time += seconds

    def next_of(self, arrivals: queue.SimpleQueue[T], within: float | None, *, busy: bool) -> T | None:
        if busy:
            return arrivals.get(timeout=60)
        try:
            return arrivals.get_nowait()
        except queue.Empty:
            self.sleep(within or 0.0)
            return None


class Counting:
    """Tokens one after the other, no jitter."""

    def __init__(self) -> None:
        self._count = 0

    def token(self) -> str:
        self._count += 1
        return f"{self._count:032x}"

    def fraction(self) -> float:
        return 0.5


def refusal(code: str, message: str = "no", operation: str = "CreateThing", status: int = 400) -> ClientError:
    meta: Any = {"RequestId": "req-1", "HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0}
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": meta}, operation)


def cut() -> Exception:
    return ConnectionClosedError(endpoint_url="https://shelf.test")


class Shelf:
    """Everything there is. ``calls`` are (verb, address); ``before`` may refuse one, ``after`` lose its answer.

    Kinds in ``fails`` end in failure, those in ``never`` are never ready.
    """

    def __init__(self, clock: Leaping) -> None:
        self.clock = clock
        self.things: dict[str, dict[str, Any]] = {}
        self.calls: list[tuple[str, str]] = []
        self.before: Callable[[str, str], None] = lambda verb, address: None
        self.after: Callable[[str, str], None] = lambda verb, address: None
        self.hidden_s = 0.0
        self.fails: set[str] = set()
        self.never: set[str] = set()
        self.border: Border | None = None
        self._lock = threading.Lock()
        self._count = 0

    def describe(self, kind: str) -> list[dict[str, Any]]:
        with self._lock:
            self.calls.append(("describe", kind))
        self.before("describe", kind)
        with self._lock:
            return [self._shown(one) for one in self.things.values() if one["kind"] == kind and self._is_seen(one)]

    def create(self, kind: str, address: str, tags: dict[str, str], **fields: Any) -> str:
        self._write("create", address)
        with self._lock:
            self._count += 1
            known_id = f"{kind}-{self._count}"
            made = {"id": known_id, "kind": kind, "tags": dict(tags), "at": self.clock.time, **fields}
            self.things[known_id] = made
        self.after("create", address)
        return known_id

    def modify(self, address: str, known_id: str, **fields: Any) -> None:
        self._write("update", address)
        self.things[known_id].update(fields)
        self.after("update", address)

    def remove(self, address: str, known_id: str) -> None:
        self._write("delete", address)
        if any(known_id in _ids(one.get("below")) for one in self.things.values()):
            raise refusal("DependencyViolation", "something stands on it", "DeleteThing")
        if self.things.pop(known_id, None) is None:
            raise refusal("InvalidThing.NotFound", operation="DeleteThing")
        self.after("delete", address)

    def writes(self, *verbs: str) -> list[str]:
        """Addresses written to, in order."""
        wanted = verbs or ("create", "update", "delete")
        return [address for verb, address in self.calls if verb in wanted]

    def addresses(self) -> list[str]:
        return sorted(one["tags"].get("muvi:address", "?") for one in self.things.values())

    def _write(self, verb: str, address: str) -> None:
        assert self.border is not None
        if not getattr(self.border.writing, "address", ""):
            raise WriteRefused(f"shelf:{verb}")
        with self._lock:
            self.calls.append((verb, address))
            self.border.tally.calls += 1
            self.border.tally.writes += 1
        self.before(verb, address)

    def _is_seen(self, one: dict[str, Any]) -> bool:
        return bool(self.clock.time >= one["at"] + self.hidden_s)

    def _shown(self, one: dict[str, Any]) -> dict[str, Any]:
        if self.clock.time < one["at"] + READY_AFTER or one["kind"] in self.never:
            return {**one, "State": "pending"}
        if one["kind"] in self.fails:
            return {**one, "State": "failed", "FailureCode": "Broken", "FailureMessage": "it fell"}
        return {**one, "State": "available"}


def _ids(below: Any) -> tuple[Any, ...]:
    return below if isinstance(below, tuple) else (below,)


class ShelfBorder(Border):
    """The border, with a shelf behind it."""

    def __init__(self, shelf: Shelf, clock: Leaping) -> None:
        super().__init__(SignIn("nowhere"), clock, Counting())
        self.shelf = shelf
        shelf.border = self

    def client(self, service: str, region: str) -> Any:
        return self.shelf


class Shelved(Resource):
    """Fields: what it stands on, a colour that can be changed, a size that cannot."""

    abstract: ClassVar[bool] = True

    below: Any = None
    colour: str = "green"
    size: int = 1

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        seen: Any = aws.read("shelf", "describe", kind=self.declared.kind)
        for one in seen:
            if one["id"] == known_id if known_id else one["tags"].get("muvi:address") == self.address:
                return Live(one["id"], one, one["tags"])
        return None

    def create(self, aws: Aws) -> str:
        return _shelf(aws).create(
            self.declared.kind, self.address, aws.tags(self), below=self.wanted()["below"], colour=self._first_colour()
            , size=self.size, token=aws.token,
        )  # fmt: skip

    def _first_colour(self) -> str:
        return self.colour

    def observe(self, live: Live) -> dict[str, Any]:
        return {name: live.raw[name] for name in ("below", "colour", "size")}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        _shelf(aws).modify(self.address, live.id, **{change.field: change.new for change in changes})

    def delete(self, aws: Aws, live: Live) -> None:
        _shelf(aws).remove(self.address, live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": f"arn:{live.id}"}


def _shelf(aws: Aws) -> Shelf:
    found: Shelf = aws.border.client("shelf", "nowhere")
    return found


class Box(Shelved, kind="test-box", mutable={"colour"}, outputs={"arn"}):
    """Ready at once."""


class Oven(Shelved, kind="test-oven", ready="nat_gateway_available", mutable={"colour"}, outputs={"arn"}):
    """Takes its time."""


class Candle(Shelved, kind="test-candle", ready="nat_gateway_available", fades=True, mutable={"colour"}):
    """One that failed goes away by itself."""


class Meal(Shelved, kind="test-meal", awaits={"below"}, mutable={"colour"}):
    """Needs what it stands on to be ready."""


class Kit(Shelved, kind="test-kit", completes=True, mutable={"colour"}):
    """Comes in grey; its colour is put on afterwards."""

    def _first_colour(self) -> str:
        return "grey"


class Found(Shelved, kind="test-found", lookup=True):
    """There already, made by nobody of ours."""

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        seen: Any = aws.read("shelf", "describe", kind=self.declared.kind)
        return next((Live(one["id"], one, one["tags"]) for one in seen if one.get("name") == self.name), None)

    def observe(self, live: Live) -> dict[str, Any]:
        return {}


KINDS = {made.declared.kind: made for made in (Box, Oven, Candle, Meal, Kit, Found)}
for _kind in KINDS:  # others ask which kinds there are; ours exist in these tests only
    del Declared.kinds[_kind]
