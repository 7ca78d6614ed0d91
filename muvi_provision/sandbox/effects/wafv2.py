"""WAFv2's web ACLs and IP sets, in place of the emulator's."""

from __future__ import annotations

from copy import deepcopy
from ipaddress import ip_interface
from typing import Any

from muvi_provision.sandbox import firewall, firewall_capacity
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.firewall import IpSet, WebAcl, shelf
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

_KEPT = (
    "DefaultAction",
    "Description",
    "Rules",
    "VisibilityConfig",
    "CustomResponseBodies",
    "CaptchaConfig",
    "ChallengeConfig",
    "TokenDomains",
    "AssociationConfig",
    "DataProtectionConfig",
    "OnSourceDDoSProtectionConfig",
    "ApplicationConfig",
    "MonetizationConfig",
    "AnalyticsConfig",
)


@instead("wafv2", "CreateWebACL")
def acl_made(call: Call, view: View) -> Any:
    name, wanted = call.params["Name"], firewall.new_id()
    arn = firewall.arn_of(view, "webacl", name, wanted)
    one = WebAcl(name, wanted, arn, _said(call), pairs(call), firewall.new_id())
    shelf(view).acls[wanted] = one
    return {"Summary": summary(one, one.said.get("Description", ""))}


@instead("wafv2", "GetWebACL")
def acl(call: Call, view: View) -> Any:
    arn = call.params.get("ARN")
    one = firewall.acl_by_arn(view, arn) if arn else shelf(view).acls[call.params["Id"]]
    assert one is not None  # a rule saw to that
    told = {
        "Name": one.name,
        "Id": one.id,
        "ARN": one.arn,
        "Capacity": firewall_capacity.of(one.said["Rules"]),
        "ManagedByFirewallManager": False,
        "RetrofittedByFirewallManager": False,
        "LabelNamespace": f"awswaf:{view.account}:webacl:{one.name}:",
    }
    return {"WebACL": told | one.said, "LockToken": one.lock}


@instead("wafv2", "UpdateWebACL")
def acl_changed(call: Call, view: View) -> Any:
    """Everything is replaced, the rules too."""
    one = shelf(view).acls[call.params["Id"]]
    one.said, one.lock = _said(call), firewall.new_id()
    return {"NextLockToken": one.lock}


@instead("wafv2", "DeleteWebACL")
def acl_gone(call: Call, view: View) -> Any:
    del shelf(view).acls[call.params["Id"]]
    return {}


@instead("wafv2", "ListWebACLs")
def acls(call: Call, view: View) -> Any:
    found = sorted(shelf(view).acls.values(), key=lambda one: one.name)
    return listed(call, "WebACLs", [summary(one, one.said.get("Description", "")) for one in found])


def _said(call: Call) -> dict[str, Any]:
    """With the window that a rate is counted over, which WAF always tells."""
    said = {"Rules": []} | {name: deepcopy(call.params[name]) for name in _KEPT if name in call.params}
    for one in firewall.every(said["Rules"]):
        if "RateBasedStatement" in one:
            one["RateBasedStatement"].setdefault("EvaluationWindowSec", 300)
    return said


@instead("wafv2", "CreateIPSet")
def ip_set_made(call: Call, view: View) -> Any:
    said, wanted = call.params, firewall.new_id()
    one = IpSet(
        name=said["Name"],
        id=wanted,
        arn=firewall.arn_of(view, "ipset", said["Name"], wanted),
        version=said["IPAddressVersion"],
        addresses=_addresses(call),
        description=said.get("Description", ""),
        tags=pairs(call),
        lock=firewall.new_id(),
        usable_from=view.now + view.seconds(firewall.SETTLE_S),
    )
    shelf(view).ip_sets[wanted] = one
    return {"Summary": summary(one, one.description)}


@instead("wafv2", "GetIPSet")
def ip_set(call: Call, view: View) -> Any:
    one = shelf(view).ip_sets[call.params["Id"]]
    told = {"Name": one.name, "Id": one.id, "ARN": one.arn, "Description": one.description}
    told = {key: value for key, value in told.items() if value}
    addresses = {"IPAddressVersion": one.version, "Addresses": list(one.addresses)}
    return {"IPSet": told | addresses, "LockToken": one.lock}


@instead("wafv2", "UpdateIPSet")
def ip_set_changed(call: Call, view: View) -> Any:
    """All addresses are replaced."""
    one = shelf(view).ip_sets[call.params["Id"]]
    one.addresses, one.description = _addresses(call), call.params.get("Description", "")
    one.lock = firewall.new_id()
    return {"NextLockToken": one.lock}


@instead("wafv2", "DeleteIPSet")
def ip_set_gone(call: Call, view: View) -> Any:
    del shelf(view).ip_sets[call.params["Id"]]
    return {}


@instead("wafv2", "ListIPSets")
def ip_sets(call: Call, view: View) -> Any:
    found = sorted(shelf(view).ip_sets.values(), key=lambda one: one.name)
    return listed(call, "IPSets", [summary(one, one.description) for one in found])


def _addresses(call: Call) -> list[str]:
    """In an order of WAF's own, and those of IPv6 written out in full."""
    return sorted({ip_interface(one).exploded for one in call.params["Addresses"]})


def summary(one: WebAcl | IpSet, description: str) -> dict[str, str]:
    told = {"Name": one.name, "Id": one.id, "Description": description, "LockToken": one.lock, "ARN": one.arn}
    return {key: value for key, value in told.items() if key != "Description" or value}


def listed(call: Call, member: str, found: list[Any]) -> dict[str, Any]:
    """aws-reality 1.3: a full page has a marker, even if nothing comes after it."""
    size, marker = call.params.get("Limit", 100), call.params.get("NextMarker")
    kept, token = page(found, marker, size)
    begin = int(marker) if marker and marker.isdecimal() else 0
    after = token or (str(begin + size) if len(kept) == size else None)
    return {member: kept} | ({"NextMarker": after} if after else {})


def pairs(call: Call) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in call.params.get("Tags", ())}
