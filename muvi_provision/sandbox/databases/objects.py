"""Aurora's objects. They live in the emulator's own collections, so its tagging API and its dump find them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Tagged:
    """What has an ARN and tags."""

    arn: str
    name: str
    tags: dict[str, str]

    def get_tags(self) -> list[dict[str, str]]:
        """The emulator's tagging API asks for them so."""
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]


@dataclass
class SubnetGroup(Tagged):
    description: str
    vpc: str
    subnets: list[str]


@dataclass
class ParameterGroup(Tagged):
    """``changed``: name -> value, how it is applied."""

    family: str
    description: str
    changed: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class Cluster(Tagged):
    """``said`` has the settings in the words of CreateDBCluster, ``pending`` those that wait for the window.

    due: the version that it is being upgraded to.
    """

    resource_id: str
    subnet_group: str
    groups: list[str]
    password: str  # a digest
    said: dict[str, Any]
    made_at: datetime
    status: str = ""
    writer: str = ""
    secret: str = ""  # with the password, when RDS keeps it
    pending: dict[str, Any] = field(default_factory=dict)
    due: dict[str, Any] = field(default_factory=dict)


@dataclass
class Instance(Tagged):
    """A member of a cluster; ``said`` in the words of CreateDBInstance.

    pending: what waits for the window. due: what is being changed now.
    """

    resource_id: str
    cluster: str
    zone: str
    interface: str
    said: dict[str, Any]
    made_at: datetime
    status: str = ""
    pending: dict[str, Any] = field(default_factory=dict)
    due: dict[str, Any] = field(default_factory=dict)


@dataclass
class Snapshot(Tagged):
    """A manual snapshot of a cluster."""

    cluster: str
    version: str
    made_at: datetime
    status: str = ""


@dataclass
class Door:
    """Where clients come in: the subnets, the groups and the interfaces of a proxy or of one of its endpoints."""

    vpc: str
    subnets: list[str]
    groups: list[str]
    interfaces: list[str]
    address: str


@dataclass
class Endpoint(Tagged):
    """A proxy's further endpoint."""

    proxy: str
    role: str
    door: Door
    made_at: datetime
    status: str = ""


@dataclass
class Registration:
    """A cluster behind a proxy. ``status`` is REGISTERING, REGISTERED (its health is then looked at) or UNAVAILABLE."""

    arn: str
    cluster: str
    status: str = ""


@dataclass
class Proxy(Tagged):
    """``said`` in the words of CreateDBProxy, ``pool`` in those of ConnectionPoolConfig."""

    resource_id: str
    door: Door
    said: dict[str, Any]
    pool: dict[str, Any]
    made_at: datetime
    changed_at: datetime
    status: str = ""
    registered: dict[str, Registration] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
