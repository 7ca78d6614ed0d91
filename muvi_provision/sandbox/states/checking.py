"""Whether a definition is one: the Amazon States Language, with the codes and places that AWS tells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from muvi_provision.sandbox.states import choices, fields, paths
from muvi_provision.sandbox.states.fields import SCHEMA, States

_MISSING = "MISSING_TRANSITION_TARGET"


@dataclass(frozen=True)
class Problem:
    """``where`` is like /States/Scale/Next."""

    code: str
    message: str
    where: str


def problems(text: str) -> list[Problem]:
    """All that is wrong with a definition; none when it can be used."""
    try:
        said = json.loads(text)
    except ValueError as wrong:
        return [Problem("INVALID_JSON_DESCRIPTION", f"Could not parse the definition: {wrong}", "/")]
    if not isinstance(said, dict):
        return [Problem("INVALID_JSON_DESCRIPTION", "The definition must be a JSON object", "/")]
    if said.get("QueryLanguage") == "JSONata":
        raise NotImplementedError("JSONata")
    unknown = set(said) - {"Comment", "StartAt", "States", "TimeoutSeconds", "Version", "QueryLanguage"}
    found = [Problem(SCHEMA, f"Field '{one}' is not supported", f"/{one}") for one in sorted(unknown)]
    return [*found, *_branch(said, ""), *_twice(said)]


def said_of(found: list[Problem]) -> str:
    """As InvalidDefinition says it."""
    told = ", ".join(f"{one.code}: {one.message} at {one.where}" for one in found)
    return f"Invalid State Machine Definition: '{told}'"


def _branch(said: Any, where: str) -> Iterator[Problem]:
    states = said.get("States") if isinstance(said, Mapping) else None
    if not isinstance(states, Mapping) or not states or not all(isinstance(one, Mapping) for one in states.values()):
        yield Problem(SCHEMA, "The value for the field 'States' must be an object of one state or more", f"{where}/")
        return
    start = said.get("StartAt")
    if start is None:
        yield Problem(SCHEMA, "The field 'StartAt' is required but was missing", f"{where}/")
    elif start not in states:
        yield Problem(_MISSING, f"Missing 'StartAt' target: {start}", f"{where}/StartAt")
    for name, state in states.items():
        place = f"{where}/States/{name}"
        if len(name) > 80:
            yield Problem(SCHEMA, "A state's name has at most 80 characters", place)
        yield from (Problem(SCHEMA, message, at) for message, at in _state(state, place))
        yield from _targets(states, state, place)
        for number, one in enumerate(_branches(state)):
            yield from _branch(one, f"{place}/Branches[{number}]")
    yield from _reached(states, start, where)


def _state(state: Mapping[str, Any], place: str) -> Iterator[tuple[str, str]]:
    if state.get("QueryLanguage") == "JSONata":
        raise NotImplementedError("JSONata")
    yield from fields.problems(state, place)
    if state.get("Type") == "Choice":
        for number, rule in enumerate(_listed(state.get("Choices"))):
            yield from choices.problems(rule, f"{place}/Choices[{number}]")
    if state.get("Type") == "Task":
        yield from fields.task_problems(state, place)


def _targets(states: States, state: Mapping[str, Any], place: str) -> Iterator[Problem]:
    for target, where in _named(state):
        if target not in states:
            yield Problem(_MISSING, f"Missing '{where.rpartition('/')[2]}' target: {target}", f"{place}/{where}")


def _named(state: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """The states that may follow, and where they are named."""
    yield from ((state[one], one) for one in ("Next", "Default") if one in state)
    for member in ("Choices", "Catch"):
        for number, one in enumerate(_listed(state.get(member))):
            if isinstance(one, Mapping) and "Next" in one:
                yield one["Next"], f"{member}[{number}]/Next"


def _reached(states: States, start: Any, where: str) -> Iterator[Problem]:
    seen: set[str] = set()
    coming = [start] if start in states else []
    while coming:
        name = coming.pop()
        if name in states and name not in seen:
            seen.add(name)
            coming += [target for target, _ in _named(states[name])]
    for name in states if seen else ():
        if name not in seen:
            yield Problem(_MISSING, f'State "{name}" is not reachable.', f"{where}/States/{name}")


def _twice(said: Any) -> Iterator[Problem]:
    """A name is used once in the whole machine."""
    seen: set[str] = set()
    for name in _names(said):
        if name in seen:
            yield Problem("DUPLICATE_STATE_NAME", f"Duplicate State name: {name}", f"/States/{name}")
        seen.add(name)


def _names(said: Any) -> Iterator[str]:
    states = said.get("States") if isinstance(said, Mapping) else None
    for name, state in states.items() if isinstance(states, Mapping) else ():
        yield name
        for one in _branches(state):
            yield from _names(one)


def _branches(state: Any) -> list[Any]:
    if not isinstance(state, Mapping):
        return []
    inner = [state[one] for one in ("ItemProcessor", "Iterator") if one in state]
    return [*_listed(state.get("Branches")), *inner]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def unsupported(definition: Any) -> str | None:
    """What this sandbox cannot run, though AWS can: to be said before an execution begins."""
    for state in _every(definition):
        if state["Type"] == "Map":
            return "a Map state"
        if state["Type"] == "Task" and not fields.runs(state["Resource"]):
            return str(state["Resource"])
        for member in ("Parameters", "ResultSelector"):
            if member in state and (found := fields.intrinsic(state[member])):
                return found
    return None


def _every(said: Any) -> Iterator[Mapping[str, Any]]:
    for state in said["States"].values():
        yield state
        for one in _branches(state):
            yield from _every(one)


__all__ = ["Problem", "paths", "problems", "said_of", "unsupported"]
