"""Parameters."""

from __future__ import annotations

import re

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_NAME = re.compile(r"[a-zA-Z0-9_.-]+|(?:/[a-zA-Z0-9_.-]+)+")
_TAG = re.compile(r"[\w\s_.:/=+\-@]*")
_SIZES = {"Standard": 4096, "Advanced": 8192, "Intelligent-Tiering": 8192}


@rule(
    "ssm",
    "PutParameter",
    "ValidationException",
    "a name: letters, digits, _.-, parted by slashes, one in front",
    source="4.9 a",
)
def parameter_name(call: Call, view: View) -> str | None:
    name = str(call.params["Name"])
    if len(name) > 1011:
        return "Parameter name: the length exceeds the limit of 1011 characters."
    said = "Parameter name must be a fully qualified name: sub-paths of letters, numbers and .-_ divided by slashes."
    return None if _NAME.fullmatch(name) else said


@rule("ssm", "PutParameter", "HierarchyLevelLimitExceededException", "a name has at most 15 levels", source="4.9 a")
def levels(call: Call, view: View) -> str | None:
    deep = str(call.params["Name"]).strip("/").count("/") + 1 > 15
    return "Parameter hierarchies can have 15 levels at most." if deep else None


@rule("ssm", "PutParameter", "ValidationException", "a value: 4 KB, or 8 KB for an advanced parameter", source="4.9 a")
def value_size(call: Call, view: View) -> str | None:
    there = view.backend("ssm").get_parameter(call.params["Name"])
    tier = call.params.get("Tier") or (there.tier if there is not None else "Standard")
    long = len(str(call.params["Value"]).encode()) > _SIZES[tier]
    return f"{tier} tier parameters support a maximum parameter value of {_SIZES[tier]} characters." if long else None


@rule("ssm", "PutParameter", "ValidationException", "a value holds no {{reference}}", source="4.9 a")
def nested(call: Call, view: View) -> str | None:
    wrong = re.search(r"\{\{.*\}\}", str(call.params["Value"]), re.DOTALL)
    return "Parameter value can't nest another parameter. Do not use '{{}}' in the value." if wrong else None


@rule(
    "ssm",
    "PutParameter",
    "ParameterPatternMismatchException",
    "a value matches the pattern it comes with",
    source="SSM API: PutParameter, ParameterPatternMismatchException",
)
def pattern(call: Call, view: View) -> str | None:
    wanted = call.params.get("AllowedPattern")
    try:
        fits = not wanted or re.search(wanted, str(call.params["Value"]))
    except re.error:
        fits = True  # its own exception is InvalidAllowedPatternException
    return None if fits else "Parameter value, cannot be validated against allowedPattern."


@rule("ssm", "PutParameter", "ValidationException", "an advanced parameter stays advanced", source="4.9 g")
def tier(call: Call, view: View) -> str | None:
    there = view.backend("ssm").get_parameter(call.params["Name"])
    wrong = there is not None and there.tier == "Advanced" and call.params.get("Tier") == "Standard"
    return "This parameter uses the advanced-parameter tier. It cannot be changed to standard." if wrong else None


@rule(
    "ssm",
    "GetParametersByPath",
    "ValidationException",
    "a path begins with a slash",
    source="SSM API: GetParametersByPath",
)
def path(call: Call, view: View) -> str | None:
    good = str(call.params["Path"]).startswith("/")
    return None if good else "The parameter path must start with a slash and be fully qualified."


@rule("ssm", ("PutParameter", "AddTagsToResource"), "TooManyTagsError", "50 tags a parameter", source="1.5")
def tag_count(call: Call, view: View) -> str | None:
    keys = {tag["Key"] for tag in call.params.get("Tags", ())}
    held = view.backend("ssm")._resource_tags.get("Parameter", {}).get(call.params.get("ResourceId", ""), {})
    return "The number of tags exceeds the limit of 50." if len(keys | set(held)) > 50 else None


@rule(
    "ssm",
    ("PutParameter", "AddTagsToResource"),
    "ValidationException",
    "tags of letters, digits, spaces and _.:/=+-@, none of AWS's own",
    source="botocore model: Tag; 1.5",
)
def tags_spelt(call: Call, view: View) -> str | None:
    for tag in call.params.get("Tags", ()):
        if tag["Key"].lower().startswith("aws:"):
            return "Tag keys can't start with aws: (case-insensitive)."
        if not all(_TAG.fullmatch(text) for text in (tag["Key"], tag["Value"])):
            return f"The tag {tag['Key']} has characters that are not allowed."
    return None


@rule("ssm", "PutParameter", "ParameterLimitExceeded", "a region holds 10,000 parameters", source="4.9 i")
def too_many(call: Call, view: View) -> str | None:
    backend = view.backend("ssm")
    held = sum(1 for versions in backend._parameters.values() if versions)
    full = backend.get_parameter(call.params["Name"]) is None and held >= view.quotas["ssm_parameters"]
    message = "You have exceeded the number of parameters for this AWS account. Delete one or more and try again."
    return message if full else None
