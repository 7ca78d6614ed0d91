"""Tags of Aurora's objects."""

from __future__ import annotations

import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import found
from muvi_provision.sandbox.rules.registry import Test, rule
from muvi_provision.sandbox.view import View

_TAGGING = ("ListTagsForResource", "AddTagsToResource", "RemoveTagsFromResource")
_TAGGED = (
    "AddTagsToResource",
    "CreateDBCluster",
    "CreateDBClusterParameterGroup",
    "CreateDBInstance",
    "CreateDBProxy",
    "CreateDBProxyEndpoint",
    "CreateDBSubnetGroup",
)
_TAG = re.compile(r"[\w\s_.:/=+\-@]*")
_MISSING = {
    "cluster": "DBClusterNotFoundFault",
    "db": "DBInstanceNotFound",
    "subgrp": "DBSubnetGroupNotFoundFault",
    "cluster-pg": "DBParameterGroupNotFound",
    "cluster-snapshot": "DBClusterSnapshotNotFoundFault",
    "db-proxy": "DBProxyNotFoundFault",
    "db-proxy-endpoint": "DBProxyEndpointNotFoundFault",
}


def _gone(kind: str) -> Test:
    def test(call: Call, view: View) -> str | None:
        arn = str(call.params["ResourceName"])
        named = len(parts := arn.split(":")) == 7 and parts[5] == kind
        return f"{arn} was not found." if named and arn not in found.tagged(view) else None

    return test


for _kind, _code in _MISSING.items():
    rule("rds", _TAGGING, _code, f"what is tagged is there ({_kind})", status=404, source="1.1")(_gone(_kind))


@rule("rds", _TAGGED, "InvalidParameterValue", "50 tags an object, none with aws: in front", source="1.5")
def tags_allowed(call: Call, view: View) -> str | None:
    said = found.tags_of(call.params)
    one = found.tagged(view).get(str(call.params.get("ResourceName", "")))
    held = dict(one.tags) if one is not None else {}
    if any(key.lower().startswith("aws:") for key in said):
        return "Tag keys starting with 'aws:' are reserved for internal use"
    return "The maximum number of tags per resource is 50." if len(held | said) > 50 else None


@rule(
    "rds",
    _TAGGED,
    "InvalidParameterValue",
    "tags of letters, digits, spaces and _.:/=+-@, 128 and 256 at most",
    source="RDS API: Tag",
)
def tags_spelt(call: Call, view: View) -> str | None:
    for key, value in found.tags_of(call.params).items():
        good = 1 <= len(key) <= 128 and len(value) <= 256 and _TAG.fullmatch(key) and _TAG.fullmatch(value)
        if not good:
            return f"One or more of the specified tags has an invalid key or value: {key}"
    return None
