"""Which errors pass by themselves, for how long, and how to try again. The only file that retries."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from muvi_provision.aws.patience_rows import day1, day2, day3, day4, day5
from muvi_provision.aws.patience_rows.row import Patience
from muvi_provision.clock import Chance, Clock

T = TypeVar("T")
AWS_ERRORS = (ClientError, BotoCoreError)

THROTTLES = (
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
    "RequestLimitExceeded", "TooManyRequestsException", "SlowDown", "PriorRequestNotComplete",
    "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException:Rate exceeded",
)  # fmt: skip
GONE = (
    "*.NotFound",
    "*NotFound",
    "*NotFoundException",
    "*NotFoundFault",
    "*DoesNotExist",
    "NoSuchEntity",
    "NatGatewayNotFound",
    "ResourceNotFoundException",
    "NoSuchDistribution",
    "NoSuchOriginAccessControl",
    "WAFNonexistentItemException",
    "NoSuchHostedZone",
    "NoSuchBucket",
    "NoSuchBucketPolicy",
    "NoSuchTagSet",
    "NoSuchLifecycleConfiguration",
    "NoSuchCORSConfiguration",
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchUpload",
)


CREATING = (*day2.CREATING, *day3.CREATING, *day4.CREATING, *day5.CREATING, *day1.CREATING)
DELETING = (*day2.DELETING, *day3.DELETING, *day4.DELETING, *day5.DELETING, *day1.DELETING)


def error_of(error: BaseException) -> tuple[str, str, str, int]:
    """(operation, code, message, HTTP status) of a botocore ClientError; empty for anything else."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return "", "", "", 0
    said = response.get("Error", {})
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return (
        str(getattr(error, "operation_name", "")),
        str(said.get("Code", "")),
        str(said.get("Message", "")),
        int(status),
    )


def patience_for(error: BaseException, table: tuple[Patience, ...]) -> Patience | None:
    """The first row that covers an error, or None when repeating will not mend it."""
    operation, code, message, _ = error_of(error)
    return next((row for row in table if code and row.covers(operation, code, message)), None)


def passes(error: BaseException) -> bool:
    """Whether it would pass by itself: something too new for AWS to see, or too many calls."""
    return patience_for(error, CREATING) is not None or error_of(error)[1] in THROTTLES


def is_gone(error: BaseException) -> bool:
    """Whether AWS says that the object does not exist."""
    _, code, _, _ = error_of(error)
    return any(fnmatch.fnmatchcase(code, pattern) for pattern in GONE)


def is_lost(error: BaseException) -> bool:
    """Whether nobody knows if the call was carried out: cut off, timed out, or a fault on AWS's side."""
    from botocore.exceptions import ConnectionClosedError, HTTPClientError, ReadTimeoutError

    _, code, _, status = error_of(error)
    if isinstance(error, (ConnectionClosedError, ReadTimeoutError)):
        return True
    if isinstance(error, HTTPClientError):
        return not _never_sent(error)
    return status >= 500 and status != 501 and code not in THROTTLES


def _never_sent(error: BaseException) -> bool:
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

    return isinstance(error, (EndpointConnectionError, ConnectTimeoutError))


def nobody(row: Patience, elapsed: float) -> None:
    """Hears of a wait, and does nothing."""


def patiently(
    call: Callable[[], T],
    clock: Clock,
    chance: Chance,
    stopping: threading.Event,
    *,
    longest: float = 300.0,
    waiting: Callable[[Patience, float], None] = nobody,
) -> T:
    """Calls until it succeeds or its row of CREATING is used up; at most ``longest`` seconds unless it is lasting.

    Every other error rises at once, and so does every error once ``stopping`` is set. ``waiting`` hears of each
    wait. ``call`` may be repeated freely: a row covers only refusals, after which AWS has changed nothing.
    """
    import tenacity

    began = clock.monotonic()

    def row_of(state: tenacity.RetryCallState) -> Patience | None:
        error = state.outcome.exception() if state.outcome else None
        return patience_for(error, CREATING) if error else None

    def may_go_on(state: tenacity.RetryCallState) -> bool:
        row = row_of(state)
        if row is None or stopping.is_set():
            return False
        return clock.monotonic() - began < (row.limit if row.lasting else min(row.limit, longest))

    def pause(state: tenacity.RetryCallState) -> float:
        """Longer and longer, and up to half a minute where it usually takes minutes."""
        row = row_of(state)
        longest_pause = max(10.0, row.usual / 12) if row else 10.0
        return min(longest_pause, 0.25 * 2.0 ** min(int(state.attempt_number), 8)) * (0.75 + chance.fraction() / 2)

    def told(state: tenacity.RetryCallState) -> None:
        if row := row_of(state):
            waiting(row, clock.monotonic() - began)

    retrying = tenacity.Retrying(
        retry=may_go_on,
        wait=pause,
        before_sleep=told,
        sleep=clock.sleep,
        reraise=True,
    )
    return retrying(call)


class Retries:
    """botocore's ``needs-retry`` hook: sends again what is safe to send again.

    Throttled calls and calls that never left go out again whatever they do. A call that may have been
    carried out goes out again only if it reads: botocore would repeat ``CreateVpc`` after a lost answer
    and make a second one (docs/decisions/0005).
    """

    throttled_limit, transient_limit = 12, 5

    def __init__(self, clock: Clock, chance: Chance, mutates: Callable[[str], bool], stopping: threading.Event) -> None:
        self.clock = clock
        self.chance = chance
        self.mutates = mutates
        self.stopping = stopping

    def __call__(self, response: Any, operation: Any, attempts: int, caught_exception: Any, **_: Any) -> float | None:
        limit = self._limit(response, operation.name, caught_exception)
        if attempts >= limit or self.stopping.is_set():
            return None
        self.clock.sleep(min(20.0, 0.2 * 2**attempts) * (0.5 + self.chance.fraction() / 2))
        return 0

    def _limit(self, response: Any, operation: str, error: BaseException | None) -> int:
        if error is not None:
            return self.transient_limit if _never_sent(error) or (is_lost(error) and not self.mutates(operation)) else 0
        http, parsed = response
        code = parsed.get("Error", {}).get("Code", "") if isinstance(parsed, dict) else ""
        if code in THROTTLES or http.status_code == 429:
            return self.throttled_limit
        transient = http.status_code in (500, 502, 503, 504)
        return self.transient_limit if transient and not self.mutates(operation) else 0
