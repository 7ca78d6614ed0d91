"""What CloudWatch calls the things it has figures of: parts of their ARNs. Pure.

Facts: aws-reality 7.5. A dimension that is spelt otherwise is no error: there are just no figures, ever.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BEFORE = {
    "elasticloadbalancing:loadbalancer": "loadbalancer/",  # app/<name>/<id>
    "elasticloadbalancing:targetgroup": ":",  # targetgroup/<name>/<id>
    "ecs:cluster": "/",
    "ecs:service": "/",
    "lambda:function": ":",
}
"""By service and kind of object: what stands before the name in its ARN."""


def dimension(value: Any) -> Any:
    """A load balancer's ARN as ``app/<name>/<id>``, a service's as its name; whatever is no such ARN as it is."""
    parts = str(value).split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return value
    kind = parts[5].replace(":", "/").partition("/")[0]
    before = _BEFORE.get(f"{parts[2]}:{kind}")
    return str(value).rpartition(before)[2] if before else value


def spelt(dimensions: Mapping[str, Any]) -> dict[str, Any]:
    """All of them, as CloudWatch spells them."""
    return {name: dimension(value) for name, value in dimensions.items()}


def resource_label(load_balancer: str, target_group: str) -> str:
    """What automatic scaling calls a target group behind a load balancer, from their ARNs (aws-reality 7.4 a)."""
    return f"{dimension(load_balancer)}/{dimension(target_group)}"
