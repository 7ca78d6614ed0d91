"""How each function runs and when, what must be there first, and what the gate says while code is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network import chain, subnets
from muvi_provision.day1_network.routes import Route
from muvi_provision.day1_network.security_groups import SecurityGroup, SecurityGroupRule
from muvi_provision.day2_data import settings
from muvi_provision.day3_compute import given_secrets
from muvi_provision.day5_serverless import code, function_reads
from muvi_provision.day5_serverless.code import FOLDER
from muvi_provision.day5_serverless.functions import Function
from muvi_provision.engine.stack import Instructions, Question, Stack, Values
from muvi_provision.environment import Environment, local_times, schedules
from muvi_provision.environment.names import FUNCTIONS
from muvi_provision.naming import physical
from muvi_provision.resource import Handle

LONGEST = 256  # characters that Lambda and EventBridge both take as a description


@dataclass(frozen=True)
class RulePlan:
    """When a function runs: its name, the schedule as AWS documents it, and both said to a person."""

    name: str
    schedule: str
    description: str


def rules(environment: Environment) -> tuple[RulePlan, ...]:
    """One for each function that runs at times."""
    return tuple(
        RulePlan(name, schedules.spelt(plan.schedule), _about(plan.purpose, plan.schedule, environment.timezone))
        for name, plan in environment.functions.items()
        if plan.schedule
    )


def _about(purpose: str, schedule: str, timezone: str) -> str:
    """What it is for, and what a clock there shows when it runs."""
    return "; ".join(part for part in (purpose, local_times.told(schedule, timezone)) if part)[:LONGEST]


def sort(environment: Environment, name: str) -> dict[str, Any]:
    """What sort of function it is: its language, size and variables."""
    plan = environment.functions[name]
    return {
        "purpose": plan.purpose[:LONGEST],
        "runtime": plan.runtime,
        "entry": plan.entry,
        "memory": plan.memory,
        "timeout_s": plan.timeout_s,
        "environment": variables(environment, name),
    }


def variables(environment: Environment, name: str) -> dict[str, Any]:
    """What it is given; which secret holds the user of a database, never what is in it."""
    return {
        **settings.function_variables(environment, name),
        **given_secrets.function_variables(environment, name),
        **environment.functions[name].environment,
    }


def network(stack: Stack, name: str) -> dict[str, Any]:
    """Where it stands; nothing for one outside of the network."""
    if not stack.environment.functions[name].network:
        return {}
    return {"subnets": subnets.of_tier(stack, "app"), "groups": (stack.get(SecurityGroup, FUNCTIONS),)}


def first(stack: Stack, name: str) -> tuple[Handle[Any], ...]:
    """What it needs when it runs: the way out, and the doors to databases and caches."""
    if not stack.environment.functions[name].network:
        return ()
    return (*_ways_out(stack), *_doors(stack))


def _ways_out(stack: Stack) -> Iterator[Handle[Any]]:
    for plan in stack.environment.route_tables:
        if plan.nat:
            yield stack.get(Route, plan.name)


def _doors(stack: Stack) -> Iterator[Handle[Any]]:
    for plan in chain.rules(stack.environment):
        if plan.other == (SecurityGroup, FUNCTIONS):
            yield stack.get(SecurityGroupRule, plan.name)


def all_there(environment: Environment) -> Question:
    """Whether each function has its code, here or in AWS already. It asks itself, as bad code is no missing one."""
    return lambda aws, _: not waiting(aws, environment)


def what_is_missing(environment: Environment) -> Instructions:
    """Says which functions wait for their code and how they get it."""

    def say(aws: Aws, _: Values) -> str:
        names = waiting(aws, environment)
        own = [name for name in names if not environment.functions[name].code]
        wait = "waits" if len(names) == 1 else "wait"
        told = [
            f"{len(names)} of {len(environment.functions)} functions {wait} for code: {', '.join(names)}.",
            *([_how(own)] if own else []),
            *(
                f"The code of {name} is to be at {environment.functions[name].code}."
                for name in names
                if name not in own
            ),
            "Run again then. Until there is code they are not made, and their schedules are switched off.",
        ]
        return " ".join(told)

    return say


def _how(names: list[str]) -> str:
    one = names[0]
    return (
        f"Copy it from another account with `muvi functions copy {' '.join(names)}`, or put it into a folder of the "
        f"function's name, such as {(FOLDER / one).as_posix()}/, and look it through with "
        f"`muvi functions package {one}`."
    )


def waiting(aws: Aws, environment: Environment) -> list[str]:
    """The names of the functions without code, but for those that exist and keep theirs."""
    plans = environment.functions
    names = [name for name, plan in plans.items() if not code.is_there(aws, name, plan.code or "")]
    if not names:
        return []
    there = {each["FunctionName"] for each in function_reads.everything(aws)}
    limit = Function.declared.name_limit
    return [name for name in names if physical(aws.ownership.env, name, limit) not in there]
