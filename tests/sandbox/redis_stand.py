"""A network and a subnet group, and what a replication group is made of."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import Net, group, network, refused

TAGS = [{"Key": "muvi:address", "Value": "cache/a"}]


class Stand:
    """A network, a subnet group, and what a replication group is made of."""

    def __init__(self, cloud: Cloud, connect: Connect, clock: Leaping) -> None:
        self.cloud, self.clock = cloud, clock
        self.ec2, self.redis = connect(cloud, "ec2"), connect(cloud, "elasticache")
        self.net: Net = network(self.ec2)
        linked = {"AWSServiceName": "elasticache.amazonaws.com"}  # caches were here before
        connect(cloud, "iam").create_service_linked_role(**linked)
        clock.sleep(15)
        self.door = group(self.ec2, self.net.vpc, "cache")
        self.redis.create_cache_subnet_group(
            CacheSubnetGroupName="uat", CacheSubnetGroupDescription="for a test", SubnetIds=list(self.net.subnets)
        )

    def wanted(self, name: str = "sessions", **more: Any) -> dict[str, Any]:
        said = {
            "ReplicationGroupId": name,
            "ReplicationGroupDescription": "for a test",
            "Engine": "redis",
            "EngineVersion": "7.1",
            "CacheNodeType": "cache.t3.micro",
            "CacheSubnetGroupName": "uat",
            "SecurityGroupIds": [self.door],
        }
        return said | more

    def make(self, name: str = "sessions", **more: Any) -> str:
        made = self.redis.create_replication_group(**self.wanted(name, **more))["ReplicationGroup"]
        return str(made["ARN"])

    def refusing(self, **more: Any) -> str:
        return refused(self.redis.create_replication_group, **self.wanted(**more))

    def shown(self, name: str = "sessions") -> dict[str, Any]:
        return dict(self.redis.describe_replication_groups(ReplicationGroupId=name)["ReplicationGroups"][0])

    def until(self, name: str, status: str) -> None:
        for _ in range(200):
            if self.shown(name)["Status"] == status:
                return
            self.clock.sleep(10)
        raise AssertionError(f"{name} never became {status}")

    def until_gone(self, name: str = "sessions") -> None:
        for _ in range(200):
            if name not in [one["ReplicationGroupId"] for one in self._all()]:
                return
            self.clock.sleep(10)
        raise AssertionError(f"{name} never went")

    def _all(self) -> list[dict[str, Any]]:
        return list(self.redis.describe_replication_groups()["ReplicationGroups"])

    def interfaces(self) -> list[dict[str, Any]]:
        found = self.ec2.describe_network_interfaces()["NetworkInterfaces"]
        return [one for one in found if one["Description"].startswith("ElastiCache ")]
