"""Connections to where code is kept, under both names of their service."""

from __future__ import annotations

from collections.abc import Callable

from muvi_provision.sandbox import connections
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import Test, rule
from muvi_provision.sandbox.view import View

_TAGGED = ("ListTagsForResource", "TagResource", "UntagResource")
_OPERATIONS = ("CreateConnection", "DeleteConnection", "GetConnection", "ListConnections", *_TAGGED)
_API, _GUIDE = "CodeConnections API: CreateConnection", "Developer Tools console User Guide: quotas"
_SELF_HOSTED = ("GitHubEnterpriseServer", "GitLabSelfManaged")


def _both(operations: str | tuple[str, ...], code: str, sentence: str, source: str) -> Callable[[Test], Test]:
    def register(test: Test) -> Test:
        for service in connections.SERVICES:
            rule(service, operations, code, sentence, source=source)(test)
        return test

    return register


@_both(_OPERATIONS, "EndpointConnectionError", "the region has connections", "0.3, 7.9 h")
def absent(call: Call, view: View) -> str | None:
    """No such address: boto3 raises this by itself, which an address that takes every call cannot make it do."""
    url = f"https://{call.service}.{view.region}.amazonaws.com/"
    return None if view.region in connections.regions() else f'Could not connect to the endpoint URL: "{url}"'


@_both("CreateConnection", "InvalidInputException", "a connection is to one provider, or by one host", _API)
def provider_or_host(call: Call, view: View) -> str | None:
    said = [one for one in ("ProviderType", "HostArn") if call.params.get(one)]
    return None if len(said) == 1 else "Exactly one of ProviderType and HostArn must be specified."


@_both("CreateConnection", "InvalidInputException", "what one runs oneself is reached by a host", _API)
def self_hosted(call: Call, view: View) -> str | None:
    provider = call.params.get("ProviderType")
    return f"A host ARN is required for the provider type {provider}." if provider in _SELF_HOSTED else None


@_both("CreateConnection", "LimitExceededException", "50 connections a region", _GUIDE)
def too_many(call: Call, view: View) -> str | None:
    full = len(connections.held(view)) >= view.quotas["connections"]
    return f"The maximum number of connections has been reached: {view.quotas['connections']}" if full else None


@_both(("CreateConnection", "TagResource"), "LimitExceededException", "50 tags a connection", "1.5")
def too_many_tags(call: Call, view: View) -> str | None:
    there = _there(view, call.params.get("ResourceArn", ""))
    keys = {tag["Key"] for tag in call.params.get("Tags", ())} | set(there.tags if there is not None else ())
    return "The resource has more than 50 tags." if len(keys) > 50 else None


@_both(("CreateConnection", "TagResource"), "InvalidInputException", "no tag begins with aws:", "1.5")
def system_tags(call: Call, view: View) -> str | None:
    wrong = any(tag["Key"].lower().startswith("aws:") for tag in call.params.get("Tags", ()))
    return "Tag keys beginning with aws: are reserved for system use." if wrong else None


@_both(("GetConnection", "DeleteConnection"), "ResourceNotFoundException", "the connection is there", "7.9 c")
def missing(call: Call, view: View) -> str | None:
    arn = call.params["ConnectionArn"]
    return None if _there(view, arn) is not None else f"Connection {arn} not found"


@_both(_TAGGED, "ResourceNotFoundException", "what is tagged is there", "CodeConnections API: TagResource")
def tagged_missing(call: Call, view: View) -> str | None:
    arn = call.params["ResourceArn"]
    return None if _there(view, arn) is not None else f"Resource {arn} not found"


def _there(view: View, arn: str) -> connections.Connection | None:
    return connections.held(view).get(arn.rpartition("/")[2])
