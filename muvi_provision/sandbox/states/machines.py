"""The state machines of a region and their executions, kept with the emulator's, and so over a restart."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from muvi_provision.sandbox import lifecycles, objects
from muvi_provision.sandbox.view import View

KIND = "state_machine"
_SETTLES_S = 3


@dataclass
class Track:
    """One line of states: the machine's own, or a branch of one of its Parallel states.

    ``branch``: which Parallel states, and which of their branches, lead to it; ``given``: what the state was given;
    ``until``: when it goes on, in the cloud's seconds; ``outcome``: Succeeded or Failed once it has ended;
    ``result``: what comes out of it; ``error``: its name and cause.
    """

    branch: tuple[tuple[str, int], ...]
    state: str
    given: Any
    until: float = 0
    entered: bool = False
    waited: bool = False
    tries: dict[int, int] = field(default_factory=dict)
    branches: list[Track] = field(default_factory=list)
    outcome: str = ""
    result: Any = None
    error: tuple[str, str] = ("", "")


@dataclass
class Execution:
    """``definition`` is the one it began with; ``events`` as GetExecutionHistory tells them."""

    arn: str
    name: str
    machine: str
    role: str
    definition: dict[str, Any]
    given: str
    began: datetime
    root: Track
    ended: datetime | None = None
    status: str = "RUNNING"
    output: str | None = None
    error: tuple[str, str] = ("", "")
    events: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Machine:
    arn: str
    name: str
    definition: str
    role: str
    type: str
    logging: dict[str, Any]
    tracing: dict[str, Any]
    encryption: dict[str, Any]
    tags: dict[str, str]
    created: datetime
    status: str = "ACTIVE"
    earlier: tuple[str, str] = ("", "")  # definition and role before the last update
    settled_at: float = 0  # until when executions still begin with them
    executions: dict[str, Execution] = field(default_factory=dict)


def change(view: View, one: Machine, definition: str, role: str) -> None:
    """aws-reality 7.6 b: what is started within some seconds may still run the old one."""
    one.earlier, one.settled_at = current(view, one), view.now + view.seconds(_SETTLES_S)
    one.definition, one.role = definition, role


def current(view: View, one: Machine) -> tuple[str, str]:
    """The definition and the role that an execution begins with."""
    return one.earlier if view.now < one.settled_at else (one.definition, one.role)


def held(view: View) -> dict[str, Machine]:
    """The region's, by ARN."""
    found: dict[str, Machine] = vars(view.backend("stepfunctions")).setdefault("shelf", {})
    return found


def there(view: View) -> list[Machine]:
    """The same, where looking must not make anything."""
    backend = view.world.existing("stepfunctions", view.account).get(view.region)
    return list(vars(backend).get("shelf", {}).values()) if backend is not None else []


def arn_of(view: View, name: str) -> str:
    return f"arn:aws:states:{view.region}:{view.account}:stateMachine:{name}"


def execution(view: View, arn: str) -> Execution | None:
    return next((one.executions[arn] for one in held(view).values() if arn in one.executions), None)


def _gone(view: View, wanted: str) -> None:
    held(view).pop(wanted, None)


objects.register(objects.Kind(KIND, ":stateMachine:", "StateMachineDoesNotExist", there))
lifecycles.register(lifecycles.Lifecycle(KIND, "", "", 0, "DELETING", 5, attribute="status"), end=_gone)  # 7.6 f
