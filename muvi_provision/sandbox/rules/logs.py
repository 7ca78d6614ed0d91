"""Log groups."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
    *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)  # aws-reality 5.4 g
_TAGGED = ("ListTagsForResource", "TagResource", "UntagResource")


@rule(
    "logs",
    "PutRetentionPolicy",
    "InvalidParameterException",
    "events are kept for one of the allowed numbers of days",
    source="5.4 g",
)
def retention(call: Call, view: View) -> str | None:
    days = call.params["retentionInDays"]
    allowed = f"Member must satisfy enum value set: {sorted(DAYS)}"
    return None if days in DAYS else f"Value '{days}' at 'retentionInDays' failed to satisfy constraint: {allowed}"


@rule("logs", "CreateLogGroup", "InvalidParameterException", "a name does not begin with aws/", source="from memory")
def reserved(call: Call, view: View) -> str | None:
    taken = str(call.params["logGroupName"]).startswith("aws/")
    return "Log groups starting with aws/ are reserved for AWS." if taken else None


@rule(
    "logs",
    "DescribeLogGroups",
    "InvalidParameterException",
    "by a prefix or by a pattern",
    source="CloudWatch Logs API: DescribeLogGroups",
)
def one_way(call: Call, view: View) -> str | None:
    both = call.params.get("logGroupNamePrefix") and call.params.get("logGroupNamePattern")
    return "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters." if both else None


@rule(
    "logs",
    _TAGGED,
    "ResourceNotFoundException",
    "the log group whose tags are meant is there",
    source="CloudWatch Logs API: TagResource",
)
def tagged(call: Call, view: View) -> str | None:
    arn = str(call.params["resourceArn"])
    there = ":log-group:" not in arn or any(one.arn == arn for one in view.backend("logs").groups.values())
    return None if there else "The specified resource does not exist."


@rule("logs", ("CreateLogGroup", "TagResource"), "TooManyTagsException", "50 tags a group", source="1.5")
def tag_count(call: Call, view: View) -> str | None:
    held = view.backend("logs").tagger.get_tag_dict_for_resource(call.params.get("resourceArn", ""))
    many = len(set(call.params.get("tags", {})) | set(held)) > 50
    return "A resource can have no more than 50 tags." if many else None
