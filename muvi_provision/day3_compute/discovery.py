"""Names of services in the private namespace: ``gateway.internal`` is the addresses of the gateway's containers.

Facts: aws-reality 5.8.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day3_compute.namespaces import Namespace
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

__all__ = ["DiscoveryService", "Namespace"]


class DiscoveryService(
    Resource,
    awaits={"namespace"},
    mutable={"ttl"},
    outputs={"arn"},
    name_limit=127,
    within="namespace",
    prices=("cloudmap.resource",),
    actions={
        "servicediscovery:CreateService", "servicediscovery:DeleteService", "servicediscovery:DeregisterInstance",
        "servicediscovery:GetService", "servicediscovery:ListInstances", "servicediscovery:ListServices",
        "servicediscovery:ListTagsForResource", "servicediscovery:TagResource", "servicediscovery:UpdateService",
        tag_index.ACTION,
    },
    card="cloud-map",
):  # fmt: skip
    """One name, under which ECS enters the address of each healthy container of the service.

    ttl: seconds for which a caller may remember an address; long ones lead to containers that are gone.
    Output: ``arn``.
    """

    namespace: Handle[Namespace]
    ttl: int = 10

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By its name in the namespace, or by its id where the namespace is not known."""
        raw: Mapping[str, Any] | None
        if is_known(self.namespace.id):
            inside = [{"Name": "NAMESPACE_ID", "Values": [self.namespace.id], "Condition": "EQ"}]
            every = aws.listing("servicediscovery", "list_services", "Services", Filters=inside)
            raw = next((each for each in every if each["Name"] == self.name), None)
        else:
            raw = _directly(aws, known_id)
        return self._live(aws, raw) if raw else None

    def _live(self, aws: Aws, raw: Mapping[str, Any]) -> Live | None:
        ask = lambda: tags.read(  # noqa: E731
            aws.read("servicediscovery", "list_tags_for_resource", ResourceARN=raw["Arn"])["Tags"]
        )
        with unless_gone():
            return Live(raw["Id"], raw, tag_index.tags_of(aws, raw["Arn"], self.address, ask))
        return None

    def create(self, aws: Aws) -> str:
        made = aws.servicediscovery.create_service(
            Name=self.name,
            NamespaceId=self.namespace.id,
            DnsConfig={"RoutingPolicy": "MULTIVALUE", "DnsRecords": self._records()},
            HealthCheckCustomConfig={"FailureThreshold": 1},  # ECS says who is healthy; any other number is ignored
            CreatorRequestId=aws.token,
            Tags=aws.tag_pairs(self),
        )
        return made["Service"]["Id"]

    def _records(self) -> list[Any]:
        return [{"Type": "A", "TTL": self.ttl}]

    def observe(self, live: Live) -> dict[str, Any]:
        records = live.raw.get("DnsConfig", {}).get("DnsRecords", ())
        addresses = [record["TTL"] for record in records if record["Type"] == "A"]
        return {"ttl": addresses[0] if addresses else "no address records"}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """An operation, which takes a moment; one that is under way already is as good."""
        try:
            aws.servicediscovery.update_service(Id=live.id, Service={"DnsConfig": {"DnsRecords": self._records()}})
        except Exception as error:
            if error_of(error)[1] != "DuplicateRequest":
                raise

    def delete(self, aws: Aws, live: Live) -> None:
        """ResourceInUse rises while addresses are entered; those that a deleted ECS service left go first (5.7 f)."""
        with unless_gone():
            try:
                aws.servicediscovery.delete_service(Id=live.id)
            except Exception as error:
                if error_of(error)[1] == "ResourceInUse":
                    _take_out_instances(aws, live.id)
                raise

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.raw["Arn"]}


def _directly(aws: Aws, known_id: str | None) -> Mapping[str, Any] | None:
    with unless_gone():
        found = aws.read("servicediscovery", "get_service", Id=known_id) if known_id else {}
        return found.get("Service")
    return None


def _take_out_instances(aws: Aws, service: str) -> None:
    for page in aws.servicediscovery.get_paginator("list_instances").paginate(ServiceId=service):
        for instance in page["Instances"]:
            with unless_gone():
                try:
                    aws.servicediscovery.deregister_instance(ServiceId=service, InstanceId=instance["Id"])
                except Exception as error:
                    if error_of(error)[1] != "DuplicateRequest":  # it is on its way out already
                        raise
