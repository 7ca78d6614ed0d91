"""Route 53's zones: their name servers, their listings, and changes that take a while to be everywhere."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import zones
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import after, instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View


@instead("route53", "CreateHostedZone")
def zone_made(call: Call, view: View) -> Any:
    """aws-reality 6.3 b, c: at once, with four name servers of its own."""
    said, vpc = call.params, call.params.get("VPC") or {}
    zone = zones.held(view).create_hosted_zone(
        zones.stored(said["Name"]),
        private_zone=bool(vpc),
        caller_reference=said["CallerReference"],
        vpcid=vpc.get("VPCId"),
        vpcregion=vpc.get("VPCRegion"),
        comment=(said.get("HostedZoneConfig") or {}).get("Comment"),
    )
    zone.rrsets = zones.own_records(zone)
    answer: dict[str, Any] = {"HostedZone": _zone(zone), "ChangeInfo": zones.change(view)}
    answer["Location"] = f"https://route53.amazonaws.com/2013-04-01/hostedzone/{zone.resource_id}"
    return answer | ({"VPC": vpc} if vpc else _delegation(zone))


@instead("route53", "GetHostedZone")
def zone_shown(call: Call, view: View) -> Any:
    zone = zones.find(view, call.params["Id"])
    networks = [{"VPCRegion": one["vpc_region"], "VPCId": one["vpc_id"]} for one in zone.vpcs]
    return {"HostedZone": _zone(zone)} | ({"VPCs": networks} if zone.private_zone else _delegation(zone))


@instead("route53", "ListHostedZones")
def listed(call: Call, view: View) -> Any:
    """100 a page."""
    private = {"PrivateHostedZone": True, "PublicHostedZone": False}.get(call.params.get("HostedZoneType", ""))
    found = [one for one in zones.known(view) if private in (None, bool(one.private_zone))]
    size = int(call.params.get("MaxItems", 100))
    kept, token = page(found, call.params.get("Marker"), size)
    told = {"HostedZones": [_zone(one) for one in kept], "IsTruncated": token is not None, "MaxItems": str(size)}
    return told | {"Marker": call.params.get("Marker", "")} | ({"NextMarker": token} if token else {})


@instead("route53", "ListHostedZonesByName")
def listed_by_name(call: Call, view: View) -> Any:
    """aws-reality 1.3: the name is only where the listing starts."""
    start, size = call.params.get("DNSName"), int(call.params.get("MaxItems", 100))
    begin = (zones.labels(zones.stored(start)), call.params.get("HostedZoneId", "")) if start else ((), "")
    found = [one for one in zones.by_name(zones.known(view)) if (zones.labels(one.name), one.resource_id) >= begin]
    told: dict[str, Any] = {"HostedZones": [_zone(one) for one in found[:size]], "MaxItems": str(size)}
    told["IsTruncated"] = len(found) > size
    if len(found) > size:
        told |= {"NextDNSName": found[size].name, "NextHostedZoneId": found[size].resource_id}
    return told | ({"DNSName": start} if start else {})


@instead("route53", "ListHostedZonesByVPC")
def listed_by_network(call: Call, view: View) -> Any:
    found = [
        {"HostedZoneId": one.resource_id, "Name": one.name, "Owner": _owner(view, one)}
        for one in zones.by_name(zones.seen_in(view, call.params["VPCId"]))
    ]
    size = int(call.params.get("MaxItems", 100))
    kept, token = page(found, call.params.get("NextToken"), size)
    return {"HostedZoneSummaries": kept, "MaxItems": str(size)} | ({"NextToken": token} if token else {})


@instead("route53", "DeleteHostedZone")
def zone_gone(call: Call, view: View) -> Any:
    """Its tags go with it."""
    backend, wanted = zones.held(view), str(call.params["Id"]).rpartition("/")[2]
    del backend.zones[wanted]
    backend.resource_tags.pop(wanted, None)
    return {"ChangeInfo": zones.change(view)}


@after("route53", ("AssociateVPCWithHostedZone", "DisassociateVPCFromHostedZone"))
def networks_changed(call: Call, view: View, result: Any) -> None:
    result["ChangeInfo"] = zones.change(view, call.params.get("Comment"))


@instead("route53", "GetChange")
def change_shown(call: Call, view: View) -> Any:
    """aws-reality 6.3 b: PENDING, and INSYNC in less than a minute."""
    wanted = str(call.params["Id"]).rpartition("/")[2]
    due = zones.changes(view)[wanted]
    status = "INSYNC" if view.now >= due else "PENDING"
    return {"ChangeInfo": {"Id": f"/change/{wanted}", "Status": status, "SubmittedAt": view.today}}


def _zone(zone: Any) -> dict[str, Any]:
    config = {"PrivateZone": bool(zone.private_zone)} | ({"Comment": zone.comment} if zone.comment else {})
    shown = {"Id": zone.id, "Name": zone.name, "CallerReference": zone.caller_reference, "Config": config}
    shown["ResourceRecordSetCount"] = len(zone.rrsets)
    owner = getattr(zone, "managed_by", None)
    if owner:
        linked = {"ServicePrincipal": "servicediscovery.amazonaws.com", "Description": f"Managed by {owner}"}
        shown["LinkedService"] = linked
    return shown


def _owner(view: View, zone: Any) -> dict[str, str]:
    """A namespace's zone is its service's, not the account's."""
    managed = getattr(zone, "managed_by", None)
    return {"OwningService": "servicediscovery.amazonaws.com"} if managed else {"OwningAccount": view.account}


def _delegation(zone: Any) -> dict[str, Any]:
    return {"DelegationSet": {"NameServers": list(zones.name_servers(zone))}}


def _tagged(view: View) -> dict[str, dict[str, str]]:
    """aws-reality 1.3: what is global shows in us-east-1 only. Looking must not make anything."""
    regions = view.world.everything().get("route53", {}).get(view.account, {}) if view.region == "us-east-1" else {}
    return {
        f"arn:aws:route53:::hostedzone/{wanted}": dict(backend.resource_tags.get(wanted, {}))
        for backend in regions.values()
        for wanted in backend.zones
    }


tagging.register("route53:hostedzone", _tagged)
