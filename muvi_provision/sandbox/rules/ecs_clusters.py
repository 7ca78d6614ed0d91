"""Clusters, and the tags of everything on ECS."""

from __future__ import annotations

import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_INSIGHTS = ("enabled", "disabled", "enhanced")


@rule(
    "ecs",
    "CreateCluster",
    "InvalidParameterException",
    "a name: 1-255 letters, digits, _ and -",
    source="5.5 a",
)
def cluster_name(call: Call, view: View) -> str | None:
    name = call.params.get("clusterName")
    return f"Invalid cluster name: {name}" if name is not None and not NAME.fullmatch(name) else None


@rule(
    "ecs",
    ("CreateCluster", "UpdateClusterSettings"),
    "InvalidParameterException",
    "a setting that there is",
    source="5.5 g",
)
def cluster_settings(call: Call, view: View) -> str | None:
    for one in call.params.get("settings", ()):
        if one.get("value") not in _INSIGHTS:
            return f"Invalid value for the cluster setting {one.get('name')}: {one.get('value')}"
    return None


@rule("ecs", "CreateCluster", "LimitExceededException", "a region holds 10,000 clusters", source="5.5 i")
def too_many_clusters(call: Call, view: View) -> str | None:
    held = {one.name for one in view.backend("ecs").clusters.values() if one.status == "ACTIVE"}
    full = len(held) >= view.quotas["ecs_clusters"] and (call.params.get("clusterName") or "default") not in held
    return "The maximum number of clusters has been reached." if full else None


@rule(
    "ecs", "DeleteCluster", "ClusterContainsServicesException", "a cluster gives up its services first", source="5.5 f"
)
def cluster_serves(call: Call, view: View) -> str | None:
    found = ecs_records.services(view, ecs_records.cluster_of(call, view).name)
    kept = any(one.status != "INACTIVE" for one in found)
    return "The Cluster cannot be deleted while Services are active." if kept else None


@rule(
    "ecs",
    "DeleteCluster",
    "ClusterContainsTasksException",
    "a cluster's tasks have stopped before it goes",
    source="5.5 f",
)
def cluster_runs(call: Call, view: View) -> str | None:
    kept = ecs_records.unstopped(view, ecs_records.cluster_of(call, view).name)
    return "The Cluster cannot be deleted while Tasks are active." if kept else None


@rule(
    "ecs",
    ("CreateCluster", "CreateService", "RegisterTaskDefinition", "RunTask", "TagResource"),
    "InvalidParameterException",
    "50 tags, none of them starting with aws:",
    source="1.5",
)
def ecs_tags(call: Call, view: View) -> str | None:
    keys = [str(tag.get("key", "")).lower() for tag in call.params.get("tags", ())]
    if any(key.startswith("aws:") for key in keys):
        return "Invalid tag key: the prefix aws: is reserved"
    return "The maximum number of tags has been reached." if len(keys) > 50 else None
