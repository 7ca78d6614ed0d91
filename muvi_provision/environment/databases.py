"""The databases and what they have in common, and who uses them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from muvi_provision.environment.section import Section

_DB_CLASS = r"^db\.([a-z0-9]+\.[a-z0-9]+|serverless)$"
_VERSION = r"^[0-9]{2}(\.[0-9]{1,2})?$"
_SMALLEST = "db.t4g.medium (2 vCPU, 4 GB)"


def _instance_class(name: str) -> str:
    if not re.fullmatch(_DB_CLASS, name):
        raise ValueError(f'"{name}" is not a database class, such as db.t4g.medium or db.r6g.large')
    if family := re.fullmatch(r"db\.(r\w+)\.medium", name):
        large = f"db.{family[1]}.large (2 vCPU, 16 GB)"
        raise ValueError(f"{name} does not exist for Aurora PostgreSQL in any region: choose {large} or {_SMALLEST}")
    if name.endswith((".small", ".micro", ".nano")):
        raise ValueError(f"{name} is too small for Aurora PostgreSQL: the smallest is {_SMALLEST}")
    return name


def _version(text: str) -> str:
    if not re.fullmatch(_VERSION, text):
        raise ValueError(
            f'"{text}" is not a version: write "14" for the newest 14 there is, or all of it, as in "14.22"'
        )
    return text


UsedBy = Annotated[
    tuple[str, ...],
    Field(description="The services that may connect; functions stands for all Lambda functions."),
]
InstanceClass = Annotated[str, AfterValidator(_instance_class), Field(json_schema_extra={"pattern": _DB_CLASS})]
Version = Annotated[str, AfterValidator(_version), Field(json_schema_extra={"pattern": _VERSION})]


class Database(Section):
    """One Aurora PostgreSQL cluster."""

    used_by: UsedBy
    instance_class: InstanceClass = Field(
        default="db.t4g.medium", description="The size of the machine it runs on, which is most of its price."
    )
    reader: bool = Field(
        default=False, description="Whether a second, read-only machine stands beside it, at the same price again."
    )


class Aurora(Section):
    """The settings of every Aurora PostgreSQL cluster."""

    version: Version = Field(
        default="14",
        description='The PostgreSQL version, in quotes: "14" is the newest 14 there is, "14.22" exactly that one.',
    )
    protected: bool = Field(
        default=False, description="Whether AWS refuses to delete a database until this is switched off."
    )
    backup_days: int = Field(default=1, ge=1, le=35, description="How many days AWS keeps its automatic backups.")
    export_logs: bool = Field(
        default=True, description="Whether the databases' logs go to CloudWatch, by the gigabyte."
    )
    parameters: dict[str, str] = Field(
        default={}, description="PostgreSQL settings that differ from AWS's own, by name, each value in quotes."
    )


class ProxyPool(Section):
    """How database proxies share connections."""

    max_percent: int = Field(
        default=90, ge=1, le=100, description="Of the database's connections, how many in a hundred a proxy may use."
    )
    idle_percent: int = Field(
        default=50, ge=0, le=100, description="And how many in a hundred it keeps open while nobody needs them."
    )
    idle_client_s: int = Field(
        default=1800, ge=1, le=28_800, description="Seconds after which a client that says nothing is cut off."
    )
    borrow_s: int = Field(default=120, ge=0, le=300, description="Seconds a client waits for a connection.")
