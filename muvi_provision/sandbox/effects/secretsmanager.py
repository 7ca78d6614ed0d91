"""Secrets: the name that is not free yet, and the listing that lags behind what was made, changed and deleted."""

from __future__ import annotations

import copy
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import amend, instead
from muvi_provision.sandbox.lag import hidden
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.rules.secretsmanager import BLOCKED_S, blocked
from muvi_provision.sandbox.view import View

_CHANGES = ("DeleteSecret", "RestoreSecret", "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage")


@amend("secretsmanager", "DeleteSecret")
def deleted(call: Call, view: View, params: dict[str, Any]) -> None:
    """aws-reality 4.8 e, f: a forced deletion is not over at once; one of what is not there changes nothing."""
    found = view.secrets.get(call.params["SecretId"])
    if found is not None and call.params.get("ForceDeleteWithoutRecovery") and view.speed:
        blocked(view)[found.name] = view.now + view.seconds(BLOCKED_S)


@amend("secretsmanager", (*_CHANGES, "TagResource", "UntagResource"))
def changing(call: Call, view: View, params: dict[str, Any]) -> None:
    """A listing goes on showing what was, also of a secret that is gone."""
    found, told = view.secrets.get(call.params["SecretId"]), _told(view)
    if found is not None and view.lag_s and told.get(found.arn, (0.0,))[0] <= view.now:
        told[found.arn] = (view.now + view.lag_s, copy.deepcopy(found))


@instead("secretsmanager", "ListSecrets")
def listed(call: Call, view: View) -> Any:
    """1.3: it may lag behind."""
    from moto.secretsmanager.models import _matches

    said, now = call.params, {secret.arn: secret for secret in view.secrets.values()}
    late = {arn for arn in now if hidden(view, "secret", arn, call.service, looking=True)}
    before = {arn: secret for arn, (until, secret) in _told(view).items() if until > view.now}
    if not late and not before:
        return None
    shown = [
        secret.to_dict()
        for arn, secret in (now | before).items()
        if arn not in late
        and (said.get("IncludePlannedDeletion") or not secret.is_deleted())
        and _matches(secret, said.get("Filters", []))
    ]
    kept, token = page(shown, said.get("NextToken"), said.get("MaxResults", 100))
    return {"SecretList": kept} | ({"NextToken": token} if token else {})


def _told(view: View) -> dict[str, tuple[float, Any]]:
    """ARN -> until when a listing shows what, in place of what is so by now."""
    found: dict[str, tuple[float, Any]] = vars(view.backend("secretsmanager")).setdefault("told", {})
    return found
