"""``muvi redeploy``: new copies of a service from the same version, so that they read their secrets anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.session import Session, opened

if TYPE_CHECKING:
    from muvi_provision.resource import Live
    from muvi_provision.state.records import Record

DAY = 3


def redeploy(
    ctx: typer.Context,
    service: Annotated[str, typer.Argument(help="The service, such as gateway.")],
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the new copies are well, or say why not.")] = False,
) -> None:
    """Start a service's copies anew, as the deployment settings allow. Containers read secrets only when they start."""
    from muvi_provision.cli.holdings import named, needed, ours, settled
    from muvi_provision.cli.service_images import refuse_without_image

    call = invocation(ctx)
    with opened(call, writes=True) as session:
        named(service, session.environment.services, "service", "muvi services")
        record = needed(session, f"service/{service}", DAY)
        settled(session)
        live = ours(session, record)
        _warn_of_newer(session, service, live, refuse_without_image(session, service))
        deployment = _begun(session, record, live)
    # the lock is free again: nothing more is written
    if wait:
        from muvi_provision.cli.rollout import waited

        call.say(f"{service}: the new deployment has begun")
        try:
            waited(session, service, live, deployment)
        except KeyboardInterrupt:
            call.say("ECS goes on with it; `muvi services` shows how far it is")
            raise
    session.count()
    advice = "muvi services" if wait else f"muvi logs {service} --follow"
    if call.options.json:
        return call.document({"service": service, "deployment": deployment, "completed": wait}, next=(advice,))
    call.show(f"{service}: {'the new copies are well' if wait else 'a new deployment has begun'}")
    return call.advise(advice)


def _begun(session: Session, record: Record, live: Live) -> str:
    """Begins it and returns its id."""
    from muvi_provision.cli.holdings import in_our_words
    from muvi_provision.cli.service_list import primary_of

    aws = session.connection.aws
    with in_our_words(record.address), aws.writing(record.address):
        answer = aws.ecs.update_service(cluster=live.raw["clusterArn"], service=live.id, forceNewDeployment=True)
    return str(primary_of(answer["service"]).get("id", ""))


def _warn_of_newer(session: Session, service: str, live: Live, digest: str) -> None:
    """A version names its image by digest: a tag that was pushed again is rolled out by a run, not by this."""
    from muvi_provision.cli.holdings import in_our_words
    from muvi_provision.cli.service_list import tag_of

    aws = session.connection.aws
    with in_our_words("ecs:DescribeTaskDefinition"):
        shown: Any = aws.ecs.describe_task_definition(taskDefinition=live.raw["taskDefinition"])["taskDefinition"]
    pinned = {one["image"].partition("@")[2] for one in shown["containerDefinitions"]} - {""}
    if pinned and digest not in pinned:
        session.call.warn(
            f"{tag_of(session, service)} is another image by now than the version that runs: "
            "`muvi run day3` rolls that out"
        )
    if not live.raw["desiredCount"]:
        session.call.warn(f"no copy of {service} is wanted, so none will start: `muvi scale {service} 1`")
