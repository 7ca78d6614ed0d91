"""Day 5."""

from __future__ import annotations

from muvi_provision.aws.wait_rows.row import Wait

WAITS: dict[str, Wait] = {}

# How long an object is still shown after its deletion: usual seconds, and when to say that it is stuck.
GONE: dict[str, Wait] = {}
