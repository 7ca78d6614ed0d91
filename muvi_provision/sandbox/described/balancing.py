"""Load balancers, target groups, listeners and their rules."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    return {
        "load_balancer": {one.arn: _balancer(one) | _elb_tags(view, one) for one in view.all("load_balancer")},
        "target_group": {one.arn: _target_group(one) | _elb_tags(view, one) for one in view.all("target_group")},
        "listener": {one.arn: _listener(one) | _elb_tags(view, one) for one in view.all("listener")},
        "listener_rule": {one.arn: _rule(one) | _elb_tags(view, one) for one in _rules(view)},
    }


def _elb_tags(view: View, one: Any) -> dict[str, Any]:
    return {"tags": dict(sorted(view.elb.tagging_service.get_tag_dict_for_resource(one.arn).items()))}


def _balancer(one: Any) -> dict[str, Any]:
    placed = {
        "subnets": sorted(item.id for item in one.subnets),
        "groups": sorted(one.security_groups),
        "vpc": one.vpc_id,
    }
    shown = {"name": one.name, "scheme": one.scheme, "type": one.type, "state": one.state, "dns": one.dns_name}
    return shown | placed | {"attributes": dict(sorted(one.attrs.items()))}


_CHECKED = ("protocol", "port", "path", "interval_seconds", "timeout_seconds", "enabled")


def _target_group(one: Any) -> dict[str, Any]:
    shown = {
        name: getattr(one, name) for name in ("name", "vpc_id", "protocol", "protocol_version", "port", "target_type")
    }
    counts = {
        "healthy": one.healthy_threshold_count,
        "unhealthy": one.unhealthy_threshold_count,
        "matcher": one.matcher,
    }
    health = {name: getattr(one, f"health_check_{name}") for name in _CHECKED} | counts
    rest = {
        "attributes": dict(sorted(one.attributes.items())),
        "targets": len(one.targets),  # their addresses depend on who came first
        "behind": sorted(one.load_balancer_arns),
    }
    return shown | {"health": health} | rest


def _listener(one: Any) -> dict[str, Any]:
    rules = [_rule(rule) for rule in one.rules.values()]
    shown = {
        "load_balancer": one.load_balancer_arn,
        "port": one.port,
        "protocol": one.protocol,
        "policy": one.ssl_policy,
    }
    return shown | {"certificates": list(one.certificates), "rules": rules}


def _rules(view: View) -> list[Any]:
    """But for the default ones, which are their listeners' own."""
    held = [rule for listener in view.all("listener") for rule in listener.rules.values()]
    return [one for one in held if one.priority != "default"]


def _rule(one: Any) -> dict[str, Any]:
    actions = [action.data for action in one.actions]
    return {"priority": one.priority, "conditions": [_condition(each) for each in one.conditions], "actions": actions}


def _condition(one: dict[str, Any]) -> dict[str, Any]:
    """What a header must say may be a secret, which no two clouds have in common."""
    config = one.get("HttpHeaderConfig")
    return {"field": one["Field"], "header": config["HttpHeaderName"], "value": config["Values"]} if config else one


SERVICES = {"elbv2": describe}
