"""Route 53's records: a batch is carried out whole."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import validation, zones
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.rules.route53_changes import after
from muvi_provision.sandbox.view import View


@instead("route53", "ChangeResourceRecordSets")
def batch_done(call: Call, view: View) -> Any:
    """aws-reality 6.3 b, e: its rules have seen to it that all of it is possible."""
    zone = zones.find(view, call.params["HostedZoneId"])
    zone.rrsets = list(after(zone, call).values())
    validation.look(view)
    return {"ChangeInfo": zones.change(view, call.params["ChangeBatch"].get("Comment"))}


@instead("route53", "ListResourceRecordSets")
def listed(call: Call, view: View) -> Any:
    """300 a page, by name from the right, then by type; the next page begins with the record that is named."""
    said = call.params
    zone = zones.find(view, said["HostedZoneId"])
    begin: tuple[Any, ...] = ()
    if said.get("StartRecordName"):
        begin = (zones.labels(zones.stored(said["StartRecordName"])), said.get("StartRecordType", ""))
    found = [one for one in zones.records(zone).values() if (zones.labels(one.name), one.type) >= begin]
    size = min(int(said.get("MaxItems", 300)), 300)
    told: dict[str, Any] = {"ResourceRecordSets": [zones.told(one) for one in found[:size]], "MaxItems": str(size)}
    told["IsTruncated"] = len(found) > size
    if len(found) > size:
        told |= {"NextRecordName": found[size].name, "NextRecordType": found[size].type}
    return told
