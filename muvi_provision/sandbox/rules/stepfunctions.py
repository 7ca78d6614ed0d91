"""State machines: their names, definitions and roles, and one that is on its way out."""

from __future__ import annotations

import json
import re
from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.states import checking, machines
from muvi_provision.sandbox.view import View

_STEPS = "stepfunctions"
_WRITES = ("CreateStateMachine", "UpdateStateMachine")
_BY_ARN = ("DescribeStateMachine", "UpdateStateMachine", "StartExecution", "ListExecutions")
_ARNS = (*_BY_ARN, "DeleteStateMachine")
_BY_EXECUTION = ("DescribeExecution", "GetExecutionHistory", "StopExecution")
_TAGGED = ("ListTagsForResource", "TagResource", "UntagResource")
_NAMED = ("CreateStateMachine", "StartExecution")
_BAD_NAME = re.compile(r"[\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]")
_TAG = re.compile(r"[\w\s_.:/=+\-@]*")
_MACHINE = re.compile(r"arn:aws:states:[\w-]+:\d{12}:stateMachine:[^:]+")
_ROLE = re.compile(r"arn:aws:iam::\d{12}:role/.+")


@rule(_STEPS, _NAMED, "InvalidName", "a name without spaces, brackets, wildcards and the like", source="7.6 a")
def name(call: Call, view: View) -> str | None:
    said = call.params.get("name", "")
    return f"Invalid Name: '{said}'" if _BAD_NAME.search(said) else None


@rule(_STEPS, _ARNS, "InvalidArn", "a state machine's ARN is one", source="Step Functions API: DescribeStateMachine")
def machine_arn(call: Call, view: View) -> str | None:
    said = call.params["stateMachineArn"]
    return None if _MACHINE.fullmatch(said) else f"Invalid Arn: 'Resource type not valid in this context: {said}'"


@rule(_STEPS, _WRITES, "InvalidArn", "a role's ARN is one", source="Step Functions API: CreateStateMachine")
def role_arn(call: Call, view: View) -> str | None:
    said = call.params.get("roleArn")
    return None if said is None or _ROLE.fullmatch(said) else f"Invalid Role Arn: '{said}'"


@rule(
    _STEPS,
    _BY_ARN,
    "StateMachineDoesNotExist",
    "the state machine is there",
    source="Step Functions API: DescribeStateMachine",
)
def missing(call: Call, view: View) -> str | None:
    arn = call.params["stateMachineArn"]
    return None if arn in machines.held(view) else f"State Machine Does Not Exist: '{arn}'"


@rule(
    _STEPS,
    ("UpdateStateMachine", "StartExecution"),
    "StateMachineDeleting",
    "the state machine is not on its way out",
    source="7.6 f",
)
def going(call: Call, view: View) -> str | None:
    return _deleting(view, call.params["stateMachineArn"])


@rule(
    _STEPS,
    _BY_EXECUTION,
    "ExecutionDoesNotExist",
    "the execution is there",
    source="Step Functions API: DescribeExecution",
)
def execution_missing(call: Call, view: View) -> str | None:
    arn = call.params["executionArn"]
    return None if machines.execution(view, arn) is not None else f"Execution Does Not Exist: '{arn}'"


@rule(_STEPS, _TAGGED, "ResourceNotFound", "what is tagged is there", source="Step Functions API: TagResource")
def tagged_missing(call: Call, view: View) -> str | None:
    arn = call.params["resourceArn"]
    return None if arn in machines.held(view) else f"Resource not found: '{arn}'"


@rule(
    _STEPS,
    "UpdateStateMachine",
    "MissingRequiredParameter",
    "something is to be changed",
    source="Step Functions API: UpdateStateMachine",
)
def nothing_said(call: Call, view: View) -> str | None:
    said = set(call.params) - {"stateMachineArn", "publish", "versionDescription"}
    wanted = "the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration"
    return None if said else f"Either {wanted} must be specified"


@rule(_STEPS, _WRITES, "InvalidDefinition", "the definition is one, in the Amazon States Language", source="7.6")
def definition(call: Call, view: View) -> str | None:
    found = checking.problems(call.params["definition"]) if "definition" in call.params else []
    return checking.said_of(found) if found else None


@rule(_STEPS, "CreateStateMachine", "StateMachineDeleting", "its predecessor is gone", source="7.6 f")
def predecessor(call: Call, view: View) -> str | None:
    return _deleting(view, machines.arn_of(view, call.params["name"]))


