"""WAFv2's web ACLs and IP sets: which there are, who may write them, when they may go."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network

from muvi_provision.sandbox import distributions, firewall
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.firewall import IpSet, WebAcl, shelf
from muvi_provision.sandbox.firewall_groups import GROUPS
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_KINDS = ("WebACL", "IPSet")
_CREATES = tuple(f"Create{kind}" for kind in _KINDS)
_CHANGES = tuple(f"{verb}{kind}" for verb in ("Update", "Delete") for kind in _KINDS)
_NAMED = (*(f"Get{kind}" for kind in _KINDS), *_CHANGES)
_LISTS = ("ListWebACLs", "ListIPSets", "ListAvailableManagedRuleGroups")
_TAGGED = ("ListTagsForResource", "TagResource", "UntagResource")
_COULD_NOT = "AWS WAF couldn\u2019t perform the operation because"


def invalid(reason: str, field: str, parameter: str) -> str:
    """WAF's words for a parameter that is not valid."""
    return f"Error reason: {reason}, field: {field}, parameter: {parameter}"


@rule(
    "wafv2",
    (*_CREATES, *_NAMED, *_LISTS, "CheckCapacity", "DescribeManagedRuleGroup"),
    "WAFInvalidParameterException",
    "CloudFront's scope is spoken to in us-east-1",
    source="6.8 e",
)
def scope(call: Call, view: View) -> str | None:
    wanted = call.params.get("Scope", firewall.SCOPE)  # an ARN in its place is of this scope here
    if wanted != firewall.SCOPE:
        raise NotImplementedError(f"scope {wanted}")
    return None if call.region == firewall.HOME else invalid("The scope is not valid.", "SCOPE_VALUE", wanted)


@rule(
    "wafv2",
    (*_NAMED, "DescribeManagedRuleGroup"),
    "WAFNonexistentItemException",
    "the web ACL, IP set or group is there",
    source="WAF API: GetWebACL",
)
def missing(call: Call, view: View) -> str | None:
    said = f"{_COULD_NOT} your resource doesn\u2019t exist."
    if call.operation == "DescribeManagedRuleGroup":
        return None if call.params["VendorName"] == "AWS" and call.params["Name"] in GROUPS else said
    if call.params.get("ARN"):
        return None if firewall.acl_by_arn(view, call.params["ARN"]) is not None else said
    found = _meant(call, view)
    return None if found is not None and found.name == call.params.get("Name") else said


def _meant(call: Call, view: View) -> WebAcl | IpSet | None:
    held: dict[str, WebAcl] | dict[str, IpSet] = shelf(view).acls
    if call.operation.endswith("IPSet"):
        held = shelf(view).ip_sets
    return held.get(call.params.get("Id", ""))


@rule("wafv2", _CREATES, "WAFDuplicateItemException", "a name once in a scope", source="6.8 c")
def taken(call: Call, view: View) -> str | None:
    held = shelf(view).acls if call.operation == "CreateWebACL" else shelf(view).ip_sets
    there = any(one.name == call.params["Name"] for one in held.values())
    return f"{_COULD_NOT} some resource in your request is a duplicate of an existing one." if there else None


@rule("wafv2", _CREATES, "WAFLimitsExceededException", "100 web ACLs and 100 IP sets a scope", source="6.8 i")
def quota(call: Call, view: View) -> str | None:
    held, name = (
        (shelf(view).acls, "web_acls") if call.operation == "CreateWebACL" else (shelf(view).ip_sets, "ip_sets")
    )
    return f"{_COULD_NOT} you exceeded your resource limit." if len(held) >= view.quotas[name] else None


@rule("wafv2", _CHANGES, "WAFOptimisticLockException", "a write says the lock token of the last one", source="6.8 c")
def locked(call: Call, view: View) -> str | None:
    found = _meant(call, view)
    assert found is not None  # the rule above saw to that
    said = "AWS WAF couldn\u2019t save your changes because someone changed the resource after you started to edit it."
    return None if call.params["LockToken"] == found.lock else f"{said} Reapply your changes."


@rule("wafv2", ("DeleteWebACL", "DeleteIPSet"), "WAFAssociatedItemException", "what is used stays", source="6.8 f")
def in_use(call: Call, view: View) -> str | None:
    found = _meant(call, view)
    assert found is not None  # a rule above saw to that
    acl = isinstance(found, WebAcl)
    used = distributions.holds(view, found.arn) if acl else bool(firewall.users_of_ip_set(view, found.arn))
    said = "your resource is being used by another resource or it\u2019s associated with another resource."
    return f"{_COULD_NOT} {said}" if used else None


_ADDRESSES = ("CreateIPSet", "UpdateIPSet")


@rule(
    "wafv2",
    _ADDRESSES,
    "WAFInvalidParameterException",
    "addresses are CIDR of the set's family, from where a range begins, and never /0",
    source="6.8",
)
def addresses(call: Call, view: View) -> str | None:
    found = _meant(call, view)
    family = found.version if isinstance(found, IpSet) else call.params["IPAddressVersion"]
    bad = next((one for one in call.params["Addresses"] if not _fits(str(one), family)), None)
    said = "The parameter contains formatting that is not valid."
    return invalid(said, "IP_ADDRESS", str(bad)) if bad is not None else None


def _fits(text: str, family: str) -> bool:
    try:
        found = ip_network(text)
    except ValueError:
        return False
    wanted = IPv4Network if family == "IPV4" else IPv6Network
    return "/" in text and isinstance(found, wanted) and found.prefixlen > 0


@rule("wafv2", _ADDRESSES, "WAFLimitsExceededException", "10,000 addresses a set", source="6.8 i")
def address_count(call: Call, view: View) -> str | None:
    return f"{_COULD_NOT} you exceeded your resource limit." if len(call.params["Addresses"]) > 10_000 else None


@rule("wafv2", _TAGGED, "WAFNonexistentItemException", "what is tagged is there", source="WAF API: ListTagsForResource")
def tagged_missing(call: Call, view: View) -> str | None:
    there = firewall.tagged(view, call.params["ResourceARN"]) is not None
    return None if there else f"{_COULD_NOT} your resource doesn\u2019t exist."


@rule(
    "wafv2",
    (*_CREATES, "TagResource"),
    "WAFTagOperationException",
    "50 tags an object, none of them aws:'s",
    source="1.5",
)
def tags(call: Call, view: View) -> str | None:
    found = firewall.tagged(view, call.params.get("ResourceARN", ""))
    keys = {str(one["Key"]) for one in call.params.get("Tags", ())} | set(found.tags if found is not None else ())
    bad = len(keys) > 50 or any(key.lower().startswith("aws:") for key in keys)
    return "An error occurred during the tagging operation: too many tags, or a reserved prefix." if bad else None
