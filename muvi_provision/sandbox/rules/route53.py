"""Route 53's zones."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox import zones
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_ZONE = ("GetHostedZone", "DeleteHostedZone", "UpdateHostedZoneComment", "ListResourceRecordSets")
_NETWORK = ("AssociateVPCWithHostedZone", "DisassociateVPCFromHostedZone")
_RESERVED = ("example.com", "example.net", "example.org")
_LABEL = re.compile(r"[a-z0-9_*-]{1,63}")


@rule("route53", (*_ZONE, *_NETWORK), "NoSuchHostedZone", "the zone is there", 404, source="6.3")
def zone_missing(call: Call, view: View) -> str | None:
    wanted = str(call.params.get("Id") or call.params.get("HostedZoneId"))
    there = zones.find(view, wanted) is not None
    return None if there else f"No hosted zone found with ID: {wanted.rpartition('/')[2]}"


@rule(
    "route53",
    "CreateHostedZone",
    "InvalidDomainName",
    "a zone's name is a domain of at most 255 characters",
    source="6.3 a",
)
def zone_name(call: Call, view: View) -> str | None:
    name = zones.spoken(call.params["Name"])
    good = len(name) <= 255 and all(_LABEL.fullmatch(label) for label in name.split("."))
    return None if good else "The specified domain name is not valid."


@rule(
    "route53",
    "CreateHostedZone",
    "InvalidDomainName",
    "a public zone is below a top-level domain, and not one that is kept for examples",
    source="6.3 a",
)
def zone_of_nobody(call: Call, view: View) -> str | None:
    name = zones.spoken(call.params["Name"])
    if call.params.get("VPC"):
        return None
    if name in _RESERVED:
        return f"{name} is reserved by AWS!"
    return "The specified domain name is not valid." if "." not in name else None


@rule(
    "route53",
    "CreateHostedZone",
    "InvalidInput",
    "a zone that is to be private says its VPC",
    source="Route 53 API: CreateHostedZone",
)
def network_unsaid(call: Call, view: View) -> str | None:
    private = (call.params.get("HostedZoneConfig") or {}).get("PrivateZone")
    said = "When you're creating a private hosted zone, you must also specify values for VPCId and VPCRegion."
    return said if private and not call.params.get("VPC") else None


@rule("route53", "CreateHostedZone", "HostedZoneAlreadyExists", "a caller reference makes one zone", 409, source="1.4")
def reference_used(call: Call, view: View) -> str | None:
    reference = call.params["CallerReference"]
    used = [one for one in zones.held(view).zones.values() if one.caller_reference == reference]
    said = "A hosted zone has already been created with the specified caller reference."
    return said if used else None


@rule(
    "route53",
    ("CreateHostedZone", "AssociateVPCWithHostedZone"),
    "InvalidVPCId",
    "a private zone's VPC is there",
    source="6.3 h",
)
def network_missing(call: Call, view: View) -> str | None:
    vpc = call.params.get("VPC")
    if not vpc:
        return None
    region = str(vpc.get("VPCRegion") or "")
    known = view.world.backend("ec2", view.account, region).vpcs if region else {}
    return None if vpc.get("VPCId") in known else f"The VPC: {vpc.get('VPCId')} in region {region} is invalid."


@rule(
    "route53",
    ("CreateHostedZone", "AssociateVPCWithHostedZone"),
    "ConflictingDomainExists",
    "a VPC sees one private zone of a name",
    source="6.3 h, 5.8 e",
)
def network_taken(call: Call, view: View) -> str | None:
    vpc = (call.params.get("VPC") or {}).get("VPCId", "")
    zone = zones.find(view, call.params.get("HostedZoneId", ""))
    name = zone.name if zone is not None else zones.stored(call.params.get("Name", ""))
    region = (call.params.get("VPC") or {}).get("VPCRegion", "")
    said = f"The VPC that you chose, {vpc} in region {region}, is already associated with another private hosted zone"
    taken = any(one.name == name for one in zones.seen_in(view, vpc))  # the zone itself, too
    return f"{said} that has an overlapping name space, {name}." if taken else None


@rule("route53", "CreateHostedZone", "TooManyHostedZones", "an account holds 500 zones", source="6.3 i")
def too_many_zones(call: Call, view: View) -> str | None:
    full = len(zones.held(view).zones) >= view.quotas["hosted_zones"]
    limit = view.quotas["hosted_zones"]
    return f"The maximum number of hosted zones has been reached: {limit}" if full else None


@rule("route53", "DeleteHostedZone", "HostedZoneNotEmpty", "only a zone's own NS and SOA are left", source="6.3 f")
def zone_not_empty(call: Call, view: View) -> str | None:
    zone = zones.find(view, call.params["Id"])
    left = [one for one in zone.rrsets if not zones.is_own(zone, one)]
    said = "The specified hosted zone contains non-required resource record sets and so cannot be deleted."
    return said if left and not getattr(zone, "managed_by", None) else None


@rule("route53", "AssociateVPCWithHostedZone", "PublicZoneVPCAssociation", "a public zone is in no VPC", source="6.3 h")
def public_in_network(call: Call, view: View) -> str | None:
    wanted, vpc = call.params["HostedZoneId"], call.params["VPC"].get("VPCId")
    public = not zones.find(view, wanted).private_zone
    return f"Attempting to associate public zone: {wanted} with vpc: {vpc}" if public else None


@rule(
    "route53",
    "DisassociateVPCFromHostedZone",
    "VPCAssociationNotFound",
    "the VPC is one of the zone's",
    404,
    source="6.3 g",
)
def network_not_of_zone(call: Call, view: View) -> str | None:
    vpc, zone = call.params["VPC"].get("VPCId"), zones.find(view, call.params["HostedZoneId"])
    there = vpc in [one["vpc_id"] for one in zone.vpcs]
    return None if there else f"The VPC {vpc} and the hosted zone are not associated."


@rule(
    "route53",
    "DisassociateVPCFromHostedZone",
    "LastVPCAssociation",
    "a private zone keeps its last VPC",
    source="6.3 g",
)
def last_network(call: Call, view: View) -> str | None:
    last = len(zones.find(view, call.params["HostedZoneId"]).vpcs) <= 1
    said = "The VPC that you're trying to disassociate from the private hosted zone is the last VPC of it."
    return said if last else None


@rule("route53", "GetChange", "NoSuchChange", "the change was asked for", 404, source="6.3 b")
def change_missing(call: Call, view: View) -> str | None:
    wanted = str(call.params["Id"]).rpartition("/")[2]
    return None if wanted in zones.changes(view) else f"A change with the specified change ID does not exist: {wanted}"


_TAGGED = ("ChangeTagsForResource", "ListTagsForResource")


@rule(
    "route53",
    (*_TAGGED, "ListTagsForResources"),
    "NoSuchHostedZone",
    "the zone whose tags are meant is there",
    404,
    source="6.3 d",
)
def tagged_missing(call: Call, view: View) -> str | None:
    asked: Any = call.params.get("ResourceIds") or [call.params.get("ResourceId")]
    if call.params.get("ResourceType") != "hostedzone":
        return None
    missing = [one for one in asked if zones.find(view, one) is None]
    return f"No hosted zone found with ID: {missing[0]}" if missing else None


@rule(
    "route53",
    "ChangeTagsForResource",
    "InvalidInput",
    "50 tags, keys of 128 and values of 256 characters",
    source="1.5",
)
def tag_limits(call: Call, view: View) -> str | None:
    added = {str(tag.get("Key", "")): str(tag.get("Value", "")) for tag in call.params.get("AddTags", ())}
    held = set(zones.held(view).resource_tags.get(call.params["ResourceId"], ())) | set(added)
    if len(held - set(call.params.get("RemoveTagKeys", ()))) > 50:
        return "The number of tags exceeds the limit of 50."
    bad = [key for key, value in added.items() if not 1 <= len(key) <= 128 or len(value) > 256 or _reserved(key)]
    return f"The tag key {bad[0]} or its value is not valid." if bad else None


def _reserved(key: str) -> bool:
    return key.lower().startswith("aws:")
