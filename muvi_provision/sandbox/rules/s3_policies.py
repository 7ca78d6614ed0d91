"""Policies of buckets (aws-reality 6.4 e)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox import buckets, roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_PUT = "PutBucketPolicy"
_SIZE = 20 * 1024
_ACTION = re.compile(r"(s3:[A-Za-z*?]+|\*)")
_OF_OBJECTS = re.compile(r"s3:(Get|Put|Delete|Restore|Abort)\w*(Object|MultipartUpload)\w*", re.IGNORECASE)
_OF_BUCKETS = re.compile(r"s3:((Get|Put|Delete)Bucket\w*|ListBucket\w*|(Get|Put)LifecycleConfiguration)", re.IGNORECASE)
_VERSIONS = ("2012-10-17", "2008-10-17")
_KNOWN = {"Sid", "Effect", "Condition"}  # and what every statement has
_ACCOUNT = re.compile(r"\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::(\d{12}|cloudfront):.+")
_SERVICE = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")
_EVERY = (("Effect",), ("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))


@rule("s3", _PUT, "PolicyTooLarge", "a policy has 20 KB at most", source="S3 user guide: bucket policies")
def policy_size(call: Call, view: View) -> str | None:
    return "The policy exceeds the maximum allowed size" if len(_text(call)) > _SIZE else None


@rule(
    "s3",
    _PUT,
    "MalformedPolicy",
    "a policy is an object of IAM's grammar, about this bucket, for who is there",
    source="6.4 e, IAM policy grammar",
)
def malformed(call: Call, view: View) -> str | None:
    try:
        document = json.loads(_text(call))
    except ValueError:
        document = None
    if not isinstance(document, dict):
        return "Policies must be valid JSON and the first byte must be '{'"
    if document.get("Version", _VERSIONS[1]) not in _VERSIONS:
        return "The policy must contain a valid version string"
    if not buckets.statements(document):
        return "Missing required field Statement"
    return next(_complaints(call, view, buckets.statements(document)), None)


@rule("s3", _PUT, "AccessDenied", "no public policy while Block Public Access is on", 403, source="6.4 e")
def public_policy(call: Call, view: View) -> str | None:
    bucket = buckets.find(view, call.params["Bucket"])
    blocked = buckets.block_in_force(view, bucket).get("BlockPublicPolicy")
    public = any(buckets.is_public(one) for one in buckets.statements(json.loads(_text(call))))
    who = f"User: arn:aws:iam::{view.account}:root is not authorized to perform: s3:PutBucketPolicy"
    why = "because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
    return f'{who} on resource: "{bucket.arn}" {why}' if blocked and public else None


def _text(call: Call) -> str:
    said = call.params.get("Policy") or ""
    return said.decode() if isinstance(said, bytes) else str(said)


def _complaints(call: Call, view: View, statements: list[Any]) -> Iterator[str]:
    for one in statements:
        for names in _EVERY:
            if not any(name in one for name in names):
                yield f"Missing required field {names[0]}"
        for name in sorted(set(one) - _KNOWN - {name for names in _EVERY for name in names}):
            yield f"Unknown field {name}"
        if one.get("Effect") not in ("Allow", "Deny"):
            yield f"Invalid effect: {one.get('Effect')}"
        yield from _of_principals(view, one)
        if not all(_ACTION.fullmatch(str(action)) for action in buckets.listed(one.get("Action"))):
            yield "Policy has invalid action"
        yield from _of_resources(call, one)


def _of_principals(view: View, statement: dict[str, Any]) -> Iterator[str]:
    """6.4 e: a role that is not there, or that S3 has not heard of yet."""
    principal = statement.get("Principal")
    if principal is not None and principal != "*" and not isinstance(principal, dict):
        yield "Invalid policy syntax."
    said = principal if isinstance(principal, dict) else {}
    if not all(_SERVICE.fullmatch(str(one)) for one in buckets.listed(said.get("Service"))):
        yield "Invalid principal in policy"
    for arn in buckets.listed(said.get("AWS")):
        if not _ACCOUNT.fullmatch(str(arn)):
            yield "Invalid principal in policy"
        own_role = ":role/" in str(arn) and f":{view.account}:" in str(arn)
        if own_role and not (roles.find(view, arn) is not None and roles.settled(view, arn)):
            yield "Invalid principal in policy"


def _of_resources(call: Call, statement: dict[str, Any]) -> Iterator[str]:
    bucket = f"arn:aws:s3:::{call.params['Bucket']}"
    named = [str(one) for one in buckets.listed(statement.get("Resource"))]
    if not all(one == bucket or one.startswith((f"{bucket}/", f"{bucket}*")) for one in named):
        yield "Policy has invalid resource"
    actions = [str(one) for one in buckets.listed(statement.get("Action"))]
    objects = [one for one in named if one != bucket]
    only_bucket = bool(named) and not objects and all(_OF_OBJECTS.fullmatch(one) for one in actions)
    only_objects = bool(objects) and all("/" in one for one in named) and all(map(_OF_BUCKETS.fullmatch, actions))
    if actions and (only_bucket or only_objects):
        yield "Action does not apply to any resource(s) in statement"
