"""The only file that makes boto3 clients, and the guard that lets nothing be changed by accident."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from muvi_provision.aws import tags
from muvi_provision.aws.discretion import Discretion
from muvi_provision.aws.inventory import Inventory
from muvi_provision.aws.outside import Internet, Outside
from muvi_provision.aws.patience import Retries
from muvi_provision.aws.services import WORLDWIDE, Services
from muvi_provision.clock import Chance, Clock
from muvi_provision.naming import ENVIRONMENT, Ownership, physical

if TYPE_CHECKING:
    from botocore.hooks import BaseEventHooks

    from muvi_provision.resource import Resource

READS = ("Describe", "List", "Get", "Head", "BatchGet", "BatchCheck", "Lookup", "Search", "Filter", "Discover", "Test")


class WriteRefused(RuntimeError):
    """A mutating call outside the one place that may make one: a mistake in the product, never in the cloud."""


def mutates(operation: str) -> bool:
    """Whether an API operation (``CreateVpc``) changes anything."""
    return not operation.startswith(READS)


@dataclass(frozen=True)
class SignIn:
    """Where and as whom: a profile name, or explicit keys and an endpoint (the sandbox).

    answer_s: seconds within which an answer begins to come; a function that is called takes as long as it takes.
    """

    region: str
    profile: str | None = None
    endpoint: str | None = None
    access_key: str | None = None
    secret_key: str | None = None
    attach: Callable[[BaseEventHooks], None] | None = None
    answer_s: int = 60


@dataclass
class Tally:
    """API calls of one process, counted once however often they are sent again."""

    calls: int = 0
    writes: int = 0


class Border:
    """One session, one client a service and region, one tally; shared by all threads.

    Once ``stopping`` is set nothing is tried again.
    """

    def __init__(self, sign_in: SignIn, clock: Clock, chance: Chance, outside: Outside | None = None) -> None:
        self.sign_in = sign_in
        self.outside = outside or Internet()
        self.clock = clock
        self.chance = chance
        self.inventory = Inventory()
        self.tally = Tally()
        self.writing = threading.local()
        self.stopping = threading.Event()
        self.discretion = Discretion()
        self._session: Any = None
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.RLock()

    def client(self, service: str, region: str) -> Any:
        """The client, made on first use. Sessions are not safe to share between threads, hence the lock."""
        with self._lock:
            if (service, region) not in self._clients:
                self._clients[service, region] = self._make(service, region)
            return self._clients[service, region]

    def _make(self, service: str, region: str) -> Any:
        from botocore.config import Config

        signed = self.sign_in
        config = Config(
            retries={"mode": "standard", "total_max_attempts": 1},  # ours, in patience.py, knows a write from a read
            max_pool_connections=32,
            connect_timeout=10,
            read_timeout=signed.answer_s,
            inject_host_prefix=signed.endpoint is None,
            user_agent_extra="muvi-provision",
        )
        client = self.session().client(service, region_name=region, endpoint_url=signed.endpoint, config=config)
        events = client.meta.events
        self.discretion.attach(events)
        events.register("before-call", self._before_call)
        events.register("needs-retry", Retries(self.clock, self.chance, mutates, self.stopping))
        if signed.attach:
            signed.attach(events)
        return client

    def session(self) -> Any:
        """The boto3 session. Raises botocore's ProfileNotFound."""
        if self._session is None:
            import boto3

            self._session = boto3.session.Session(
                profile_name=self.sign_in.profile,
                aws_access_key_id=self.sign_in.access_key,
                aws_secret_access_key=self.sign_in.secret_key,
                region_name=self.sign_in.region,
            )
        return self._session

    def _before_call(self, model: Any, **_: Any) -> None:
        changes = mutates(model.name)
        if changes and not getattr(self.writing, "address", ""):
            raise WriteRefused(
                f"{model.service_model.service_name}:{model.name} would change something outside a write"
            )
        with self._lock:
            self.tally.calls += 1
            self.tally.writes += changes


