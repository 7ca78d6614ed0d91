"""Client tokens: the same token gives the same object; with other parameters it is an error (aws-reality 1.4)."""

from __future__ import annotations

import json
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.books import Token
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

# operation -> the kind it makes, where the answer holds it (secrets have their own rule in the emulator)
_MAKES = {
    "CreateNatGateway": ("nat_gateway", "NatGateway"),
    "CreateRouteTable": ("route_table", "RouteTable"),
    "CreateVpcEndpoint": ("vpc_endpoint", "VpcEndpoint"),
}


def replay(call: Call, view: View) -> dict[str, Any] | None:
    """The answer to a call whose token was used before; None for a new one."""
    used = view.books.tokens.get(_key(call)) if _has_token(call) else None
    if used is None:
        return None
    if used.parameters != _parameters(call):
        raise Refused(
            "IdempotentParameterMismatch", "The parameters do not match those of the request that had this client token"
        )
    kind, member = _MAKES[call.operation]
    made = view.find(kind, used.made)
    if made is None:  # long gone: AWS has forgotten the token with it
        del view.books.tokens[_key(call)]
        return None
    return {member: made, "ClientToken": call.params["ClientToken"]}


def note(call: Call, view: View, result: Any) -> None:
    """Remember what a token made."""
    if _has_token(call):
        made = result[_MAKES[call.operation][1]].id
        view.books.tokens[_key(call)] = Token(_parameters(call), made)
        result["ClientToken"] = call.params["ClientToken"]


def _has_token(call: Call) -> bool:
    return call.service == "ec2" and call.operation in _MAKES and bool(call.params.get("ClientToken"))


def _key(call: Call) -> tuple[str, str, str]:
    return call.region, call.operation, call.params["ClientToken"]


def _parameters(call: Call) -> str:
    return json.dumps(call.params, sort_keys=True, default=str)
