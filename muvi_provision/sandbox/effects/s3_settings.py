"""What is put on a bucket is told as it was put: each Put replaces its whole document (aws-reality 6.4 g)."""

from __future__ import annotations

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
        said = call.params.get(one.member)
        buckets.settings(_bucket(call, view))[one.name] = said.decode() if isinstance(said, bytes) else said
        if one.name == "public_access_block":
            buckets.settings(_bucket(call, view))[one.name] = dict.fromkeys(buckets.BLOCKED, False) | dict(said or {})
        return _SIZES if one.name == "lifecycle" else {}

    return put


def _getting(one: Setting) -> Callable[[Call, View], Any]:
    def get(call: Call, view: View) -> Any:
        said = buckets.settings(_bucket(call, view))[one.name]
        return {one.member: said} if one.wrapped else dict(said) | (_SIZES if one.name == "lifecycle" else {})

    return get


def _deleting(one: Setting) -> Callable[[Call, View], Any]:
    def delete(call: Call, view: View) -> Any:
        said = buckets.settings(_bucket(call, view))
        said.pop(one.name, None)
        if one.name in _BUILT_IN:
            said[one.name] = _BUILT_IN[one.name]
        return {}

    return delete


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
