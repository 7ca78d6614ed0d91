"""Tags of load balancers, target groups and listeners."""

from __future__ import annotations

import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_TAG = re.compile(r"[\w\s_.:/=+\-@]*")
_TAGGED = ("CreateLoadBalancer", "CreateTargetGroup", "CreateListener", "CreateRule", "AddTags")


@rule("elbv2", "DescribeTags", "ValidationError", "the tags of 20 resources at most in a call", source="3.9 d")
def tags_of_twenty(call: Call, view: View) -> str | None:
    count = len(call.params.get("ResourceArns", ()))
    return f"The number of resources '{count}' exceeds the limit of 20" if count > 20 else None


@rule("elbv2", _TAGGED, "ValidationError", "tags: letters, digits, spaces and _.:/=+-@", source="1.5")
def tag_characters(call: Call, view: View) -> str | None:
    for tag in call.params.get("Tags", ()):
        key, value = str(tag.get("Key", "")), str(tag.get("Value", ""))
        if not (1 <= len(key) <= 128 and len(value) <= 256 and _TAG.fullmatch(key) and _TAG.fullmatch(value)):
            return f"The tag '{key}' = '{value}' has characters or a length that are not allowed"
    return None


@rule("elbv2", _TAGGED, "ValidationError", "a tag's key does not begin with aws:", source="1.5")
def reserved_tag(call: Call, view: View) -> str | None:
    keys = [str(tag.get("Key", "")) for tag in call.params.get("Tags", ())]
    bad = [key for key in keys if key.lower().startswith("aws:")]
    return f"The tag key '{bad[0]}' cannot begin with 'aws:'" if bad else None


@rule("elbv2", _TAGGED, "DuplicateTagKeys", "a tag is given once in a call", source="botocore model")
def tag_twice(call: Call, view: View) -> str | None:
    keys = [tag.get("Key") for tag in call.params.get("Tags", ())]
    twice = [key for key in keys if keys.count(key) > 1]
    return f"A tag key was specified more than once: '{twice[0]}'" if twice else None


@rule("elbv2", _TAGGED, "TooManyTags", "50 tags an object", source="1.5")
def too_many_tags(call: Call, view: View) -> str | None:
    new = {str(tag.get("Key")) for tag in call.params.get("Tags", ())}
    held = [set(view.elb.tagging_service.get_tag_dict_for_resource(one)) for one in call.params.get("ResourceArns", ())]
    return (
        "The maximum number of tags has been reached" if any(len(new | one) > 50 for one in held or [set()]) else None
    )


@rule(
    "elbv2",
    ("AddTags", "RemoveTags", "DescribeTags"),
    "LoadBalancerNotFound",
    "a load balancer whose tags are asked for is there",
    source="13",
)
def tagged_balancer(call: Call, view: View) -> str | None:
    return _missing(call, view, "load_balancer")


@rule(
    "elbv2",
    ("AddTags", "RemoveTags", "DescribeTags"),
    "TargetGroupNotFound",
    "a target group whose tags are asked for is there",
    source="13",
)
def tagged_target_group(call: Call, view: View) -> str | None:
    return _missing(call, view, "target_group")


@rule(
    "elbv2",
    ("AddTags", "RemoveTags", "DescribeTags"),
    "ListenerNotFound",
    "a listener whose tags are asked for is there",
    source="13",
)
def tagged_listener(call: Call, view: View) -> str | None:
    return _missing(call, view, "listener")


def _missing(call: Call, view: View, kind: str) -> str | None:
    from muvi_provision.sandbox.objects import BY_NAME

    asked = [one for one in call.params.get("ResourceArns", ()) if BY_NAME[kind].mark in one]
    missing = [one for one in asked if view.find(kind, one) is None]
    return f"One or more resources not found: '{missing[0]}'" if missing else None
