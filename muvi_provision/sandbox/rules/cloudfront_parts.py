"""CloudFront's origin access controls and invalidations."""

from __future__ import annotations

from muvi_provision.sandbox import distributions
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.distributions import items, sent, shelf
from muvi_provision.sandbox.rules.cloudfront import stale, unsaid
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_WRITES = ("CreateOriginAccessControl", "UpdateOriginAccessControl")
_CHANGES = ("UpdateOriginAccessControl", "DeleteOriginAccessControl")
_NAMED = ("GetOriginAccessControl", "GetOriginAccessControlConfig", *_CHANGES)
_PATHS = 3000


@rule(
    "cloudfront",
    _NAMED,
    "NoSuchOriginAccessControl",
    "the access control is there",
    404,
    source="CloudFront API: GetOriginAccessControl",
)
def control_missing(call: Call, view: View) -> str | None:
    there = call.params["Id"] in shelf(view).access_controls
    return None if there else "The specified origin access control does not exist."


@rule("cloudfront", _CHANGES, "InvalidIfMatchVersion", "a write says the ETag of what it replaces", source="6.5")
def etag_missing(call: Call, view: View) -> str | None:
    return unsaid(call)


@rule("cloudfront", _CHANGES, "PreconditionFailed", "the ETag of a write is that of the last one", 412, source="6.5")
def etag_old(call: Call, view: View) -> str | None:
    return stale(call, shelf(view).access_controls[call.params["Id"]].etag)


@rule("cloudfront", _WRITES, "OriginAccessControlAlreadyExists", "a name once in an account", 409, source="1.4, 6.5")
def control_taken(call: Call, view: View) -> str | None:
    wanted, own = call.params["OriginAccessControlConfig"]["Name"], call.params.get("Id")
    taken = any(one.name == wanted and one.id != own for one in shelf(view).access_controls.values())
    return "An origin access control with the same name already exists." if taken else None


@rule("cloudfront", _WRITES, "InvalidArgument", "a name of 64 characters at most, a description of 256", source="6.5")
def control_name(call: Call, view: View) -> str | None:
    said = call.params["OriginAccessControlConfig"]
    bad = not 1 <= len(said["Name"]) <= 64 or len(said.get("Description", "")) > 256
    return "The parameter Name or Description is empty or too long." if bad else None


@rule("cloudfront", _WRITES[0], "TooManyOriginAccessControls", "100 access controls an account", source="6.5")
def control_quota(call: Call, view: View) -> str | None:
    full = len(shelf(view).access_controls) >= view.quotas["origin_access_controls"]
    return "The number of origin access controls in your account exceeds the maximum." if full else None


@rule(
    "cloudfront", _CHANGES[1], "OriginAccessControlInUse", "no distribution names the access control", 409, source="6.5"
)
def control_in_use(call: Call, view: View) -> str | None:
    used = distributions.users_of_access_control(view, call.params["Id"])
    said = "Cannot delete the origin access control because it's in use by one or more distributions."
    return said if used else None


@rule(
    "cloudfront",
    "GetInvalidation",
    "NoSuchInvalidation",
    "the invalidation is there",
    404,
    source="CloudFront API: GetInvalidation",
)
def invalidation_missing(call: Call, view: View) -> str | None:
    found = shelf(view).invalidations.get(call.params["Id"])
    there = found is not None and found.distribution == call.params["DistributionId"]
    return None if there else "The specified invalidation does not exist."


@rule(
    "cloudfront",
    "CreateInvalidation",
    "InvalidArgument",
    "paths, each with a slash in front",
    source="CloudFront API: Paths",
)
def paths(call: Call, view: View) -> str | None:
    said = [str(one) for one in items(sent(call), "Paths")]
    bad = not said or any(not one.startswith("/") for one in said)
    return "Your request contains one or more invalid invalidation paths." if bad else None


@rule(
    "cloudfront",
    "CreateInvalidation",
    "InvalidArgument",
    "a reference is for one batch of paths",
    source="CloudFront API: InvalidationBatch",
)
def batch_reference(call: Call, view: View) -> str | None:
    batch, wanted = sent(call), call.params["DistributionId"]
    for one in shelf(view).invalidations.values():
        same = one.distribution == wanted and one.batch["CallerReference"] == batch["CallerReference"]
        if same and one.batch != batch:
            said = "Your request contains a caller reference that was used for a previous invalidation batch"
            return f"{said} for the same distribution."
    return None


@rule(
    "cloudfront",
    "CreateInvalidation",
    "BatchTooLarge",
    "3,000 paths at a time",
    413,
    source="CloudFront developer guide: quotas on invalidations",
)
def batch_size(call: Call, view: View) -> str | None:
    return "Invalidation batch specified is too large." if len(items(sent(call), "Paths")) > _PATHS else None


@rule(
    "cloudfront",
    "CreateInvalidation",
    "TooManyInvalidationsInProgress",
    "3,000 paths of all invalidations that are under way",
    source="CloudFront developer guide: quotas on invalidations",
)
def under_way(call: Call, view: View) -> str | None:
    busy = [
        one
        for one in shelf(view).invalidations.values()
        if one.distribution == call.params["DistributionId"] and one.status == "InProgress"
    ]
    many = sum(len(items(one.batch, "Paths")) for one in busy) + len(items(sent(call), "Paths")) > _PATHS
    said = "Processing your request would cause you to exceed the maximum number of in-progress"
    return f"{said} wildcard invalidations." if many else None
