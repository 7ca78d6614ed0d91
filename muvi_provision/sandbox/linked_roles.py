"""Service-linked roles: those that AWS keeps in an account for its own services (aws-reality 5.3)."""

from __future__ import annotations

import json
from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.view import View

# 5.3 a: those that this stack meets, by the service they are for
NAMES = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "ops.apigateway.amazonaws.com": "AWSServiceRoleForAPIGateway",
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "replicator.lambda.amazonaws.com": "AWSServiceRoleForLambdaReplicator",
    "logger.cloudfront.amazonaws.com": "AWSServiceRoleForCloudFrontLogger",
    "wafv2.amazonaws.com": "AWSServiceRoleForWAFV2Logging",
}
PATH = "/aws-service-role/"


def there(view: View, service: str) -> bool:
    """Whether the account has the role of that service."""
    return any(one.name == NAMES[service] for one in view.backend("iam", "aws").roles.values())


def make(view: View, service: str, description: str = "") -> Any:
    """The role under its fixed name, which its service can act in some seconds later (5.3 b)."""
    trust = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
    made = view.backend("iam", "aws").create_role(
        NAMES[service],
        json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        f"{PATH}{service}/",
        permissions_boundary=None,
        description=description,
        tags=[],
        max_session_duration=3600,
        linked_service=service,
    )
    roles.settle(view, made.name, assumable=True)
    return made


def provide(view: View, service: str) -> None:
    """The first of its objects in an account makes a service make its role, as whoever calls may."""
    if not there(view, service):
        make(view, service)


def usable(view: View, service: str) -> bool:
    """Whether the role is there, and the service has heard of it."""
    since, _ = view.books.settling.get(NAMES[service], (0.0, 0.0))
    return there(view, service) and view.now >= since
