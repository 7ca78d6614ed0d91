"""One resource on its way to being there: look, adopt or create, complete, correct."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from muvi_provision.aws import waits
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import AWS_ERRORS, is_lost, passes
from muvi_provision.aws.patience_rows.row import Patience
from muvi_provision.engine import events
from muvi_provision.engine.examine import Finding, confirm_ownership, examine, is_adopted
from muvi_provision.engine.patient import CONSISTENT, SETTLED, Searching, age_of, is_conflict, on_its_way, soon
from muvi_provision.engine.schedule import Later
from muvi_provision.engine.site import Site
from muvi_provision.engine.stack import Wanted
from muvi_provision.errors import ChangeBlocked, TimedOut
from muvi_provision.resource import Live, Resource, Verdict, differences, to_json
from muvi_provision.state.records import DELETING, Record

LOST_LIMIT = 8  # of the several writes that complete one thing, each may be unlucky


class NotYet(Exception):
    """It is wanted, but not to be made yet: nothing went wrong."""


T = TypeVar("T")


@dataclass
class Making:
    """How far one resource has come in this run. ``resource`` has real values where they are known."""

    site: Site
    node: Wanted
    resource: Resource
    began: float = 0.0
    as_of: int = 0
    written: int = 0
    verdict: Verdict = Verdict.SAME
    live: Live | None = None
    made: bool = False
    resumed: bool = False
    updates: int = 0
    lost: int = 0
    waited_from: float | None = None
    unseen_from: float | None = None
    conflict: Exception | None = None
    searching: Searching = field(default_factory=Searching)

    @property
    def address(self) -> str:
        return self.node.address

    @property
    def aws(self) -> Aws:
        return self.site.aws.seen_from(self.as_of, self.written)

    @property
    def record(self) -> Record | None:
        return self.site.state.record(self.address)

    def wrote(self) -> None:
        """Reads of this object must be newer than now."""
        self.as_of = self.written = self.site.moment()
        self.live = None

    def make(self) -> Later | None:
        """Makes it exist as wanted, as far as can be told without waiting. None when others may stand on it."""
        record = self.record
        finding = self._fresh(record) or examine(self.resource, record, self.aws)
        if finding.is_going and self.resource.declared.gone:
            self.wrote()
            return self.wait(self.resource.declared.gone, "delete")
        if finding.live is None:
            if why := self.resource.dormant():
                raise NotYet(why)
            return self._create_or_look_again(record, finding)
        self._adopt(finding.live)
        self.live = finding.live
        later = self.correct(finding)
        self.site.state.revise(self.address, self.node.step, to_json(self.node.resource), self.node.needs)
        return later

    def _fresh(self, record: Record | None) -> Finding | None:
        """What was never intended, and lives in something that was made just now, need not be looked for."""
        parents = self.resource.parents(self.resource.declared.within)
        if record or self.conflict or not parents or not self.site.born.issuperset(parents):
            return None
        return Finding(self.resource, Verdict.CREATE)

    def _create_or_look_again(self, record: Record | None, finding: Finding) -> Later | None:
        if self.conflict:
            return self._not_shown(self.conflict)
        if record and not finding.reason and (later := self.searching.again(record, self.site)):
            self.wrote()
            return later
        return self._create(finding)

    def _create(self, finding: Finding) -> Later | None:
        before, state = self.record, self.site.state
        self.resource.before(self.aws)
        self.resumed = self.resumed or (before is not None and before.id is None)
        wanted, kind = to_json(self.node.resource), self.resource.declared.kind
        if before is None and state.deed(self.address):
            state.forget(self.address)  # that it was not to be made yet
        record = state.intend(self.address, kind, self.node.step, wanted, self.node.needs)
        self.verdict = finding.verdict
        self.site.listen(events.Begin(step=self.node.step, resource=self.address, verb="create"))
        aws = self.aws.with_token(record.token)
        try:
            with aws.writing(self.address):
                known_id = self._patiently(lambda: self.resource.create(aws))
        except AWS_ERRORS as error:
            return self._after_refusal(before, record, error)
        state.made(self.address, known_id)
        self.site.born.add(self.address)
        self.made = True
        self.wrote()
        return None

    def _after_refusal(self, before: Record | None, record: Record, error: Exception) -> Later | None:
        """A lost answer is looked for as after a kill; a conflict may be an earlier attempt of ours."""
        if is_lost(error):
            self.searching, self.resumed = Searching(), True
            return self._once_more(error)
        if not is_conflict(error):
            return self._refused(before, error)
        self.wrote()
        live = self.resource.find(self.aws, None)
        if live is None:
            return self._not_shown(error) if self.resumed else self._refused(before, error)
        if not is_adopted(self.resource, live, self.site.aws):
            confirm_ownership(self.resource, live, record, self.site.aws)
        self._adopt(live)
        return None

    def _refused(self, before: Record | None, error: Exception) -> Later:
        """Nothing was made, so there is no intent any more; a stop in mid-wait is no failure."""
        if not self.resumed:
            self.site.state.put_back(self.address, before)
        if self.site.aws.border.stopping.is_set() and passes(error):
            return Later(0.0)
        raise error

    def _not_shown(self, error: Exception) -> Later:
        """AWS says there is one and shows none: ours from before an interruption will show, a stranger's never."""
        now = self.site.clock.monotonic()
        self.conflict = error
        self.unseen_from = now if self.unseen_from is None else self.unseen_from
        elapsed = now - self.unseen_from
        if elapsed > CONSISTENT:
            raise error
        why = "AWS says that it exists, but does not show it yet"
        self.site.tell_wait(self.node.step, self.address, "look", why, elapsed)
        self.wrote()
        return soon(elapsed)

    def _patiently(self, call: Callable[[], T]) -> T:
        """Calls again while what it stands on is too new for AWS to see everywhere."""

        def waiting(row: Patience, elapsed: float) -> None:
            self.site.tell_wait(self.node.step, self.address, "create", row.why, elapsed)

        return self.site.patiently(call, waiting, longest=CONSISTENT if self.made or self._stands_on_new() else SETTLED)

    def _stands_on_new(self) -> bool:
        """Whether something it stands on was made so recently that AWS may not show it everywhere."""
        found = (self.site.state.record(need) for need in self.node.needs)
        ages = (age_of(record.made_at, self.site) for record in found if record and record.made_at)
        return any(age < CONSISTENT for age in ages)

    def _once_more(self, error: Exception) -> Later:
        """Nobody knows whether AWS did it: look again. Raises the error when that has happened too often."""
        self.lost += 1
        if self.lost > LOST_LIMIT:
            raise error
        self.wrote()
        return Later(self.lost * self.site.pace.scale)

    def _adopt(self, live: Live) -> None:
        """Records what exists: an object whose creation was interrupted, or one whose record was lost."""
        state, record = self.site.state, self.record
        if record and not record.id:
            self.verdict = Verdict.CREATE
        if record is None:
            wanted, kind = to_json(self.node.resource), self.resource.declared.kind
            state.intend(self.address, kind, self.node.step, wanted, self.node.needs)
        if record is None or record.id != live.id or record.status == DELETING:
            state.made(self.address, live.id)

    def complete(self, moment: int) -> Later | None:
        """Does what ``create`` leaves to ``update``, before anything stands on the object."""
        if not self.made:
            return None
        observed = None if self.updates or self.lost else self.resource.newborn()
        if observed is not None and self.record is not None and self.record.id:
            changes = differences(self.resource.wanted(), observed)
            verdict = Verdict.UPDATE if changes else Verdict.SAME
            return self.correct(Finding(self.resource, verdict, Live(self.record.id, {}), changes))
        self.as_of = max(self.as_of, moment)
        finding = examine(self.resource, self.record, self.aws)
        if finding.live is None:
            return self.not_seen()
        self.live = finding.live
        return self.correct(finding)

    def correct(self, finding: Finding) -> Later | None:
        """Updates what differs and can be changed. Raises ChangeBlocked for the rest."""
        if finding.verdict == Verdict.BLOCKED:
            raise blocked(finding)
        if finding.verdict != Verdict.UPDATE or finding.live is None:
            return None
        if self.verdict == Verdict.SAME:
            self.verdict = Verdict.UPDATE
        self.updates += 1
        live, aws, site = finding.live, self.aws, self.site
        site.listen(events.Begin(step=self.node.step, resource=self.address, verb="update", id=live.id))
        try:
            with aws.writing(self.address):
                self._patiently(lambda: self.resource.update(aws, live, finding.changes))
        except AWS_ERRORS as error:
            if is_lost(error):
                self.updates -= 1  # perhaps it was none
                return self._once_more(error)
            if site.aws.border.stopping.is_set() and passes(error):
                return Later(0.0)
            raise
        self.wrote()
        return None

    def not_seen(self) -> Later:
        """AWS made it but does not show it yet. Raises TimedOut when it never does."""
        now = self.site.clock.monotonic()
        self.unseen_from = now if self.unseen_from is None else self.unseen_from
        if now - self.unseen_from > CONSISTENT:
            raise TimedOut(
                f"AWS said it made {self.address}, but has not shown it for {CONSISTENT:.0f} s",
                where=self.address,
                next=("muvi run", "muvi drift"),
            )
        self.wrote()
        return soon(now - self.unseen_from)

    def wait(self, name: str, verb: str) -> Later:
        """Comes back when it may be ready (or gone). Raises TimedOut when it takes longer than it ever should."""
        now = self.site.clock.monotonic()
        self.waited_from = now if self.waited_from is None else self.waited_from
        wait = waits.WAITS.get(name) or waits.GONE[name]
        return on_its_way(self.site, self.node.step, self.address, verb, wait, now - self.waited_from)


def blocked(finding: Finding) -> ChangeBlocked:
    """The error for a change that AWS cannot make in place, with the two commands that make it anew."""
    changes = "; ".join(str(change) for change in finding.changes)
    return ChangeBlocked(
        f"{finding.address} would have to be made anew: {changes}",
        where=finding.address,
        why=finding.reason,
        next=(f"muvi teardown --only {finding.address} --with-users", "muvi run"),
    )
