"""How state machines spell the API of a service: as the SDK for Java does (aws-reality 7.6, last row).

``rds:modifyDBInstance`` takes ``DbInstanceIdentifier``, and ``ecs:updateService`` takes ``DesiredCount``.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from functools import cache
from typing import Any

from muvi_provision.sandbox.call import service_model
from muvi_provision.sandbox.states.paths import Failure

SDK = "arn:aws:states:::aws-sdk:"
_SERVICES = {  # as it is named in an ARN -> boto3's name
    "applicationautoscaling": "application-autoscaling",
    "cloudwatch": "cloudwatch",
    "cloudwatchlogs": "logs",
    "codebuild": "codebuild",
    "codepipeline": "codepipeline",
    "ec2": "ec2",
    "ecr": "ecr",
    "ecs": "ecs",
    "elasticache": "elasticache",
    "elasticloadbalancingv2": "elbv2",
    "eventbridge": "events",
    "lambda": "lambda",
    "rds": "rds",
    "s3": "s3",
    "scheduler": "scheduler",
    "secretsmanager": "secretsmanager",
    "sfn": "stepfunctions",
    "sns": "sns",
    "sqs": "sqs",
    "ssm": "ssm",
}


def service_and_operation(resource: str) -> tuple[str, str] | None:
    """boto3's name of the service and of the operation that an SDK integration means; None when there is none."""
    name, _, action = resource.removeprefix(SDK).partition(":")
    model = service_model(_SERVICES.get(name, ""))
    operation = action[:1].upper() + action[1:]
    if model is None or action[:1].isupper() or operation not in model.operation_names:
        return None
    return _SERVICES[name], operation


@cache
def java(name: str) -> str:
    """``DBInstanceIdentifier`` -> ``DbInstanceIdentifier``."""
    text = re.sub(r"([^A-Z]{2,})V([0-9]+)", r"\1 V\2 ", name)
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", text)
    text = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", text)
    text = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", text)
    return "".join(word[:1].upper() + word[1:].lower() for word in re.split(r"[^A-Za-z0-9]+", text))


def members(shape: Any) -> dict[str, str]:
    """How each member is spelt -> its own name."""
    return {java(name): name for name in shape.members} if shape is not None else {}


def to_api(shape: Any, value: Any) -> Any:
    """Parameters as boto3 takes them. Raises ``Failure`` for a field that there is not."""
    if shape.type_name == "structure" and isinstance(value, dict):
        known = members(shape)
        for key in value:
            if key not in known:
                raise Failure("States.Runtime", f"The field '{key}' is not supported by Step Functions")
        return {known[key]: to_api(shape.members[known[key]], one) for key, one in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [to_api(shape.member, one) for one in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: to_api(shape.value, one) for key, one in value.items()}
    return value


def from_api(shape: Any, value: Any) -> Any:
    """A result as the next state is given it: plain JSON."""
    if shape is None or value is None:
        return {} if shape is None else None
    if shape.type_name == "structure":
        return {java(name): from_api(each, value[name]) for name, each in shape.members.items() if name in value}
    if shape.type_name == "list":
        return [from_api(shape.member, one) for one in value]
    if shape.type_name == "map":
        return {key: from_api(shape.value, one) for key, one in value.items()}
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def error_name(service: str, operation: str, code: str) -> str:
    """What Retry and Catch call a refusal: ``Rds.DbInstanceNotFoundException``; ``Rds.RdsException`` for any other."""
    model = service_model(service)
    prefix = java(str(model.service_id))
    for shape in model.operation_model(operation).error_shapes:
        if code in (shape.name, shape.error_code):
            return f"{prefix}.{java(re.sub('(Exception|Fault|Error)$', '', shape.name))}Exception"
    return f"{prefix}.{prefix}Exception"
