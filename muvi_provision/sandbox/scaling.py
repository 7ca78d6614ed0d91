"""What the sandbox holds of Application Auto Scaling: what may scale, and by which policies (aws-reality 7.4)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.fleet import Service
from muvi_provision.sandbox.view import View

DIMENSION = "ecs:service:DesiredCount"
_WORD = "application-autoscaling"


@dataclass
class Policy:
    """``alarms`` has the names of the two that CloudWatch holds for it: what raises the count first."""

    name: str
    arn: str
    configuration: dict[str, Any]
    made: datetime
    alarms: list[str]


@dataclass
class Target:
    """How many tasks a service has at least and at most. ``policed_at``: the cloud's second a policy was last put."""

    resource: str
    arn: str
    least: int
    most: int
    suspended: dict[str, bool]
    tags: dict[str, str]
    made: datetime
    policies: dict[str, Policy] = field(default_factory=dict)
    policed_at: float = float("-inf")


@dataclass
class Activity:
    """A change of a service's desired count."""

    resource: str
    description: str
    cause: str
    at: datetime
    id: str = field(default_factory=lambda: str(uuid.uuid4()))


@dataclass
class Shelf:
    targets: dict[str, Target] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)  # the newest first


def shelf(view: View) -> Shelf:
    """One region's."""
    found: Shelf = vars(view.backend(_WORD)).setdefault("shelf", Shelf())
    return found


def service_of(view: View, resource: str) -> Service | None:
    """The ECS service that a resource id means, if it is active."""
    _, _, path = resource.partition("/")
    cluster, _, name = path.partition("/")
    found = ecs_records.service(view, cluster, name) if cluster and name else None
    return found if found is not None and found.status == "ACTIVE" else None


def named(call: Call) -> str:
    """A target as AWS's messages name it."""
    said = call.params
    where = f"service namespace: {said['ServiceNamespace']}, resource ID: {said['ResourceId']}"
    return f"{where}, scalable dimension: {said['ScalableDimension']}"


def asked(call: Call, view: View) -> Target:
    """The target that a call means. Raises ``Refused``."""
    found = shelf(view).targets.get(call.params["ResourceId"])
    if found is None:
        word = "registered for" if call.operation == "PutScalingPolicy" else "found for"
        raise Refused("ObjectNotFoundException", f"No scalable target {word} {named(call)}")
    return found


def tagged(call: Call, view: View) -> Target:
    """The target whose ARN a call about tags names. Raises ``Refused``."""
    arn = call.params["ResourceARN"]
    found = next((one for one in shelf(view).targets.values() if one.arn == arn), None)
    if found is None:
        raise Refused("ResourceNotFoundException", f"The resource {arn} does not exist.", more={"ResourceName": arn})
    return found
