"""Secrets: the name that is not free yet, and the listing that lags."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.rules.secretsmanager import BLOCKED_S, blocked
from muvi_provision.sandbox.view import View


@after("secretsmanager", "DeleteSecret")
def deleted(call: Call, view: View, result: Any) -> None:
    """aws-reality 4.8 e, f: a forced deletion is not over at once."""
    if call.params.get("ForceDeleteWithoutRecovery") and view.speed:
        blocked(view)[result["Name"]] = view.now + view.seconds(BLOCKED_S)


@after("secretsmanager", "CreateSecret")
def made(call: Call, view: View, result: Any) -> None:
    if view.lag_s:
        _listed_from(view)[result["ARN"]] = view.now + view.lag_s


@instead("secretsmanager", "ListSecrets")
def listed(call: Call, view: View) -> Any:
    """1.3: it may lag behind."""
    late = {arn for arn, since in _listed_from(view).items() if since > view.now}
    if not late:
        return None
    said, everything = call.params, 1_000_000
    planned = bool(said.get("IncludePlannedDeletion"))
    found, _ = view.backend("secretsmanager").list_secrets(said.get("Filters", []), everything, None, planned)
    shown = [one for one in found if one["ARN"] not in late]
    kept, token = page(shown, said.get("NextToken"), said.get("MaxResults", 100))
    return {"SecretList": kept} | ({"NextToken": token} if token else {})


def _listed_from(view: View) -> dict[str, float]:
    """ARN -> since when a listing shows it."""
    found: dict[str, float] = vars(view.backend("secretsmanager")).setdefault("listed_from", {})
    return found
