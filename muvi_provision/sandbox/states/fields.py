"""The fields of a state: which it has, which it must have, and what a Task may name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox.call import service_model
from muvi_provision.sandbox.states import paths, spelling

States = Mapping[str, Mapping[str, Any]]
SCHEMA = "SCHEMA_VALIDATION_FAILED"

_ANY = {"Type", "Comment", "QueryLanguage"}
_FLOW = _ANY | {"InputPath", "OutputPath"}
_NEXT = _FLOW | {"Next", "End"}
_RESULT = _NEXT | {"ResultPath", "Parameters"}
_CAUGHT = _RESULT | {"ResultSelector", "Retry", "Catch"}
_TIMED = {"TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath"}
_WAITS = {"Seconds", "SecondsPath", "Timestamp", "TimestampPath"}
_KNOWN: dict[str, set[str]] = {
    "Pass": _RESULT | {"Result"},
    "Task": _CAUGHT | _TIMED | {"Resource", "Credentials"},
    "Choice": _FLOW | {"Choices", "Default"},
    "Wait": _NEXT | _WAITS,
    "Succeed": _FLOW,
    "Fail": _ANY | {"Error", "ErrorPath", "Cause", "CausePath"},
    "Parallel": _CAUGHT | {"Branches"},
    "Map": _CAUGHT
    | {"ItemProcessor", "Iterator", "ItemsPath", "ItemSelector", "ItemReader", "ItemBatcher", "ResultWriter"}
    | {"MaxConcurrency", "MaxConcurrencyPath", "ToleratedFailureCount", "ToleratedFailurePercentage", "Label"},
}
_NEEDED: dict[str, tuple[str, type]] = {
    "Task": ("Resource", str),
    "Choice": ("Choices", list),
    "Parallel": ("Branches", list),
}
_LEAST = {"MaxAttempts": 0, "BackoffRate": 1.0, "IntervalSeconds": 1, "MaxDelaySeconds": 1}
_ENDING = ("Succeed", "Fail", "Choice")  # with neither Next nor End
_OPTIMISED = re.compile(
    r"arn:aws:states:::(lambda|ecs|batch|sns|sqs|dynamodb|events|states|codebuild|glue|athena|eks|apigateway|http"
    r"|mediaconvert|emr-containers|elasticmapreduce|sagemaker|bedrock):[\w:]+(\.sync(:2)?|\.waitForTaskToken)?"
)
_OTHERS = re.compile(r"arn:aws:(lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?|states:[\w-]+:\d{12}:activity:[\w-]+)")


def problems(state: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the fields, and where."""
    kind = state.get("Type")
    if kind not in _KNOWN:
        yield f"The value for the field 'Type' must be one of {sorted(_KNOWN)}", f"{place}/Type"
        return
    yield from ((f"Field '{one}' is not supported", f"{place}/{one}") for one in state if one not in _KNOWN[kind])
    needed, of = _NEEDED.get(kind, ("Type", str))
    if not state.get(needed) or not isinstance(state[needed], of):
        yield f"The field '{needed}' is required but was missing", place
    if kind not in _ENDING and ("Next" in state) == (state.get("End") is True):
        yield "These fields are required: exactly one of [Next, End]", place
    if kind == "Wait" and (len(_WAITS & set(state)) != 1 or not _at_least(state.get("Seconds", 0), 0)):
        yield f"Exactly one of {sorted(_WAITS)} is required, and seconds are a number", place
    yield from _paths(state, place)
    yield from _retried(state, place)


def _paths(state: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for name in ("InputPath", "OutputPath", "ResultPath", "SecondsPath", "TimestampPath"):
        if state.get(name) is not None and not paths.is_path(state[name]):
            yield f"The value for the field '{name}' must be a valid JSONPath", f"{place}/{name}"
    for name in ("Parameters", "ResultSelector"):
        yield from _template(state.get(name), f"{place}/{name}")


def _template(template: Any, place: str) -> Iterator[tuple[str, str]]:
    for key, value in _inside(template):
        if key.endswith(".$") and not (paths.is_path(value) or str(value).startswith("States.")):
            yield f"The value for the field '{key}' must be a valid JSONPath or a valid intrinsic function call", place


def _inside(template: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(template, Mapping):
        for key, value in template.items():
            yield key, value
            yield from _inside(value)
    elif isinstance(template, list):
        for one in template:
            yield from _inside(one)


def _retried(state: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    for member in ("Retry", "Catch"):
        for number, one in enumerate(state.get(member, ())):
            where = f"{place}/{member}[{number}]"
            if not isinstance(one, Mapping) or not one.get("ErrorEquals") or not isinstance(one["ErrorEquals"], list):
                yield "The field 'ErrorEquals' is required but was missing", where
            elif "States.ALL" in one["ErrorEquals"] and number < len(state[member]) - 1:
                yield "'States.ALL' must appear alone, and in the last one", where
            elif member == "Catch" and "Next" not in one:
                yield "The field 'Next' is required but was missing", where
            elif any(not _at_least(one.get(name, least), least) for name, least in _LEAST.items()):
                yield "An interval is at least 1 second, a rate at least 1, attempts are not negative", where


def _at_least(value: Any, least: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= least


def task_problems(state: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    """What is wrong with what a Task names, and with what it says to an SDK integration."""
    resource = state.get("Resource", "")
    if not isinstance(resource, str) or not _is_known(resource):
        yield (
            f"The resource provided {resource} is not recognized. The value is not a valid resource ARN",
            (f"{place}/Resource"),
        )
    elif runs(resource):
        said = state.get("Parameters", {})
        if not isinstance(said, Mapping):
            yield "The field 'Parameters' must be an object", f"{place}/Parameters"
        for key in said if isinstance(said, Mapping) else ():
            if key.removesuffix(".$") not in _parameters(resource):
                yield f"The field '{key}' is not supported by Step Functions", f"{place}/Parameters"


def _is_known(resource: str) -> bool:
    if resource.startswith(spelling.SDK):
        return spelling.service_and_operation(resource.removesuffix(".waitForTaskToken")) is not None
    return bool(_OPTIMISED.fullmatch(resource) or _OTHERS.fullmatch(resource))


def runs(resource: str) -> bool:
    """Whether the sandbox itself can carry it out."""
    return resource.startswith(spelling.SDK) and spelling.service_and_operation(resource) is not None


def _parameters(resource: str) -> dict[str, str]:
    found = spelling.service_and_operation(resource)
    return spelling.members(service_model(found[0]).operation_model(found[1]).input_shape) if found else {}


def intrinsic(template: Any) -> str | None:
    """The first intrinsic function in a template."""
    found = (value for key, value in _inside(template) if key.endswith(".$") and str(value).startswith("States."))
    return next(found, None)
