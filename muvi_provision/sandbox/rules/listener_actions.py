"""What listeners and their rules do with a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.listeners import FORWARDS, balancer_of, behind, forwarded, groups_of, protocol_of
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_LAST = ("forward", "redirect", "fixed-response")
_SIGNING_IN = ("authenticate-oidc", "authenticate-cognito")
_GROUPS, _HEAVIEST = 5, 999  # aws-reality 3.10 i; botocore model: TargetGroupTuple
_SAME = {  # a redirect that leaves all of these as they are leads back to itself
    "Protocol": "#{protocol}",
    "Host": "#{host}",
    "Port": "#{port}",
    "Path": "/#{path}",
    "Query": "#{query}",
}


@rule(
    "elbv2", "CreateListener", "ValidationError", "a listener has a default action", source="ELBv2 API: CreateListener"
)
def no_action(call: Call, view: View) -> str | None:
    return None if call.params.get("DefaultActions") else "A default action must be specified"


@rule(
    "elbv2",
    FORWARDS,
    "ValidationError",
    "the last action forwards, redirects or answers, and only that one",
    source="ELBv2 API: CreateRule",
)
def last_action(call: Call, view: View) -> str | None:
    actions = sorted(_actions(call), key=lambda one: int(one.get("Order") or 1))
    kinds = [str(one.get("Type")) for one in actions]
    good = not kinds or (kinds[-1] in _LAST and not any(one in _LAST for one in kinds[:-1]))
    said = "An action of type 'forward', 'redirect' or 'fixed-response' must be specified exactly once, as the last"
    return None if good else said


@rule("elbv2", FORWARDS, "ValidationError", "an action forwards to five target groups at most", source="3.10 i")
def too_many_groups(call: Call, view: View) -> str | None:
    many = any(len(set(groups_of(one))) > _GROUPS for one in _actions(call))
    return f"Actions of type 'forward' can have at most '{_GROUPS}' target groups" if many else None


@rule("elbv2", FORWARDS, "ValidationError", "a target group weighs 0 to 999", source="ELBv2 API: TargetGroupTuple")
def weight(call: Call, view: View) -> str | None:
    told = (each for one in _actions(call) for each in (one.get("ForwardConfig") or {}).get("TargetGroups", ()))
    bad = [each["Weight"] for each in told if not 0 <= int(each.get("Weight", 1)) <= _HEAVIEST]
    return f"Target group weight '{bad[0]}' must be between '0' and '{_HEAVIEST}' inclusive" if bad else None


@rule(
    "elbv2",
    FORWARDS,
    "InvalidConfigurationRequest",
    "a target group and its load balancer are in one VPC",
    source="aws-load-balancer-controller#1045",
)
def other_network(call: Call, view: View) -> str | None:
    balancer = view.find("load_balancer", balancer_of(call))
    found = (view.find("target_group", wanted) for wanted in forwarded(call))
    away = balancer is not None and [one.arn for one in found if one.vpc_id not in (None, balancer.vpc_id)]
    said = "The following target groups are in a different VPC than load balancer"
    return f"{said} '{balancer.arn}': {away[0]}" if away else None


@rule(
    "elbv2",
    FORWARDS,
    "TooManyUniqueTargetGroupsPerLoadBalancer",
    "a load balancer forwards to 100 target groups",
    source="3.9 i",
)
def too_many_behind(call: Call, view: View) -> str | None:
    mine, wanted = balancer_of(call), set(forwarded(call))
    if len(view.all("target_group")) <= view.quotas["target_groups_per_load_balancer"]:
        return None
    held = {one.arn for one in view.all("target_group") if mine in behind(view, one.arn)}
    full = not wanted <= held and len(held | wanted) > view.quotas["target_groups_per_load_balancer"]
    return "The maximum number of unique target groups has been reached for the load balancer." if full else None


@rule(
    "elbv2",
    FORWARDS,
    "InvalidLoadBalancerAction",
    "a redirect leads somewhere else",
    source="ELBv2 API: RedirectActionConfig",
)
def redirected_to_itself(call: Call, view: View) -> str | None:
    for one in _actions(call):
        said = one.get("RedirectConfig") if one.get("Type") == "redirect" else None
        if said is not None and all(said.get(name, same) == same for name, same in _SAME.items()):
            return "The redirect configuration is not valid because it creates a loop."
    return None


@rule(
    "elbv2",
    FORWARDS,
    "InvalidLoadBalancerAction",
    "people are signed in over HTTPS only",
    source="ELBv2 API: Action; its code from memory",
)
def signing_in(call: Call, view: View) -> str | None:
    found = [str(one["Type"]) for one in _actions(call) if one.get("Type") in _SIGNING_IN]
    bad = found and protocol_of(call, view) != "HTTPS"
    return f"Actions of type '{found[0]}' are supported only on HTTPS listeners" if bad else None


def _actions(call: Call) -> Iterator[Mapping[str, Any]]:
    yield from call.params.get("DefaultActions", ())
    yield from call.params.get("Actions", ())
