"""What runs on ECS: services, their deployments, their tasks, as the sandbox itself keeps them.

The emulator starts no tasks. All times are the cloud's seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, str]  # region, ARN
NEVER = float("inf")


@dataclass
class Deployment:
    """One try to bring a service to a task definition. ``rollout`` is IN_PROGRESS, COMPLETED or FAILED."""

    id: str
    definition: str
    network: dict[str, Any]
    created: float
    updated: float
    desired: int
    rollout: str = "IN_PROGRESS"
    reason: str = ""
    failed_tasks: int = 0
    status: str = "PRIMARY"


@dataclass
class Event:
    id: str
    at: float
    message: str


@dataclass
class Service:
    """``deployments`` has the primary one first; ``settings`` are what CreateService and UpdateService were told.

    due: when the scheduler looks at it next.
    completed: the last deployment that came to a good end, to roll back to.
    pause: no task is started before then: the scheduler slows down when starting fails again and again; and a
        service that is deleted is not gone before then.
    unplaced: when it was last said that there is no room for a task.
    failures: tasks that failed since one was healthy.
    """

    arn: str
    name: str
    cluster: str
    created: float
    desired: int
    settings: dict[str, Any]
    deployments: list[Deployment]
    due: float
    status: str = "ACTIVE"
    completed: Deployment | None = None
    steady: bool = False
    pause: float = 0
    unplaced: float = -NEVER
    failures: int = 0
    events: list[Event] = field(default_factory=list)

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]


@dataclass
class Task:
    """``phase`` is starting, running, draining, stopping or stopped; ``due`` when it goes on by itself."""

    arn: str
    cluster: str
    service: str
    deployment: str
    definition: str
    created: float
    due: float
    settings: dict[str, Any]
    subnet: str
    interface: str
    address: str
    tags: list[dict[str, str]]
    phase: str = "starting"
    started: float | None = None
    healthy: bool = False
    stopping: float | None = None
    stopped: float | None = None
    reason: str = ""
    code: str = ""
    exit_code: int | None = None
    container_reason: str = ""
    attachment: str = ""
    registered: list[tuple[str, int]] = field(default_factory=list)  # target group, port
    instances: list[str] = field(default_factory=list)  # Cloud Map services

    @property
    def id(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def alive(self) -> bool:
        """Counted as one of its deployment's: it is not on its way out."""
        return self.phase in ("starting", "running")


@dataclass
class Fleet:
    services: dict[Key, Service] = field(default_factory=dict)
    tasks: dict[Key, Task] = field(default_factory=dict)
    revisions: dict[tuple[str, str], int] = field(default_factory=dict)  # region, family -> the last one ever given
    tokens: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # region, token -> asked, made
