"""``muvi scale``: another number of copies of a service, now."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.prompts import confirm
from muvi_provision.cli.session import Session, opened
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from decimal import Decimal

    from muvi_provision.resource import Live
    from muvi_provision.state.records import Record

DAY = 3


def scale(
    ctx: typer.Context,
    service: Annotated[str, typer.Argument(help="The service, such as gateway.")],
    copies: Annotated[int, typer.Argument(metavar="N", help="How many copies; 0 stops it.")],
) -> None:
    """Run so many copies of a service. Shows the price and asks; automatic scaling may change it again."""
    from muvi_provision.cli.holdings import named, needed, ours, settled

    call = invocation(ctx)
    with opened(call, writes=True) as session:
        named(service, session.environment.services, "service", "muvi services")
        _refuse_outside(session, service, copies)
        record = needed(session, f"service/{service}", DAY)
        settled(session)
        live = ours(session, record)
        before = int(live.raw["desiredCount"])
        if copies:
            from muvi_provision.cli.service_images import refuse_without_image

            refuse_without_image(session, service)
            _warn_if_waiting(session, service, live)
        each = _price(session, record)
        if copies != before:
            confirm(call, f"{service}: {before} -> {copies} copies, {_money(each * (copies - before))}. Do it?")
            _scaled(session, record, live, copies)
        session.count()
        _tell(session, service, before, copies, each)


def _refuse_outside(session: Session, service: str, copies: int) -> None:
    most = session.environment.services[service].scaling.max
    if not 0 <= copies <= most:
        raise UsageError(
            f"{copies} is not between 0 and {most}, the most copies of {service} there may be",
            where=f"services.{service}.scaling.max",
            why="that ceiling is one for the bill as well: it is raised in the environment file",
            next=("muvi config show", f"muvi scale {service} {max(0, min(copies, most))}"),
        )


def _warn_if_waiting(session: Session, service: str, live: Live) -> None:
    """Its first copies are a run's business, and that run comes yet."""
    from muvi_provision.cli.service_list import is_waiting

    if is_waiting(live.raw):
        tasks = session.environment.services[service].tasks
        session.call.warn(f"{service} has not been started by a run yet: `muvi run day3` will set it to {tasks}")


def _price(session: Session, record: Record) -> Decimal:
    """US dollars an hour for one copy."""
    from muvi_provision.day3_compute.services import EcsService
    from muvi_provision.pricing import monthly

    resource = session.site().recorded(record)
    assert isinstance(resource, EcsService)
    return monthly([dataclasses.replace(resource, tasks=1)], session.environment.region).hour


def _money(difference: Decimal) -> str:
    return f"{'+' if difference >= 0 else '-'}{abs(difference):.3f} USD an hour"


def _scaled(session: Session, record: Record, live: Live, copies: int) -> None:
    from muvi_provision.cli.holdings import in_our_words

    aws = session.connection.aws
    with in_our_words(record.address), aws.writing(record.address):
        aws.ecs.update_service(cluster=live.raw["clusterArn"], service=live.id, desiredCount=copies)


def _tell(session: Session, service: str, before: int, after: int, each: Decimal) -> None:
    call, bounds = session.call, session.environment.services[service].scaling
    difference = each * (after - before)
    if call.options.json:
        content = {
            "service": service, "before": before, "after": after, "per_hour": round(float(difference), 4),
            "scaling": {"min": bounds.min, "max": bounds.max},
        }  # fmt: skip
        return call.document(content, next=("muvi services",))
    if before == after:
        call.show(f"{service}: {after} copies are wanted already")
    else:
        call.show(f"{service}: {before} -> {after} copies, {_money(difference)}")
    when = "" if session.state.values(f"scalable-target/{service}") else ", once day 5 has made it,"
    call.say(f"automatic scaling{when} keeps between {bounds.min} and {bounds.max} copies by itself")
    return call.advise("muvi services")
