"""Functions and their network interfaces as AWS shows them. Reads only, and shared.

Facts: aws-reality 7.1 d and f. Interfaces belong to a set of subnets and groups, are shared by all functions there, and
go up to an hour after the last of them; until then neither subnet nor group can be deleted, and not by who has no role.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.tagged import unless_gone

OURS = "AWS Lambda VPC ENI"
"""How the descriptions of their interfaces begin."""


def described(aws: Aws, name: str) -> dict[str, Any] | None:
    """A function's configuration; None when there is none. Only with its state where that is asked for (``thorough``).

    Who has written, or was refused, asks the function itself; whoever wants to know no more than whether it is there
    shares a listing with all the others.
    """
    if aws.as_of and not aws.shallow:
        return _alone(aws, name)
    listed = next((each for each in everything(aws) if each["FunctionName"] == name), None)
    return _alone(aws, name) if listed and aws.thorough and not aws.shallow else listed


def everything(aws: Aws) -> list[dict[str, Any]]:
    """All functions of the region, without their states."""
    return aws.listing("lambda", "list_functions", "Functions")


def _alone(aws: Aws, name: str) -> dict[str, Any] | None:
    with unless_gone():
        return aws.read("lambda", "get_function_configuration", FunctionName=name)
    return None


def place(raw: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The subnets and the groups that a function stands in; none for one outside of the network."""
    said = raw.get("VpcConfig", {})
    return frozenset(said.get("SubnetIds", ())), frozenset(said.get("SecurityGroupIds", ()))


def is_shared(aws: Aws, name: str, subnets: Collection[str], groups: Collection[str]) -> bool:
    """Whether another function stands in one of the subnets with the same groups, and so keeps their interfaces.

    A listing may go on showing one that was just deleted, so one is believed only when it answers itself.
    """
    there = ((each["FunctionName"], *place(each)) for each in everything(aws))
    others = (
        other
        for other, stands, bears in there
        if other != name and bears == frozenset(groups) and stands & frozenset(subnets)
    )
    return any(_alone(aws, other) for other in others)


def interfaces(aws: Aws, subnets: Collection[str], groups: Collection[str]) -> list[dict[str, Any]]:
    """Lambda's interfaces in those subnets with exactly those groups."""
    bearing = [{"Name": "group-id", "Values": sorted(groups)}]
    there = aws.listing("ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=bearing)
    return [
        each
        for each in there
        if str(each.get("Description", "")).startswith(OURS)
        and each["SubnetId"] in subnets
        and {group["GroupId"] for group in each.get("Groups", ())} == set(groups)
    ]
