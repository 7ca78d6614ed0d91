"""What protects: production's boundaries, how finely security groups are cut, how long certificates live."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from muvi_provision.environment.addresses import AnyRange
from muvi_provision.environment.names import AccountId
from muvi_provision.environment.section import Section


def _pattern(text: str) -> str:
    if not text.strip("* ?"):
        raise ValueError(f'"{text}" would match every name: write a word that only production has, as in *prod*')
    return text


class Production(Section):
    """How to recognise production: its accounts, what it is called, its addresses."""

    accounts: tuple[AccountId, ...] = Field(
        default=(), description="Account ids of production, twelve digits each, in quotes."
    )
    names: tuple[Annotated[str, AfterValidator(_pattern)], ...] = Field(
        default=("*prod*", "*production*"),
        description="Profile names and account aliases that mean production; * stands for anything.",
    )
    ranges: tuple[AnyRange, ...] = Field(
        description="Address ranges of production's networks, which this network may not overlap.",
        json_schema_extra={"minItems": 1},
    )


class SecurityGroups(Section):
    """How many firewalls (security groups) the data tier gets."""

    databases: Literal["shared", "each"] = Field(
        default="shared", description="One firewall for all databases, or one for each."
    )
    caches: Literal["shared", "each"] = Field(
        default="shared", description="One firewall for all caches, or one for each."
    )


class Certificates(Section):
    """The private certificate authority and the certificate it signs for the internal names."""

    authority_years: int = Field(default=10, ge=1, le=30, description="How many years the authority itself is valid.")
    leaf_days: int = Field(
        default=365, ge=30, le=825, description="How many days the certificate of the internal load balancer is valid."
    )
    renew_days_before: int = Field(
        default=30, ge=1, description="How many days before its end a run makes a new certificate."
    )
