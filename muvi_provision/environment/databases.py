"""The databases and caches, and who uses them."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from muvi_provision.environment.section import Section

_DB_CLASS = r"^db\.([a-z0-9]+\.[a-z0-9]+|serverless)$"
_NODE_TYPE = r"^cache\.[a-z0-9]+\.[a-z0-9]+$"
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


def _node_type(name: str) -> str:
    if not re.fullmatch(_NODE_TYPE, name):
        raise ValueError(f'"{name}" is not a cache node type, such as cache.t3.micro')
    return name


UsedBy = Annotated[
    tuple[str, ...],
    Field(description="The services that may connect; functions stands for all Lambda functions."),
]
InstanceClass = Annotated[str, AfterValidator(_instance_class), Field(json_schema_extra={"pattern": _DB_CLASS})]
NodeType = Annotated[str, AfterValidator(_node_type), Field(json_schema_extra={"pattern": _NODE_TYPE})]


class Database(Section):
    """One Aurora PostgreSQL cluster."""

    used_by: UsedBy
    instance_class: InstanceClass = Field(
        default="db.t4g.medium", description="The size of the machine it runs on, which is most of its price."
    )
    reader: bool = Field(
        default=False, description="Whether a second, read-only machine stands beside it, at the same price again."
    )


class Cache(Section):
    """One Redis cluster: memory that services share for seconds or minutes."""

    used_by: UsedBy
    purpose: str = Field(default="", description="What is kept in it, in a few words for whoever reads the plan.")
    node_type: NodeType = Field(
        default="cache.t3.micro", description="The size of the machine it runs on; cache.t3.micro holds half a GB."
    )
