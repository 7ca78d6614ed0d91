"""The embedded AWS: one account, as a WSGI application or called in the same process."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from muvi_provision.clock import Clock, SystemClock
from muvi_provision.sandbox import downloads, hearing, lifecycles, snapshots
from muvi_provision.sandbox.answers import Answer, ConnectionCut, Refused, error_answer
from muvi_provision.sandbox.books import Books
from muvi_provision.sandbox.call import Call, Environ, read
from muvi_provision.sandbox.calllog import CallLog
from muvi_provision.sandbox.emulator import LOCK
from muvi_provision.sandbox.faults import Faults, Injector, Turn
from muvi_provision.sandbox.lag import Lag
from muvi_provision.sandbox.quotas import DEFAULTS
from muvi_provision.sandbox.view import View
from muvi_provision.sandbox.world import World, known

ACCOUNT = "000011112222"
LATEST_S = 120  # aws-reality 1.6: so long do providers try again, but for what ``late`` knows better
_LOG = logging.getLogger(__name__)
_GLOBAL = ("sts", "iam", "route53", "cloudfront")  # nothing of theirs is in a region
StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Cloud:
    """One AWS account with every region, empty but for what AWS puts into a new one.

    Args:
        clock: its time; only ``monotonic``, ``now`` and ``sleep`` are used.
        speed: how much faster than AWS: 1 real durations, 100 a hundred times faster, 0 no waiting at all.
        faults: what goes wrong on purpose.
        quotas: limits that differ from a new account's (``quotas.DEFAULTS`` has the names).
        account: the account's id. A caller whose access key is twelve digits speaks for that account instead.
        lag_s: seconds (of the clock) for which something just created is not found yet.
        lag_reads: or so many times by each service. Faults may say more of both.
    """

    def __init__(
        self,
        clock: Clock | None = None,
        speed: float = 0,
        faults: Faults | None = None,
        quotas: Mapping[str, int] | None = None,
        account: str = ACCOUNT,
        lag_s: float = 0,
        lag_reads: int = 0,
    ) -> None:
        self.clock = clock or SystemClock()
        self.account = account
        self.speed = speed
        self.quotas = DEFAULTS | dict(quotas or {})
        self.lag = Lag(lag_s, lag_reads)
        self.log = CallLog()
        self.books = Books()
        self.world = World()
        self.elapsed = 0.0  # before this process
        self._began = self.clock.monotonic()
        self.injector = Injector(faults or Faults(), self.clock)

    @property
    def faults(self) -> Faults:
        return self.injector.faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        self.injector = Injector(faults, self.clock)

    @property
    def lateness(self) -> Lag:
        """The longer of what the cloud and what its faults say."""
        lag, faults = self.lag, self.faults
        seconds = faults.unseen_seconds / self.speed if self.speed else 0.0
        return Lag(max(lag.seconds, seconds), max(lag.reads, faults.unseen_reads))

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answer = self.answer(read(environ, self.account))
        start_response(answer.status_line, _with_length(answer))
        return [answer.body]

    def answer(self, call: Call) -> Answer:
        """The answer to one call. Raises ``ConnectionCut`` or ``NeverAnswered`` when the answer is lost."""
        if downloads.asked(call):
            return downloads.answer(call, self.view)
        with self.log.flight():
            injector, turn = self.injector, Turn(call.mutating, 0)
            try:
                turn = injector.before(call)
                answer = self._carried_out(call)
            except Refused as refused:
                answer = error_answer(call.protocol, refused, call.service)
            self.log.note(call, answer.status)
            return self._delivered(call, turn, injector, answer) if answer.good else answer

    def _delivered(self, call: Call, turn: Turn, injector: Injector, answer: Answer) -> Answer:
        """What the client hears of a call that succeeded."""
        try:
            injector.after(call, turn)
        except Refused as lost:
            return error_answer(call.protocol, lost, call.service)
        return answer

    def _carried_out(self, call: Call) -> Answer:
        with LOCK:
            hearing.install()
            if not known(call.service):
                raise hearing.not_implemented(call)
            self._prepare(self.view(call.region), call)
            view = self.view(call.region, call.account)
            try:
                answer = self.world.dispatch(call, hearing.Hearing(call, view, self.lateness).hear, view.today)
            except NotImplementedError as missing:
                raise hearing.not_implemented(call) from missing
            except (Refused, ConnectionCut):
                raise
            except Exception as crash:
                _LOG.exception("%s failed in the sandbox itself", call.name)
                raise Refused("InternalFailure", f"the sandbox failed: {crash!r}", 500) from crash
        if answer.status == 404 and call.service != "s3" and _no_route(answer):  # S3 says no more when asked for a HEAD
            raise hearing.not_implemented(call)
        return answer

    def _prepare(self, view: View, call: Call) -> None:
        """What is due has happened before anybody looks."""
        if call.service not in _GLOBAL:
            snapshots.note_baseline(view)
            lifecycles.advance(view)

    def seconds(self) -> float:
        """The cloud's own time."""
        return self.elapsed + self.clock.monotonic() - self._began

    def view(self, region: str, account: str = "") -> View:
        lag = self.lateness
        return View(
            self.world,
            account or self.account,
            region,
            self.books,
            self.quotas,
            self.faults,
            self.seconds(),
            self.speed,
            self.clock.now(),
            min(lag.seconds, LATEST_S / (self.speed or 1)),
            lag.reads,
        )

    def snapshot(self) -> dict[str, Any]:
        """All there is but what AWS itself put there: service -> region -> kind -> id -> description."""
        with LOCK:
            hearing.install()
            for region in self.world.existing("ec2", self.account):
                lifecycles.advance(self.view(region))
            return snapshots.take(self.world, self.account, self.view)

    def warm(self) -> None:
        """Load what takes long to load."""
        with LOCK:
            hearing.install()
            for service in ("ec2", "sts"):
                known(service)

    def reset(self) -> None:
        """An empty account again."""
        with LOCK:
            self.world.clear()
            self.books = Books()
        self.log.clear()


def _no_route(answer: Answer) -> bool:
    """The emulator's way of saying that a REST operation has no code."""
    return answer.body in (b"", b"Not Found") or answer.body.lstrip().lower().startswith(b"<!doctype html")


def _with_length(answer: Answer) -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in answer.headers if name.lower() not in ("content-length", "connection")]
    return [*kept, ("Content-Length", str(len(answer.body)))]