@rule(
    _STEPS,
    "CreateStateMachine",
    "StateMachineAlreadyExists",
    "one of a name; the same one again is no error",
    source="1.4, 7.6 c",
)
def taken(call: Call, view: View) -> str | None:
    """aws-reality 1.4: role and tags are not compared."""
    said, there = call.params, machines.held(view).get(machines.arn_of(view, call.params["name"]))
    if there is None:
        return None
    configured = {"loggingConfiguration": there.logging, "tracingConfiguration": there.tracing}
    configured |= {"encryptionConfiguration": there.encryption}
    same = (said["definition"], said.get("type", "STANDARD")) == (there.definition, there.type)
    same = same and all(said.get(name, held) == held for name, held in configured.items())
    return None if same else f"State Machine Already Exists: '{there.arn}'"


@rule(_STEPS, "CreateStateMachine", "StateMachineLimitExceeded", "10,000 state machines a region", source="7.6 i")
def too_many(call: Call, view: View) -> str | None:
    most = view.quotas["state_machines"]
    full = machines.arn_of(view, call.params["name"]) not in machines.held(view) and len(machines.held(view)) >= most
    return f"State Machine Limit Exceeded: {most}" if full else None


@rule(_STEPS, _WRITES, "AccessDeniedException", "Step Functions may assume the machine's role", source="7.6 e")
def role(call: Call, view: View) -> str | None:
    arn = call.params.get("roleArn")
    if arn is None:
        return None
    services = ("states.amazonaws.com", f"states.{view.region}.amazonaws.com")
    said = "Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume the provided role."  # noqa: E501
    return None if any(roles.assumable(view, arn, one) for one in services) else said


@rule(
    _STEPS,
    _WRITES,
    "InvalidLoggingConfiguration",
    "who logs says to which log group",
    source="Step Functions API: CreateStateMachine",
)
def destination(call: Call, view: View) -> str | None:
    said = call.params.get("loggingConfiguration") or {}
    if said.get("level", "OFF") == "OFF":
        return None
    arns = [one.get("cloudWatchLogsLogGroup", {}).get("logGroupArn", "") for one in said.get("destinations", ())]
    groups = {f"{one.arn}:*" for one in view.backend("logs").groups.values()}
    good = len(arns) == 1 and arns[0].removesuffix(":*") + ":*" in groups
    return None if good else "Invalid Logging Configuration: Must specify exactly one Log Destination that exists."


@rule(_STEPS, _WRITES, "AccessDeniedException", "a role that logs may have logs delivered", source="7.6 e")
def delivery(call: Call, view: View) -> str | None:
    said, there = call.params, machines.held(view).get(call.params.get("stateMachineArn", ""))
    arn = said.get("roleArn") or (there.role if there is not None else "")
    logs = (said.get("loggingConfiguration") or {}).get("level", "OFF") != "OFF"
    bad = logs and not roles.permits(view, arn, "logs:CreateLogDelivery")
    return "The state machine IAM Role is not authorized to access the Log Destination" if bad else None


@rule(_STEPS, ("CreateStateMachine", "TagResource"), "TooManyTags", "50 tags a state machine", source="1.5")
def too_many_tags(call: Call, view: View) -> str | None:
    arn = call.params.get("resourceArn", "")
    there = machines.held(view).get(arn)
    keys = {tag["key"] for tag in call.params.get("tags", ())} | set(there.tags if there is not None else ())
    return f"Too many tags: '{arn}'" if len(keys) > 50 else None


@rule(
    _STEPS,
    ("CreateStateMachine", "TagResource"),
    "ValidationException",
    "letters, digits, spaces and _.:/=+-@",
    source="1.5",
)
def tag_letters(call: Call, view: View) -> str | None:
    for tag in call.params.get("tags", ()):
        if not _TAG.fullmatch(tag["key"] + tag["value"]) or tag["key"].lower().startswith("aws:"):
            return f"The tag '{tag['key']}' has characters that are not allowed"
    return None


@rule(
    _STEPS,
    "StartExecution",
    "InvalidExecutionInput",
    "an execution's input is JSON",
    source="Step Functions API: StartExecution",
)
def execution_input(call: Call, view: View) -> str | None:
    try:
        json.loads(call.params.get("input", "{}"))
    except ValueError as wrong:
        return f"Invalid State Machine Execution Input: '{wrong}'"
    return None


@rule(
    _STEPS,
    "StartExecution",
    "ExecutionAlreadyExists",
    "one execution of a name, unless it is the same and runs",
    source="Step Functions API: StartExecution",
)
def execution_taken(call: Call, view: View) -> str | None:
    there: dict[str, Any] = machines.held(view)[call.params["stateMachineArn"]].executions
    same = next((one for one in there.values() if one.name == call.params.get("name")), None)
    if same is None or (same.given == call.params.get("input", "{}") and same.status == "RUNNING"):
        return None
    return f"Execution Already Exists: '{same.arn}'"


def _deleting(view: View, arn: str) -> str | None:
    there = machines.held(view).get(arn)
    return f"State Machine is being deleted: '{arn}'" if there is not None and there.status == "DELETING" else None
