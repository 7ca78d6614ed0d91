"""What can go wrong on purpose: latency, throttling, answers that are lost, refusals; all of it from a seed."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

from muvi_provision.clock import Clock
from muvi_provision.sandbox.answers import ConnectionCut, NeverAnswered, Refused
from muvi_provision.sandbox.call import Call


@dataclass(frozen=True)
class Faults:
    """All off by default. Ordinals count mutating calls from 1, beginning anew whenever faults are set.

    Shares are of the calls that no ordinal names, and each call's fate is drawn from the seed and its ordinal alone:
    the same calls in the same order have the same fate again.

    Attributes:
        latency_ms: added to every call.
        throttle: service ("*" for the others) -> (calls a second, burst).
        lost_answer: these mutating calls succeed, and the client does not hear of it.
        lost_answer_chance: so do this share of the others.
        cut: a lost answer is a closed connection rather than a 500.
        error_before: these mutating calls get a 500 and do nothing.
        error_before_chance: so do this share of all others, reads too.
        time_out: these mutating calls succeed, and no answer ever comes: the client has to give up by itself.
        time_out_chance: so do this share of all others, reads too.
        deny: ``service:Operation`` names that the caller is not allowed.
        expire_credentials_after: this many calls (reads too) are answered, the later ones are told of expiry.
        never_ready: kinds (of ``lifecycles``) that stay in their first state.
        fail_ready: kinds that end in their failed state.
        unseen_reads: so many times each service does not see what was just made (``lag`` has what).
        unseen_seconds: nor for so many of AWS's seconds, which ``Cloud.speed`` scales: at 0 there are none.
        crash: an image's repository, or repository:tag -> "exit" (its containers end with 1) or "unhealthy";
            "function:" and a function's name -> "error" or "timeout" (what a call of it ends with);
            "target:" and rule/id -> the code with which changing this target of an EventBridge rule fails.
        seed: what the shares are drawn from.
    """

    latency_ms: float = 0
    throttle: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    lost_answer: frozenset[int] = frozenset()
    lost_answer_chance: float = 0
    cut: bool = False
    error_before: frozenset[int] = frozenset()
    error_before_chance: float = 0
    time_out: frozenset[int] = frozenset()
    time_out_chance: float = 0
    deny: frozenset[str] = frozenset()
    expire_credentials_after: int | None = None
    never_ready: frozenset[str] = frozenset()
    fail_ready: frozenset[str] = frozenset()
    unseen_reads: int = 0
    unseen_seconds: float = 0
    crash: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Faults:
        """From plain values, as a settings file or the control address gives them."""
        sets = {one.name for one in fields(cls) if str(one.type).startswith("frozenset")}
        given: dict[str, Any] = {key: frozenset(value) if key in sets else value for key, value in said.items()}
        if "throttle" in given:
            given["throttle"] = {key: (float(rate), int(burst)) for key, (rate, burst) in given["throttle"].items()}
        return cls(**given)

    def plain(self) -> dict[str, Any]:
        """What ``of`` takes, as JSON can hold it: only what differs from no faults at all."""
        none, told = Faults(), {one.name: getattr(self, one.name) for one in fields(self)}
        changed = {name: value for name, value in told.items() if value != getattr(none, name)}
        return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in changed.items()}


# aws-reality 13: the code of each refusal differs by service family
_THROTTLED = {
    "ec2": ("RequestLimitExceeded", 503),
    "s3": ("SlowDown", 503),
    "lambda": ("TooManyRequestsException", 429),
}
_EXPIRED = {"ec2": "RequestExpired", "query": "ExpiredToken", "rest-xml": "ExpiredToken"}
_DENIED = {"ec2": "UnauthorizedOperation", "query": "AccessDenied", "rest-xml": "AccessDenied"}
_BROKEN = {"ec2": "InternalError", "query": "InternalFailure", "rest-xml": "InternalError"}


class Turn(NamedTuple):
    """Which one of the mutating calls this is, or of the reads; both count from 1."""

    mutating: bool
    number: int


class Injector:
    """Carries ``faults`` out; thread-safe. ``injected`` counts what was done, by the fault's name."""

    def __init__(self, faults: Faults, clock: Clock) -> None:
        self.faults = faults
        self.injected: Counter[str] = Counter()
        self._clock = clock
        self._lock = threading.Lock()
        self._calls = 0
        self._mutating = 0
        self._buckets: dict[str, tuple[float, float]] = {}  # service -> tokens left, at which second

    def before(self, call: Call) -> Turn:
        """Whose turn it is; raises what stops the call."""
        if self.faults.latency_ms:
            self._clock.sleep(self.faults.latency_ms / 1000)
        with self._lock:
            self._expire(call)
            self._throttle(call)
            self._deny(call)
            self._mutating += call.mutating
            turn = Turn(call.mutating, self._mutating if call.mutating else self._calls)
        if self._falls_on(turn, "error_before"):
            raise self._broken("error_before", call)
        return turn

    def after(self, call: Call, turn: Turn) -> None:
        """Loses the answer to a call that succeeded, when it is its turn."""
        if self._falls_on(turn, "time_out"):
            with self._lock:
                self.injected["time_out"] += 1
            raise NeverAnswered(call.name)
        if turn.mutating and self._falls_on(turn, "lost_answer"):
            broken = self._broken("lost_answer", call)
            raise ConnectionCut(call.name) if self.faults.cut else broken

    def _falls_on(self, turn: Turn, fault: str) -> bool:
        """Whether an ordinal says so, or else chance."""
        if turn.mutating and turn.number in getattr(self.faults, fault):
            return True
        share = getattr(self.faults, f"{fault}_chance")
        return bool(share) and _drawn(self.faults.seed, fault, *turn) < share

    def _broken(self, fault: str, call: Call) -> Refused:
        with self._lock:
            self.injected[fault] += 1
        return Refused(_BROKEN.get(call.protocol, "InternalFailure"), "An internal error has occurred", 500)

    def _expire(self, call: Call) -> None:
        self._calls += 1
        after = self.faults.expire_credentials_after
        if after is None or self._calls <= after:
            return
        self.injected["expire_credentials_after"] += 1
        code = _EXPIRED.get(call.protocol, "ExpiredTokenException")
        raise Refused(
            code, "The security token included in the request is expired", 403 if code != "RequestExpired" else 400
        )

    def _throttle(self, call: Call) -> None:
        limits = self.faults.throttle
        which = call.service if call.service in limits else "*"
        if which not in limits:
            return
        rate, burst = limits[which]
        now = self._clock.monotonic()
        left, at = self._buckets.get(call.service, (float(burst), now))
        left = min(float(burst), left + (now - at) * rate)
        self._buckets[call.service] = (left - 1 if left >= 1 else left, now)
        if left < 1:
            self.injected["throttle"] += 1
            raise throttled(call)

    def _deny(self, call: Call) -> None:
        if call.name not in self.faults.deny:
            return
        self.injected["deny"] += 1
        code = _DENIED.get(call.protocol, "AccessDeniedException")
        raise Refused(
            code,
            f"You are not authorized to perform this operation: {call.name}",
            403,
        )


def _drawn(*what: object) -> float:
    """A number from 0 to 1 that is always the same for the same arguments."""
    digest = hashlib.sha256("/".join(map(str, what)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64


def throttled(call: Call) -> Refused:
    """Too many requests, in the words of the call's service."""
    query = call.protocol in ("query", "rest-xml")
    code, status = _THROTTLED.get(call.service, ("Throttling" if query else "ThrottlingException", 400))
    return Refused(code, "Rate exceeded" if call.service != "ec2" else "Request limit exceeded.", status)
