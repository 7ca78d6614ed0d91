"""Connections to where code is kept (aws-reality 7.9), under both names of their service."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from muvi_provision.sandbox import connections
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.connections import Connection
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import Instead, instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View


def _answers(operation: str) -> Callable[[Instead], Instead]:
    def register(effect: Instead) -> Instead:
        for service in connections.SERVICES:
            instead(service, operation)(effect)
        return effect

    return register


@_answers("CreateConnection")
def made(call: Call, view: View) -> Any:
    """Another one each time (aws-reality 7.9 c), and pending until a person has authorised it."""
    said, ending = call.params, str(uuid.uuid4())
    tags = {tag["Key"]: tag["Value"] for tag in said.get("Tags", ())}
    arn = f"arn:aws:{call.service}:{view.region}:{view.account}:connection/{ending}"
    one = Connection(arn, said["ConnectionName"], said.get("ProviderType", ""), tags, said.get("HostArn", ""))
    connections.held(view)[ending] = one
    return {"ConnectionArn": arn, "Tags": _pairs(tags)}


@_answers("GetConnection")
def got(call: Call, view: View) -> Any:
    return {"Connection": _shown(view, _named(view, call.params["ConnectionArn"]))}


@_answers("ListConnections")
def listed(call: Call, view: View) -> Any:
    said = call.params
    found = [
        one
        for one in sorted(connections.held(view).values(), key=lambda one: (one.name, one.arn))
        if said.get("ProviderTypeFilter", one.provider) == one.provider
        and said.get("HostArnFilter", one.host) == one.host
    ]
    kept, token = page(found, said.get("NextToken"), said.get("MaxResults") or 100)
    return {"Connections": [_shown(view, one) for one in kept]} | ({"NextToken": token} if token else {})


@_answers("DeleteConnection")
def gone(call: Call, view: View) -> Any:
    del connections.held(view)[call.params["ConnectionArn"].rpartition("/")[2]]
    return {}


@_answers("ListTagsForResource")
def tags_told(call: Call, view: View) -> Any:
    return {"Tags": _pairs(_named(view, call.params["ResourceArn"]).tags)}


@_answers("TagResource")
def tagged(call: Call, view: View) -> Any:
    _named(view, call.params["ResourceArn"]).tags |= {tag["Key"]: tag["Value"] for tag in call.params["Tags"]}
    return {}


@_answers("UntagResource")
def untagged(call: Call, view: View) -> Any:
    tags = _named(view, call.params["ResourceArn"]).tags
    for key in call.params["TagKeys"]:
        tags.pop(key, None)
    return {}


def _named(view: View, arn: str) -> Connection:
    return connections.held(view)[arn.rpartition("/")[2]]


def _shown(view: View, one: Connection) -> dict[str, Any]:
    told = {"ConnectionName": one.name, "ConnectionArn": one.arn, "ConnectionStatus": one.status}
    more = {"ProviderType": one.provider, "HostArn": one.host}
    return told | {"OwnerAccountId": view.account} | {key: value for key, value in more.items() if value}


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _of(service: str) -> tagging.Source:
    """Those whose ARNs are spelt with this name of the service."""

    def source(view: View) -> dict[str, dict[str, str]]:
        there = view.world.existing("codepipeline", view.account).get(view.region)
        every: list[Connection] = list(vars(there).get("connections", {}).values()) if there is not None else []
        return {one.arn: one.tags for one in every if one.arn.startswith(f"arn:aws:{service}:")}

    return source


for _spelt in connections.SERVICES:
    tagging.register(f"{_spelt}:connection", _of(_spelt))
