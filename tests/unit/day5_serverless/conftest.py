"""What all days ask for."""

from __future__ import annotations

from muvi_provision import runbook
from muvi_provision.engine.stack import Stack, Wanted
from muvi_provision.environment import Environment
from muvi_provision.resource import Resource


def wanted(environment: Environment, *kinds: str) -> dict[str, Resource]:
    """What all days ask for, by address; of those kinds."""
    stack = Stack(environment)
    stack.record(runbook.steps())
    nodes = (node for node in stack.nodes.values() if isinstance(node, Wanted))
    return {node.address: node.resource for node in nodes if not kinds or node.address.partition("/")[0] in kinds}
