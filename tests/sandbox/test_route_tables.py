"""Route tables, routes, associations."""

from __future__ import annotations

from typing import Any

from tests.sandbox.refusals import nat, network, refused

ANY = "0.0.0.0/0"


def table(ec2: Any, vpc: str, **more: Any) -> str:
    return str(ec2.create_route_table(VpcId=vpc, **more)["RouteTable"]["RouteTableId"])


def states(ec2: Any, wanted: str) -> dict[str, str]:
    (found,) = ec2.describe_route_tables(RouteTableIds=[wanted])["RouteTables"]
    return {one["DestinationCidrBlock"]: one["State"] for one in found["Routes"]}


def test_one_route_a_destination(ec2: Any) -> None:
    net = network(ec2)
    made = table(ec2, net.vpc)
    ec2.create_route(RouteTableId=made, DestinationCidrBlock=ANY, GatewayId=net.gateway)
    assert (
        refused(ec2.create_route, RouteTableId=made, DestinationCidrBlock=ANY, GatewayId=net.gateway)
        == "RouteAlreadyExists"
    )
    ec2.replace_route(RouteTableId=made, DestinationCidrBlock=ANY, NatGatewayId=nat(ec2, net))
    assert states(ec2, made)[ANY] == "active"
    ec2.delete_route(RouteTableId=made, DestinationCidrBlock=ANY)
    assert refused(ec2.delete_route, RouteTableId=made, DestinationCidrBlock=ANY) == "InvalidRoute.NotFound"


def test_routes_lead_to_what_is_there(ec2: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    made = table(ec2, net.vpc)
    route = {"RouteTableId": made, "DestinationCidrBlock": ANY}
    assert refused(ec2.create_route, NatGatewayId="nat-00000000000000000", **route) == "InvalidNatGatewayID.NotFound"
    assert refused(ec2.create_route, GatewayId="igw-00000000000000000", **route) == "InvalidGatewayID.NotFound"
    assert refused(ec2.create_route, GatewayId=other.gateway, **route) == "InvalidParameterValue"
    gone = nat(ec2, net)
    ec2.delete_nat_gateway(NatGatewayId=gone)
    assert refused(ec2.create_route, NatGatewayId=gone, **route) == "InvalidNatGatewayID.NotFound"
    ec2.create_route(GatewayId=net.gateway, **route)


def test_a_route_stays_as_a_black_hole(ec2: Any) -> None:
    net = network(ec2)
    made, gateway = table(ec2, net.vpc), nat(ec2, net)
    ec2.create_route(RouteTableId=made, DestinationCidrBlock=ANY, NatGatewayId=gateway)
    ec2.create_route(RouteTableId=made, DestinationCidrBlock="8.8.8.0/24", GatewayId=net.gateway)
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    assert states(ec2, made) == {"10.30.0.0/16": "active", ANY: "blackhole", "8.8.8.0/24": "active"}
    ec2.detach_internet_gateway(InternetGatewayId=net.gateway, VpcId=net.vpc)
    assert states(ec2, made)["8.8.8.0/24"] == "blackhole"


def test_a_subnet_is_associated_once(ec2: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    first, second = table(ec2, net.vpc), table(ec2, net.vpc)
    made = ec2.associate_route_table(RouteTableId=first, SubnetId=net.subnets[0])["AssociationId"]
    for one in (first, second):
        assert (
            refused(ec2.associate_route_table, RouteTableId=one, SubnetId=net.subnets[0])
            == "Resource.AlreadyAssociated"
        )
    assert refused(ec2.associate_route_table, RouteTableId=first, SubnetId=other.subnets[0]) == "InvalidParameterValue"
    found = ec2.describe_route_tables(Filters=[{"Name": "association.subnet-id", "Values": [net.subnets[0]]}])[
        "RouteTables"
    ]
    assert [one["RouteTableId"] for one in found] == [first]
    ec2.disassociate_route_table(AssociationId=made)
    ec2.associate_route_table(RouteTableId=second, SubnetId=net.subnets[0])


def test_a_table_in_use_stays_and_so_does_the_main_one(ec2: Any) -> None:
    net = network(ec2)
    made = table(ec2, net.vpc)
    association = ec2.associate_route_table(RouteTableId=made, SubnetId=net.subnets[0])["AssociationId"]
    assert refused(ec2.delete_route_table, RouteTableId=made) == "DependencyViolation"
    ec2.disassociate_route_table(AssociationId=association)
    ec2.delete_route_table(RouteTableId=made)
    (main,) = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [net.vpc]}])["RouteTables"]
    assert main["Associations"][0]["Main"] is True
    assert refused(ec2.delete_route_table, RouteTableId=main["RouteTableId"]) == "DependencyViolation"
    wanted = main["Associations"][0]["RouteTableAssociationId"]
    assert refused(ec2.disassociate_route_table, AssociationId=wanted) == "InvalidParameterValue"


