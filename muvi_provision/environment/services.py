"""The load balancers and the services behind them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from muvi_provision.environment.section import Section

GIB = 1024

FARGATE: dict[int, tuple[int, ...]] = {
    256: (512, 1 * GIB, 2 * GIB),
    512: tuple(range(1 * GIB, 4 * GIB + 1, GIB)),
    1024: tuple(range(2 * GIB, 8 * GIB + 1, GIB)),
    2048: tuple(range(4 * GIB, 16 * GIB + 1, GIB)),
    4096: tuple(range(8 * GIB, 30 * GIB + 1, GIB)),
    8192: tuple(range(16 * GIB, 60 * GIB + 1, 4 * GIB)),
    16384: tuple(range(32 * GIB, 120 * GIB + 1, 8 * GIB)),
}
"""The memory sizes (MiB) that Fargate has for each cpu size (1024 units are one vCPU).

Source: Amazon ECS developer guide, task definition parameters.
"""

Port = Annotated[int, Field(ge=1, le=65535)]


def _without_default(schema: dict[str, JsonValue]) -> None:
    """An empty text stands for the service's own name, which is what a reader should be told instead."""
    del schema["default"]


class LoadBalancer(Section):
    """One load balancer: takes requests in and passes each to a healthy container."""

    scheme: Literal["internet-facing", "internal"] = Field(
        description="internet-facing takes requests from outside; internal only from inside the network."
    )


class Scaling(Section):
    """The bounds of automatic scaling, in copies."""

    min: int = Field(default=1, ge=0, description="The fewest copies automatic scaling may leave running.")
    max: int = Field(default=10, ge=1, description="The most copies it may start: a ceiling for the bill as well.")
    cpu: int = Field(default=70, ge=10, le=95, description="Per cent of their processor that copies are kept at.")
    memory: int = Field(default=80, ge=10, le=95, description="Per cent of their memory that copies are kept at.")
    requests: int = Field(
        default=1000, ge=0, description="Requests a minute that each copy is kept at; 0 takes no notice of requests."
    )


class Service(Section):
    """One service: a container image kept running in so many copies (tasks)."""

    port: Port = Field(description="The port the program in the container listens on.")
    load_balancer: str | None = Field(
        default=None, description="The load balancer that brings it requests; leave it out and nothing does."
    )
    listener: Port | None = Field(
        default=None, description="The port of the load balancer on which callers reach this service."
    )
    health: str | None = Field(
        default=None, description="The path asked every few seconds to see that a copy is well; not needed for grpc."
    )
    protocol: Literal["http", "grpc"] = Field(
        default="http", description="What it speaks: http as browsers do, or grpc as services among themselves."
    )
    calls: tuple[str, ...] = Field(
        default=(), description="The services it calls; nothing else is let through between services."
    )
    image: str = Field(
        default="",
        description="The image repository it runs; its own name when left out.",
        json_schema_extra=_without_default,
    )
    tag: str = Field(
        default="", description="The tag of its image; images.tag when left out.", json_schema_extra=_without_default
    )
    environment: dict[str, str] = Field(
        default={}, description="More variables its containers are given, by name, each value in quotes."
    )
    health_command: tuple[str, ...] = Field(
        default=(),
        description="A command that ends well while the container is well; its program must be in the image.",
    )
    cpu: int = Field(
        default=512,
        description="Processor of one copy, in units: 1024 are one vCPU.",
        json_schema_extra={"enum": [*FARGATE]},
    )
    memory: int = Field(
        default=1024, ge=512, description="Memory of one copy in MiB; each cpu size has its own choice."
    )
    tasks: int = Field(default=1, ge=0, description="How many copies to start with.")
    scaling: Scaling = Field(default=Scaling(), description="Between how many copies automatic scaling may choose.")
