"""Tags of EC2's objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from muvi_provision.sandbox import objects
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_CREATES = {
    "CreateVpc": ("vpc",),
    "CreateSubnet": ("subnet",),
    "CreateInternetGateway": ("internet-gateway",),
    "AllocateAddress": ("elastic-ip",),
    "CreateNatGateway": ("natgateway",),
    "CreateRouteTable": ("route-table",),
    "CreateVpcEndpoint": ("vpc-endpoint",),
    "CreateSecurityGroup": ("security-group",),
    "AuthorizeSecurityGroupIngress": ("security-group-rule",),
    "AuthorizeSecurityGroupEgress": ("security-group-rule",),
}
_TAGGING = (*_CREATES, "CreateTags")


@rule("ec2", tuple(_CREATES), "InvalidParameterValue", "tags are given for the kind that is made", source="1.5")
def tags_of_another_kind(call: Call, view: View) -> str | None:
    for one in call.params.get("TagSpecifications", ()):
        kind = one.get("ResourceType")
        if kind not in _CREATES[call.operation]:
            return f"'{kind}' is not a valid taggable resource type for this operation."
    return None


@rule(
    "ec2",
    _TAGGING,
    "InvalidParameterValue",
    "a tag's key has 1-128 characters and no aws: in front, its value at most 256",
    source="1.5",
)
def tag_length(call: Call, view: View) -> str | None:
    for tag in _tags(call):
        key, value = str(tag.get("Key", "")), str(tag.get("Value", ""))
        if not 1 <= len(key) <= 128:
            return f"Tag key exceeds the maximum length of 128 characters or is empty: '{key}'"
        if key.lower().startswith("aws:"):
            return "Tag keys starting with 'aws:' are reserved for internal use"
        if len(value) > 256:
            return "Tag value exceeds the maximum length of 256 characters"
    return None


@rule("ec2", _TAGGING, "TagLimitExceeded", "50 tags an object", source="1.5")
def too_many_tags(call: Call, view: View) -> str | None:
    keys = {str(tag.get("Key")) for tag in _tags(call)}
    held = [set(view.ec2.tags.get(one, ())) for one in call.params.get("Resources", ())] or [set()]
    return "The maximum number of tags per resource is 50." if any(len(keys | one) > 50 for one in held) else None


def _missing(code: str) -> Any:
    """One rule a code: AWS answers with that of the kind."""

    def test(call: Call, view: View) -> str | None:
        for wanted in call.params.get("Resources", ()):
            kind = objects.kind_of(str(wanted))
            if kind is not None and kind.missing == code and objects.find(view, kind.name, str(wanted)) is None:
                return f"The {kind.name.replace('_', ' ')} ID '{wanted}' does not exist"
        return None

    return test


for _kind in objects.KINDS:
    if not _kind.mark.startswith(":"):
        _sentence = f"the {_kind.name.replace('_', ' ')} that is tagged is there"
        rule("ec2", "CreateTags", _kind.missing, _sentence, source="13; EC2 error list")(_missing(_kind.missing))


def _tags(call: Call) -> Iterator[dict[str, Any]]:
    yield from call.params.get("Tags", ())
    for one in call.params.get("TagSpecifications", ()):
        yield from one.get("Tags", ())
