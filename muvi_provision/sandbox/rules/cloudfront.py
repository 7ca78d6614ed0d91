"""CloudFront's distributions: which there are, who may write them, when they may go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from muvi_provision.sandbox import distribution_defaults as defaults
from muvi_provision.sandbox import distributions
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.distributions import behaviours, items, sent, shelf
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

CREATES = ("CreateDistribution", "CreateDistributionWithTags")
WRITES = (*CREATES, "UpdateDistribution")
_CHANGES = ("UpdateDistribution", "DeleteDistribution")
_NAMED = ("GetDistribution", "GetDistributionConfig", *_CHANGES)
_INSIDE = ("CreateInvalidation", "ListInvalidations", "GetInvalidation")


@rule(
    "cloudfront",
    (*_NAMED, *_INSIDE),
    "NoSuchDistribution",
    "the distribution is there",
    404,
    source="CloudFront API: GetDistribution",
)
def missing(call: Call, view: View) -> str | None:
    wanted = call.params.get("DistributionId") or call.params.get("Id")
    return None if wanted in shelf(view).distributions else "The specified distribution does not exist."


@rule("cloudfront", _CHANGES, "InvalidIfMatchVersion", "a write says the ETag of what it replaces", source="6.6 g")
def etag_missing(call: Call, view: View) -> str | None:
    return unsaid(call)


@rule("cloudfront", _CHANGES, "PreconditionFailed", "the ETag of a write is that of the last one", 412, source="6.6 g")
def etag_old(call: Call, view: View) -> str | None:
    return stale(call, shelf(view).distributions[call.params["Id"]].etag)


def unsaid(call: Call) -> str | None:
    return None if call.params.get("IfMatch") else "The If-Match version is missing or not valid for the resource."


def stale(call: Call, etag: str) -> str | None:
    said = "The request failed because it didn't meet the preconditions in one or more request-header fields."
    return None if call.params["IfMatch"] == etag else said


@rule(
    "cloudfront", CREATES, "DistributionAlreadyExists", "a caller reference makes one distribution", 409, source="1.4"
)
def reference_used(call: Call, view: View) -> str | None:
    for one in shelf(view).distributions.values():
        if one.config["CallerReference"] == sent(call)["CallerReference"]:
            said = "The caller reference that you are using to create a distribution is associated with another"
            return f"{said} distribution. Already exists: {one.id}"
    return None


@rule("cloudfront", CREATES, "AccessDenied", "a new account is verified first (a quota of 0)", 403, source="6.6 e")
def not_verified(call: Call, view: View) -> str | None:
    said = "Your account must be verified before you can add new CloudFront resources. To verify your account, please"
    how = "contact AWS Support (https://console.aws.amazon.com/support/home#/) and include this error message."
    return f"{said} {how}" if view.quotas["distributions"] == 0 else None


@rule("cloudfront", CREATES, "TooManyDistributions", "200 distributions an account", source="6.6 i")
def quota(call: Call, view: View) -> str | None:
    full = len(shelf(view).distributions) >= view.quotas["distributions"]
    return "Processing your request would cause you to exceed the maximum number of distributions." if full else None


@rule("cloudfront", "UpdateDistribution", "IllegalUpdate", "the caller reference stays", source="6.6 g")
def reference_changed(call: Call, view: View) -> str | None:
    there = shelf(view).distributions[call.params["Id"]].config["CallerReference"]
    return None if sent(call)["CallerReference"] == there else "CallerReference cannot be updated."


@rule(
    "cloudfront", "UpdateDistribution", "IllegalUpdate", "an update says the whole configuration again", source="6.6 g"
)
def left_out(call: Call, view: View) -> str | None:
    config = sent(call)
    parts: list[tuple[Mapping[str, Any], Iterable[str]]] = [(config, defaults.REPEATED)]
    for origin in items(config, "Origins"):
        parts.append((origin, defaults.REPEATED_OF_AN_ORIGIN))
        if "CustomOriginConfig" in origin:
            parts.append((origin["CustomOriginConfig"], defaults.REPEATED_OF_A_CUSTOM_ORIGIN))
    parts += [(behaviour, defaults.REPEATED_OF_A_BEHAVIOUR) for behaviour in behaviours(config)]
    lost = next((name for part, names in parts for name in names if name not in part), None)
    return f"{lost} is required for updates." if lost else None


@rule(
    "cloudfront",
    "DeleteDistribution",
    "DistributionNotDisabled",
    "switched off, and that everywhere for a while",
    409,
    source="6.6 f",
)
def not_disabled(call: Call, view: View) -> str | None:
    one = shelf(view).distributions[call.params["Id"]]
    off = not one.enabled and one.status == "Deployed" and view.now >= one.gone_from
    return None if off else "The distribution you are trying to delete has not been disabled."


_TAGGED = ("ListTagsForResource", "TagResource", "UntagResource")


@rule(
    "cloudfront",
    _TAGGED,
    "NoSuchResource",
    "what is tagged is there",
    404,
    source="CloudFront API: ListTagsForResource",
)
def tagged_missing(call: Call, view: View) -> str | None:
    found = distributions.by_arn(view, call.params["Resource"])
    return None if found is not None else "The specified resource does not exist."


@rule(
    "cloudfront",
    ("TagResource", "CreateDistributionWithTags"),
    "InvalidTagging",
    "50 tags, none of them aws:'s",
    source="1.5",
)
def tags(call: Call, view: View) -> str | None:
    with_tags = call.params.get("DistributionConfigWithTags") or call.params
    pairs = items(with_tags, "Tags")
    found = distributions.by_arn(view, call.params["Resource"]) if "Resource" in call.params else None
    keys = {str(one["Key"]) for one in pairs} | set(found.tags if found is not None else ())
    if len(keys) > 50:
        return "The number of tags on the resource exceeds the maximum of 50."
    return "Tag keys cannot begin with aws:." if any(key.lower().startswith("aws:") for key in keys) else None
