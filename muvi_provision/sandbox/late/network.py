"""The network and the load balancers (aws-reality 1.6): up to five minutes, and two."""

from __future__ import annotations

from muvi_provision.sandbox.late.things import Blind, Late, sent, told


def _network(operation: str, kind: str, path: str, code: str, *others: Blind) -> Late:
    """EC2 shows a new object to all its servers only after a moment, and other services later."""
    said = f"The {kind.replace('_', ' ')} ID '{{name}}' does not exist"
    return Late(f"ec2:{operation}", kind, told(path), (*others, Blind("ec2:*", code, said)), most=300)


def _balancing(operation: str, kind: str, path: str, code: str) -> Late:
    """Load balancers and their groups are asked for by name, too."""
    said, plural = f"One or more {kind.replace('_', ' ')}s not found", path.partition(".")[0]
    by_name = Blind(f"elbv2:Describe{plural}", code, said, ("Names",))
    return Late(
        f"elbv2:{operation}", kind, told(f"{path}.arn", f"{path}.name"), (by_name, Blind("elbv2:*", code, said))
    )


_SUBNET = (
    Blind("elbv2:*", "SubnetNotFound", "The subnet ID '{name}' does not exist"),  # 3.9 e
    Blind("rds:*DBSubnetGroup", "InvalidSubnet", "Some input subnets in :[{name}] are invalid."),  # 3.2 e, 4.1 e
)
_GROUP = Blind("elbv2:*", "InvalidSecurityGroup", "The security group '{name}' does not exist")
_NAT = Blind("ec2:*Route", "InvalidNatGatewayID.NotFound", "The natGateway ID '{name}' does not exist")
_GATEWAY = Blind("ec2:*Route", "InvalidGatewayID.NotFound", "The gateway ID '{name}' does not exist")
_UNBALANCED = "The target group with targetGroupArn {name} does not have an associated load balancer."

THINGS = (
    _network("CreateVpc", "vpc", "Vpc.id", "InvalidVpcID.NotFound"),  # 3.1 e
    _network("CreateSubnet", "subnet", "Subnet.id", "InvalidSubnetID.NotFound", *_SUBNET),  # 3.2 e
    _network(
        "CreateInternetGateway",
        "internet_gateway",
        "InternetGateway.id",
        "InvalidInternetGatewayID.NotFound",  # 3.3 e
        _GATEWAY,
    ),
    _network("CreateRouteTable", "route_table", "RouteTable.id", "InvalidRouteTableID.NotFound"),
    _network("CreateNatGateway", "nat_gateway", "NatGateway.id", "NatGatewayNotFound", _NAT),  # 3.6 b
    _network("CreateSecurityGroup", "security_group", "GroupId", "InvalidGroup.NotFound", _GROUP),  # 3.8 b, e
    _network("AllocateAddress", "elastic_ip", "AllocationId", "InvalidAllocationID.NotFound"),
    _network("CreateVpcEndpoint", "vpc_endpoint", "VpcEndpoint.id", "InvalidVpcEndpointId.NotFound"),
    _balancing("CreateLoadBalancer", "load_balancer", "LoadBalancers.0", "LoadBalancerNotFound"),
    _balancing("CreateTargetGroup", "target_group", "TargetGroups.0", "TargetGroupNotFound"),
    Late(
        "elbv2:CreateListener",
        "listener",
        told("Listeners.0.arn"),
        (Blind("elbv2:*", "ListenerNotFound", "One or more listeners not found"),),
    ),
    Late(  # that a target group is behind a load balancer is news to ECS
        "elbv2:CreateListener",
        "balanced_group",
        sent("DefaultActions.0.TargetGroupArn"),
        (Blind("ecs:CreateService", "InvalidParameterException", _UNBALANCED, ("targetGroupArn",)),),  # 5.7 e
    ),
)
