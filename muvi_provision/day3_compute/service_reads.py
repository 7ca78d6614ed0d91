"""How services are read: all of a cluster, ten in one call, so that a plan does not ask once for each.

Facts: aws-reality 1.3 and 5.7 d.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day3_compute import revisions

BATCH = 10  # services in one DescribeServices
ENDED = ("ServiceNotActiveException", "ServiceNotFoundException", "ClusterNotFoundException")


def cluster_of(service_arn: str | None) -> str:
    """The name of the cluster in a service's ARN; "" without one."""
    parts = (service_arn or "").split("/")
    return parts[1] if len(parts) == 3 else ""


def described(aws: Aws, cluster: str, name: str, *, is_known: bool) -> dict[str, Any] | None:
    """One service of a cluster (its name) with its tags; None when there is none.

    is_known: whether it is asked for even when it has no task definition yet.
    """
    names = _expected(aws)
    if name not in names:
        return _read(aws, cluster, [name]).get(name) if is_known else None
    start = names.index(name) // BATCH * BATCH
    return _read(aws, cluster, names[start : start + BATCH]).get(name)


def _expected(aws: Aws) -> list[str]:
    """The names this environment's services have, in order: those of its task definitions, which are listed anyway.

    ListServices would hide the ones that drain. A name without a service does no harm: it only batches.
    """
    settled = aws.seen_from(aws.written)  # a poll need not list them again
    return [name for name in revisions.families(settled) if name.startswith(f"{aws.ownership.env}-")]


def _read(aws: Aws, cluster: str, names: list[str]) -> dict[str, dict[str, Any]]:
    with unless_gone():
        answer = aws.read("ecs", "describe_services", cluster=cluster, services=names, include=["TAGS"])
        return {service["serviceName"]: service for service in answer["services"]}
    return {}


def delete(aws: Aws, cluster: str, service: str) -> None:
    """Ends a service with all its tasks; one that has ended is left as it is."""
    try:
        aws.ecs.delete_service(cluster=cluster, service=service, force=True)
    except Exception as error:
        if error_of(error)[1] not in ENDED:
            raise
