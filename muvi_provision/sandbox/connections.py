"""Connections to where code is kept (aws-reality 7.9): the emulator has none.

They are kept with the emulator's pipelines of their region, and so over a restart. Both names of the service,
``codeconnections`` and ``codestar-connections``, show the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from muvi_provision.errors import SandboxError
from muvi_provision.sandbox.emulator import LOCK
from muvi_provision.sandbox.view import View

if TYPE_CHECKING:
    from muvi_provision.sandbox.cloud import Cloud

SERVICES = ("codeconnections", "codestar-connections")


@dataclass
class Connection:
    """``status``: PENDING until somebody has authorised it in the console, then AVAILABLE."""

    arn: str
    name: str
    provider: str
    tags: dict[str, str]
    host: str = ""
    status: str = "PENDING"


def held(view: View) -> dict[str, Connection]:
    """The region's, by what their ARNs end in, which both spellings of an ARN share."""
    found: dict[str, Connection] = vars(view.backend("codepipeline")).setdefault("connections", {})
    return found


def find(view: View, arn: str) -> Connection | None:
    """Of any region: a connection may be used from another one (aws-reality 7.9 h)."""
    region, ending = _parts(arn)
    regions = view.world.existing("codepipeline", view.account)
    found: dict[str, Connection] = vars(regions[region]).get("connections", {}) if region in regions else {}
    return found.get(ending)


def _parts(arn: str) -> tuple[str, str]:
    region = arn.split(":")[3] if arn.count(":") > 3 else ""
    return region, arn.rpartition("/")[2]


@cache
def regions() -> frozenset[str]:
    """Where there are connections: botocore's list of the endpoints, without me-central-1 (aws-reality 0.3)."""
    import boto3

    return frozenset(boto3.Session().get_available_regions("codestar-connections"))


def authorise(cloud: Cloud, name: str) -> list[str]:
    """What a person does in the console: the handshake of every connection of that name; the ARNs.

    Raises:
        SandboxError: there is none of that name.
    """
    with LOCK:
        there = cloud.world.existing("codepipeline", cloud.account).values()
        every: list[Any] = [one for each in there for one in vars(each).get("connections", {}).values()]
        named: list[Connection] = [one for one in every if one.name == name]
        for one in named:
            one.status = "AVAILABLE"
    if not named:
        raise SandboxError(f"there is no connection named {name}")
    return [one.arn for one in named]
