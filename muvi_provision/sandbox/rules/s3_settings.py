"""What a bucket's settings may say: S3 looks at each document before it keeps it (aws-reality 6.4 g)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_LIFECYCLE, _CORS = "PutBucketLifecycleConfiguration", "PutBucketCors"
_SCHEMA = "The XML you provided was not well-formed or did not validate against our published schema"
_ACTIONS = (
    "Expiration",
    "Transitions",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransitions",
    "AbortIncompleteMultipartUpload",
)
_DAYS = (
    ("Expiration", "Days"),
    ("NoncurrentVersionExpiration", "NoncurrentDays"),
    ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
)
_METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")
_ALGORITHMS = ("AES256", "aws:kms", "aws:kms:dsse")
_OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")


def _rules(call: Call) -> list[Mapping[str, Any]]:
    return list((call.params.get("LifecycleConfiguration") or {}).get("Rules") or ())


def _cors(call: Call) -> list[Mapping[str, Any]]:
    return list((call.params.get("CORSConfiguration") or {}).get("CORSRules") or ())


@rule("s3", _LIFECYCLE, "MalformedXML", "1 to 1,000 rules, each of one filter", source="S3 API: LifecycleRule")
def lifecycle_form(call: Call, view: View) -> str | None:
    found = _rules(call)
    return None if 1 <= len(found) <= 1000 and all(_is_formed(one) for one in found) else _SCHEMA


def _is_formed(one: Mapping[str, Any]) -> bool:
    """A rule says whether it is on, what of the bucket it is about, and of each end one day or one date."""
    ends = [each for each in ("Date", "Days", "ExpiredObjectDeleteMarker") if each in (one.get("Expiration") or {})]
    about = [each for each in ("Filter", "Prefix") if one.get(each) is not None]
    filters = one.get("Filter") or {}
    single = "Expiration" not in one or len(ends) == 1
    return one.get("Status") in ("Enabled", "Disabled") and len(about) == 1 and len(filters) <= 1 and single


@rule("s3", _LIFECYCLE, "InvalidRequest", "a rule does something", source="S3 API: LifecycleRule")
def lifecycle_idle(call: Call, view: View) -> str | None:
    idle = any(not any(one.get(action) for action in _ACTIONS) for one in _rules(call))
    return "At least one action needs to be specified in a rule" if idle else None


@rule("s3", _LIFECYCLE, "InvalidArgument", "names of its own, and days from 1 on", source="S3 error responses")
def lifecycle_values(call: Call, view: View) -> str | None:
    return next(_lifecycle_complaints(_rules(call)), None)


def _lifecycle_complaints(found: list[Mapping[str, Any]]) -> Iterator[str]:
    names = [str(one["ID"]) for one in found if one.get("ID")]
    if len(set(names)) < len(names):
        yield "Rule ID must be unique. Found same ID for more than one rule"
    if any(len(name) > 255 for name in names):
        yield "ID length should not exceed allowed limit of 255"
    for one in found:
        for action, member in _DAYS:
            if int((one.get(action) or {}).get(member, 1)) < 1:
                yield f"'{member}' for {action} action must be a positive integer"


@rule("s3", _CORS, "MalformedXML", "1 to 100 rules, each with origins and methods", source="S3 API: PutBucketCors")
def cors_form(call: Call, view: View) -> str | None:
    found = _cors(call)
    whole = all(one.get("AllowedOrigins") and one.get("AllowedMethods") for one in found)
    return None if 1 <= len(found) <= 100 and whole else _SCHEMA


@rule("s3", _CORS, "InvalidRequest", "methods that S3 has, and one star in an origin", source="S3 API: CORSRule")
def cors_values(call: Call, view: View) -> str | None:
    return next(_cors_complaints(_cors(call)), None)


def _cors_complaints(found: list[Mapping[str, Any]]) -> Iterator[str]:
    for one in found:
        for method in one["AllowedMethods"]:
            if method not in _METHODS:
                yield f"Found unsupported HTTP method in CORS config. Unsupported method is {method}"
        for member in ("AllowedOrigin", "AllowedHeader"):
            for text in one.get(f"{member}s") or ():
                if str(text).count("*") > 1:
                    yield f'{member} "{text}" can not have more than one wildcard.'
        for text in one.get("ExposeHeaders") or ():
            if "*" in str(text):
                yield f'ExposeHeader "{text}" contains wildcard. We currently do not support wildcard for ExposeHeader.'


@rule(
    "s3",
    "PutBucketVersioning",
    "IllegalVersioningConfigurationException",
    "versioning is enabled or suspended",
    source="S3 error responses",
)
def versioning(call: Call, view: View) -> str | None:
    said = (call.params.get("VersioningConfiguration") or {}).get("Status")
    known = said in ("Enabled", "Suspended")
    return None if known else "The Versioning element must be specified"


@rule("s3", "PutBucketEncryption", "MalformedXML", "one rule, of a kind S3 has", source="S3 API: PutBucketEncryption")
def encryption_form(call: Call, view: View) -> str | None:
    found = (call.params.get("ServerSideEncryptionConfiguration") or {}).get("Rules") or ()
    kinds = [(one.get("ApplyServerSideEncryptionByDefault") or {}).get("SSEAlgorithm") for one in found]
    return None if len(kinds) == 1 and kinds[0] in _ALGORITHMS else _SCHEMA


@rule("s3", "PutBucketEncryption", "InvalidArgument", "a key only where one is used", source="S3 error responses")
def encryption_key(call: Call, view: View) -> str | None:
    (one,) = call.params["ServerSideEncryptionConfiguration"]["Rules"]
    said = one["ApplyServerSideEncryptionByDefault"]
    useless = said.get("KMSMasterKeyID") and said["SSEAlgorithm"] == "AES256"
    words = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"
    return words if useless else None


@rule(
    "s3",
    "PutBucketOwnershipControls",
    "MalformedXML",
    "one rule: whose what is uploaded is",
    source="S3 API: PutBucketOwnershipControls",
)
def ownership_form(call: Call, view: View) -> str | None:
    found = list((call.params.get("OwnershipControls") or {}).get("Rules") or ())
    return None if len(found) == 1 and found[0].get("ObjectOwnership") in _OWNERSHIPS else _SCHEMA


@rule(
    "s3",
    ("PutObject", "CreateMultipartUpload"),
    "KeyTooLongError",
    "a key has 1,024 bytes at most",
    source="S3 error responses",
)
def key_length(call: Call, view: View) -> str | None:
    return "Your key is too long" if len(str(call.params.get("Key", "")).encode()) > 1024 else None
