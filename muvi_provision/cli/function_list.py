"""Which functions there are: when they run, where their code is, what is in AWS, and whether they fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muvi_provision.cli.holdings import in_our_words, made
from muvi_provision.errors import MuviError

if TYPE_CHECKING:
    from muvi_provision.cli.drawing.columns import Row
    from muvi_provision.cli.session import Session
    from muvi_provision.environment.serverless import Function as Plan

RUNS = 5
WAITING, NOT_BUILT, TO_MAKE, THERE, OTHER, GONE, WRONG = (
    "waiting for code", "not built", "to be made", "in AWS", "other code in AWS", "gone", "code not usable",
)  # fmt: skip
COUNTED = timedelta(days=1)


@dataclass(frozen=True)
class Code:
    """Where a function's code is, "" while there is none; its mark, and what Lambda would not take of it."""

    place: str = ""
    sha256: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Seen:
    """One function. local: its times on a clock of the environment's zone. failed: calls of the last day that failed.

    runs: the next times in UTC; of a rate, as if it were switched on now. copied: whether the environment says
    where code is copied from.
    """

    name: str
    purpose: str
    state: str
    schedule: str
    local: str
    code: Code
    runs: tuple[datetime, ...] = ()
    failed: int | None = None
    copied: bool = False

    @property
    def lacks_code(self) -> bool:
        return not self.code.place and self.state in (WAITING, NOT_BUILT)

    @property
    def command(self) -> str:
        """What brings its code, while there is none."""
        if not self.lacks_code:
            return ""
        return f"muvi functions copy {self.name}" if self.copied else f"muvi functions package {self.name} FOLDER"

    def described(self, again: Callable[[str], str] = str) -> dict[str, Any]:
        """For a program. again: a command with the options that lead to the same environment."""
        return {
            "function": self.name,
            "purpose": self.purpose,
            "state": self.state,
            "schedule": self.schedule or None,
            "local_time": self.local,
            "next_runs": [each.isoformat() for each in self.runs],
            "code": {"place": self.code.place or None, "sha256": self.code.sha256, "problem": self.code.problem},
            "command": again(self.command) if self.command else None,
            "failed_in_a_day": self.failed,
        }

    def row(self, zone: Any, again: Callable[[str], str], *, shows_runs: bool) -> Row:
        from muvi_provision.cli.drawing.columns import Row

        tone = {THERE: "", NOT_BUILT: "dim", WRONG: "bad", GONE: "bad"}.get(self.state, "warn")
        if self.failed:
            tone = "bad"
        failed = "" if self.failed is None else str(self.failed)
        cells = (self.name, self.state, self.schedule, self.local, self.code.place, failed)
        return Row(cells, tone, tuple(self._notes(zone, again, shows_runs)))

    def _notes(self, zone: Any, again: Callable[[str], str], shows_runs: bool) -> list[str]:
        told = [self.code.problem] if self.code.problem else []
        told += [f"its code: {again(self.command)}"] if self.command else []
        if shows_runs and self.runs:
            words = "if it were switched on now: " if self.schedule.startswith("rate") else "the next runs: "
            told.append(words + ", ".join(_moment(each, zone) for each in self.runs))
        return told


def _moment(run: datetime, zone: Any) -> str:
    """``2026-11-26 22:00 UTC (Fri 02:00)``."""
    local = run.astimezone(zone)
    return f"{run:%Y-%m-%d %H:%M} UTC" + (f" ({local:%a %H:%M})" if local.utcoffset() else "")


def headings(timezone: str) -> tuple[str, ...]:
    return ("function", "state", "schedule (UTC)", timezone, "code", "failed in a day")


def listed(session: Session) -> list[Seen]:
    """Every function of the environment, in file order. Asks AWS only when something of them is recorded."""
    names = list(session.environment.functions)
    live = _live(session) if any(_is_begun(session, name) for name in names) else {}
    failed = _failed(session, list(live)) if live else {}
    return [_seen(session, name, live, failed) for name in names]


