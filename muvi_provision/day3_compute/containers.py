"""The parts of a container's description, as ECS spells them and as it gives them back. Pure.

Facts: aws-reality 5.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

STOP_S = 30  # seconds a container has to end by itself before it is killed
INTERVAL_S, TIMEOUT_S, RETRIES = 30, 5, 3
LONGEST_START_S = 300  # AWS waits no longer for a container before it judges it


def pairs(values: Mapping[str, Any], word: str) -> list[dict[str, Any]]:
    """``[{"name": …, word: …}]`` in the order of the names; ECS keeps no order of its own."""
    return [{"name": name, word: str(values[name])} for name in sorted(values)]


def with_values(secrets: Mapping[str, Any]) -> dict[str, Any]:
    """Those that have a value to give: the others are "", or "" followed by the key asked for in it."""
    return {name: value for name, value in secrets.items() if str(value) and not str(value).startswith(":")}


def log_configuration(log_group: object, region: str) -> dict[str, Any]:
    options = {"awslogs-group": str(log_group), "awslogs-region": region, "awslogs-stream-prefix": "ecs"}
    return {"logDriver": "awslogs", "options": options}


def health_check(command: tuple[str, ...], grace_s: int) -> dict[str, Any]:
    """Nothing for a container that is not asked; the load balancer asks most of them."""
    if not command:
        return {}
    said = {
        "command": ["CMD", *command],
        "interval": INTERVAL_S,
        "timeout": TIMEOUT_S,
        "retries": RETRIES,
        "startPeriod": min(grace_s, LONGEST_START_S),
    }
    return {"healthCheck": said}


def observed(container: Mapping[str, Any]) -> dict[str, Any]:
    """A container as ECS gives it back, in the words of a task definition's fields."""
    ports = container.get("portMappings") or [{}]
    check = container.get("healthCheck", {})
    seen: dict[str, Any] = {
        "image": container.get("image", ""),
        "port": ports[0].get("containerPort", 0),
        "environment": {each["name"]: each["value"] for each in container.get("environment", ())},
        "secrets": {each["name"]: each["valueFrom"] for each in container.get("secrets", ())},
        "log_group": container.get("logConfiguration", {}).get("options", {}).get("awslogs-group", ""),
        "health_command": tuple(check.get("command", ("CMD",))[1:]),
    }
    return {**seen, "grace_s": check.get("startPeriod", 0)} if check else seen
