"""Routes: those to something that has gone are black holes."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import amend
from muvi_provision.sandbox.rules.ec2_network import network_of
from muvi_provision.sandbox.view import View


@amend("ec2", ("CreateRoute", "ReplaceRoute", "DeleteRoute"))
def canonical_destination(call: Call, view: View, params: dict[str, Any]) -> None:
    network = network_of(params.get("DestinationCidrBlock"))
    if network is not None:
        params["DestinationCidrBlock"] = str(network)


def state(route: Any) -> str:
    """aws-reality 3.6 g: AWS leaves the route when the gateway goes."""
    lost_nat = route.nat_gateway is not None and route.nat_gateway.state in ("deleting", "deleted", "failed")
    gateway = route.gateway
    lost_gateway = gateway is not None and hasattr(gateway, "vpc") and gateway.vpc is None
    return "blackhole" if lost_nat or lost_gateway else "active"


def install() -> None:
    """The emulator's routes are all active, whatever happens."""
    from moto.ec2.models.route_tables import Route

    Route.state = property(state)
