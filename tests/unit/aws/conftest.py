"""A wire that answers what a test has written down, at the client's own seam; nothing of botocore is replaced."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.exceptions import ClientError

from muvi_provision.aws.clients import Aws, Border, SignIn
from muvi_provision.naming import Ownership

REGION = "eu-central-1"
Reply = tuple[int, str] | BaseException


class Timed:
    """Time that passes when somebody sleeps; ``slept`` are the naps."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return 1000 + sum(self.slept)

    def now(self) -> datetime:
        return datetime(2026, 11, 2, tzinfo=UTC) + timedelta(seconds=self.monotonic())

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def next_of(self, arrivals: Any, within: float | None, *, busy: bool) -> Any:
        raise AssertionError("nothing arrives at the border")


class Half:
    """No jitter."""

    def token(self) -> str:
        return "0" * 32

    def fraction(self) -> float:
        return 0.5


class _Raw(io.BytesIO):
    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.read()


class Wire:
    """What was sent, and what is answered to it: the replies in turn, the last one for ever."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.replies: list[Reply] = []

    def attach(self, events: Any) -> None:
        events.register_first("before-send", self._send)

    def _send(self, request: Any, **_: Any) -> AWSResponse:
        body = request.body.decode() if isinstance(request.body, bytes) else str(request.body)
        action = re.search(r"Action=(\w+)", body)
        self.sent.append(action[1] if action else str(request.headers.get("X-Amz-Target")))
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, BaseException):
            raise reply
        status, text = reply
        return AWSResponse(request.url, status, HeadersDict({"content-type": "text/xml"}), _Raw(text.encode()))


def ec2_error(code: str, status: int = 400, message: str = "no") -> Reply:
    return status, (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        "<RequestID>req-7</RequestID></Response>"
    )


def query_error(code: str, status: int = 400, message: str = "no") -> Reply:
    return status, (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>req-8</RequestId></ErrorResponse>"
    )


def client_error(code: str, message: str = "no", operation: str = "CreateSubnet", status: int = 400) -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"RequestId": "req-1", "HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0},
        },
        operation,
    )


@pytest.fixture
def clock() -> Timed:
    return Timed()


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture(scope="package")
def _kept() -> dict[str, Any]:
    """Clients are slow to make, so one border's are kept; what they are attached to is exchanged."""
    return {}


@pytest.fixture
def border(clock: Timed, wire: Wire, _kept: dict[str, Any]) -> Border:
    if not _kept:
        switch: dict[str, Any] = {}
        _kept["switch"] = switch
        keys = SignIn(REGION, access_key="a", secret_key="b", attach=lambda events: _attach(events, switch))
        _kept["border"] = Border(keys, _Through(switch, "clock"), Half())  # type: ignore[arg-type]
    _kept["switch"].update(clock=clock, wire=wire)
    one: Border = _kept["border"]
    fresh = Border(one.sign_in, clock, Half())
    one.inventory, one.tally = fresh.inventory, fresh.tally
    one.stopping.clear()
    return one


class _Through:
    def __init__(self, switch: dict[str, Any], name: str) -> None:
        self._switch, self._name = switch, name

    def __getattr__(self, name: str) -> Any:
        return getattr(self._switch[self._name], name)


def _attach(events: Any, switch: dict[str, Any]) -> None:
    events.register_first("before-send", lambda **words: switch["wire"]._send(**words))


@pytest.fixture
def aws(border: Border) -> Aws:
    return Aws(border, Ownership("uat", "l1"), REGION)


@pytest.fixture
def refused(aws: Aws) -> Callable[..., str]:
    """The code of the error that a call ends with."""

    def code(call: Callable[[], Any]) -> str:
        with pytest.raises(ClientError) as caught:
            call()
        return str(caught.value.response["Error"]["Code"])

    return code
