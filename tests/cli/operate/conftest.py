"""All days, built in the sandbox, and images to copy in another account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from muvi_provision.sandbox import Running
from tests.registry import OTHER, Registry

SOURCE = f'\nimages:\n  source: {{account: "{OTHER}", region: eu-central-1, prefix: cinema-}}\n'


@pytest.fixture
def foreign(small: Path, cloud: Running) -> Iterator[Registry]:
    """The other account's registry, which the environment's file names as the source; still empty."""
    small.write_text(small.read_text() + SOURCE, encoding="utf-8")
    registry = Registry(cloud.endpoint, OTHER, "eu-central-1")
    yield registry
    for client in registry.border._clients.values():
        client.close()


@pytest.fixture
def fill(foreign: Registry) -> Callable[[], dict[str, str]]:
    """Puts an image for two processors into it for each service; their digests by name."""

    def filled() -> dict[str, str]:
        made = {}
        for name in ("gateway", "main"):
            foreign.repository(f"cinema-{name}")
            kinds = [
                foreign.image(f"cinema-{name}", "", b"base" * 3_000_000, f"{name} {kind}".encode(), processor=kind)
                for kind in ("amd64", "arm64")
            ]
            made[name] = foreign.index(f"cinema-{name}", "latest", *kinds)["digest"]
        return made

    return filled