def _is_begun(session: Session, name: str) -> bool:
    return bool(made(session, f"function/{name}") or made(session, f"function-log-group/{name}"))


def _live(session: Session) -> dict[str, dict[str, Any]]:
    """What Lambda shows of ours, by their names in AWS."""
    from muvi_provision.day5_serverless import function_reads
    from muvi_provision.day5_serverless.functions import Function
    from muvi_provision.naming import physical

    environment, limit = session.environment, Function.declared.name_limit
    wanted = {physical(environment.name, name, limit): name for name in environment.functions}
    with in_our_words("lambda:ListFunctions"):
        every = function_reads.everything(session.connection.aws)
    return {wanted[each["FunctionName"]]: each for each in every if each["FunctionName"] in wanted}


def _failed(session: Session, names: list[str]) -> dict[str, int]:
    """How often each failed within the last day, in one question; nothing where it may not be asked."""
    from muvi_provision.aws.patience import AWS_ERRORS
    from muvi_provision.naming import physical

    now, aws = session.call.clock.now(), session.connection.aws
    queries: Any = [
        {
            "Id": f"f{at}",
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/Lambda",
                    "MetricName": "Errors",
                    "Dimensions": [{"Name": "FunctionName", "Value": physical(session.environment.name, name, 64)}],
                },
                "Period": 86_400,
                "Stat": "Sum",
            },
        }
        for at, name in enumerate(names)
    ]
    try:
        told = aws.cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=now - COUNTED, EndTime=now)
    except AWS_ERRORS:
        return {}
    sums = {each["Id"]: round(sum(each["Values"])) for each in told["MetricDataResults"]}
    return {name: sums.get(f"f{at}", 0) for at, name in enumerate(names)}


def _seen(session: Session, name: str, live: Mapping[str, dict[str, Any]], failed: Mapping[str, int]) -> Seen:
    from muvi_provision.environment import schedules

    environment = session.environment
    plan = environment.functions[name]
    code = code_of(session, name, plan)
    runs = schedules.next_runs(plan.schedule, session.call.clock.now(), RUNS) if plan.schedule else ()
    return Seen(
        name, plan.purpose, _state(session, name, code, live.get(name)), plan.schedule or "",
        local_times_of(plan, environment.timezone), code, runs, failed.get(name),
        environment.function_source is not None,
    )  # fmt: skip


def code_of(session: Session, name: str, plan: Plan) -> Code:
    """Where it is and which, as a run would find it."""
    from muvi_provision.day5_serverless import code, packaging

    said = plan.code or ""
    try:
        if said.startswith(code.S3):
            with in_our_words(f"function-code/{name}"):
                mark = code.object_mark(session.connection.aws, said)
            return Code(said if mark else "", mark)
        place = code.found(name, said)
        if place is None:
            return Code()
        return Code(place.as_posix(), packaging.packed(place, plan.entry, plan.runtime).sha256)
    except MuviError as error:
        where = said or (Path(error.where).as_posix() if error.where else "")
        return Code(where, "", "; ".join(part for part in (error.what, error.why) if part))


def _state(session: Session, name: str, code: Code, live: Mapping[str, Any] | None) -> str:
    from muvi_provision.day5_serverless.code import ETAG

    if code.problem:
        return WRONG
    if live is not None:
        is_other = code.sha256 and not code.sha256.startswith(ETAG) and code.sha256 != live["CodeSha256"]
        return OTHER if is_other else THERE
    if made(session, f"function/{name}"):
        return GONE
    if not _is_begun(session, name):
        return NOT_BUILT
    return TO_MAKE if code.place else WAITING


def local_times_of(plan: Plan, timezone: str) -> str:
    """``02:00 a day later``: what a clock there shows when it runs; "" where there is nothing to tell."""
    from muvi_provision.environment import local_times

    told = local_times.told(plan.schedule, timezone) if plan.schedule and timezone != "UTC" else ""
    before, mark, after = told.partition(" UTC is ")
    return after.removesuffix(f" in {timezone}") if mark else before
