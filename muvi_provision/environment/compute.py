"""What all services have in common: their images, logs, cluster, names and how new versions are rolled out."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from muvi_provision.environment.names import AccountId, MemberName, Region
from muvi_provision.environment.section import Section

RETENTION = (1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
"""The days CloudWatch keeps logs for, no others. Source: PutRetentionPolicy, aws-reality 5.4 g."""

_TAG = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$"
_NAMESPACE = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$"


def _tag(text: str) -> str:
    if not re.fullmatch(_TAG, text):
        raise ValueError(f'"{text}" is not an image tag: letters, digits, dots, hyphens and underscores')
    return text


def _namespace(text: str) -> str:
    if len(text) > 253 or not re.fullmatch(_NAMESPACE, text):
        raise ValueError(
            f'"{text}" is not a name for a namespace: words of a-z, 0-9 and hyphens with dots between them'
        )
    return text


def _retention(days: int) -> int:
    if days not in RETENTION:
        raise ValueError(
            f"CloudWatch does not keep logs for {days} days: choose one of {', '.join(map(str, RETENTION))}"
        )
    return days


ImageTag = Annotated[str, AfterValidator(_tag), Field(json_schema_extra={"pattern": _TAG})]


class ImageSource(Section):
    """Where `muvi images copy` takes images from: another account or region."""

    account: AccountId = Field(description="The account that holds the images, twelve digits in quotes.")
    region: Region = Field(description="The region that holds them.")
    prefix: str = Field(default="", description="What stands before the repository's name there, as in cinema-.")
    tag: ImageTag | None = Field(default=None, description="Their tag there; the same as here when left out.")


class Images(Section):
    """The settings of every image repository."""

    tag: ImageTag = Field(default="latest", description="The tag whose image the services run.")
    immutable: bool = Field(default=False, description="Whether a tag that was pushed may never be pushed again.")
    keep: int = Field(default=10, ge=1, le=1000, description="How many images of each repository are kept.")
    source: ImageSource | None = Field(default=None, description="Where images are copied from, if they are.")


class Logs(Section):
    """What services write."""

    retention_days: Annotated[int, AfterValidator(_retention), Field(json_schema_extra={"enum": [*RETENTION]})] = Field(
        default=14, description="How many days CloudWatch keeps it."
    )


class Cluster(Section):
    """The settings of the ECS cluster."""

    container_insights: Literal["disabled", "enabled", "enhanced"] = Field(
        default="disabled", description="Metrics of each container, billed by the metric."
    )


class Deployment(Section):
    """How a new version takes the place of an old one."""

    minimum_percent: int = Field(
        default=100, ge=0, le=100, description="Of the wanted copies, how many in a hundred keep running meanwhile."
    )
    maximum_percent: int = Field(
        default=200, ge=100, le=200, description="And how many in a hundred may run at once, old and new together."
    )
    grace_s: int = Field(
        default=120, ge=0, le=3600, description="Seconds a new copy is left alone before the load balancer judges it."
    )
    drain_s: int = Field(
        default=30, ge=0, le=3600, description="Seconds a load balancer lets an old copy finish what it is at."
    )


class Discovery(Section):
    """Names by which services find one another without a load balancer (Cloud Map)."""

    namespace: Annotated[str, AfterValidator(_namespace)] = Field(
        default="internal", description="The domain of these names; it exists only inside the network."
    )
    services: tuple[MemberName, ...] = Field(default=(), description="The services that are found this way.")
