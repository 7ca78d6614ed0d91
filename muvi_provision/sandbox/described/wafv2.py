"""Web ACLs and IP sets."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import firewall, firewall_capacity
from muvi_provision.sandbox.firewall import IpSet, WebAcl
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    if view.region != firewall.HOME:
        return {}
    held = firewall.shelf(view)
    return {
        "web_acl": {one.arn: _acl(one) for one in held.acls.values()},
        "ip_set": {one.arn: _ip_set(one) for one in held.ip_sets.values()},
    }


def _acl(one: WebAcl) -> dict[str, Any]:
    shown = {"name": one.name, "capacity": firewall_capacity.of(one.said["Rules"])}
    return shown | one.said | {"tags": dict(sorted(one.tags.items()))}


def _ip_set(one: IpSet) -> dict[str, Any]:
    shown = {"name": one.name, "description": one.description, "family": one.version, "addresses": list(one.addresses)}
    return shown | {"tags": dict(sorted(one.tags.items()))}


SERVICES = {"wafv2": describe}
