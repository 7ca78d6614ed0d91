"""The secrets: what is made up, what a person must give, and who reads them."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from muvi_provision.environment.section import Section

_NAME = r"^[a-z0-9]+([-_.][a-z0-9]+)*(/[a-z0-9]+([-_.][a-z0-9]+)*)*$"
_VARIABLE = r"^[A-Z][A-Z0-9_]*$"
LIMIT = 120


def _name(name: str) -> str:
    if len(name) > LIMIT or not re.fullmatch(_NAME, name):
        raise ValueError(
            f'"{name}" is not the name of a secret: words of a-z and 0-9 with slashes between, as in main/rds'
        )
    if re.search(r"-[a-z0-9]{6}$", name):
        raise ValueError(f'"{name}" ends in a hyphen and six characters, which AWS takes for the end of an ARN')
    return name


def _variable(name: str) -> str:
    if name and not re.fullmatch(_VARIABLE, name):
        raise ValueError(f'"{name}" is not the name of a variable: capitals, digits and underscores, as in API_KEY')
    return name


SecretName = Annotated[str, AfterValidator(_name), Field(json_schema_extra={"pattern": _NAME, "maxLength": LIMIT})]


class Secret(Section):
    """One secret; its full name begins with the environment's, as in uat/main/rds."""

    kind: Literal["database", "certificate", "password", "given"] = Field(
        description="database, certificate and password are made up; given is an empty place for a value of yours."
    )
    of: str = Field(
        default="", description="The database (of kind database) or the service (of kind certificate) it belongs to."
    )
    used_by: tuple[str, ...] = Field(
        default=(), description="The services whose containers are given it as a variable."
    )
    variable: Annotated[str, AfterValidator(_variable)] = Field(
        default="", description="The variable's name; made of the secret's own name when left out."
    )
    purpose: str = Field(default="", description="What it is for, in a few words for whoever has to give it.")

    def variable_of(self, name: str) -> str:
        """The variable under which containers see the secret of that name."""
        return variable_of(name, self.variable)


def variable_of(name: str, said: str = "") -> str:
    """What is said, or else made of the name: ``main/braze-key`` is ``MAIN_BRAZE_KEY``."""
    return said or re.sub(r"[^A-Z0-9]+", "_", name.upper())
