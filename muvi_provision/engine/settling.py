"""One resource seen as wanted: waited for, checked, its outputs recorded."""

from __future__ import annotations

from muvi_provision.aws import waits
from muvi_provision.engine import events
from muvi_provision.engine.examine import Finding, compared, confirm_ownership, is_adopted, plain
from muvi_provision.engine.making import Making
from muvi_provision.engine.patient import CONSISTENT, soon
from muvi_provision.engine.schedule import Later
from muvi_provision.errors import ReadinessFailed
from muvi_provision.resource import Live, Resource, Verdict


def settle(making: Making, moment: int) -> Later | None:
    """Waits until it is ready and as wanted. ``moment``: reads of what was written must be newer.

    Raises ReadinessFailed when AWS gave up, TimedOut, ChangeBlocked.
    """
    if _is_taken_at_its_word(making):
        return _settled(making, Live(str(making.record and making.record.id), {}))
    if making.live is None:
        making.as_of = max(making.as_of, moment)
        record = making.record
        making.live = making.resource.find(making.aws, record.id if record else None)
    if making.live is None:
        return making.not_seen()
    adopted = is_adopted(making.resource, making.live, making.site.aws)
    if making.made and not adopted:  # AWS may have handed back one of that name that somebody else made meanwhile
        confirm_ownership(making.resource, making.live, making.record, making.site.aws)
    ready = making.resource.declared.ready
    outcome = waits.outcome(ready, making.live) if ready else "success"
    if outcome == "failure":
        making.site.state.made(making.address, making.live.id)  # it was ready once, and is not now
        raise not_ready(making.resource, making.live)
    if outcome == "retry":
        making.live = None
        return making.wait(ready, "create")
    if making.resource.declared.lookup or adopted:
        return _settled(making, making.live)
    finding = compared(making.resource, making.live)
    if finding.changes:
        return _correct_late(making, finding)
    return _settled(making, making.live)


def _is_taken_at_its_word(making: Making) -> bool:
    """AWS said it made it (and completed it) just now, and there is nothing to wait for, to hand on or to doubt."""
    declared = making.resource.declared
    if not making.made or declared.ready or declared.outputs:
        return False
    return making.updates <= 1 if making.resource.newborn() is not None else not (declared.completes or making.updates)


def _correct_late(making: Making, finding: Finding) -> Later:
    """A write that does not show yet is looked for again; one that never shows is made once more, then refused."""
    now = making.site.clock.monotonic()
    making.unseen_from = now if making.unseen_from is None else making.unseen_from
    if finding.verdict == Verdict.BLOCKED or making.updates < 2:
        making.correct(finding)
    elif now - making.unseen_from > CONSISTENT:
        shown = "; ".join(str(change) for change in finding.changes)
        raise ReadinessFailed(
            f"AWS accepted the change but does not show it: {shown}", where=making.address, next=("muvi drift",)
        )
    making.wrote()
    return soon(now - making.unseen_from)


def _settled(making: Making, live: Live) -> Later | None:
    site, record = making.site, making.record
    if record is None or record.id != live.id:  # some updates give a new id
        site.state.made(making.address, live.id)
    site.state.ready(making.address, plain(making.resource.outputs(live)))
    elapsed = site.clock.monotonic() - making.began
    done = events.Settled(
        step=making.node.step, resource=making.address, id=live.id, verdict=making.verdict, elapsed_s=elapsed
    )
    site.listen(done)
    return None


def not_ready(resource: Resource, live: Live) -> ReadinessFailed:
    """The error for an object that AWS gave up on."""
    why = waits.reason(resource.declared.ready, live) or "AWS gives no reason"
    again = tuple(command.format(name=resource.name) for command in resource.declared.again)
    if not again:
        fades = resource.declared.fades
        again = ("muvi run",) if fades else (f"muvi teardown --only {resource.address} --with-users", "muvi run")
    return ReadinessFailed(f"{resource.address} ({live.id}) failed", where=resource.address, why=why, next=again)
