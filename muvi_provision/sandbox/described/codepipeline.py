"""Pipelines, and the connections that are kept with them. Executions go with their pipeline."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import connections, pipelines
from muvi_provision.sandbox.connections import Connection
from muvi_provision.sandbox.pipelines import Pipeline
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> ARN -> description


def describe(view: View) -> Described:
    return {
        "pipeline": {one.arn: _pipeline(one) for one in pipelines.held(view).values()},
        "connection": {one.arn: _connection(one) for one in connections.held(view).values()},
    }


def _pipeline(one: Pipeline) -> dict[str, Any]:
    closed = {stage: each.reason for stage, each in sorted(one.closed.items())}
    return {"declaration": one.declaration, "closed": closed, "tags": dict(sorted(one.tags.items()))}


def _connection(one: Connection) -> dict[str, Any]:
    told = {"name": one.name, "provider": one.provider, "host": one.host, "status": one.status}
    return told | {"tags": dict(sorted(one.tags.items()))}


SERVICES = {"codepipeline": describe}
