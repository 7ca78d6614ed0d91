"""What people do outside of any run, in AWS's console or with its CLI, and what a test looks at afterwards."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import boto3

from muvi_provision.cli.orphans import standing_on
from muvi_provision.engine import events
from muvi_provision.engine.stack import Wanted
from muvi_provision.errors import MuviError
from muvi_provision.sandbox.transport import InProcess
from muvi_provision.state.records import READY
from tests.sandbox.ecs_world import image
from tests.world import World

NOWHERE = "http://127.0.0.1:1"


@functools.cache
def _session() -> boto3.Session:
    return boto3.Session(aws_access_key_id="sandbox", aws_secret_access_key="sandbox")


def client(one: World, service: str) -> Any:
    """A plain client, which knows nothing of the project."""
    made: Any = _session().client(service, region_name=one.region, endpoint_url=NOWHERE)  # type: ignore[call-overload]
    InProcess(one.cloud).attach(made.meta.events)
    return made


def push(one: World, content: str, *repositories: str, tag: str = "latest") -> dict[str, str]:
    """Pushes an image with that in it; the digests by repository. Without any, into all of the environment's."""
    ecr, env = client(one, "ecr"), one.environment.name
    names = repositories or one.environment.repositories
    return {name: image(ecr, f"{env}-{name}", tag, content.encode()) for name in names}


def with_images(one: World) -> World:
    """As it is once the repositories are made and the first images pushed."""
    assert not one.run(steps=["3.1"]).errors
    push(one, "first")
    return one


def service(one: World, name: str) -> Mapping[str, Any]:
    """As DescribeServices shows it."""
    env = one.environment.name
    answer = client(one, "ecs").describe_services(cluster=f"{env}-main", services=[f"{env}-{name}"])
    return dict(answer["services"][0])


def revision(one: World, name: str) -> int:
    """The revision of its task definition that a service is told to run."""
    return int(service(one, name)["taskDefinition"].rpartition(":")[2])


def family(one: World, name: str) -> list[str]:
    """The revisions of a task definition, the oldest first."""
    found = client(one, "ecs").list_task_definitions(familyPrefix=f"{one.environment.name}-{name}")
    return [str(arn) for arn in found["taskDefinitionArns"]]


def redeploy(one: World, name: str) -> None:
    """What `muvi redeploy` asks of ECS, and time for it."""
    env = one.environment.name
    client(one, "ecs").update_service(cluster=f"{env}-main", service=f"{env}-{name}", forceNewDeployment=True)
    one.clock.sleep(1000)


def change(one: World, **sections: Any) -> None:
    """Writes into the environment file: whole sections, by name."""
    one.environment = one.environment.model_copy(update=sections)


def users_of(one: World, address: str) -> set[str]:
    """It and whatever stands on it: what `--with-users` stands for."""
    return standing_on(one.site().state.records(), [address])


def without(one: World, *addresses: str) -> World:
    """As it was before these were made."""
    assert not one.teardown(only={user for address in addresses for user in users_of(one, address)}).errors
    return one


def undone(one: World) -> set[str]:
    """What the steps ask for and the state neither calls ready nor says to be waiting for something (dormant)."""
    state = one.site().state
    done = {record.address for record in state.records() if record.status == READY}
    wanted = {a for a, node in one.stack().nodes.items() if isinstance(node, Wanted)}
    return {address for address in wanted - done if state.record(address) or not state.deed(address)}


def begun(one: World) -> list[tuple[str, str]]:
    """What runs began since this was last asked, sorted."""
    said = sorted((event.verb, event.resource) for event in one.heard if isinstance(event, events.Begin))
    one.heard.clear()
    return said


def assert_says(error: MuviError, kind: type[MuviError], *words: str) -> None:
    """Of that very class, with those words in what and why, saying where, and what to type next."""
    assert type(error) is kind
    said = f"{error.what} {error.why}"
    assert [word for word in words if word not in said] == [], said
    assert error.where
    assert error.next


def assert_mended(one: World, made: set[str]) -> None:
    """The next run makes what is missing and no more, and there is nothing left to do after it."""
    begun(one)
    report = one.run()
    assert not report.errors, report.errors
    done = {address for _, address in begun(one)}
    assert done == made, done ^ made
    assert undone(one) == set(), undone(one)
    assert one.plan().is_empty
    assert one.run().counts.writes == 0


def assert_settled(one: World, name: str) -> None:
    """The wanted version is the only one, and it runs."""
    shown = service(one, name)
    (only,) = shown["deployments"]
    assert (only["status"], only["rolloutState"]) == ("PRIMARY", "COMPLETED")
    assert only["taskDefinition"] == shown["taskDefinition"] == family(one, name)[-1]
    assert shown["runningCount"] == shown["desiredCount"]
