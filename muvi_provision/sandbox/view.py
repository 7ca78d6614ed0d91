"""What a rule may look at: the objects of the caller's account in the call's region, by AWS's nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from muvi_provision.sandbox import objects
from muvi_provision.sandbox.books import Books
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.world import World


@dataclass(frozen=True)
class View:
    """``now`` is in the cloud's seconds, ``today`` its date. Rules only read; effects may change what they find."""

    world: World = field(repr=False)
    account: str
    region: str
    books: Books = field(repr=False)
    quotas: Mapping[str, int] = field(repr=False)
    faults: Faults = field(repr=False)
    now: float
    speed: float
    today: datetime
    lag_s: float = 0  # how late what was done is shown
    lag_reads: int = 0  # and how often it is not

    @cached_property
    def ec2(self) -> Any:
        return self.world.backend("ec2", self.account, self.region)

    @cached_property
    def elb(self) -> Any:
        return self.world.backend("elbv2", self.account, self.region)

    @cached_property
    def certificates(self) -> dict[str, Any]:
        """By ARN."""
        found: dict[str, Any] = self.world.backend("acm", self.account, self.region)._certificates
        return found

    @cached_property
    def secrets(self) -> Any:
        """By name or ARN."""
        return self.world.backend("secretsmanager", self.account, self.region).secrets

    def backend(self, service: str, region: str = "") -> Any:
        """The emulator's objects of any service; ``region`` is "aws" for a global one."""
        return self.world.backend(service, self.account, region or self.region)

    def find(self, kind: str, wanted: str | None) -> Any:
        return objects.find(self, kind, wanted) if wanted else None

    def all(self, kind: str) -> list[Any]:
        return list(objects.BY_NAME[kind].all(self))

    def phase(self, wanted: str) -> str:
        """making, deleting, gone, or nothing of the sort."""
        phase = self.books.phases.get((self.region, wanted))
        return phase.name if phase else ""

    def alive(self, kind: str, vpc: str | None = None) -> list[Any]:
        """Those that are not deleted (though they may be on their way), of one VPC or of all."""
        return [one for one in self.all(kind) if self.phase(one.id) != "gone" and vpc in (None, one.vpc_id)]

    def interfaces(self, *, vpc: str | None = None, subnet: str | None = None, group: str | None = None) -> list[Any]:
        """Network interfaces that are there, also the lingering ones of something deleted."""
        return [
            one
            for one in self.ec2.enis.values()
            if vpc in (None, one.vpc_id)
            and subnet in (None, one.subnet_id)
            and (group is None or group in [grp.id for grp in one.group_set])
        ]

    def gateway_of(self, vpc: str) -> Any:
        """The internet gateway attached to a VPC, or None."""
        return next((one for one in self.ec2.internet_gateways.values() if one.vpc and one.vpc.id == vpc), None)

    def zones(self) -> list[Any]:
        """This region's availability zones."""
        return list(self.ec2.describe_availability_zones())

    def referring(self, group: str) -> list[Any]:
        """The security groups with a rule that names this group."""
        return [
            one
            for one in self.all("security_group")
            for rule in (*one.ingress_rules, *one.egress_rules)
            if rule.source_group.get("GroupId") == group
        ]

    def seconds(self, real: float) -> float:
        """So long do real seconds take here."""
        return real / self.speed if self.speed else 0.0
