"""The Redis caches: one for each purpose, or three that are shared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from muvi_provision.environment.databases import UsedBy
from muvi_provision.environment.section import Section

_NODE_TYPE = r"^cache\.[a-z0-9]+\.[a-z0-9]+$"
_VERSION = r"^7\.[01]$"
_SIZES = ("micro", "small", "medium", "large", "xlarge")


def _node_type(name: str) -> str:
    if not re.fullmatch(_NODE_TYPE, name):
        raise ValueError(f'"{name}" is not a cache node type, such as cache.t3.micro')
    return name


def _version(text: str) -> str:
    if not re.fullmatch(_VERSION, text):
        raise ValueError(f'"{text}" is not a version of Redis 7: there are "7.0" and "7.1"')
    return text


NodeType = Annotated[str, AfterValidator(_node_type), Field(json_schema_extra={"pattern": _NODE_TYPE})]


class Cache(Section):
    """One Redis cluster: memory that services share for seconds or minutes."""

    used_by: UsedBy
    purpose: str = Field(default="", description="What is kept in it, in a few words for whoever reads the plan.")
    node_type: NodeType = Field(
        default="cache.t3.micro", description="The size of the machine it runs on; cache.t3.micro holds half a GB."
    )
    queue: bool = Field(
        default=False, description="Whether job queues live in it: then nothing is thrown out when memory is full."
    )
    shared_as: str = Field(
        default="shared", description="The name of the cache that holds its content when the layout is shared."
    )


class Redis(Section):
    """The settings of every Redis cluster."""

    version: Annotated[str, AfterValidator(_version), Field(json_schema_extra={"pattern": _VERSION})] = Field(
        default="7.1", description='The Redis version, in quotes: "7.0" or "7.1".'
    )
    layout: Literal["each", "shared"] = Field(
        default="each", description="One cluster for each cache as in production, or few that are shared (shared_as)."
    )
    transit_encryption: bool = Field(
        default=True, description="Whether clients must speak TLS; it cannot be changed later."
    )
    replicas: int = Field(
        default=0, ge=0, le=5, description="Copies beside each cache, in other zones, at the same price again."
    )


def clusters(caches: Mapping[str, Cache], layout: Literal["each", "shared"]) -> dict[str, Cache]:
    """The Redis clusters to make, by name: one a cache, or one for all caches with the same ``shared_as``.

    A shared one is as large as the largest in it, is used by whoever uses one of them, and holds queues if one does.
    """
    if layout == "each":
        return dict(caches)
    together: dict[str, list[Cache]] = {}
    for cache in caches.values():
        together.setdefault(cache.shared_as, []).append(cache)
    return {name: _merged(inside) for name, inside in together.items()}


def cluster_of(name: str, caches: Mapping[str, Cache], layout: Literal["each", "shared"]) -> str:
    """The name of the cluster that holds a cache's content."""
    return name if layout == "each" else caches[name].shared_as


def _merged(inside: list[Cache]) -> Cache:
    return Cache(
        used_by=tuple(dict.fromkeys(user for cache in inside for user in cache.used_by)),
        purpose="; ".join(cache.purpose for cache in inside if cache.purpose),
        node_type=max((cache.node_type for cache in inside), key=_size),
        queue=any(cache.queue for cache in inside),
        shared_as=inside[0].shared_as,
    )


def _size(node_type: str) -> tuple[int, int]:
    """Sorts t3.micro before t3.small before r5.large before r5.2xlarge."""
    size = node_type.rpartition(".")[2]
    times = re.fullmatch(r"([0-9]*)(\w+)", size)
    word = times[2] if times else size
    return (_SIZES.index(word) if word in _SIZES else len(_SIZES), int(times[1] or 1) if times else 1)
