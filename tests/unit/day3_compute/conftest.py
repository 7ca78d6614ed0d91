"""What a service stands on, and images to run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from muvi_provision.day1_network.routes import Route, RouteTableAssociation
from muvi_provision.day1_network.vpc import EVERYWHERE
from muvi_provision.resource import Resource
from tests.resources.contract import Bench
from tests.resources.examples import ADDRESS, APP, INTERNET, NAT, PUBLIC_A, at
from tests.resources.examples_compute import APP_A, APP_B, DEFINITION, EXECUTION, IMAGE, RUNNING, VPC
from tests.sandbox import ecs_world
from tests.sandbox.conftest import Leaping

PULLING = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
OUT = Route("app", table=at(APP.address), destination=EVERYWHERE, nat=at(NAT.address))
USES = tuple(
    RouteTableAssociation(each.name, table=at(APP.address), subnet=at(each.address)) for each in (APP_A, APP_B)
)
CONNECTED = (
    VPC, PUBLIC_A, INTERNET, ADDRESS, NAT, APP, OUT, replace(EXECUTION, managed=(PULLING,)),
    *(one for one in RUNNING if one not in (VPC, EXECUTION, DEFINITION)), *USES, replace(DEFINITION, secrets={}),
)  # fmt: skip


@pytest.fixture
def ground(bench: Bench) -> Bench:
    """With everything that a service stands on, but no image."""
    bench.stand(*RUNNING)
    return bench


@pytest.fixture
def connected(bench: Bench) -> Bench:
    """The same with a way out of its subnets and a role that may pull, so that its containers can start."""
    bench.stand(*CONNECTED)
    return bench


@pytest.fixture
def running(slow: Bench, clock: Leaping) -> Bench:
    """The same, as slow as AWS, with an image pushed."""
    stand(slow, clock, *CONNECTED)
    push(slow)
    return slow


def stand(bench: Bench, clock: Leaping, *standing: Resource) -> None:
    """What something stands on, with time enough for each to be ready and known everywhere."""
    for wanted in standing:
        resource = bench.real(wanted)
        if resource.declared.lookup:
            bench.make(wanted)
            continue
        with bench.one_write(resource) as aws:
            made = resource.create(aws)
        clock.sleep(180)
        live = bench.ready(resource, made)
        live = bench.complete(resource, live) if resource.declared.completes else live
        bench.values[resource.address] = {"id": live.id, **resource.outputs(live)}


def push(bench: Bench, tag: str = "latest", content: bytes = b"layer") -> str:
    """An image for the gateway; its digest. What is known of the image is looked up again."""
    aws = bench.aws
    with aws.writing("somebody"):
        digest = ecs_world.image(aws.ecr, "uat-gateway", tag, content)
    bench.make(IMAGE)
    return digest
