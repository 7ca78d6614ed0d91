"""Private roads from the network to AWS's own services."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.routes import RouteTable
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.tagged import Shown, Tagged, ranked, unless_gone
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.engine.stack import Question, Values
from muvi_provision.resource import Change, Handle, Live

ACTIONS = frozenset({
    "ec2:CreateVpcEndpoint", "ec2:CreateTags", "ec2:DescribeVpcEndpoints", "ec2:ModifyVpcEndpoint",
    "ec2:DeleteVpcEndpoints",
})  # fmt: skip


class _Endpoint(Tagged):
    """What both sorts share: a service of AWS (``s3``, ``ecr.api``) reached from one network."""

    abstract: ClassVar[bool] = True

    vpc: Handle[Vpc]
    service: str
    shown = Shown("describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId")

    def _service_name(self, aws: Aws) -> str:
        return f"com.amazonaws.{aws.region}.{self.service}"

    def observe(self, live: Live) -> dict[str, Any]:
        return {"vpc": live.raw["VpcId"], "service": live.raw["ServiceName"].split(".", 3)[-1]}

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            for failure in aws.ec2.delete_vpc_endpoints(VpcEndpointIds=[live.id])["Unsuccessful"]:
                raise _refusal(failure)


def _refusal(failure: Any) -> Exception:
    """A failure that AWS puts into the answer of a call that succeeded (1.1), as the error it is."""
    from botocore.exceptions import ClientError

    return ClientError({"Error": failure["Error"]}, "DeleteVpcEndpoints")


class GatewayEndpoint(
    _Endpoint,
    ready="vpc_endpoint_available",
    gone="vpc_endpoint_gone",
    fades=True,
    mutable={"tables"},
    actions=ACTIONS,
    within="vpc",
    card="vpc-endpoints",
):
    """A free road to S3 or DynamoDB: a route in each of the tables. Deleting it takes the routes along."""

    tables: tuple[Handle[RouteTable], ...]

    def create(self, aws: Aws) -> str:
        made = aws.ec2.create_vpc_endpoint(
            VpcEndpointType="Gateway",
            VpcId=self.vpc.id,
            ServiceName=self._service_name(aws),
            RouteTableIds=[table.id for table in self.tables],
            ClientToken=aws.token,
            TagSpecifications=aws.tag_specifications(self, "vpc-endpoint"),
        )
        return made["VpcEndpoint"]["VpcEndpointId"]

    def observe(self, live: Live) -> dict[str, Any]:
        return {**super().observe(live), "tables": ranked(live.raw.get("RouteTableIds", ()), self.tables)}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        more, less = _moves(live.raw.get("RouteTableIds", ()), self.tables)
        aws.ec2.modify_vpc_endpoint(VpcEndpointId=live.id, AddRouteTableIds=more, RemoveRouteTableIds=less)


class InterfaceEndpoint(
    _Endpoint,
    ready="vpc_endpoint_available",
    gone="vpc_endpoint_gone",
    fades=True,
    mutable={"subnets", "groups"},
    prices=("vpce.hour",),
    actions=ACTIONS,
    within="vpc",
    card="vpc-endpoints",
):
    """An address inside the network for one AWS service, in each of the subnets; billed for each by the hour."""

    subnets: tuple[Handle[Subnet], ...]
    groups: tuple[Handle[SecurityGroup], ...]

    def create(self, aws: Aws) -> str:
        made = aws.ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",  # left out it is Gateway (3.7)
            VpcId=self.vpc.id,
            ServiceName=self._service_name(aws),
            SubnetIds=[subnet.id for subnet in self.subnets],
            SecurityGroupIds=[group.id for group in self.groups],
            PrivateDnsEnabled=True,
            ClientToken=aws.token,
            TagSpecifications=aws.tag_specifications(self, "vpc-endpoint"),
        )
        return made["VpcEndpoint"]["VpcEndpointId"]

    def observe(self, live: Live) -> dict[str, Any]:
        return {
            **super().observe(live),
            "subnets": ranked(live.raw.get("SubnetIds", ()), self.subnets),
            "groups": ranked(_groups(live), self.groups),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        more_subnets, fewer_subnets = _moves(live.raw.get("SubnetIds", ()), self.subnets)
        more_groups, fewer_groups = _moves(_groups(live), self.groups)
        aws.ec2.modify_vpc_endpoint(
            VpcEndpointId=live.id,
            AddSubnetIds=more_subnets,
            RemoveSubnetIds=fewer_subnets,
            AddSecurityGroupIds=more_groups,
            RemoveSecurityGroupIds=fewer_groups,
        )

    def costs(self) -> tuple[tuple[str, float], ...]:
        return tuple((price, float(len(self.subnets))) for price in self.declared.prices)


def _groups(live: Live) -> list[str]:
    return [group["GroupId"] for group in live.raw.get("Groups", ())]


def _moves(there: Any, wanted: tuple[Handle[Any], ...]) -> tuple[list[str], list[str]]:
    """(ids to add, ids to take away)."""
    ids = {handle.id for handle in wanted}
    return sorted(ids - set(there)), sorted(set(there) - ids)


def on_tables(endpoints: Iterable[Handle[GatewayEndpoint]], tables: Iterable[Handle[RouteTable]]) -> Question:
    """Whether each of these endpoints is a route in each of these tables."""

    def ask(aws: Aws, values: Values) -> bool:
        seen = aws.listing("ec2", "describe_vpc_endpoints", "VpcEndpoints", Filters=aws.ours())
        used = {each["VpcEndpointId"]: set(each.get("RouteTableIds", ())) for each in seen}
        wanted = {values[table.address]["id"] for table in tables}
        return all(wanted <= used.get(values[endpoint.address]["id"], set()) for endpoint in endpoints)

    return ask
