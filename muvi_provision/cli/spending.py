"""What AWS says was spent: this environment's part by its tag, and the account's, a day late.

Cost Explorer bills each request. Facts: aws-reality 9: ``End`` is exclusive, two groupings at most, a tag counts only
once it is activated for costs, and only from then on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from muvi_provision.errors import AwsRefused, MuviError, StepFailed
from muvi_provision.naming import ENVIRONMENT

if TYPE_CHECKING:
    from muvi_provision.cli.session import Session

By = Literal["service", "tag", "day"]
SORTS: tuple[By, ...] = ("service", "tag", "day")
PRICE = Decimal("0.01")  # USD a request
METRIC, UNTAGGED = "UnblendedCost", "(no tag)"
WHERE = "ce:GetCostAndUsage"
ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """One service, tag or day: what of it is this environment's, and what is the whole account's, in USD."""

    name: str
    ours: Decimal
    account: Decimal


@dataclass(frozen=True)
class Spent:
    """start: the first day, end: the day after the last. is_tagged: whether anything is known by our tag.

    requests: how many were made, each billed.
    """

    start: date
    end: date
    lines: tuple[Line, ...]
    is_tagged: bool
    requests: int

    @property
    def ours(self) -> Decimal:
        return sum((line.ours for line in self.lines), ZERO)

    @property
    def account(self) -> Decimal:
        return sum((line.account for line in self.lines), ZERO)


def period(now: datetime, days: int, *, month: bool) -> tuple[date, date]:
    """The last so many days and today, or this month so far; Cost Explorer reckons in UTC."""
    today = now.date()
    start = today.replace(day=1) if month else today - timedelta(days=days)
    return start, today + timedelta(days=1)


def spent(session: Session, by: By, start: date, end: date) -> Spent:
    """Asks. Raises StepFailed, AwsRefused in words."""
    tag = {"Type": "TAG", "Key": ENVIRONMENT}
    groups = [{"Type": "DIMENSION", "Key": "SERVICE"}, tag] if by == "service" else [tag]
    asked: dict[str, Any] = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Granularity": "DAILY" if by == "day" else "MONTHLY",
        "Metrics": [METRIC],
        "GroupBy": groups,
    }
    pages = list(_pages(session, asked))
    known = [one for page in pages for one in _amounts(page, by)]
    own = session.environment.name
    return Spent(start, end, _lines(known, own, by), any(value == own for _, value, _ in known), len(pages))


def _pages(session: Session, asked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    token = ""
    while True:
        more = {"NextPageToken": token} if token else {}
        page = _asked(session, {**asked, **more})
        yield page
        token = page.get("NextPageToken", "")
        if not token:
            return


def _asked(session: Session, asked: Any) -> Mapping[str, Any]:
    from muvi_provision.aws.patience import AWS_ERRORS

    try:
        return session.connection.aws.costs.get_cost_and_usage(**asked)
    except AWS_ERRORS as error:
        raise _told(error) from error


def _told(error: Exception) -> MuviError:
    from muvi_provision.aws.patience import error_of
    from muvi_provision.aws.translation import translated

    _, code, message, _ = error_of(error)
    if code == "DataUnavailableException":
        why = "it gathers them for up to 24 hours after it was first opened in the Billing console"
        return StepFailed("Cost Explorer has no figures yet", where=WHERE, why=why, next=("muvi status",))
    if code.startswith("AccessDenied"):
        why = "it is switched on in the Billing console, once, by who pays; then it takes the permission of that name"
        return AwsRefused(message, where=WHERE, why=why, next=("aws sts get-caller-identity", "muvi status"))
    return translated(error, WHERE)


def _amounts(page: Mapping[str, Any], by: By) -> Iterator[tuple[str, str, Decimal]]:
    """(name of the line, the tag's value, USD)."""
    for result in page["ResultsByTime"]:
        for group in result.get("Groups", ()):
            value = str(group["Keys"][-1]).partition("$")[2]
            names = {"service": group["Keys"][0], "tag": value or UNTAGGED, "day": result["TimePeriod"]["Start"]}
            yield names[by], value, Decimal(group["Metrics"][METRIC]["Amount"])


def _lines(known: Sequence[tuple[str, str, Decimal]], own: str, by: By) -> tuple[Line, ...]:
    ours, account = defaultdict[str, Decimal](Decimal), defaultdict[str, Decimal](Decimal)
    for name, value, amount in known:
        account[name] += amount
        ours[name] += amount if value == own else ZERO
    found = [Line(name, ours[name], account[name]) for name in account if account[name]]
    return tuple(sorted(found, key=lambda line: line.name if by == "day" else -line.account))
