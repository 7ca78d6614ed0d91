"""S3's buckets, with their settings and what is in them."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import buckets
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    return {"bucket": {name: _bucket(view, one) for name, one in buckets.held(view).buckets.items()}}


def _bucket(view: View, one: Any) -> dict[str, Any]:
    tags = buckets.held(view).tagger.get_tag_dict_for_resource(one.arn)
    said = {name: value for name, value in buckets.settings(one).items() if name != "policy"}
    more = {"versioning": one.versioning_status, "uploads": len(one.multiparts), "objects": _objects(one)}
    return {"region": one.region_name, "policy": buckets.policy(one), "tags": dict(sorted(tags.items()))} | said | more


def _objects(one: Any) -> dict[str, list[str]]:
    """The fingerprints of all versions of each; a delete marker has none."""
    names = [name for name in dict.keys(one.keys) if one.keys.getlist(name)]
    return {name: [str(getattr(item, "etag", "deleted")) for item in one.keys.getlist(name)] for name in sorted(names)}


SERVICES = {"s3": describe}
