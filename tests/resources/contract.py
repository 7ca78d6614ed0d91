"""What every resource class promises, as one check that runs for each example.

The bench does what the engine does, slowly and in plain sight: it opens the guard for one write at a time, reads
again after each, and counts what was called.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from muvi_provision.aws import waits
from muvi_provision.aws.clients import Aws, Border, SignIn
from muvi_provision.aws.inventory import Inventory
from muvi_provision.clock import SystemChance, SystemClock
from muvi_provision.naming import Ownership
from muvi_provision.resource import Change, Handle, Live, Resource, differences, from_json, resolve, to_json
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.outside import Outside
from muvi_provision.sandbox.transport import Around, InProcess

REGION = "me-central-1"
OURS = Ownership("uat", "0123456789abcdef")
IAM_NAMES = {  # S3's permissions are not called like its operations
    "s3:DeleteBucketCors": {"s3:PutBucketCORS"},
    "s3:DeleteObjects": {"s3:DeleteObject", "s3:DeleteObjectVersion"},
    "s3:GetBucketCors": {"s3:GetBucketCORS"},
    "s3:GetBucketLifecycleConfiguration": {"s3:GetLifecycleConfiguration"},
    "s3:GetPublicAccessBlock": {"s3:GetBucketPublicAccessBlock"},
    "s3:HeadBucket": {"s3:ListBucket"},
    "s3:ListBuckets": {"s3:ListAllMyBuckets"},
    "s3:ListMultipartUploads": {"s3:ListBucketMultipartUploads"},
    "s3:ListObjectVersions": {"s3:ListBucketVersions"},
    "s3:PutBucketCors": {"s3:PutBucketCORS"},
    "s3:PutBucketLifecycleConfiguration": {"s3:PutLifecycleConfiguration"},
    "s3:PutPublicAccessBlock": {"s3:PutBucketPublicAccessBlock"},
}
IAM_PREFIX = {
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
    "stepfunctions": "states",
}
MANY_LOOKS = 50


@dataclass(frozen=True)
class Example:
    """One resource as a step would ask for it.

    standing: what it and its changes stand on, in the order of making.
    changed: for every mutable field another value it may be given. A pair of fields that only makes sense
    together is changed together: ``{"nat": {"nat": None, "gateway": ...}}``.
    unseen: mutable fields that only AWS or somebody else changes (a certificate comes of age), so no value here.
    empty: outputs that it has no value for. region: where it is made, if the usual one has no such thing.
    """

    resource: Resource
    standing: tuple[Resource, ...] = ()
    changed: Mapping[str, Any] = field(default_factory=dict)
    unseen: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    region: str = REGION

    def variants(self) -> Iterator[tuple[str, Resource]]:
        """(field, the resource with another value in it)."""
        for name, value in self.changed.items():
            words = value if isinstance(value, dict) and name in value else {name: value}
            yield name, dataclasses.replace(self.resource, **words)


class Bench:
    """One empty account and everything made in it so far, by address."""

    def __init__(self, cloud: Cloud, around: Around | None = None) -> None:
        self.cloud = cloud
        attach = InProcess(cloud, around).attach
        sign_in = SignIn(REGION, access_key="AKIATEST", secret_key="test", attach=attach)
        self.border = Border(sign_in, SystemClock(), SystemChance(), Outside(cloud))
        self.values: dict[str, dict[str, Any]] = {}
        self.region = REGION

    def start_over(self) -> None:
        """An empty account, nothing read yet; only the clients stay, which take longest to make."""
        self.cloud.reset()
        self.border.inventory = Inventory()
        self.values.clear()
        self.region = REGION

    @property
    def aws(self) -> Aws:
        """A view that sees everything as it is now."""
        now = self.border.inventory.moment()
        return Aws(self.border, OURS, self.region, self.cloud.account, as_of=now, written=now)

    def real(self, resource: Resource) -> Resource:
        """With the ids and outputs of what it stands on."""
        return resolve(resource, self.values.get)

    @contextmanager
    def one_write(self, resource: Resource) -> Iterator[Aws]:
        """The guard open, for exactly one mutating call."""
        before = self.border.tally.writes
        with self.writing(resource) as aws:
            yield aws
        assert self.border.tally.writes - before == 1, f"{resource.address}: create makes exactly one mutating call"

    @contextmanager
    def writing(self, resource: Resource) -> Iterator[Aws]:
        aws = self.aws.with_token(self.border.chance.token())
        with aws.writing(resource.address):
            yield aws

    def stand(self, *standing: Resource) -> None:
        """Makes what something stands on."""
        for wanted in standing:
            self.make(wanted)

    def make(self, wanted: Resource) -> Live:
        """Found or created, completed, ready, its values noted."""
        resource = self.real(wanted)
        if resource.declared.lookup:
            live = resource.find(self.aws, None)
            assert live, f"{resource.address} is not there"
        else:
            with self.one_write(resource) as aws:
                made = resource.create(aws)
            live = self.ready(resource, made)
            live = self.complete(resource, live) if resource.declared.completes else live
        self.values[resource.address] = {"id": live.id, **resource.outputs(live)}
        return live

    def complete(self, resource: Resource, live: Live) -> Live:
        """Updated until nothing differs, which three times must be enough for."""
        for _ in range(3):
            changes = self.changes(resource, live)
            if not changes:
                return live
            live = self.update(resource, live, changes)
        raise AssertionError(f"{resource.address} still differs: {self.changes(resource, live)}")

    def update(self, resource: Resource, live: Live, changes: tuple[Change, ...]) -> Live:
        with self.writing(resource) as aws:
            resource.update(aws, live, changes)
        return self.look(resource, live.id)

    def look(self, resource: Resource, known_id: str | None) -> Live:
        """Found again, and it must be there."""
        live = resource.find(self.aws, known_id)
        assert live is not None, f"{resource.address} ({known_id}) is not found"
        return live

    def ready(self, resource: Resource, known_id: str) -> Live:
        """Looked at until AWS says that it is ready (at once, for a class that does not wait)."""
        name = resource.declared.ready
        for _ in range(MANY_LOOKS):
            live = self.look(resource, known_id)
            if not name or waits.outcome(name, live) == "success":
                return live
        raise AssertionError(f"{resource.address} is not ready: {live.raw}")

    def changes(self, resource: Resource, live: Live) -> tuple[Change, ...]:
        return differences(resource.wanted(), resource.observe(live))

    def silent(self, resource: Resource, known_id: str | None) -> Live:
        """Found, as wanted, and nothing was written to see that."""
        before = self.border.tally.writes
        live = self.look(resource, known_id)
        changes = self.changes(resource, live)
        assert not changes, f"{resource.address} differs: {', '.join(map(str, changes))}"
        assert self.border.tally.writes == before
        return live

    def called(self, during: Callable[[], None]) -> set[str]:
        """The IAM actions of what was called meanwhile (``ec2:CreateVpc``)."""
        start = len(self.cloud.log.entries)
        during()
        called = {entry.name for entry in self.cloud.log.entries[start:]}
        return set().union(*(_actions(name) for name in called))


def _actions(called: str) -> set[str]:
    service, operation = called.split(":")
    return IAM_NAMES.get(called) or {f"{IAM_PREFIX.get(service, service)}:{operation}"}


def keeps_its_promises(example: Example, bench: Bench) -> None:
    """Lives a whole life on what stands already: absent, made, as wanted, changed and back, gone, and gone again."""
    resource = bench.real(example.resource)
    assert resource.find(bench.aws, None) is None, f"{resource.address} is there before it is made"

    live = bench.make(example.resource)
    live = bench.silent(resource, live.id)
    assert bench.silent(resource, None).id == live.id, "it is found without its id too"
    _tells_only_of_its_fields(resource, live, example.empty)
    _bears_our_tags(resource, live, bench)

    for name, variant in example.variants():
        live = _changed(name, bench.real(variant), live, bench)
        live = _changed(name, resource, live, bench)

    _goes_away(resource, live, bench)


def _tells_only_of_its_fields(resource: Resource, live: Live, empty: frozenset[str]) -> None:
    fields = {each.name for each in dataclasses.fields(resource)} - {"name"}
    assert set(resource.observe(live)) <= fields
    assert resource.declared.mutable <= fields
    _has_its_outputs(resource, live, empty)


def _has_its_outputs(resource: Resource, live: Live, empty: frozenset[str]) -> None:
    outputs = resource.outputs(live)
    assert set(outputs) == resource.declared.outputs
    assert all(isinstance(value, str) for value in outputs.values()), outputs
    assert {name for name, value in outputs.items() if not value} == empty, outputs


def _bears_our_tags(resource: Resource, live: Live, bench: Bench) -> None:
    if resource.declared.shared:
        return
    if inherits := resource.declared.inherits:
        parent = getattr(resource, inherits)
        assert isinstance(parent, Handle)
        assert OURS.owns(live.tags, parent.address) or OURS.owns(live.tags, resource.address), live.tags
    else:
        assert OURS.owns(live.tags, resource.address), live.tags
        assert live.tags["Name"] == bench.aws.physical(resource)


def _changed(name: str, variant: Resource, live: Live, bench: Bench) -> Live:
    """Differs in that field, is updated, is as wanted; the same again does no harm."""
    live = bench.look(variant, live.id)
    changes = bench.changes(variant, live)
    assert name in {change.field for change in changes}, f"{variant.address}: a change of {name} is not seen"
    assert {change.field for change in changes} <= variant.declared.mutable
    live = bench.ready(variant, bench.update(variant, live, changes).id)
    live = bench.silent(variant, live.id)
    live = bench.ready(variant, bench.update(variant, live, changes).id)
    return bench.silent(variant, live.id)


def _goes_away(resource: Resource, live: Live, bench: Bench) -> None:
    with bench.writing(resource) as aws:
        resource.delete(aws, live)
    if resource.declared.shared:
        bench.silent(resource, live.id)  # other stacks stand on it
        return
    for _ in range(MANY_LOOKS):
        if resource.find(bench.aws, live.id) is None:
            break
    else:
        raise AssertionError(f"{resource.address} is still there")
    assert resource.find(bench.aws, None) is None
    with bench.writing(resource) as aws:
        resource.delete(aws, live)


def is_found_and_nothing_else(example: Example, bench: Bench) -> None:
    """What a look-up promises instead: it is there, or it is not, and nothing is written."""
    before = bench.border.tally.writes
    resource = bench.real(example.resource)
    live = bench.look(resource, None)
    _has_its_outputs(resource, live, example.empty)
    assert bench.border.tally.writes == before


def round_trips(resource: Resource) -> None:
    """The record in the state is enough to have it back."""
    import json

    recorded = json.loads(json.dumps(to_json(resource)))
    again = from_json(resource.declared.kind, recorded)
    assert again == resource
    assert again.needs() == resource.needs()
