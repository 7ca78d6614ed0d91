"""Tags of everything that ElastiCache has."""

from __future__ import annotations

import re
from typing import Any

from muvi_provision.sandbox import caches
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_TAG = re.compile(r"[\w\s_.:/=+\-@]*")
_TAGGED = ("ListTagsForResource", "AddTagsToResource", "RemoveTagsFromResource")
_CREATES = ("CreateCacheSubnetGroup", "CreateCacheParameterGroup", "CreateReplicationGroup")
_MISSING = {  # kind in an ARN -> the code for one that is not there (1.1)
    "replicationgroup": ("ReplicationGroupNotFoundFault", 404),
    "cluster": ("CacheClusterNotFound", 404),
    "subnetgroup": ("CacheSubnetGroupNotFoundFault", 400),
    "parametergroup": ("CacheParameterGroupNotFound", 404),
}


def _untagged(kind: str) -> Any:
    def test(call: Call, view: View) -> str | None:
        arn = str(call.params["ResourceName"])
        missing = f":{kind}:" in arn and caches.tags_of(view, arn) is None
        return f"{kind} {arn.rpartition(':')[2]} not found." if missing else None

    return test


@rule(
    "elasticache",
    _TAGGED,
    "InvalidARN",
    "an ARN of ElastiCache",
    source="ElastiCache API: ListTagsForResource, InvalidARN",
)
def arn(call: Call, view: View) -> str | None:
    wanted = str(call.params["ResourceName"])
    good = re.fullmatch(r"arn:aws:elasticache:[\w-]+:\d{12}:(" + "|".join(_MISSING) + r"):[\w.-]+", wanted)
    return None if good else f"Invalid ARN: {wanted}"


for _kind, (_code, _status) in _MISSING.items():
    rule("elasticache", _TAGGED, _code, f"the {_kind} whose tags are meant is there", _status, source="1.1")(
        _untagged(_kind)
    )


@rule(
    "elasticache",
    _TAGGED[1:],
    "InvalidReplicationGroupState",
    "a replication group is tagged once it is available",
    source="ElastiCache API: AddTagsToResource, InvalidReplicationGroupState",
)
def tagged_too_early(call: Call, view: View) -> str | None:
    wanted = str(call.params["ResourceName"]).rpartition(":")[2]
    group = caches.group_of(view, wanted) or caches.shelf(view).groups.get(wanted)
    here = group is not None and re.search(":(replicationgroup|cluster):", call.params["ResourceName"])
    return f"Replication group {wanted} is not in available state." if here and group and not group.usable else None


@rule("elasticache", (*_CREATES, "AddTagsToResource"), "TagQuotaPerResourceExceeded", "50 tags an object", source="1.5")
def tag_count(call: Call, view: View) -> str | None:
    keys = {str(tag.get("Key")) for tag in call.params.get("Tags", ())}
    held = caches.tags_of(view, call.params["ResourceName"]) if "ResourceName" in call.params else {}
    return "The maximum number of tags per resource is 50." if len(keys | set(held or ())) > 50 else None


@rule(
    "elasticache",
    (*_CREATES, "AddTagsToResource"),
    "InvalidParameterValue",
    "a tag's key is not aws:'s, and short",
    source="1.5",
)
def tag_keys(call: Call, view: View) -> str | None:
    for tag in call.params.get("Tags", ()):
        key, value = str(tag.get("Key", "")), str(tag.get("Value", ""))
        good = 1 <= len(key) <= 128 and len(value) <= 256 and not key.lower().startswith("aws:")
        if not good or not _TAG.fullmatch(key) or not _TAG.fullmatch(value):
            return f"The tag '{key}' has a length, a prefix or a character that is not allowed."
    return None
