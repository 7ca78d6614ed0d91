"""A cloud in this process, plain boto3 clients on it, and a clock that leaps."""

from __future__ import annotations

import datetime as dt
import queue
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import boto3
import pytest
from botocore.config import Config

from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.transport import Around, InProcess
from tests.sandbox import witness

T = TypeVar("T")
REGION = "me-central-1"


@pytest.fixture(scope="session", autouse=True)
def _witnessed() -> Iterator[None]:
    seen = witness.watch()
    yield
    witness.write(seen)


class Leaping:
    """A clock whose sleeps take no time."""

    def __init__(self) -> None:
        self.at = 0.0

    def monotonic(self) -> float:
        return self.at

    def now(self) -> dt.datetime:
        return dt.datetime(2026, 11, 22, tzinfo=dt.UTC) + dt.timedelta(seconds=self.at)

    def sleep(self, seconds: float) -> None:
        self.at += seconds

    def next_of(self, arrivals: queue.SimpleQueue[T], within: float | None, *, busy: bool) -> T | None:
        raise NotImplementedError


@pytest.fixture(scope="session")
def loader() -> boto3.Session:
    return boto3.Session(aws_access_key_id="sandbox", aws_secret_access_key="sandbox", region_name=REGION)


Connect = Callable[..., Any]


@pytest.fixture
def connect(loader: boto3.Session) -> Connect:
    """connect(cloud, "ec2"): a client; ``around`` as InProcess takes it, ``retries`` off unless asked for."""

    def make(cloud: Cloud, service: str, region: str = REGION, around: Around | None = None, retries: int = 0) -> Any:
        config = Config(
            inject_host_prefix=False, retries={"max_attempts": retries, "mode": "standard" if retries else "legacy"}
        )
        client = loader.client(service, region_name=region, endpoint_url="http://127.0.0.1:1", config=config)
        InProcess(cloud, around).attach(client.meta.events)
        return client

    return make


@pytest.fixture
def clock() -> Leaping:
    return Leaping()


@pytest.fixture
def cloud(clock: Leaping) -> Iterator[Cloud]:
    """With nothing to wait for."""
    made = Cloud(clock)
    yield made
    made.reset()


@pytest.fixture
def slow(clock: Leaping) -> Iterator[Cloud]:
    """As slow as AWS, by the leaping clock."""
    made = Cloud(clock, speed=1)
    yield made
    made.reset()


@pytest.fixture
def ec2(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "ec2")


@pytest.fixture
def elb(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "elbv2")


@pytest.fixture
def acm(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "acm")


@pytest.fixture
def secrets(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "secretsmanager")


@pytest.fixture
def place(cloud: Cloud, connect: Connect, clock: Leaping) -> Any:
    """Where databases can be: ``aurora.Place``."""
    from tests.sandbox.aurora import Place

    return Place(cloud, connect, clock)


@pytest.fixture
def slow_place(slow: Cloud, connect: Connect, clock: Leaping) -> Any:
    from tests.sandbox.aurora import Place

    return Place(slow, connect, clock)


@pytest.fixture(scope="module")
def stage(loader: boto3.Session) -> Any:
    """Where things are late (``late_stage.Stage``); made once, since it takes a while."""
    from tests.sandbox.late_stage import Stage

    clock = Leaping()
    return Stage(Cloud(clock), loader, clock)


@pytest.fixture
def on(stage: Any) -> Any:
    stage.again()
    return stage
