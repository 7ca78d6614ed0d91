"""Calling a function, and what it answered: its result or its own error, and the end of what it wrote."""

from __future__ import annotations

import base64
import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from muvi_provision.cli.holdings import in_our_words, made, needed
from muvi_provision.errors import StepFailed, TimedOut, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from muvi_provision.aws.clients import Aws
    from muvi_provision.cli.session import Session
    from muvi_provision.resource import Live
    from muvi_provision.state.records import Record

DAY = 5
MOST, MOST_ASYNC = 6 * 1024 * 1024, 1024 * 1024  # bytes that Lambda takes with a call
MARGIN = 15  # seconds that an answer may take longer than the function
HELP = ("muvi invoke --help",)
How = Literal["RequestResponse", "Event", "DryRun"]


@dataclass(frozen=True)
class Answer:
    """What came back. ``error``: Lambda's word for how it failed, "" for well. took_s: until the answer was here.

    payload: as JSON where it is that, else as text. log: the end of what it wrote, at most 4 kB.
    """

    status: int
    payload: Any
    error: str
    log: tuple[str, ...]
    took_s: float

    @property
    def problem(self) -> str:
        """The function's own words for what went wrong."""
        if not self.error:
            return ""
        said = self.payload if isinstance(self.payload, dict) else {}
        words = (str(said.get("errorType", self.error)), str(said.get("errorMessage", "")))
        return ": ".join(word for word in words if word)

    @property
    def is_timeout(self) -> bool:
        return "Timedout" in self.problem or "timed out" in self.problem


def payload_of(text: str | None, how: How) -> bytes:
    """The bytes to send, from JSON or ``@FILE``; without any, an empty object. Raises UsageError."""
    if text is None:
        return b"{}"
    content = _read(text[1:]) if text.startswith("@") else text.encode()
    try:
        json.loads(content)
    except ValueError as error:
        why = f"a function is sent JSON; {error}"
        example = """muvi invoke FUNCTION --payload '{"day": 1}'"""
        raise UsageError("the payload is not JSON", where="--payload", why=why, next=(example, *HELP)) from error
    most = MOST_ASYNC if how == "Event" else MOST
    if len(content) > most:
        what = f"the payload has {len(content):,} bytes, Lambda takes {most:,}"
        raise UsageError(what, where="--payload", why="put it into a bucket and send its name", next=HELP)
    return content


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        why = error.strerror or str(error)
        raise UsageError(f"{path} cannot be read", where="--payload", why=why, next=HELP) from error


def callable_record(session: Session, name: str) -> Record:
    """The record of a function that is made. Raises UsageError for one that waits for its code, or for its day."""
    from muvi_provision.day5_serverless import code

    found = made(session, f"function/{name}")
    plan = session.environment.functions[name]
    if found is None and made(session, f"function-log-group/{name}") and not (plan.code or code.found(name)):
        raise UsageError(
            f"{name} waits for its code, so it is not made yet",
            where=f"function/{name}",
            why=f"there is nothing in {' or '.join(str(place) for place in code.places(name))}",
            next=_how_to_bring(session, name),
        )
    if found is None:
        _refuse_unusable(session, name)
    return found or needed(session, f"function/{name}", DAY)


def _refuse_unusable(session: Session, name: str) -> None:
    """Another run would not make it either. Raises UsageError for code that Lambda would not take."""
    from muvi_provision.cli.function_list import code_of

    if problem := code_of(session, name, session.environment.functions[name]).problem:
        raise UsageError(
            f"{name} is not made, because its code cannot be used",
            where=f"function/{name}",
            why=problem,
            next=("muvi functions list",),
        )


def _how_to_bring(session: Session, name: str) -> tuple[str, ...]:
    """The commands that bring its code; the one that the environment says where to copy it from first."""
    packed, copied = f"muvi functions package {name} FOLDER", f"muvi functions copy {name}"
    return (copied, packed) if session.environment.function_source else (packed, copied)


def refuse_unready(name: str, live: Live) -> None:
    """Raises StepFailed for one that AWS is still making, or could not make."""
    from muvi_provision.day5_serverless import function_states

    judged = function_states.judged(live.raw)
    if judged[function_states.STATE] == function_states.READY:
        return
    is_coming = judged[function_states.STATE] == function_states.GOES_ON
    said = "is not ready yet: AWS is still at it" if is_coming else "cannot be called"
    why = judged[function_states.PROBLEM]
    raise StepFailed(f"{name} {said}", where=f"function/{name}", why=why, next=("muvi functions list", "muvi run day5"))


def called(session: Session, record: Record, live: Live, payload: bytes, how: How) -> Answer:
    """Calls it once; never again by itself, whatever becomes of the answer. Raises TimedOut, MuviError."""
    from botocore.exceptions import ReadTimeoutError

    clock, limit = session.call.clock, int(live.raw["Timeout"])
    aws, began = _patient(session.connection.aws, limit + MARGIN), session.call.clock.monotonic()
    asked: Any = {"FunctionName": live.id, "InvocationType": how, "Payload": payload}
    if how == "RequestResponse":
        asked["LogType"] = "Tail"
    with in_our_words(record.address), aws.writing(record.address):
        try:
            told = aws.lambda_.invoke(**asked)
            content = told["Payload"].read()
        except ReadTimeoutError as error:
            why = f"its own limit is {limit} s; it may still be running, and its log says what it did"
            name = record.address.partition("/")[2]
            again = (f"muvi logs {name}", f"muvi invoke {name} --async")
            raise TimedOut("no answer came", where=record.address, why=why, next=again) from error
    return _answer(told, content, clock.monotonic() - began)


def _patient(aws: Aws, answer_s: int) -> Aws:
    """A way on which an answer may take as long as the function does; counted with the other calls."""
    from muvi_provision.aws.clients import Border

    before = aws.border
    border = Border(dataclasses.replace(before.sign_in, answer_s=max(60, answer_s)), before.clock, before.chance)
    border.tally, border.stopping, border.writing = before.tally, before.stopping, before.writing
    return dataclasses.replace(aws, border=border)


def _answer(told: Mapping[str, Any], content: bytes, took_s: float) -> Answer:
    log = base64.b64decode(told.get("LogResult", "")).decode(errors="replace")
    return Answer(int(told["StatusCode"]), _parsed(content), told.get("FunctionError", ""), _lines(log), took_s)


def _parsed(content: bytes) -> Any:
    text = content.decode(errors="replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _lines(log: str) -> tuple[str, ...]:
    return tuple(line.rstrip() for line in log.splitlines() if line.strip())
