"""What AWS refuses and the emulator would accept; one file a service, a few lines a rule."""

from __future__ import annotations

from muvi_provision.sandbox.rules.registry import Refusal, Rule, check, refusals, rules

__all__ = ["Refusal", "Rule", "check", "refusals", "rules"]
