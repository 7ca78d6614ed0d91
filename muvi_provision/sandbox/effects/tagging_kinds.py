"""What the index of tags has of each service, with the ARNs that AWS gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from muvi_provision.sandbox import caches, objects
from muvi_provision.sandbox.effects.tagging import register
from muvi_provision.sandbox.view import View

Found = dict[str, Mapping[str, str]]  # ARN -> tags
_EC2 = {  # kind in an ARN -> ours
    "vpc": "vpc",
    "subnet": "subnet",
    "internet-gateway": "internet_gateway",
    "elastic-ip": "elastic_ip",
    "natgateway": "nat_gateway",
    "route-table": "route_table",
    "vpc-endpoint": "vpc_endpoint",
    "security-group": "security_group",
    "security-group-rule": "security_group_rule",
    "network-interface": "network_interface",
}


def _held(view: View, service: str) -> Any:
    """The emulator's objects of a service in the region, or None: looking must not make any."""
    return view.world.everything().get(service, {}).get(view.account, {}).get(view.region)


def _network(kind: str) -> Callable[[View], Found]:
    def source(view: View) -> Found:
        if _held(view, "ec2") is None:
            return {}
        ids = (objects.identity(one) for one in view.all(_EC2[kind]))
        return {f"arn:aws:ec2:{view.region}:{view.account}:{kind}/{one}": view.ec2.tags.get(one, {}) for one in ids}

    return source


for _kind in _EC2:
    register(f"ec2:{_kind}", _network(_kind))


def _balancing(kind: str) -> Callable[[View], Found]:
    def source(view: View) -> Found:
        if _held(view, "elbv2") is None:
            return {}
        tags = view.elb.tagging_service.get_tag_dict_for_resource
        return {one.arn: tags(one.arn) for one in view.all(kind)}

    return source


def _listener_rules(view: View) -> Found:
    listeners = view.all("listener") if _held(view, "elbv2") is not None else []
    arns = [rule.arn for one in listeners for rule in one.rules.values()]
    return {arn: view.elb.tagging_service.get_tag_dict_for_resource(arn) for arn in arns}


for _name, _kind in {
    "loadbalancer": "load_balancer",
    "targetgroup": "target_group",
    "listener": "listener",
}.items():
    register(f"elasticloadbalancing:{_name}", _balancing(_kind))
register("elasticloadbalancing:listener-rule", _listener_rules)


def _objects(service: str, listed: Callable[[Any], Iterable[Any]]) -> Callable[[View], Found]:
    """Objects that have an ``arn`` and carry their tags as a list of pairs."""

    def source(view: View) -> Found:
        backend = _held(view, service)
        found = listed(backend) if backend is not None else ()
        return {_arn(one): pairs(getattr(one, "tags", None)) for one in found}

    return source


def _arn(one: Any) -> str:
    """ECS and ECR name it otherwise."""
    spelled = ("arn", "task_arn", "service_arn", "physical_resource_id")
    return str(next(value for name in spelled if (value := getattr(one, name, None))))


def pairs(tags: Any) -> dict[str, str]:
    """Tags of any spelling: a dictionary, or pairs with or without capitals."""
    if isinstance(tags, Mapping):
        return {str(key): str(value) for key, value in tags.items()}
    spelled = [{str(key).lower(): value for key, value in one.items()} for one in tags or ()]
    return {str(one["key"]): str(one.get("value") or "") for one in spelled}


def _nested(tables: Mapping[str, Mapping[Any, Any]]) -> list[Any]:
    return [one for table in tables.values() for one in table.values()]


for _name, _service, _listed in (
    ("rds:cluster", "rds", lambda held: held.clusters.values()),
    ("rds:db", "rds", lambda held: held.databases.values()),
    ("rds:subgrp", "rds", lambda held: held.subnet_groups.values()),
    ("rds:cluster-pg", "rds", lambda held: held.db_cluster_parameter_groups.values()),
    ("rds:pg", "rds", lambda held: held.db_parameter_groups.values()),
    ("rds:db-proxy", "rds", lambda held: held.db_proxies.values()),
    ("rds:cluster-snapshot", "rds", lambda held: held.cluster_snapshots.values()),
    ("rds:snapshot", "rds", lambda held: held.database_snapshots.values()),
    ("ecs:cluster", "ecs", lambda held: held.clusters.values()),
    ("ecs:service", "ecs", lambda held: held.services.values()),
    ("ecs:task-definition", "ecs", lambda held: _nested(held.task_definitions)),
    ("ecs:task", "ecs", lambda held: _nested(held.tasks)),
    ("secretsmanager:secret", "secretsmanager", lambda held: dict.values(held.secrets)),
    ("acm:certificate", "acm", lambda held: held._certificates.values()),
):
    register(_name, _objects(_service, _listed))


def _tagger(service: str, listed: Callable[[Any], Iterable[Any]]) -> Callable[[View], Found]:
    """Objects whose tags the service keeps in a table of its own."""

    def source(view: View) -> Found:
        backend = _held(view, service)
        if backend is None:
            return {}
        return {one.arn: backend.tagger.get_tag_dict_for_resource(one.arn) for one in listed(backend)}

    return source


register("ecr:repository", _tagger("ecr", lambda held: held.repositories.values()))
register("logs:log-group", _tagger("logs", lambda held: held.groups.values()))
register("servicediscovery:namespace", _tagger("servicediscovery", lambda held: held.namespaces.values()))
register("servicediscovery:service", _tagger("servicediscovery", lambda held: held.services.values()))


def _parameters(view: View) -> Found:
    backend = _held(view, "ssm")
    tags = backend._resource_tags.get("Parameter", {}) if backend is not None else {}
    start = f"arn:aws:ssm:{view.region}:{view.account}:parameter/"
    return {start + name.lstrip("/"): each for name, each in tags.items()}


register("ssm:parameter", _parameters)


def _caches(kind: str) -> Callable[[View], Found]:
    def source(view: View) -> Found:
        if _held(view, "elasticache") is None:
            return {}
        held = caches.shelf(view)
        if kind == "cluster":
            nodes = {member: group for group in held.groups.values() for member in group.members}
            return {caches.arn_of(view, "cluster", one): group.tags for one, group in nodes.items()}
        tables: dict[str, Mapping[str, Any]] = {
            "replicationgroup": held.groups,
            "subnetgroup": held.subnet_groups,
            "parametergroup": held.parameter_groups,
        }
        return {one.arn: one.tags for one in tables[kind].values()}

    return source


for _kind in ("replicationgroup", "cluster", "subnetgroup", "parametergroup"):
    register(f"elasticache:{_kind}", _caches(_kind))
