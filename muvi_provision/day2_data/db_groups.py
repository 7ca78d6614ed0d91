"""What all databases stand in: the subnets they may use, and the PostgreSQL settings that are not AWS's own.

Facts: aws-reality 4.1 and 4.2 h.
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


class DbSubnetGroup(
    Resource,
    mutable={"subnets", "description"},
    actions={
        "rds:AddTagsToResource", "rds:CreateDBSubnetGroup", "rds:DeleteDBSubnetGroup", "rds:DescribeDBSubnetGroups",
        "rds:ListTagsForResource", "rds:ModifyDBSubnetGroup", ACTION,
        "iam:CreateServiceLinkedRole",  # the first group of an account makes the service's own role
    },
    card="aurora",
):  # fmt: skip
    """The subnets, in two zones or more, that databases may stand in."""

    subnets: tuple[Handle[Subnet], ...]
    description: str

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """By name, which AWS keeps in lower case."""
        name = aws.physical(self).lower()
        every = aws.listing("rds", "describe_db_subnet_groups", "DBSubnetGroups")
        raw = next((each for each in every if each["DBSubnetGroupName"] == name), None)
        with unless_gone():
            return Live(name, raw, told_tags.of_database(aws, raw["DBSubnetGroupArn"], self.address)) if raw else None
        return None

    def create(self, aws: Aws) -> str:
        made = aws.rds.create_db_subnet_group(
            DBSubnetGroupName=aws.physical(self).lower(),
            DBSubnetGroupDescription=self.description,
            SubnetIds=[subnet.id for subnet in self.subnets],
            Tags=aws.tag_pairs(self),
        )
        return made["DBSubnetGroup"]["DBSubnetGroupName"]

    def observe(self, live: Live) -> dict[str, Any]:
        inside = (each["SubnetIdentifier"] for each in live.raw["Subnets"])
        return {"subnets": ranked(inside, self.subnets), "description": live.raw["DBSubnetGroupDescription"]}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        aws.rds.modify_db_subnet_group(
            DBSubnetGroupName=live.id,
            DBSubnetGroupDescription=self.description,
            SubnetIds=[subnet.id for subnet in self.subnets],
        )

    def delete(self, aws: Aws, live: Live) -> None:
        """InvalidDBSubnetGroupStateFault rises until the last cluster in it has really gone."""
        with unless_gone():
            aws.rds.delete_db_subnet_group(DBSubnetGroupName=live.id)


class ClusterParameterGroup(
    Resource,
    mutable={"parameters"},
    completes=True,
    actions={
        "rds:AddTagsToResource", "rds:CreateDBClusterParameterGroup", "rds:DeleteDBClusterParameterGroup",
        "rds:DescribeDBClusterParameterGroups", "rds:DescribeDBClusterParameters", "rds:ListTagsForResource",
        "rds:ModifyDBClusterParameterGroup", "rds:ResetDBClusterParameterGroup", ACTION,
    },
    card="aurora",
):  # fmt: skip
    """The PostgreSQL settings that differ from AWS's own, for every cluster. ``family``: ``aurora-postgresql14``."""

    family: str
    description: str
    parameters: Mapping[str, str]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        name = aws.physical(self).lower()
        every = aws.listing("rds", "describe_db_cluster_parameter_groups", "DBClusterParameterGroups")
        raw = next((each for each in every if each["DBClusterParameterGroupName"] == name), None)
        if raw is None:
            return None
        with unless_gone():
            said = {"DBClusterParameterGroupName": name, "Source": "user"}
            ours = aws.listing("rds", "describe_db_cluster_parameters", "Parameters", **said)
            held = told_tags.of_database(aws, raw["DBClusterParameterGroupArn"], self.address)
            return Live(name, {**raw, "Parameters": ours}, held)
        return None

    def create(self, aws: Aws) -> str:
        made = aws.rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=aws.physical(self).lower(),
            DBParameterGroupFamily=self.family,
            Description=self.description,
            Tags=aws.tag_pairs(self),
        )
        return made["DBClusterParameterGroup"]["DBClusterParameterGroupName"]

    def newborn(self) -> dict[str, Any]:
        return {"parameters": {}}

    def observe(self, live: Live) -> dict[str, Any]:
        return {
            "family": live.raw["DBParameterGroupFamily"],
            "description": live.raw["Description"],
            "parameters": own_values(live),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """What PostgreSQL reads only when it starts waits for the next start; the rest counts at once."""
        every = aws.listing("rds", "describe_db_cluster_parameters", "Parameters", DBClusterParameterGroupName=live.id)
        kinds = {each["ParameterName"]: each.get("ApplyType", "static") for each in every}

        def spelt(name: str) -> Any:
            method = "immediate" if kinds.get(name) == "dynamic" else "pending-reboot"
            return {"ParameterName": name, "ApplyMethod": method}

        wanted: list[Any] = [{**spelt(name), "ParameterValue": value} for name, value in self.parameters.items()]
        for said in batches(wanted):
            aws.rds.modify_db_cluster_parameter_group(DBClusterParameterGroupName=live.id, Parameters=said)
        unwanted = [spelt(name) for name in own_values(live) if name not in self.parameters]
        for gone in batches(unwanted):
            aws.rds.reset_db_cluster_parameter_group(DBClusterParameterGroupName=live.id, Parameters=gone)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName=live.id)
