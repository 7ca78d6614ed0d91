"""What the sandbox holds of EventBridge: the rules of the default bus, with their targets (aws-reality 7.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

BUS = "default"


@dataclass
class Rule:
    """``settings`` are what PutRule said last. PutTargets hears of it from ``seen_from`` on, in the cloud's seconds."""

    name: str
    arn: str
    settings: dict[str, Any]
    tags: dict[str, str]
    seen_from: float
    targets: dict[str, dict[str, Any]] = field(default_factory=dict)  # by their id

    @property
    def state(self) -> str:
        return str(self.settings.get("State", "ENABLED"))


def shelf(view: View) -> dict[str, Rule]:
    """One region's rules, by name."""
    found: dict[str, Rule] = vars(view.backend("events")).setdefault("shelf", {})
    return found


def kept(view: View) -> dict[str, Rule]:
    """The same, without making anything where there is nothing."""
    backend = view.world.everything().get("events", {}).get(view.account, {}).get(view.region)
    found: dict[str, Rule] = vars(backend).get("shelf", {}) if backend is not None else {}
    return found


def missing(name: str) -> Refused:
    return Refused("ResourceNotFoundException", f"Rule {name} does not exist on EventBus {BUS}.")


def asked(call: Call, view: View) -> Rule:
    """The rule that a call means. Raises ``Refused``."""
    name = str(call.params.get("Rule") or call.params["Name"])
    found = shelf(view).get(name)
    if found is None:
        raise missing(name)
    return found


def tagged(call: Call, view: View) -> Rule:
    """The rule whose ARN a call about tags names. Raises ``Refused``."""
    arn = call.params["ResourceARN"]
    found = next((one for one in shelf(view).values() if one.arn == arn), None)
    if found is None:
        raise missing(arn.rpartition("/")[2])
    return found


def arn_of(view: View, name: str) -> str:
    return f"arn:aws:events:{view.region}:{view.account}:rule/{name}"
