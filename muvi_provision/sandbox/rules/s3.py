"""S3's buckets."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

from muvi_provision.sandbox import buckets
from muvi_provision.sandbox.call import Call, service_model
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
# "S3 user guide: bucket naming rules"
_NOT_BEFORE = ("xn--", "sthree-", "amzn-s3-demo-")
_NOT_BEHIND = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3", "-an")
_TAGGED = ("PutBucketTagging", "CreateBucket")
_SETTINGS_MISSING = {  # 6.4: what a Get says when nothing was put
    "GetBucketCors": ("NoSuchCORSConfiguration", "cors", "The CORS configuration does not exist"),
    "GetBucketLifecycleConfiguration": (
        "NoSuchLifecycleConfiguration",
        "lifecycle",
        "The lifecycle configuration does not exist",
    ),
    "GetBucketPolicy": ("NoSuchBucketPolicy", "policy", "The bucket policy does not exist"),
    "GetBucketPolicyStatus": ("NoSuchBucketPolicy", "policy", "The bucket policy does not exist"),
    "GetPublicAccessBlock": (
        "NoSuchPublicAccessBlockConfiguration",
        "public_access_block",
        "The public access block configuration was not found",
    ),
    "GetBucketOwnershipControls": (
        "OwnershipControlsNotFoundError",
        "ownership_controls",
        "The bucket ownership controls were not found",
    ),
}


def _of_a_bucket() -> tuple[str, ...]:
    """The operations upon a bucket that is there."""
    model = service_model("s3")
    shapes = {name: model.operation_model(name).input_shape for name in model.operation_names}
    named = {name for name, shape in shapes.items() if shape is not None and "Bucket" in shape.members}
    return tuple(sorted(named - {"CreateBucket", "HeadBucket", "CreateSession"}))


OF_A_BUCKET = _of_a_bucket()


@rule(
    "s3",
    "CreateBucket",
    "InvalidBucketName",
    "3-63 lower-case letters, digits, dots and hyphens",
    source="6.4 a",
)
def bucket_name(call: Call, view: View) -> str | None:
    name = str(call.params["Bucket"])
    odd = ".." in name or name.startswith(_NOT_BEFORE) or name.endswith(_NOT_BEHIND)
    good = _NAME.fullmatch(name) and not odd and not _is_address(name)
    return None if good else "The specified bucket is not valid."


@rule("s3", "CreateBucket", "BucketAlreadyExists", "names are the whole world's", 409, source="6.4 a, c")
def name_taken(call: Call, view: View) -> str | None:
    said = "The requested bucket name is not available. The bucket namespace is shared by all users of the system."
    taken = buckets.is_foreign(view, call.params["Bucket"])
    return f"{said} Please select a different name and try again." if taken else None


@rule(
    "s3",
    "CreateBucket",
    "OperationAborted",
    "the name of a deleted bucket is free only after a while",
    409,
    source="6.4 e",
)
def name_not_free(call: Call, view: View) -> str | None:
    freed = buckets.freed(view).get(call.params["Bucket"], 0.0)
    said = "A conflicting conditional operation is currently in progress against this resource. Please try again."
    return said if view.now < freed else None


@rule("s3", "CreateBucket", "TooManyBuckets", "an account holds 10,000 buckets", source="6.4 i")
def too_many_buckets(call: Call, view: View) -> str | None:
    others = [one for one in buckets.held(view).buckets if one != call.params["Bucket"]]
    full = len(others) >= view.quotas["buckets"]
    return "You have attempted to create more buckets than allowed" if full else None


@rule("s3", "HeadBucket", "403", "another's bucket", 403, source="6.4 d")
def head_foreign(call: Call, view: View) -> str | None:
    return "Forbidden" if _is_anothers(call, view) else None


@rule("s3", "HeadBucket", "404", "the bucket is there", 404, source="6.4 d")
def head_missing(call: Call, view: View) -> str | None:
    return "Not Found" if buckets.find(view, call.params["Bucket"]) is None else None


@rule("s3", OF_A_BUCKET, "AccessDenied", "another's bucket is closed", 403, source="6.4 d")
def foreign(call: Call, view: View) -> str | None:
    return "Access Denied" if _is_anothers(call, view) else None


@rule(
    "s3",
    OF_A_BUCKET,
    "AccessDenied",
    "a bucket is the account's that is expected",
    403,
    source="S3 user guide: bucket owner condition",
)
def unexpected_owner(call: Call, view: View) -> str | None:
    return "Access Denied" if call.params.get("ExpectedBucketOwner", view.account) != view.account else None


@rule("s3", OF_A_BUCKET, "NoSuchBucket", "the bucket is there", 404, source="6.4")
def missing(call: Call, view: View) -> str | None:
    return "The specified bucket does not exist" if buckets.find(view, call.params["Bucket"]) is None else None


@rule(
    "s3",
    ("PutBucketAcl", "PutObjectAcl"),
    "AccessControlListNotSupported",
    "no access control lists by default",
    source="6.4 e",
)
def lists_off(call: Call, view: View) -> str | None:
    bucket = buckets.find(view, call.params["Bucket"])
    return "The bucket does not allow ACLs" if buckets.enforces_owner(bucket) else None


@rule(
    "s3",
    ("PutObject", "CopyObject", "CreateMultipartUpload"),
    "AccessControlListNotSupported",
    "no list of permissions comes with an object where the owner is enforced",
    source="6.4 e",
)
def list_with_object(call: Call, view: View) -> str | None:
    asked = call.params.get("ACL", "bucket-owner-full-control") != "bucket-owner-full-control"
    bucket = buckets.find(view, call.params["Bucket"])
    return "The bucket does not allow ACLs" if asked and buckets.enforces_owner(bucket) else None


@rule(
    "s3",
    "CreateBucket",
    "InvalidBucketAclWithObjectOwnership",
    "no list of permissions comes with a new bucket where the owner is enforced",
    source="6.4 e",
)
def list_with_bucket(call: Call, view: View) -> str | None:
    asked = call.params.get("ACL", "private") != "private"
    enforced = call.params.get("ObjectOwnership", "BucketOwnerEnforced") == "BucketOwnerEnforced"
    said = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
    return said if asked and enforced else None


@rule("s3", "DeleteObjects", "MalformedXML", "1,000 objects at most in a call", source="6.4 f")
def too_many_at_once(call: Call, view: View) -> str | None:
    many = len((call.params.get("Delete") or {}).get("Objects", ())) > 1000
    return "The XML you provided was not well-formed or did not validate against our published schema" if many else None


@rule(
    "s3",
    _TAGGED,
    "InvalidTag",
    "each key once, of 128 characters, without aws: in front, and a value of 256",
    source="1.5",
)
def bad_tags(call: Call, view: View) -> str | None:
    keys = [str(one.get("Key", "")) for one in _tags(call)]
    if len(set(keys)) < len(keys):
        return "Cannot provide multiple Tags with the same key"
    if any(one.lower().startswith("aws:") for one in keys):
        return "System tags cannot be added/updated by requester"
    if any(not 1 <= len(one) <= 128 for one in keys):
        return "The TagKey you have provided is invalid"
    bad = any(len(str(one.get("Value", ""))) > 256 for one in _tags(call))
    return "The TagValue you have provided is invalid" if bad else None


@rule("s3", _TAGGED, "BadRequest", "50 tags a bucket", source="1.5")
def too_many_tags(call: Call, view: View) -> str | None:
    return "Bucket tag count cannot be greater than 50" if len(_tags(call)) > 50 else None


def _tags(call: Call) -> list[Any]:
    said = call.params.get("Tagging") or {}
    return list(said.get("TagSet", ()) or (call.params.get("CreateBucketConfiguration") or {}).get("Tags", ()))


def _nothing_put(setting: str, message: str) -> Any:
    def test(call: Call, view: View) -> str | None:
        return None if setting in buckets.settings(buckets.find(view, call.params["Bucket"])) else message

    return test


for _operation, (_code, _setting, _message) in _SETTINGS_MISSING.items():
    rule("s3", _operation, _code, f"{_setting.replace('_', ' ')} was put before it is read", 404, source="6.4")(
        _nothing_put(_setting, _message)
    )


def _is_anothers(call: Call, view: View) -> bool:
    return buckets.is_foreign(view, call.params["Bucket"])


def _is_address(name: str) -> bool:
    try:
        return bool(ipaddress.IPv4Address(name))
    except ValueError:
        return False
