"""How each function runs and when, what must be there first, and what the gate says while code is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network import chain, subnets
from muvi_provision.day1_network.routes import Route
from muvi_provision.day1_network.security_groups import SecurityGroup, SecurityGroupRule
from muvi_provision.day2_data import settings
from muvi_provision.day3_compute import given_secrets
from muvi_provision.day5_serverless import function_reads
from muvi_provision.day5_serverless.code import FOLDER, FunctionCode
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


def all_there(codes: Iterable[Handle[FunctionCode]]) -> Question:
    """Whether each function has its code, here or in AWS already."""
    wanted = tuple(codes)
    return lambda aws, values: not waiting(aws, wanted, values)


def what_is_missing(codes: Iterable[Handle[FunctionCode]]) -> Instructions:
    """Says which functions wait for their code and how they get it."""
    wanted = tuple(codes)

    def say(aws: Aws, values: Values) -> str:
        names = waiting(aws, wanted, values)
        own = [name for name in names if _place(name, values) == _usual(name)]
        wait = "waits" if len(names) == 1 else "wait"
        told = [
            f"{len(names)} of {len(wanted)} functions {wait} for code: {', '.join(names)}.",
            *([_how(own)] if own else []),
            *(f"The code of {name} is to be at {_place(name, values)}." for name in names if name not in own),
            "Run again then. Until there is code they are not made, and their schedules are switched off.",
        ]
        return " ".join(told)

    return say


def _how(names: list[str]) -> str:
    one = names[0]
    return (
        f"Copy it from another account with `muvi functions copy {' '.join(names)}`, or put it into a folder of the "
        f"function's name, such as {_usual(one)}/, and look it through with `muvi functions package {one}`."
    )


def _usual(name: str) -> str:
    return (FOLDER / name).as_posix()


def _place(name: str, values: Values) -> str:
    """Where its code is looked for."""
    found = str((values.get(f"{FunctionCode.declared.kind}/{name}") or {}).get("id", _usual(name)))
    return found.removeprefix(f"{name}: ")


def waiting(aws: Aws, codes: Iterable[Handle[FunctionCode]], values: Values) -> list[str]:
    """The names of the functions without code, but for those that exist and keep theirs."""
    lacking = [code.address for code in codes if not (values.get(code.address) or {}).get("sha256")]
    names = [address.partition("/")[2] for address in lacking]
    if not names:
        return []
    there = {each["FunctionName"] for each in function_reads.everything(aws)}
    limit = Function.declared.name_limit
    return [name for name in names if physical(aws.ownership.env, name, limit) not in there]
