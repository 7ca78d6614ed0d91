"""The workflow as Step Functions reads it: which moment it is, then what is set then, one thing after the other. Pure.

Facts: aws-reality 7.6. Steps that call other services spell parameters as AWS's SDK for Java does, with a capital
letter first: ``DbInstanceIdentifier`` where everybody else writes ``DBInstanceIdentifier``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from muvi_provision.day2_data.instances import AuroraInstance
from muvi_provision.day2_data.plans import machines_of
from muvi_provision.day3_compute.cluster import EcsCluster
from muvi_provision.day3_compute.services import EcsService
from muvi_provision.environment import Environment, local_times, schedules
from muvi_provision.environment.serverless import Moment, Workflow
from muvi_provision.naming import physical
from muvi_provision.resource import Unknown

LONGEST = 512  # characters of a rule's description
CHOICE, STRANGE = "Which moment", "Unknown moment"
_SDK = "arn:aws:states:::aws-sdk"
# All of it may be done twice, so whatever refuses is asked again: too many calls, a machine that is being changed
_AGAIN = ({"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 20, "BackoffRate": 2.0, "MaxAttempts": 4},)


@dataclass(frozen=True)
class MomentPlan:
    """One moment: the name of its rule, its schedule as AWS documents it, what both say, and what is handed over."""

    name: str
    schedule: str
    description: str
    input: str


def moments(environment: Environment, workflow: Workflow) -> tuple[MomentPlan, ...]:
    """When the workflow is started, and with which word."""
    return tuple(
        MomentPlan(
            f"workflow-{name}",
            schedules.spelt(moment.at),
            _about(workflow, name, local_times.told(moment.at, environment.timezone)),
            json.dumps({"moment": name}),
        )
        for name, moment in workflow.moments.items()
    )


def _about(workflow: Workflow, name: str, told: str) -> str:
    """Whose hours begin, and what a clock there shows then."""
    return "; ".join(part for part in (f"{workflow.service}: {name}", told) if part)[:LONGEST]


def definition(environment: Environment, workflow: Workflow) -> dict[str, Any]:
    """The whole, in Amazon's States Language. It is started with ``{"moment": "<name>"}``."""
    ways = tuple(
        {"Variable": "$.moment", "StringEquals": name, "Next": _first(environment, workflow, name)}
        for name in workflow.moments
    )
    tasks = {name: state for moment in workflow.moments for name, state in _chain(environment, workflow, moment)}
    strange = {"Type": "Fail", "Error": "UnknownMoment", "Cause": "The environment has no moment of that name."}
    choice = {"Type": "Choice", "Choices": ways, "Default": STRANGE}
    return {
        "Comment": f"The busy and quiet hours of {workflow.service}",
        "StartAt": CHOICE,
        "States": {CHOICE: choice, **tasks, STRANGE: strange},
    }


def _first(environment: Environment, workflow: Workflow, moment: str) -> str:
    return _chain(environment, workflow, moment)[0][0]


def _chain(environment: Environment, workflow: Workflow, moment: str) -> list[tuple[str, dict[str, Any]]]:
    """(name, state) of what one moment sets, each leading to the next."""
    tasks = _tasks(environment, workflow.service, workflow.moments[moment])
    if not tasks:
        return [(f"{moment}: nothing", {"Type": "Succeed"})]
    names = [f"{moment}: {name}" for name in tasks]
    return [
        (name, {**state, **({"Next": after} if after else {"End": True})})
        for name, after, state in zip(names, [*names[1:], ""], tasks.values(), strict=True)
    ]


def _tasks(environment: Environment, service: str, moment: Moment) -> dict[str, dict[str, Any]]:
    """The least number of copies first, then the machines of each database, writer before reader."""
    tasks = {}
    if moment.min is not None:
        tasks[f"{service} at least {moment.min}"] = _at_least(environment, service, moment.min)
    for database, size in moment.classes.items():
        for machine in machines_of(environment, database):
            tasks[f"{machine.name} {size}"] = _of_size(machine.name, size)
    return tasks


def _at_least(environment: Environment, service: str, fewest: int) -> dict[str, Any]:
    cluster = physical(environment.name, "main", EcsCluster.declared.name_limit)
    named = physical(environment.name, service, EcsService.declared.name_limit)
    said = {
        "ServiceNamespace": "ecs",
        "ScalableDimension": "ecs:service:DesiredCount",
        "ResourceId": f"service/{cluster}/{named}",
        "MinCapacity": fewest,
    }
    return _task("applicationautoscaling:registerScalableTarget", said)


def _of_size(machine: str, size: str) -> dict[str, Any]:
    identifier = Unknown(f"{AuroraInstance.declared.kind}/{machine}", "id")
    said = {"DbInstanceIdentifier": identifier, "DbInstanceClass": size, "ApplyImmediately": True}
    return _task("rds:modifyDBInstance", said)


def _task(action: str, said: dict[str, Any]) -> dict[str, Any]:
    """A call of another service; what it answers is forgotten."""
    return {"Type": "Task", "Resource": f"{_SDK}:{action}", "Parameters": said, "ResultPath": None, "Retry": _AGAIN}
