"""What all caches stand in: the subnets they may use, and the settings of those that hold a queue.

Facts: aws-reality 4.6 and 4.7 g.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import ACTION
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.tagged import ranked, unless_gone
from muvi_provision.day2_data import told_tags
from muvi_provision.day2_data.group_settings import batches, own_values
from muvi_provision.resource import Change, Handle, Live, Resource


class CacheSubnetGroup(
    Resource,
    mutable={"subnets", "description"},
    actions={
        "elasticache:AddTagsToResource", "elasticache:CreateCacheSubnetGroup", "elasticache:DeleteCacheSubnetGroup",
        "elasticache:DescribeCacheSubnetGroups", "elasticache:ListTagsForResource",
        "elasticache:ModifyCacheSubnetGroup", ACTION,
        "iam:CreateServiceLinkedRole",  # the first group of an account makes the service's own role
    },
    card="redis",
):  # fmt: skip
    """The subnets that caches may stand in."""

    subnets: tuple[Handle[Subnet], ...]
    description: str

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """By name, which AWS keeps in lower case."""
        name = aws.physical(self).lower()
        every = aws.listing("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups")
        raw = next((each for each in every if each["CacheSubnetGroupName"] == name), None)
        with unless_gone():
            return Live(name, raw, told_tags.of_cache(aws, raw["ARN"], self.address)) if raw else None
        return None

    def create(self, aws: Aws) -> str:
        made = aws.elasticache.create_cache_subnet_group(
            CacheSubnetGroupName=aws.physical(self).lower(),
            CacheSubnetGroupDescription=self.description,
            SubnetIds=[subnet.id for subnet in self.subnets],
            Tags=aws.tag_pairs(self),
        )
        return made["CacheSubnetGroup"]["CacheSubnetGroupName"]

    def observe(self, live: Live) -> dict[str, Any]:
        inside = (each["SubnetIdentifier"] for each in live.raw["Subnets"])
        return {"subnets": ranked(inside, self.subnets), "description": live.raw["CacheSubnetGroupDescription"]}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        aws.elasticache.modify_cache_subnet_group(
            CacheSubnetGroupName=live.id,
            CacheSubnetGroupDescription=self.description,
            SubnetIds=[subnet.id for subnet in self.subnets],
        )

    def delete(self, aws: Aws, live: Live) -> None:
        """CacheSubnetGroupInUse rises until the last cache in it has really gone, DependencyViolation a while after."""
        with unless_gone():
            aws.elasticache.delete_cache_subnet_group(CacheSubnetGroupName=live.id)


class CacheParameterGroup(
    Resource,
    mutable={"parameters"},
    completes=True,
    actions={
        "elasticache:AddTagsToResource", "elasticache:CreateCacheParameterGroup",
        "elasticache:DeleteCacheParameterGroup", "elasticache:DescribeCacheParameterGroups",
        "elasticache:DescribeCacheParameters", "elasticache:ListTagsForResource",
        "elasticache:ModifyCacheParameterGroup", "elasticache:ResetCacheParameterGroup", ACTION,
    },
    card="redis",
):  # fmt: skip
    """Redis settings that differ from AWS's own. ``family``: ``redis7``."""

    family: str
    description: str
    parameters: Mapping[str, str]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        name = aws.physical(self).lower()
        every = aws.listing("elasticache", "describe_cache_parameter_groups", "CacheParameterGroups")
        raw = next((each for each in every if each["CacheParameterGroupName"] == name), None)
        if raw is None:
            return None
        with unless_gone():
            said = {"CacheParameterGroupName": name, "Source": "user"}
            ours = aws.listing("elasticache", "describe_cache_parameters", "Parameters", **said)
            held = told_tags.of_cache(aws, raw["ARN"], self.address)
            return Live(name, {**raw, "Parameters": ours}, held)
        return None

    def create(self, aws: Aws) -> str:
        made = aws.elasticache.create_cache_parameter_group(
            CacheParameterGroupName=aws.physical(self).lower(),
            CacheParameterGroupFamily=self.family,
            Description=self.description,
            Tags=aws.tag_pairs(self),
        )
        return made["CacheParameterGroup"]["CacheParameterGroupName"]

    def newborn(self) -> dict[str, Any]:
        return {"parameters": {}}

    def observe(self, live: Live) -> dict[str, Any]:
        return {
            "family": live.raw["CacheParameterGroupFamily"],
            "description": live.raw["Description"],
            "parameters": own_values(live),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        wanted = [{"ParameterName": name, "ParameterValue": value} for name, value in self.parameters.items()]
        unwanted = [{"ParameterName": name} for name in own_values(live) if name not in self.parameters]
        for said in batches(wanted):
            aws.elasticache.modify_cache_parameter_group(CacheParameterGroupName=live.id, ParameterNameValues=said)
        for gone in batches(unwanted):
            aws.elasticache.reset_cache_parameter_group(CacheParameterGroupName=live.id, ParameterNameValues=gone)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.elasticache.delete_cache_parameter_group(CacheParameterGroupName=live.id)
