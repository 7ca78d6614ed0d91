"""A VPC with Cloud Map, and what an error tells besides its code."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import network

TAGS = [{"Key": "muvi:address", "Value": "namespace/main"}]
NAME = "uat.microservices.internal"


class Map:
    """A VPC, and what is found in it by name."""

    def __init__(self, cloud: Cloud, connect: Connect, clock: Leaping) -> None:
        self.cloud, self.clock = cloud, clock
        self.map, self.zones = connect(cloud, "servicediscovery"), connect(cloud, "route53")
        self.vpc = network(connect(cloud, "ec2")).vpc

    def wanted(self, name: str = NAME, **more: Any) -> dict[str, Any]:
        return {"Name": name, "Vpc": self.vpc, "CreatorRequestId": "t", "Tags": TAGS} | more

    def begin(self, name: str = NAME, **more: Any) -> str:
        return str(self.map.create_private_dns_namespace(**self.wanted(name, **more))["OperationId"])

    def operation(self, wanted: str) -> dict[str, Any]:
        return dict(self.map.get_operation(OperationId=wanted)["Operation"])

    def make(self, name: str = NAME) -> str:
        begun = self.begin(name)
        self.clock.sleep(46)
        done = self.operation(begun)
        assert done["Status"] == "SUCCESS"
        return str(done["Targets"]["NAMESPACE"])

    def service(self, namespace: str, name: str = "api", **more: Any) -> dict[str, Any]:
        records = {"DnsRecords": [{"Type": "A", "TTL": 10}]}
        said = {"Name": name, "NamespaceId": namespace, "DnsConfig": records, "Tags": TAGS} | more
        return dict(self.map.create_service(**said)["Service"])

    def zone_names(self) -> list[str]:
        return [one["Name"] for one in self.zones.list_hosted_zones()["HostedZones"]]


def more_of(do: Any, **params: Any) -> dict[str, Any]:
    """The error's other members."""
    with pytest.raises(ClientError) as caught:
        do(**params)
    return dict(caught.value.response)
