"""An empty account on a clock that stands still."""

from __future__ import annotations

from tests.unit.day1_network.balancing.conftest import ground, rehearsal

__all__ = ["ground", "rehearsal"]
