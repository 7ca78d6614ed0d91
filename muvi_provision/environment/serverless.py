"""Functions, automatic scaling at times, alarms, and how new versions are delivered."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from muvi_provision.environment.names import MemberName
from muvi_provision.environment.section import Section

FUNCTION_LIMIT = 32
"""Characters of a function's name, so that with the environment's before it 64 are not passed (aws-reality 7.1 a)."""

_FUNCTION = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


def _function_name(text: str) -> str:
    if not re.fullmatch(_FUNCTION, text) or len(text) > FUNCTION_LIMIT:
        raise ValueError(f'"{text}" is not a name for a function: a-z, 0-9 and hyphens, at most {FUNCTION_LIMIT}')
    return text


FunctionName = Annotated[
    str, AfterValidator(_function_name), Field(json_schema_extra={"pattern": _FUNCTION, "maxLength": FUNCTION_LIMIT})
]


class Function(Section):
    """One Lambda function: code that runs only when something asks for it."""

    purpose: str = Field(description="What it does, in a few words.")
    runtime: str = Field(default="nodejs22.x", description="The language and version AWS runs it with.")
    entry: str = Field(default="index.handler", description="The file and the function in it that AWS calls.")
    memory: int = Field(
        default=256, ge=128, le=10240, description="Its memory in MiB; more is also a faster processor."
    )
    timeout_s: int = Field(default=60, ge=1, le=900, description="Seconds after which AWS ends it.")
    schedule: str | None = Field(
        default=None, description="When it runs, in UTC: rate(30 minutes) or cron(0/20 * * * ? *); left out, never."
    )
    databases: tuple[str, ...] = Field(default=(), description="The databases it is told the addresses of.")
    caches: tuple[str, ...] = Field(default=(), description="The caches it is told the addresses of.")
    network: bool = Field(default=True, description="Whether it stands in the app tier, beside the services.")
    environment: dict[str, str] = Field(
        default={}, description="More variables it is given, by name, each value in quotes."
    )
    code: str | None = Field(
        default=None,
        description="Its code: a folder, a .zip or s3://bucket/key; functions/<name> or <name>.zip if left out.",
    )


class FunctionSource(Section):
    """Where `muvi functions copy` takes code from: another account, by the name of a profile."""

    profile: str = Field(description="The AWS profile that may read the functions there.")
    region: str = Field(description="The region they are in.")
    prefix: str = Field(default="", description="What stands before each function's name there.")
    suffix: str = Field(default="", description="What stands behind it there, as in -prod.")


class Alarms(Section):
    """What CloudWatch watches and when it says so, billed by the alarm and month."""

    services: tuple[MemberName, ...] = Field(
        default=(), description="The services whose processor and memory are watched."
    )
    cpu: int = Field(
        default=85, ge=1, le=100, description="Per cent of its processor, for 15 minutes, that is too much."
    )
    memory: int = Field(
        default=90, ge=1, le=100, description="Per cent of its memory, for 15 minutes, that is too much."
    )
    audit_log_group: str = Field(
        default="",
        description="The log group that CloudTrail writes to; with it sign-ins, refusals and root's use are watched.",
    )
    dashboard: bool = Field(default=True, description="Whether one page of graphs shows everything at a glance.")


class Moment(Section):
    """One turn of the workflow: when, and what is set then."""

    at: str = Field(description="When, in UTC, as a schedule: cron(0 12 * * ? *).")
    min: int | None = Field(default=None, ge=0, description="The fewest copies of the service from then on.")
    classes: dict[MemberName, str] = Field(
        default={}, description="The sizes that databases' machines have from then on, by database."
    )


class Workflow(Section):
    """The workflow that raises a service for the busy hours and lowers it again (Step Functions)."""

    service: MemberName = Field(description="The service it raises and lowers.")
    moments: dict[MemberName, Moment] = Field(description="What is set when, by a name.")


class Pipeline(Section):
    """How a service's new versions come from its source to its containers (CodePipeline)."""

    repository: str = Field(description="The source's repository, as owner/name.")
    branch: str = Field(default="main", description="The branch whose changes are built.")
    provider: Literal["GitHub", "GitLab", "Bitbucket"] = Field(
        default="GitLab", description="Who keeps the repository."
    )
    approval: bool = Field(default=True, description="Whether a person says yes before anything is built.")
    artifacts: str = Field(description="The bucket for what one step hands to the next.")
    copies: str = Field(default="", description="The bucket that keeps a copy of what was built; left out, none.")


class GitHub(Section):
    """A role for GitHub Actions, which deploys without any stored key."""

    repository: str = Field(description="The repository that may deploy, as owner/name.")
    branch: str = Field(default="main", description="The branch whose workflow may.")
