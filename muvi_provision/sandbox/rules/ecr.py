"""Repositories of images."""

from __future__ import annotations

from muvi_provision.sandbox import images, roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_READS = (
    "DescribeRepositories",
    "DescribeImages",
    "ListImages",
    "BatchGetImage",
    "BatchCheckLayerAvailability",
    "GetDownloadUrlForLayer",
)
_WRITES = ("InitiateLayerUpload", "UploadLayerPart", "CompleteLayerUpload", "PutImage")


@rule("ecr", (*_READS, *_WRITES), "AccessDeniedException", "another account's repository lets us in", source="5.1")
def foreign(call: Call, view: View) -> str | None:
    registry = images.registry_of(call, view)
    if registry == view.account:
        return None
    action = f"ecr:{call.operation}"
    names = call.params.get("repositoryNames") or [call.params.get("repositoryName")]
    for name in names:
        one = images.find(view, registry, str(name))
        allowed = one is not None and roles.granted(one.policy or "", view.account, action)
        if name is None or (one is not None and not allowed):
            arn = one.arn if one is not None else f"arn:aws:ecr:{view.region}:{registry}:repository/*"
            why = f"because no resource-based policy allows the {action} action"
            who = f"User: arn:aws:iam::{view.account}:user/sandbox"
            return f"{who} is not authorized to perform: {action} on resource: {arn} {why}"
    return None


@rule("ecr", "CreateRepository", "LimitExceededException", "a registry holds 10,000 repositories", source="5.1 i")
def too_many(call: Call, view: View) -> str | None:
    most = view.quotas["ecr_repositories"]
    full = len(view.backend("ecr").repositories) >= most
    return f"The number of repositories has reached the limit of {most}" if full else None


@rule("ecr", ("CreateRepository", "TagResource"), "TooManyTagsException", "50 tags a repository", source="1.5")
def too_many_tags(call: Call, view: View) -> str | None:
    return "The list of tags on the repository is over the limit." if len(call.params.get("tags", ())) > 50 else None


@rule(
    "ecr", ("CreateRepository", "TagResource"), "InvalidTagParameterException", "no tag begins with aws:", source="1.5"
)
def reserved_tags(call: Call, view: View) -> str | None:
    keys = [str(tag.get("Key", "")).lower() for tag in call.params.get("tags", ())]
    bad = any(not 1 <= len(key) <= 128 or key.startswith("aws:") for key in keys)
    return (
        "Invalid parameter at 'tags' failed to satisfy constraint: 'Tag keys with prefix aws: are reserved'"
        if bad
        else None
    )