def test_the_same_token_gives_the_same_table(ec2: Any) -> None:
    net = network(ec2)
    first = table(ec2, net.vpc, ClientToken="t")
    assert table(ec2, net.vpc, ClientToken="t") == first
    assert (
        refused(ec2.create_route_table, VpcId=network(ec2, second=31).vpc, ClientToken="t")
        == "IdempotentParameterMismatch"
    )
    assert table(ec2, net.vpc) != table(ec2, net.vpc)
    ec2.delete_route_table(RouteTableId=first)
    assert table(ec2, net.vpc, ClientToken="t") != first


def test_quotas_of_tables_and_routes(ec2: Any, cloud: Any) -> None:
    net = network(ec2)
    cloud.quotas |= {"route_tables_per_vpc": 2, "routes_per_table": 2}
    made = table(ec2, net.vpc)
    assert refused(ec2.create_route_table, VpcId=net.vpc) == "RouteTableLimitExceeded"
    for number in (1, 2):
        ec2.create_route(RouteTableId=made, DestinationCidrBlock=f"8.8.{number}.0/24", GatewayId=net.gateway)
    more = {"RouteTableId": made, "DestinationCidrBlock": "8.8.3.0/24", "GatewayId": net.gateway}
    assert refused(ec2.create_route, **more) == "RouteLimitExceeded"


def test_a_route_has_one_destination_and_one_target(ec2: Any) -> None:
    net = network(ec2)
    made, gateway = table(ec2, net.vpc), nat(ec2, net)
    route = {"RouteTableId": made, "DestinationCidrBlock": ANY}
    assert refused(ec2.create_route, **route) == "MissingParameter"
    assert refused(ec2.create_route, RouteTableId=made, GatewayId=net.gateway) == "MissingParameter"
    both = {"GatewayId": net.gateway, "NatGatewayId": gateway}
    assert refused(ec2.create_route, **route, **both) == "InvalidParameterCombination"
    ec2.create_route(NatGatewayId=gateway, **route)
    assert refused(ec2.replace_route, **route) == "MissingParameter"
    assert refused(ec2.delete_route, RouteTableId=made) == "MissingParameter"


def test_the_way_inside_stays(ec2: Any) -> None:
    net = network(ec2)
    made = table(ec2, net.vpc)
    out = {"RouteTableId": made, "GatewayId": net.gateway}
    assert refused(ec2.create_route, DestinationCidrBlock="10.30.0.0/16", **out) == "RouteAlreadyExists"
    assert refused(ec2.create_route, DestinationCidrBlock="10.30.5.0/24", **out) == "InvalidParameterValue"
    assert refused(ec2.replace_route, DestinationCidrBlock="10.30.0.0/16", **out) == "InvalidParameterValue"
    ec2.create_route(DestinationCidrBlock="10.0.0.0/8", **out)
    assert refused(ec2.delete_route, RouteTableId=made, DestinationCidrBlock="10.30.0.0/16") == "InvalidParameterValue"
    ec2.delete_route(RouteTableId=made, DestinationCidrBlock="10.0.0.0/8")
    assert states(ec2, made) == {"10.30.0.0/16": "active"}


def test_an_endpoints_route_goes_with_the_endpoint(ec2: Any) -> None:
    net = network(ec2)
    made = table(ec2, net.vpc)
    said = {"VpcId": net.vpc, "ServiceName": "com.amazonaws.me-central-1.s3", "RouteTableIds": [made]}
    endpoint = ec2.create_vpc_endpoint(**said)["VpcEndpoint"]["VpcEndpointId"]
    (found,) = ec2.describe_route_tables(RouteTableIds=[made])["RouteTables"]
    (prefix,) = [one["DestinationPrefixListId"] for one in found["Routes"] if one["GatewayId"] == endpoint]
    route = {"RouteTableId": made, "DestinationPrefixListId": prefix}
    assert refused(ec2.delete_route, **route) == "InvalidParameterValue"
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    ec2.create_route(GatewayId=net.gateway, **route)
    ec2.delete_route(**route)


def test_an_association_moves_within_its_vpc(ec2: Any) -> None:
    net, other = network(ec2), network(ec2, second=31)
    first, second, foreign = table(ec2, net.vpc), table(ec2, net.vpc), table(ec2, other.vpc)
    made = ec2.associate_route_table(RouteTableId=first, SubnetId=net.subnets[0])["AssociationId"]
    move = ec2.replace_route_table_association
    assert refused(move, AssociationId=made, RouteTableId=foreign) == "InvalidParameterValue"
    assert move(AssociationId=made, RouteTableId=second)["NewAssociationId"] != made
