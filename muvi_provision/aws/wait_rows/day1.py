"""Day 1."""

from __future__ import annotations

from muvi_provision.aws.wait_rows.row import Wait, all_are, any_is

# Usual times and limits: aws-reality.md 3.1-3.12 and 8.3.
WAITS: dict[str, Wait] = {
    "vpc_available": Wait("ec2", "VpcAvailable", "Vpcs", 1, 600),
    "subnet_available": Wait("ec2", "SubnetAvailable", "Subnets", 1, 600),
    "nat_gateway_available": Wait(
        "ec2", "NatGatewayAvailable", "NatGateways", 105, 900, ("FailureCode", "FailureMessage"),
        slow="a NAT gateway needs a free address in its subnet and an attached internet gateway",
    ),
    "vpc_endpoint_available": Wait(
        "ec2",
        # the model says "Available", the wire says "available" (aws-reality.md 3.7)
        (
            all_are("VpcEndpoints[].State", "available"), all_are("VpcEndpoints[].State", "Available"),
            any_is("VpcEndpoints[].State", "failed"), any_is("VpcEndpoints[].State", "Failed"),
            any_is("VpcEndpoints[].State", "rejected"), any_is("VpcEndpoints[].State", "deleting"),
        ),
        "VpcEndpoints", 90, 900, ("LastError.Code", "LastError.Message"),
        slow="an interface endpoint makes one network interface in each of its subnets",
    ),
    "load_balancer_available": Wait(
        "elbv2",
        (
            all_are("LoadBalancers[].State.Code", "active"), any_is("LoadBalancers[].State.Code", "failed"),
        ),
        "LoadBalancers", 150, 900, ("State.Code", "State.Reason"),
        slow="a load balancer needs eight free addresses in each of its subnets",
    ),
}  # fmt: skip

# How long an object is still shown after its deletion: usual seconds, and when to say that it is stuck.
GONE: dict[str, Wait] = {
    "nat_gateway_gone": Wait("ec2", (), "NatGateways", 55, 1800, slow="AWS is still giving its address back"),
    "vpc_endpoint_gone": Wait("ec2", (), "VpcEndpoints", 60, 1800, slow="its network interfaces go first"),
    "load_balancer_gone": Wait(
        "elbv2", (), "LoadBalancers", 5, 900, slow="its network interfaces follow it in minutes"
    ),
}
