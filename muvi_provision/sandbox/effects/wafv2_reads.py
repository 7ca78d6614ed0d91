"""WAFv2's tags, its managed rule groups, and what rules cost."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import firewall, firewall_capacity
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.effects.wafv2 import listed, pairs
from muvi_provision.sandbox.firewall_groups import GROUPS
from muvi_provision.sandbox.view import View


@instead("wafv2", "ListTagsForResource")
def tags(call: Call, view: View) -> Any:
    arn = call.params["ResourceARN"]
    told = [{"Key": key, "Value": value} for key, value in _of(view, arn).items()]
    return {"TagInfoForResource": {"ResourceARN": arn, "TagList": told}}


@instead("wafv2", "TagResource")
def tagged(call: Call, view: View) -> Any:
    held = _of(view, call.params["ResourceARN"])
    held |= pairs(call)
    return {}


@instead("wafv2", "UntagResource")
def untagged(call: Call, view: View) -> Any:
    for key in call.params["TagKeys"]:
        _of(view, call.params["ResourceARN"]).pop(key, None)
    return {}


def _of(view: View, arn: str) -> dict[str, str]:
    found = firewall.tagged(view, arn)
    assert found is not None  # a rule saw to that
    return found.tags


@instead("wafv2", "CheckCapacity")
def capacity(call: Call, view: View) -> Any:
    return {"Capacity": firewall_capacity.of(call.params["Rules"])}


@instead("wafv2", "ListAvailableManagedRuleGroups")
def groups(call: Call, view: View) -> Any:
    found = [
        {"VendorName": "AWS", "Name": name, "VersioningSupported": one.versioned, "Description": one.description}
        for name, one in sorted(GROUPS.items())
    ]
    return listed(call, "ManagedRuleGroups", found)


@instead("wafv2", "DescribeManagedRuleGroup")
def group(call: Call, view: View) -> Any:
    one = GROUPS[call.params["Name"]]
    rules = [{"Name": name, "Action": {"Count" if name in one.counted else "Block": {}}} for name in one.rules]
    labels = [{"Name": f"{one.namespace}{name}"} for name in one.rules]
    return {"Capacity": one.capacity, "Rules": rules, "LabelNamespace": one.namespace, "AvailableLabels": labels}


_NOT_SHOWN = (
    "AssociateWebACL",
    "CreateAPIKey",
    "CreateRegexPatternSet",
    "CreateRuleGroup",
    "PutLoggingConfiguration",
    "PutPermissionPolicy",
)


@instead("wafv2", _NOT_SHOWN)
def not_shown(call: Call, view: View) -> Any:
    """The emulator would make what nothing here looks after."""
    raise NotImplementedError(call.operation)


def _index(kind: str) -> Any:
    """Shown in one region only (aws-reality 1.3). Looking must not make anything."""

    def source(view: View) -> dict[str, dict[str, str]]:
        held = view.world.everything().get("wafv2", {}).get(view.account, {})
        if view.region != firewall.HOME or firewall.HOME not in held:
            return {}
        found = firewall.shelf(view).acls if kind == "webacl" else firewall.shelf(view).ip_sets
        return {one.arn: one.tags for one in found.values()}

    return source


for _kind in ("webacl", "ipset"):
    tagging.register(f"wafv2:{_kind}", _index(_kind))
