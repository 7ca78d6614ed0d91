"""The teardown: the same classes in reverse, from the state alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from muvi_provision.aws import waits
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import AWS_ERRORS, DELETING, is_gone, is_lost, passes, patience_for
from muvi_provision.aws.translation import translated
from muvi_provision.engine import events
from muvi_provision.engine.dismantling import ENDING, RELEASING, Dismantling, subject
from muvi_provision.engine.events import Counts
from muvi_provision.engine.examine import confirm_ownership, is_adopted
from muvi_provision.engine.patient import Searching, on_its_way
from muvi_provision.engine.schedule import Later
from muvi_provision.engine.site import Report, Site, raise_fatal
from muvi_provision.errors import InTheWay, MuviError, StepFailed, TimedOut, UsageError
from muvi_provision.resource import Live, Resource
from muvi_provision.state.records import DELETING as GOING
from muvi_provision.state.records import Record

LOST, LOST_FOR = "the answer was lost on its way", 120.0


@dataclass
class Undone:
    """How far one deletion has come."""

    asked_at: float | None = None
    as_of: int = 0
    searching: Searching = field(default_factory=Searching)
    refused_from: dict[str, float] = field(default_factory=dict)


class Undoer:
    """Deletes what is recorded *and* bears our tags, what stands on it first. One use; the lock must be held."""

    def __init__(self, site: Site) -> None:
        self.site = replace(site, aws=replace(site.aws, certain=True, shallow=True))
        self.walk = site.walk()
        self._undone: dict[str, Undone] = {}
        self._errors: dict[str, MuviError] = {}
        self._deleted = 0

    def stop(self) -> None:
        """Begins nothing new. Safe in a signal handler."""
        self.site.aws.border.stopping.set()
        self.walk.stop()

    def run(self, scope: Sequence[Record]) -> Report:
        """Deletes those records' objects. Raises UsageError when others stand on them, NotSignedIn, StateError."""
        inside = {record.address: record for record in scope}
        refuse_if_stood_on(self.site.state.records(), inside)
        self._undone = {address: Undone() for address in inside}
        left = Counter(record.step for record in inside.values())

        order = Dismantling.of(inside, self._known(inside), lambda address: self.site.state.record(address) is not None)

        def work(name: str, _: int) -> Later | None:
            record = inside[subject(name)]
            if name in order.along:
                return self._forget(record)
            if name.endswith(RELEASING):
                return self._release(record)
            return self._end(record) if name.endswith(ENDING) else self._delete(record)

        def over(name: str, because: str, error: Exception | None) -> None:
            record = inside[subject(name)]
            step, is_part = record.step, name.endswith((RELEASING, ENDING))
            if error or not is_part:
                self._over(record, subject(because), error)
            left[step] -= not is_part
            if not left[step]:
                self.site.state.checkpoint()
                self.site.listen(events.StepEnd(step=step))

        outcome = self.walk.run(order.jobs(), work, over)
        raise_fatal(outcome)
        self._forget_deeds()
        self.site.state.checkpoint()
        return self._report(outcome.skipped, outcome.interrupted)

    def _known(self, inside: Mapping[str, Record]) -> dict[str, Resource]:
        """What this version can make of the records; the rest fails when its turn comes."""
        found = {}
        for address, record in inside.items():
            with suppress(StepFailed):
                found[address] = self.site.recorded(record)
        return found

    def _forget_deeds(self) -> None:
        """Once everything is gone, what was done has to be done again next time."""
        if not self.site.state.records():
            for address in self.site.state.contents().deeds:
                self.site.state.forget(address)

    def _report(self, skipped: Mapping[str, str], interrupted: bool) -> Report:
        tally = self.site.aws.border.tally
        lost = {subject(name): subject(because) for name, because in skipped.items()}
        lost = {name: because for name, because in lost.items() if name not in self._errors}
        counts = Counts(
            deleted=self._deleted,
            failed=len(self._errors),
            skipped=len(lost),
            api_calls=tally.calls,
            writes=tally.writes,
        )
        unfinished = tuple(a for a, one in self._undone.items() if one.asked_at and self.site.state.record(a))
        return Report(counts, dict(self._errors), lost, {}, unfinished if interrupted else (), interrupted)

    def _over(self, record: Record, because: str, error: Exception | None) -> None:
        if error:
            told = self._errors[record.address] = translated(error, record.address)
            self.site.listen(events.Failed(step=record.step, resource=record.address, error=told))
        elif because == record.address:
            return  # a part of it failed, and that was told
        elif because:
            self.site.listen(events.Skipped(step=record.step, resource=record.address, because=because))
        else:
            self._deleted += not self.site.recorded(record).declared.is_foreign
            self.site.listen(events.Deleted(step=record.step, resource=record.address, id=record.id or ""))

    def _release(self, record: Record) -> Later | None:
        """Lets go of what it holds, so that others can go before it does."""
        resource = self.site.recorded(record)
        live = resource.find(self.site.aws, record.id)
        if live is None or is_adopted(resource, live, self.site.aws):
            return None
        confirm_ownership(resource, live, record, self.site.aws)
        try:
            with self.site.aws.writing(record.address):
                resource.release(self.site.aws, live)
        except AWS_ERRORS as error:
            if not is_gone(error) and not is_lost(error):  # what is left of it the deletion itself lets go of
                raise
        return None

    def _end(self, record: Record) -> Later | None:
        """Deletes it. That it is gone is waited for by the job of its own name."""
        later = self._delete(record)
        return later if self._undone[record.address].asked_at is None else None

    def _delete(self, record: Record) -> Later | None:
        if self.site.state.record(record.address) is None:
            return None
        undone = self._undone[record.address]
        resource = self.site.recorded(record)
        if resource.declared.is_foreign:
            return self._forget(record)
        current = self.site.state.record(record.address) or record
        live = resource.find(self._looking(current, undone), current.id)
        if live is None:
            return self._absent(current, undone)
        if is_adopted(resource, live, self.site.aws):
            return self._forget(record)
        confirm_ownership(resource, live, current, self.site.aws)
        if undone.asked_at is not None:
            return self._still_there(record, resource, undone, undone.asked_at)
        return self._ask(current, resource, live, undone)

    def _looking(self, record: Record, undone: Undone) -> Aws:
        """No record is believed whose deletion a process that died had begun: that would ask for it for ever."""
        aws = self.site.aws.seen_from(undone.as_of)
        begun = record.status == GOING and undone.asked_at is None
        return replace(aws, thorough=True) if begun else aws

    def _forget(self, record: Record) -> Later | None:
        self.site.state.forget(record.address)
        return None

    def _absent(self, record: Record, undone: Undone) -> Later | None:
        """Gone; but what was made just now may only not be shown yet."""
        if undone.asked_at is None and (later := undone.searching.again(record, self.site)):
            undone.as_of = self.site.moment()
            return later
        return self._forget(record)

    def _ask(self, record: Record, resource: Resource, live: Live, undone: Undone) -> Later | None:
        site = self.site
        if record.id is None:
            site.state.made(record.address, live.id)
        site.state.deleting(record.address)
        site.listen(events.Begin(step=record.step, resource=record.address, verb="delete", id=live.id))
        aws = site.aws.seen_from(undone.as_of)
        try:
            with aws.writing(record.address):
                resource.delete(aws, live)
        except AWS_ERRORS as error:
            if not is_gone(error):
                return self._refused(record, resource, live, undone, error)
        undone.asked_at, undone.as_of = site.clock.monotonic(), site.moment()
        if not resource.declared.gone:
            return self._forget(record)
        return self._still_there(record, resource, undone, undone.asked_at)

    def _refused(self, record: Record, resource: Resource, live: Live, undone: Undone, error: Exception) -> Later:
        """What still stands on it is being taken away: come back, for as long as that may take."""
        row = patience_for(error, DELETING)
        if self.site.aws.border.stopping.is_set() and passes(error):
            return Later(0.0)
        if row is None and not is_lost(error):
            raise error
        if row:
            undone.refused_from.pop(LOST, None)  # what AWS answers is not lost
        limit, why = (row.limit, row.why) if row else (LOST_FOR, LOST)
        now = self.site.clock.monotonic()
        elapsed = now - undone.refused_from.setdefault(why, now)
        if elapsed > limit:
            told = translated(error, record.address).what
            raise TimedOut(told, where=record.address, why=why, next=("muvi teardown", "muvi drift")) from error
        if row is None or row.look:
            undone.as_of = self.site.moment()
        usual = row.usual if row else 1.0
        if row and elapsed >= usual * self.site.pace.scale:
            why = self._in_the_way(record, resource, live) or why
        self.site.tell_wait(record.step, record.address, "delete", why, elapsed, usual * self.site.pace.scale)
        uneven = 1.0 if row else 0.75 + self.site.chance.fraction() / 2  # lest it always comes at the same bad moment
        return Later(waits.next_poll(elapsed, usual, self.site.pace) * uneven)

    def _in_the_way(self, record: Record, resource: Resource, live: Live) -> str:
        """What stands in the way, in words. Raises InTheWay for what will never go by itself."""
        found = resource.obstacles(self.site.aws.seen_from(self.site.moment()), live)
        foreign = [obstacle.what for obstacle in found if not obstacle.passes]
        if foreign:
            raise InTheWay(
                "; ".join(foreign),
                where=record.address,
                why="it is not recorded as this stack's, so it is not touched: delete it yourself first",
                next=("muvi teardown",),
            )
        return "; ".join(obstacle.what for obstacle in found)

    def _still_there(self, record: Record, resource: Resource, undone: Undone, asked_at: float) -> Later:
        undone.as_of = self.site.moment()
        wait, elapsed = waits.GONE[resource.declared.gone], self.site.clock.monotonic() - asked_at
        return on_its_way(self.site, record.step, record.address, "delete", wait, elapsed)


def refuse_if_stood_on(records: Sequence[Record], scope: Mapping[str, Record]) -> None:
    """Raises UsageError when something outside the scope stands on something inside it."""
    outside = [record for record in records if record.address not in scope]
    stood_on = {record.address: need for record in outside for need in record.needs if need in scope}
    if stood_on:
        above, first = list(stood_on), next(iter(stood_on.values()))
        raise UsageError(
            f"{len(above)} recorded objects stand on it: {', '.join(above[:5])}{', …' if len(above) > 5 else ''}",
            next=(f"muvi teardown --only {first} --with-users", "muvi teardown all"),
        )
