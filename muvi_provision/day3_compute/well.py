"""Whether what day 3 made is well: questions for its checks, and what its gate says. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.day3_compute import service_reads
from muvi_provision.day3_compute.image_lookup import Image
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.engine.stack import Instructions, Question, Values
from muvi_provision.resource import Handle


def all_there(images: Iterable[Handle[Image]]) -> Question:
    """Whether each of the images is in its repository."""
    wanted = tuple(images)
    return lambda _, values: not _missing(wanted, values)


def what_is_missing(images: Iterable[Handle[Image]]) -> Instructions:
    """Says which images are missing and how they come into their repositories."""
    wanted = tuple(images)

    def say(aws: Aws, values: Values) -> str:  # noqa: ARG001
        missing = _missing(wanted, values)
        return (
            f"{len(missing)} of {len(wanted)} images are not in their repositories yet: {', '.join(missing)}. Copy "
            "them with `muvi images copy`, or build them with `muvi images build`, and run again. Until then the "
            "services that run them stand ready, with no copies."
        )

    return say


def _missing(images: Iterable[Handle[Image]], values: Values) -> list[str]:
    """The names, ``uat-main:latest``, of those that are not there."""
    found = (values.get(image.address) or {} for image in images)
    return [str(each.get("id", "")) for each in found if not each.get("digest")]


def answers_private_names(vpc: Handle[Vpc]) -> Question:
    """Whether names of a private namespace are answered in the network: else all seems well, and none is (5.8 e)."""

    def ask(aws: Aws, values: Values) -> bool:
        network = values[vpc.address]["id"]
        attributes = {"enableDnsSupport": "EnableDnsSupport", "enableDnsHostnames": "EnableDnsHostnames"}
        return all(
            aws.read("ec2", "describe_vpc_attribute", VpcId=network, Attribute=name)[key]["Value"]
            for name, key in attributes.items()
        )

    return ask


def as_many_as_wanted(services: Iterable[Handle[EcsService]]) -> Question:
    """Whether of each service as many copies run as are wanted now."""
    wanted = tuple(services)

    def ask(aws: Aws, values: Values) -> bool:
        found = [_service(aws, values[service.address]["id"]) for service in wanted]
        return all(each and each["runningCount"] >= each["desiredCount"] for each in found)

    return ask


def _service(aws: Aws, arn: str) -> Mapping[str, Any] | None:
    name = arn.rpartition("/")[2]
    return service_reads.described(aws, service_reads.cluster_of(arn), name, is_known=True)


def reached(services: Mapping[Handle[EcsService], Handle[TargetGroup]]) -> Question:
    """Whether a load balancer finds a healthy copy of each service of which any is wanted."""

    def ask(aws: Aws, values: Values) -> bool:
        groups = (
            values[group.address]["id"]
            for service, group in services.items()
            if (_service(aws, values[service.address]["id"]) or {}).get("desiredCount")
        )
        return all("healthy" in _states(aws, group) for group in groups)

    return ask


def _states(aws: Aws, group: str) -> set[str]:
    answer = aws.read("elbv2", "describe_target_health", TargetGroupArn=group)["TargetHealthDescriptions"]
    return {each["TargetHealth"]["State"] for each in answer}