@dataclass(frozen=True)
class Aws(Services):
    """What a resource's methods are handed: the clients, shared reads, names and tags.

    A view: ``as_of`` is the inventory's moment reads must not be older than, and ``written`` that of the
    last write to the object in question, for what only a write of ours changes. ``token`` is the client
    token of the intent being carried out (32 hexadecimal digits), ``account`` the account's twelve digits.
    ``certain``: whose something precious is must not be old news, such as an index of tags. ``thorough``: also
    what costs a call for each object is looked at, which a plan does not. ``shallow``: only whether it is there
    and whose it is; what else it is like nobody will ask.
    """

    border: Border
    ownership: Ownership
    region: str
    account: str = ""
    as_of: int = 0
    written: int = 0
    token: str = ""
    certain: bool = False
    thorough: bool = False
    shallow: bool = False

    @property
    def clock(self) -> Clock:
        return self.border.clock

    @property
    def worldwide(self) -> Aws:
        """Where CloudFront, its firewall and certificates, and Route 53 are, wherever the stack is."""
        return replace(self, region=WORLDWIDE)

    def elsewhere(self, sign_in: SignIn, clock: Clock) -> Aws:
        """A way to another account or region that reads only: the guard against writes is never opened on it."""
        border = Border(sign_in, clock, self.border.chance)
        border.stopping, border.tally = self.border.stopping, self.border.tally
        return replace(self, border=border, region=sign_in.region)

    def seen_from(self, as_of: int, written: int | None = None) -> Aws:
        return replace(self, as_of=as_of, written=self.written if written is None else written)

    def with_token(self, token: str) -> Aws:
        return replace(self, token=token)

    @contextmanager
    def writing(self, address: str) -> Iterator[None]:
        """Opens the guard for this thread: mutating calls inside are made for that address."""
        permit = self.border.writing
        before, permit.address = getattr(permit, "address", ""), address
        try:
            yield
        finally:
            permit.address = before

    def listing(self, service: str, operation: str, result: str, **params: Any) -> list[dict[str, Any]]:
        """Every item of a listing (``"ec2", "describe_subnets", "Subnets"``), all pages, shared by all who ask."""

        def fetch() -> list[dict[str, Any]]:
            client = self.border.client(service, self.region)
            if client.can_paginate(operation):
                return list(client.get_paginator(operation).paginate(**params).search(f"{result}[]"))
            return list(getattr(client, operation)(**params)[result])

        return cast("list[dict[str, Any]]", self._shared(service, operation, params, fetch))

    def read(self, service: str, operation: str, **params: Any) -> dict[str, Any]:
        """One answer, shared by all who ask with the same parameters."""
        call = lambda: getattr(self.border.client(service, self.region), operation)(**params)  # noqa: E731
        return cast("dict[str, Any]", self._shared(service, operation, params, call))

    def _shared(self, service: str, operation: str, params: Mapping[str, Any], fetch: Callable[[], Any]) -> Any:
        key = (service, self.region, operation, repr(sorted(params.items())))
        return self.border.inventory.get(key, self.as_of, fetch)

    def ours(self) -> list[Any]:
        """EC2 filters that select this environment's objects."""
        return [{"Name": f"tag:{ENVIRONMENT}", "Values": [self.ownership.env]}]

    def physical(self, resource: Resource) -> str:
        """The resource's name in AWS: environment first, within the kind's limit."""
        return physical(self.ownership.env, resource.name, resource.declared.name_limit)

    def tags(self, resource: Resource) -> dict[str, str]:
        return self.ownership.tags(resource.address, self.physical(resource))

    def tag_pairs(self, resource: Resource) -> list[Any]:
        return tags.pairs(self.tags(resource))

    def tag_specifications(self, resource: Resource, resource_type: str) -> list[Any]:
        return tags.specification(resource_type, self.tags(resource))
