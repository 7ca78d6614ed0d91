"""The rules of listeners: in the order of their priorities, and told as AWS tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from muvi_provision.sandbox import objects
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, amend, instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.rules.listener_rules import values_of
from muvi_provision.sandbox.rules.listeners import groups_of
from muvi_provision.sandbox.view import View

_CONFIGS = {"path-pattern": "PathPatternConfig", "host-header": "HostHeaderConfig"}


@amend("elbv2", ("CreateListener", "ModifyListener"))
def default_actions(call: Call, view: View, params: dict[str, Any]) -> None:
    """Those of a listener are told as those of its rules are."""
    if params.get("DefaultActions"):
        params["DefaultActions"] = [spelt(one) for one in call.params["DefaultActions"]]


@after("elbv2", ("CreateRule", "ModifyRule"))
def written(call: Call, view: View, result: Any) -> None:
    result["Rules"] = [told(one) for one in result["Rules"]]


@instead("elbv2", "DescribeRules")
def shown(call: Call, view: View) -> Any:
    """The default one last."""
    wanted = call.params.get("ListenerArn")
    if wanted:
        held = list(view.find("listener", wanted).rules.values())
    else:
        held = [view.find("listener_rule", one) for one in call.params["RuleArns"]]
    found = [told(one) for one in sorted(held, key=lambda one: rank(one.priority))]
    kept, token = page(found, call.params.get("Marker"), int(call.params.get("PageSize") or 400))
    return {"Rules": kept} | ({"NextMarker": token} if token else {})


def rank(priority: Any) -> float:
    return float("inf") if priority == "default" else float(priority)


def told(one: Any) -> dict[str, Any]:
    default = one.priority == "default"
    shown = {"RuleArn": one.arn, "Priority": str(one.priority), "IsDefault": default}
    conditions = [_condition(each) for each in one.conditions]
    return shown | {"Conditions": conditions, "Actions": [spelt(each.data) for each in one.actions]}


def _condition(said: Mapping[str, Any]) -> dict[str, Any]:
    """Paths and hosts are told in both spellings, whichever was used."""
    config = _CONFIGS.get(str(said.get("Field")))
    values = values_of(said)
    return {"Field": said["Field"], "Values": values, config: {"Values": values}} if config else dict(said)


def spelt(said: Mapping[str, Any]) -> dict[str, Any]:
    """So are target groups; one that is alone is told beside its weight."""
    if said["Type"] != "forward":
        return dict(said)
    config = said.get("ForwardConfig") or {}
    arns = list(dict.fromkeys(groups_of(said)))
    weights = {one["TargetGroupArn"]: int(one.get("Weight", 1)) for one in config.get("TargetGroups", ())}
    groups = [{"TargetGroupArn": arn, "Weight": weights.get(arn, 1)} for arn in arns]
    sticky = {"TargetGroupStickinessConfig": config.get("TargetGroupStickinessConfig") or {"Enabled": False}}
    alone = {"TargetGroupArn": arns[0]} if len(arns) == 1 else {}
    return {key: value for key, value in said.items() if key not in ("TargetGroupArn", "ForwardConfig")} | {
        "ForwardConfig": {"TargetGroups": groups} | sticky,
        **alone,
    }


objects.register(
    objects.Kind(
        "listener_rule",
        ":listener-rule/",
        "RuleNotFound",
        lambda view: [one for listener in view.all("listener") for one in listener.rules.values()],
    )
)
