"""Which way packets leave a subnet: route tables, the routes in them, and the subnets that use them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from muvi_provision.aws import tags
from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.gateways import InternetGateway, NatGateway
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.tagged import Shown, Tagged, live_of, unless_gone
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.engine.stack import Question, Stack, Values
from muvi_provision.resource import Change, Handle, Live, Resource, is_known


class RouteTable(
    Tagged,
    actions={"ec2:CreateRouteTable", "ec2:CreateTags", "ec2:DescribeRouteTables", "ec2:DeleteRouteTable"},
    within="vpc",
    card="subnets",
):
    """A list of routes. Every table knows the way inside the network; the others are ``Route``."""

    vpc: Handle[Vpc]
    shown = Shown("describe_route_tables", "RouteTables", "RouteTableId")

    def create(self, aws: Aws) -> str:
        made = aws.ec2.create_route_table(
            VpcId=self.vpc.id,
            ClientToken=aws.token,
            TagSpecifications=aws.tag_specifications(self, "route-table"),
        )
        return made["RouteTable"]["RouteTableId"]

    def observe(self, live: Live) -> dict[str, Any]:
        return {"vpc": live.raw["VpcId"]}

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.ec2.delete_route_table(RouteTableId=live.id)


class Route(
    Resource,
    awaits={"nat"},
    mutable={"gateway", "nat"},
    inherits="table",
    actions={"ec2:CreateRoute", "ec2:DescribeRouteTables", "ec2:ReplaceRoute", "ec2:DeleteRoute"},
    within="table",
    goes_with="table",
    binds=False,
    card="subnets",
):
    """Where packets for ``destination`` go: to the internet gateway, or to a NAT gateway. Its id: table/destination."""

    table: Handle[RouteTable]
    destination: str
    gateway: Handle[InternetGateway] | None = None
    nat: Handle[NatGateway] | None = None

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        table_id, _, destination = (known_id or self._id()).partition("/")
        table = _table(aws, table_id)
        found = (each for each in (table.raw["Routes"] if table else ()) if _to(each) == destination)
        return next((Live(f"{table_id}/{destination}", each, table.tags if table else {}) for each in found), None)

    def create(self, aws: Aws) -> str:
        aws.ec2.create_route(RouteTableId=self.table.id, DestinationCidrBlock=self.destination, **self._target())
        return self._id()

    def observe(self, live: Live) -> dict[str, Any]:
        return {"gateway": _leads_to(live, "GatewayId"), "nat": _leads_to(live, "NatGatewayId")}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        aws.ec2.replace_route(RouteTableId=self.table.id, DestinationCidrBlock=self.destination, **self._target())

    def delete(self, aws: Aws, live: Live) -> None:
        table_id, _, destination = live.id.partition("/")
        with unless_gone():
            aws.ec2.delete_route(RouteTableId=table_id, DestinationCidrBlock=destination)

    def _id(self) -> str:
        return f"{self.table.id}/{self.destination}"

    def _target(self) -> Any:
        targets = {"GatewayId": self.gateway, "NatGatewayId": self.nat}
        return {name: handle.id for name, handle in targets.items() if handle}


class RouteTableAssociation(
    Resource,
    mutable={"table"},
    inherits="subnet",
    actions={
        "ec2:AssociateRouteTable", "ec2:DescribeRouteTables", "ec2:DescribeSubnets",
        "ec2:ReplaceRouteTableAssociation", "ec2:DisassociateRouteTable",
    },
    within="table",
    goes_with="subnet",
    card="subnets",
):  # fmt: skip
    """Says which table a subnet uses. A subnet has one at most, so it is known by its subnet.

    Its id is a new one whenever another table is chosen (3.6), and it is the subnet's tags that tell
    whose it is: the table may be anybody's after a change by hand.
    """

    table: Handle[RouteTable]
    subnet: Handle[Subnet]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        tables = aws.listing("ec2", "describe_route_tables", "RouteTables", Filters=aws.ours())
        found = self._among(tables, known_id)
        if found is None and known_id and is_known(self.subnet.id):
            used = [{"Name": "association.subnet-id", "Values": [self.subnet.id]}]
            found = self._among(aws.listing("ec2", "describe_route_tables", "RouteTables", Filters=used), known_id)
        if found is None:
            return None
        return Live(found["RouteTableAssociationId"], found, _tags_of_subnet(aws, found["SubnetId"]))

    def _among(self, tables: list[dict[str, Any]], known_id: str | None) -> dict[str, Any] | None:
        made = [each for table in tables for each in table["Associations"] if not _leaving(each)]
        by_id = (each for each in made if each["RouteTableAssociationId"] == known_id)
        by_subnet = (each for each in made if is_known(self.subnet.id) and each.get("SubnetId") == self.subnet.id)
        return next(by_id, None) or next(by_subnet, None)

    def create(self, aws: Aws) -> str:
        return aws.ec2.associate_route_table(RouteTableId=self.table.id, SubnetId=self.subnet.id)["AssociationId"]

    def observe(self, live: Live) -> dict[str, Any]:
        return {"table": live.raw["RouteTableId"], "subnet": live.raw["SubnetId"]}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        aws.ec2.replace_route_table_association(AssociationId=live.id, RouteTableId=self.table.id)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.ec2.disassociate_route_table(AssociationId=live.id)


def _table(aws: Aws, table_id: str) -> Live | None:
    """The table of that id: from the shared listing, or directly when its tags are gone."""
    ours = aws.listing("ec2", "describe_route_tables", "RouteTables", Filters=aws.ours())
    found = [raw for raw in ours if raw["RouteTableId"] == table_id]
    if not found:
        with unless_gone():
            found = aws.listing("ec2", "describe_route_tables", "RouteTables", RouteTableIds=[table_id])
    return live_of(found[0], "RouteTableId") if found else None


def _tags_of_subnet(aws: Aws, subnet_id: str) -> dict[str, str]:
    ours = aws.listing("ec2", "describe_subnets", "Subnets", Filters=aws.ours())
    return next((tags.read(raw.get("Tags")) for raw in ours if raw["SubnetId"] == subnet_id), {})


def _leaving(association: dict[str, Any]) -> bool:
    return association.get("AssociationState", {}).get("State") in ("disassociating", "disassociated", "failed")


def _to(route: dict[str, Any]) -> str | None:
    return route.get("DestinationCidrBlock") or route.get("DestinationPrefixListId")


def _leads_to(live: Live, key: str) -> str | None:
    target = live.raw.get(key)
    # a route outlives what it led to, and leads nowhere (3.6)
    return f"{target} (blackhole)" if target and live.raw.get("State") == "blackhole" else target


def of_tier(stack: Stack, tier: str) -> tuple[Handle[RouteTable], ...]:
    """The route tables of one tier that steps asked for."""
    return tuple(stack.get(RouteTable, plan.name) for plan in stack.environment.route_tables if plan.tier == tier)


def used_by(table: Handle[RouteTable], subnets: Iterable[Handle[Subnet]]) -> Question:
    """Whether these subnets, and no others, use the table."""

    def ask(aws: Aws, values: Values) -> bool:
        found = _table(aws, values[table.address]["id"])
        made = [each for each in (found.raw["Associations"] if found else ()) if not _leaving(each)]
        return {each.get("SubnetId") for each in made} == {values[subnet.address]["id"] for subnet in subnets}

    return ask


def no_way_out(tables: Iterable[Handle[RouteTable]]) -> Question:
    """Whether these tables know the way inside the network, and perhaps to an endpoint, and no other."""

    def ask(aws: Aws, values: Values) -> bool:
        found = [_table(aws, values[table.address]["id"]) for table in tables]
        ways = [each for table in found if table for each in table.raw["Routes"]]
        return all(found) and all(str(each.get("GatewayId")).startswith(("local", "vpce-")) for each in ways)

    return ask
