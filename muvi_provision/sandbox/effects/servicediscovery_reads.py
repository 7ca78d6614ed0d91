"""What Cloud Map tells: the emulator knows no filters, no pages and no counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from muvi_provision.sandbox import cloud_map
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

Reads = Mapping[str, Callable[[Any], str]]  # a filter's name -> what it looks at
_NAMESPACE: Reads = {
    "TYPE": lambda one: str(one.type),
    "NAME": lambda one: str(one.name),
    "HTTP_NAME": lambda one: str((one.http_properties or {}).get("HttpName", "")),
}
_SERVICE: Reads = {"NAMESPACE_ID": lambda one: str(one.namespace_id)}
_OPERATION: Reads = {
    "NAMESPACE_ID": lambda one: str(one.targets.get("NAMESPACE", "")),
    "SERVICE_ID": lambda one: str(one.targets.get("SERVICE", "")),
    "STATUS": lambda one: str(one.status),
    "TYPE": lambda one: str(one.operation_type),
}


def _listed(call: Call, found: list[Any], reads: Reads, member: str, show: Callable[[Any], Any]) -> dict[str, Any]:
    """aws-reality 1.3: a page is taken first and filtered then, so an empty page with a token is nothing special."""
    taken, token = page(found, call.params.get("NextToken"), call.params.get("MaxResults", 100))
    kept = [show(one) for one in taken if all(_fits(one, each, reads) for each in call.params.get("Filters", ()))]
    return {member: kept} | ({"NextToken": token} if token else {})


def _fits(one: Any, wanted: Mapping[str, Any], reads: Reads) -> bool:
    if wanted["Name"] not in reads:
        raise NotImplementedError(wanted["Name"])
    value, values = reads[wanted["Name"]](one), wanted["Values"]
    condition = wanted.get("Condition", "EQ")
    if condition == "BEGINS_WITH":
        return any(value.startswith(start) for start in values)
    if condition == "EQ" and len(values) != 1:
        raise Refused("InvalidInput", "The condition EQ takes one value.")
    return value in values


@instead("servicediscovery", "ListNamespaces")
def namespaces(call: Call, view: View) -> Any:
    found = sorted(cloud_map.held(view).namespaces.values(), key=lambda one: (one.name, one.id))
    return _listed(call, found, _NAMESPACE, "Namespaces", lambda one: _namespace(view, one))


@instead("servicediscovery", "GetNamespace")
def namespace(call: Call, view: View) -> Any:
    one = cloud_map.held(view).namespaces[call.params["Id"].rpartition("/")[2]]
    return {"Namespace": _namespace(view, one) | {"CreatorRequestId": one.creator_request_id}}


def _namespace(view: View, one: Any) -> dict[str, Any]:
    properties = {"HttpProperties": one.http_properties} if one.http_properties else {}
    return {
        "Id": one.id,
        "Arn": one.arn,
        "Name": one.name,
        "Type": one.type,
        "Description": one.description or "",
        "ServiceCount": len(cloud_map.services_of(view, one.id)),
        "Properties": properties | {"DnsProperties": one.dns_properties},
        "CreateDate": one.created,
    }


@instead("servicediscovery", "ListServices")
def services(call: Call, view: View) -> Any:
    found = sorted(cloud_map.held(view).services.values(), key=lambda one: (one.name, one.id))
    return _listed(call, found, _SERVICE, "Services", _service)


@instead("servicediscovery", "GetService")
def service(call: Call, view: View) -> Any:
    one = cloud_map.held(view).services[call.params["Id"]]
    more = {"NamespaceId": one.namespace_id, "CreatorRequestId": one.creator_request_id}
    return {"Service": _service(one) | more}


def _service(one: Any) -> dict[str, Any]:
    told = {
        "Id": one.id,
        "Arn": one.arn,
        "Name": one.name,
        "Type": one.service_type,
        "Description": one.description or "",
        "InstanceCount": len(one.instances),
        "CreateDate": one.created,
    }
    configured = {
        "DnsConfig": one.dns_config,
        "HealthCheckConfig": one.health_check_config,
        "HealthCheckCustomConfig": one.health_check_custom_config,
    }
    return told | {name: value for name, value in configured.items() if value}


@instead("servicediscovery", "GetOperation")
def operation(call: Call, view: View) -> Any:
    one = cloud_map.held(view).operations.get(call.params["OperationId"])
    if one is None:
        return None  # the emulator has the words for it
    told = one.to_json()
    failed = {"ErrorCode": one.failure_code, "ErrorMessage": one.failure_message} if one.status == "FAIL" else {}
    return {"Operation": told | failed}


@instead("servicediscovery", "ListOperations")
def operations(call: Call, view: View) -> Any:
    """The emulator forgets those of a namespace that is gone."""
    found = list(cloud_map.held(view).operations.values())
    return _listed(call, found, _OPERATION, "Operations", lambda one: {"Id": one.id, "Status": one.status})
