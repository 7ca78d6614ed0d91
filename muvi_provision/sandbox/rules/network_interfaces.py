"""Network interfaces: those that somebody makes, and those that AWS makes for something of its own."""

from __future__ import annotations

from muvi_provision.sandbox import interfaces
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_CHANGED = ("ModifyNetworkInterfaceAttribute",)
_BEARING = {  # operation -> the parameter with the groups of its interfaces
    "CreateNetworkInterface": "Groups",
    "ModifyNetworkInterfaceAttribute": "Groups",
    "CreateVpcEndpoint": "SecurityGroupIds",
}


@rule(
    "ec2",
    "DeleteNetworkInterface",
    "InvalidParameterValue",
    "an interface that something uses stays",
    source="8.3; amazon-vpc-cni-k8s#1399, cloud-nuke#1132",
)
def interface_in_use(call: Call, view: View) -> str | None:
    interface = view.find("network_interface", call.params["NetworkInterfaceId"])
    used = interface is not None and (interface.requester_managed or interface.instance)
    return f"Network interface '{interface.id}' is currently in use." if used else None


@rule(
    "ec2",
    _CHANGED,
    "OperationNotPermitted",
    "an interface of a load balancer, endpoint or gateway is not ours",
    source="boto3#2219",
)
def managed_interface(call: Call, view: View) -> str | None:
    interface = view.find("network_interface", call.params["NetworkInterfaceId"])
    managed = interface is not None and interface.requester_managed
    return "You are not allowed to manage 'ela-attach' attachments." if managed else None


@rule(
    "ec2",
    tuple(_BEARING),
    "SecurityGroupsPerInterfaceLimitExceeded",
    "an interface bears 5 groups",
    source="3.8 i, 10",
)
def too_many_groups(call: Call, view: View) -> str | None:
    count = len(call.params.get(_BEARING[call.operation], ()))
    full = count > view.quotas["security_groups_per_interface"]
    return "The maximum number of security groups per interface has been reached." if full else None


@rule(
    "ec2", "CreateNetworkInterface", "InvalidGroup.NotFound", "the groups of an interface are of its VPC", source="13"
)
def foreign_group(call: Call, view: View) -> str | None:
    subnet = view.find("subnet", call.params["SubnetId"])
    for wanted in call.params.get("Groups", ()):
        group = view.find("security_group", wanted)
        if group is None:
            return f"The security group '{wanted}' does not exist"
        if subnet is not None and group.vpc_id != subnet.vpc_id:
            return "You have specified two resources that belong to different networks."
    return None


@rule(
    "ec2",
    "CreateNetworkInterface",
    "NetworkInterfaceLimitExceeded",
    "a region holds 5,000 network interfaces",
    source="10",
)
def too_many_interfaces(call: Call, view: View) -> str | None:
    full = len(view.ec2.enis) >= view.quotas["network_interfaces"]
    return "The maximum number of network interfaces has been reached." if full else None


@rule(
    "ec2",
    ("CreateNetworkInterface", "CreateVpcEndpoint"),
    interfaces.FULL,
    "an interface takes a free address of its subnet",
    source="3.2 a; EC2 error list",
)
def subnet_full(call: Call, view: View) -> str | None:
    wanted = call.params.get("SubnetIds", ()) if call.operation == "CreateVpcEndpoint" else [call.params["SubnetId"]]
    full = [one for one in wanted if view.find("subnet", one) is not None and not interfaces.room(view, one)]
    return f"There are not enough free addresses in subnet '{full[0]}' to satisfy the request." if full else None
