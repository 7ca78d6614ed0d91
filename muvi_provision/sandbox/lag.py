"""Eventual consistency: what was just created cannot be found yet (aws-reality 1.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from muvi_provision.sandbox import objects
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.books import Fresh
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

_MADE: dict[str, tuple[str, Callable[[Any], str]]] = {
    "CreateVpc": ("vpc", lambda result: result["Vpc"].id),
    "CreateSubnet": ("subnet", lambda result: result["Subnet"].id),
    "CreateInternetGateway": ("internet_gateway", lambda result: result["InternetGateway"].id),
    "CreateRouteTable": ("route_table", lambda result: result["RouteTable"].id),
    "CreateNatGateway": ("nat_gateway", lambda result: result["NatGateway"].id),
    "CreateSecurityGroup": ("security_group", lambda result: result["GroupId"]),
    "CreateLoadBalancer": ("load_balancer", lambda result: result["LoadBalancers"][0].arn),
    "CreateTargetGroup": ("target_group", lambda result: result["TargetGroups"][0].arn),
    "CreateListener": ("listener", lambda result: result["Listeners"][0].arn),
}
_NOT_REFERENCES = ("Filters", "Filter", "Tags", "TagSpecifications", "ClientToken")


@dataclass(frozen=True)
class Lag:
    """How long, in the clock's seconds and in calls that do not see it."""

    seconds: float = 0
    reads: int = 0

    def note(self, call: Call, view: View, result: Any) -> None:
        """Something was created."""
        if (self.seconds or self.reads) and call.service in ("ec2", "elbv2") and call.operation in _MADE:
            kind, made = _MADE[call.operation]
            view.books.fresh[view.region, made(result)] = Fresh(kind, view.now + self.seconds, self.reads)


def check(call: Call, view: View) -> None:
    """Raises when the call names something that cannot be found yet."""
    fresh = _hidden(view)
    if not fresh or call.service not in ("ec2", "elbv2"):
        return
    names = {getattr(objects.find(view, one.kind, wanted), "name", ""): wanted for wanted, one in fresh.items()}
    asked = call.params.get("Names", ()) if call.operation.startswith("Describe") else ()
    for text in (*_references(call.params), *(names[name] for name in asked if name in names)):
        if text in fresh:
            _seen(call, view, text)
            missing = objects.BY_NAME[fresh[text].kind].missing
            raise Refused(missing, f"The {fresh[text].kind.replace('_', ' ')} ID '{text}' does not exist")


def trim(call: Call, view: View, result: Any) -> None:
    """Takes out of a listing what cannot be found yet."""
    fresh = _hidden(view)
    if not fresh or not isinstance(result, dict) or not call.operation.startswith("Describe"):
        return
    for key, listed in list(result.items()):
        if isinstance(listed, list):
            result[key] = [one for one in listed if objects.identity(one) not in fresh]
            for one in listed:
                _seen(call, view, objects.identity(one))


def _hidden(view: View) -> dict[str, Fresh]:
    for key, one in list(view.books.fresh.items()):
        if key[0] == view.region and view.now >= one.until and one.reads <= 0:
            del view.books.fresh[key]
    return {wanted: one for (region, wanted), one in view.books.fresh.items() if region == view.region}


def _seen(call: Call, view: View, wanted: str) -> None:
    one = view.books.fresh.get((view.region, wanted))
    if one is not None:
        one.reads -= 1


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _NOT_REFERENCES:
                yield from _references(one)
