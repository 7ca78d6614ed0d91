"""What is put on a bucket is told as it was put: each Put replaces its whole document (aws-reality 6.4 g)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from muvi_provision.sandbox import buckets
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View


class Setting(NamedTuple):
    """``member`` is the document's in a Put. ``wrapped``: a Get tells it under that name, too."""

    name: str
    put: str
    get: str
    delete: str
    member: str
    wrapped: bool = True


SETTINGS = (
    Setting(
        "public_access_block",
        "PutPublicAccessBlock",
        "GetPublicAccessBlock",
        "DeletePublicAccessBlock",
        "PublicAccessBlockConfiguration",
    ),
    Setting(
        "ownership_controls",
        "PutBucketOwnershipControls",
        "GetBucketOwnershipControls",
        "DeleteBucketOwnershipControls",
        "OwnershipControls",
    ),
    Setting(
        "encryption",
        "PutBucketEncryption",
        "GetBucketEncryption",
        "DeleteBucketEncryption",
        "ServerSideEncryptionConfiguration",
    ),
    Setting("cors", "PutBucketCors", "GetBucketCors", "DeleteBucketCors", "CORSConfiguration", wrapped=False),
    Setting(
        "lifecycle",
        "PutBucketLifecycleConfiguration",
        "GetBucketLifecycleConfiguration",
        "DeleteBucketLifecycle",
        "LifecycleConfiguration",
        wrapped=False,
    ),
    Setting("policy", "PutBucketPolicy", "GetBucketPolicy", "DeleteBucketPolicy", "Policy"),
)
_BUILT_IN = {"encryption": buckets.ENCRYPTED}  # what is deleted comes back as AWS's own
_SIZES = {"TransitionDefaultMinimumObjectSize": "all_storage_classes_128K"}


def _putting(one: Setting) -> Callable[[Call, View], Any]:
    def put(call: Call, view: View) -> Any:
        said, bucket = call.params.get(one.member), _bucket(call, view)
        if one.name == "public_access_block":
            buckets.change_block(view, bucket, dict(said or {}))
        else:
            buckets.settings(bucket)[one.name] = _plain_policy(said) if one.name == "policy" else said
        return _SIZES if one.name == "lifecycle" else {}

    return put


def _getting(one: Setting) -> Callable[[Call, View], Any]:
    def get(call: Call, view: View) -> Any:
        said = buckets.settings(_bucket(call, view))[one.name]
        return {one.member: said} if one.wrapped else dict(said) | (_SIZES if one.name == "lifecycle" else {})

    return get


def _deleting(one: Setting) -> Callable[[Call, View], Any]:
    def delete(call: Call, view: View) -> Any:
        bucket = _bucket(call, view)
        said = buckets.settings(bucket)
        if one.name == "public_access_block":
            buckets.change_block(view, bucket, None)
        said.pop(one.name, None)
        if one.name in _BUILT_IN:
            said[one.name] = _BUILT_IN[one.name]
        return {}

    return delete


def _plain_policy(said: Any) -> str:
    """S3 tells a list of one as that one, and no blanks between (from memory: as IAM does)."""
    document = json.loads(said)
    document["Statement"] = [_single(one) for one in buckets.statements(document)]
    return json.dumps(document, separators=(",", ":"))


def _single(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _single(one) for key, one in value.items()}
    if isinstance(value, list):
        return _single(value[0]) if len(value) == 1 else [_single(one) for one in value]
    return value


for _one in SETTINGS:
    instead("s3", _one.put)(_putting(_one))
    instead("s3", _one.get)(_getting(_one))
    instead("s3", _one.delete)(_deleting(_one))


@instead("s3", "GetBucketPolicyStatus")
def policy_status(call: Call, view: View) -> Any:
    held = buckets.policy(_bucket(call, view))
    return {"PolicyStatus": {"IsPublic": any(buckets.is_public(one) for one in buckets.statements(held))}}


def _bucket(call: Call, view: View) -> Any:
    return buckets.find(view, call.params["Bucket"])
