"""S3's buckets: what a new one is like, where each is, and when a name is free again."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import buckets
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.rules.s3 import OF_A_BUCKET
from muvi_provision.sandbox.view import View

buckets.take_seat()


@instead("s3", (*OF_A_BUCKET, "HeadBucket"))
def elsewhere(call: Call, view: View) -> Any:
    """aws-reality 6.4 d: in another region; S3 says in which, and boto3 asks again there."""
    bucket = buckets.find(view, call.params["Bucket"])
    if bucket.region_name == call.region or call.operation == "GetBucketLocation":
        return None
    said = "The bucket you are attempting to access must be addressed using the specified endpoint."
    code = "301" if call.operation == "HeadBucket" else "PermanentRedirect"
    raise Refused(code, said, 301, headers=(("x-amz-bucket-region", bucket.region_name),))


@after("s3", "CreateBucket")
def made(call: Call, view: View, result: Any) -> None:
    """6.4 e: closed to the public, without lists, encrypted. In us-east-1 a repetition changes nothing (1.4)."""
    bucket, said = buckets.held(view).buckets[call.params["Bucket"]], call.params
    if buckets.settings(bucket):
        return
    ownership = said.get("ObjectOwnership", "BucketOwnerEnforced")
    settings = {"ownership_controls": {"Rules": [{"ObjectOwnership": ownership}]}}
    buckets.settings(bucket).update(
        settings | {"public_access_block": dict(buckets.BLOCKED), "encryption": buckets.ENCRYPTED}
    )
    bucket.creation_date, bucket.made = view.today, view.now
    tags = (said.get("CreateBucketConfiguration") or {}).get("Tags")
    if tags:
        buckets.held(view).tagger.tag_resource(bucket.arn, tags)


@amend("s3", "DeleteBucket")
def going(call: Call, view: View, params: dict[str, Any]) -> None:
    """A version store that was emptied is still one to the emulator."""
    keys = buckets.find(view, call.params["Bucket"]).keys
    for name in [name for name in dict.keys(keys) if not keys.getlist(name)]:
        dict.pop(keys, name)


@after("s3", "DeleteBucket")
def gone(call: Call, view: View, result: Any) -> None:
    name = call.params["Bucket"]
    buckets.held(view).tagger.delete_all_tags_for_resource(f"arn:aws:s3:::{name}")
    buckets.freed(view)[name] = view.now + view.seconds(buckets.FREED_S)


@instead("s3", "ListBuckets")
def listed(call: Call, view: View) -> Any:
    """6.4 d: by name; of one region or with one prefix where that is asked; in pages where that is."""
    prefix, region = call.params.get("Prefix") or "", call.params.get("BucketRegion")
    found = [
        {"Name": name, "CreationDate": one.creation_date, "BucketRegion": one.region_name, "BucketArn": one.arn}
        for name, one in sorted(buckets.held(view).buckets.items())
        if name.startswith(prefix) and region in (None, one.region_name) and buckets.is_known(view, one)
    ]
    kept, token = page(found, call.params.get("ContinuationToken"), int(call.params.get("MaxBuckets") or 10_000))
    told: dict[str, Any] = {
        "Buckets": kept,
        "Owner": {"ID": "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"},
    }
    return told | ({"Prefix": prefix} if prefix else {}) | ({"ContinuationToken": token} if token else {})


def _tagged(view: View) -> dict[str, dict[str, str]]:
    """Of the buckets of a region. Looking must not make anything."""
    regions = view.world.everything().get("s3", {}).get(view.account, {})
    return {
        one.arn: backend.tagger.get_tag_dict_for_resource(one.arn)
        for backend in regions.values()
        for one in backend.buckets.values()
        if one.region_name == view.region
    }


tagging.register("s3:bucket", _tagged)
