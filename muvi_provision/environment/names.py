"""The names an environment file may use, each within what AWS accepts wherever the name ends up."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field

ENVIRONMENT_LIMIT = 16
MEMBER_LIMIT = 20
RESERVED = frozenset({"prod", "production", "prd", "live"})
FUNCTIONS = "functions"
"""Not a service: the group of all Lambda functions, wherever a list says who uses something."""

COMMON_REGIONS = ("me-central-1", "me-south-1", "eu-central-1", "eu-west-1", "eu-west-2", "us-east-1", "us-west-2")
"""Regions believed without asking botocore, which takes a fifth of a second to load."""

_NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = rf"^({_LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]$"
# AWS keeps these beginnings for itself: parameters (aws, ssm), load balancers (internal-), security groups (sg-)
_KEPT_BY_AWS = re.compile(r"^(aws|ssm|(internal|sg)(-|$))")


def nearest(word: str, candidates: tuple[str, ...] | list[str]) -> str:
    """``: did you mean "zones"?`` or nothing when no candidate is near."""
    found = get_close_matches(word, candidates, n=1)
    return f': did you mean "{found[0]}"?' if found else ""


def _formed(name: str, limit: int) -> str:
    if not re.fullmatch(_NAME, name):
        raise ValueError(
            f'"{name}" is not a name: small letters a-z, digits and single hyphens, beginning with a letter '
            "and not ending with a hyphen"
        )
    if len(name) > limit:
        raise ValueError(f'"{name}" is too long: {len(name)} characters, at most {limit}')
    return name


def _environment_name(name: str) -> str:
    if name.lower() in RESERVED:
        raise ValueError(f'"{name}" is what production is called: choose a name nobody can mistake for it')
    if _KEPT_BY_AWS.match(_formed(name, ENVIRONMENT_LIMIT)):
        raise ValueError(f'"{name}" begins with a word that AWS keeps for itself (aws, ssm, sg-, internal-)')
    return name


def _member_name(name: str) -> str:
    return _formed(name, MEMBER_LIMIT)


def _service_name(name: str) -> str:
    if name == FUNCTIONS:
        raise ValueError(f'"{name}" already stands for all Lambda functions: choose another name for the service')
    return _member_name(name)


def _domain_name(name: str) -> str:
    if len(name) > 253 or not re.fullmatch(_DOMAIN, name):
        raise ValueError(f'"{name}" is not a domain name: words of a-z, 0-9 and hyphens with dots between them')
    return name


def _internal_domain(name: str) -> str:
    if not _domain_name(name).endswith(".internal"):
        raise ValueError(f'"{name}" does not end in .internal, the one ending that is never a public name')
    return name


def _region(name: str) -> str:
    if name in COMMON_REGIONS:
        return name
    if name not in _all_regions():
        raise ValueError(f'"{name}" is not an AWS region{nearest(name, _all_regions())}')
    return name


@cache
def _all_regions() -> tuple[str, ...]:
    from botocore.session import get_session

    return tuple(get_session().get_available_regions("ec2"))


def _account(text: str) -> str:
    if not re.fullmatch(r"[0-9]{12}", text):
        raise ValueError(f'"{text}" is not an account id: twelve digits')
    return text


def _patterned(pattern: str, **more: int) -> object:
    return Field(json_schema_extra={"pattern": pattern, **more})


EnvironmentName = Annotated[
    str, AfterValidator(_environment_name), _patterned(_NAME, minLength=1, maxLength=ENVIRONMENT_LIMIT)
]
MemberName = Annotated[str, AfterValidator(_member_name), _patterned(_NAME, maxLength=MEMBER_LIMIT)]
ServiceName = Annotated[str, AfterValidator(_service_name), _patterned(_NAME, maxLength=MEMBER_LIMIT)]
DomainName = Annotated[str, AfterValidator(_domain_name), _patterned(_DOMAIN)]
InternalDomain = Annotated[str, AfterValidator(_internal_domain), _patterned(r"\.internal$")]
Region = Annotated[str, AfterValidator(_region), _patterned(r"^[a-z]{2}(-[a-z]+)+-[0-9]$")]
AccountId = Annotated[str, AfterValidator(_account), _patterned(r"^[0-9]{12}$")]
