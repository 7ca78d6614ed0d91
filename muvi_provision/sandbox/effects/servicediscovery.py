"""Cloud Map's namespaces, made and deleted by operations, and their services."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import cloud_map
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, instead
from muvi_provision.sandbox.view import View


@instead("servicediscovery", "CreatePrivateDnsNamespace")
def namespace_coming(call: Call, view: View) -> Any:
    """aws-reality 5.8 c: the same name in the same VPC is refused with the id of the one that is there."""
    from moto.servicediscovery.models import Namespace

    said = call.params
    _refuse_repeated(call, view)
    namespace = Namespace(
        account_id=view.account,
        region=view.region,
        name=said["Name"],
        ns_type="DNS_PRIVATE",
        creator_request_id=said.get("CreatorRequestId", ""),
        description=said.get("Description", ""),
        dns_properties=dict((said.get("Properties") or {}).get("DnsProperties") or {}),
        http_properties={"HttpName": said["Name"]},
        vpc=said["Vpc"],
    )
    namespace.created = namespace.updated = view.today.timestamp()
    operation = cloud_map.begin(view, "CREATE_NAMESPACE", namespace.id, _failure(call, view))
    cloud_map.coming(view)[operation] = (namespace, list(said.get("Tags", ())))
    return {"OperationId": operation}


def _refuse_repeated(call: Call, view: View) -> None:
    name, vpc, token = call.params["Name"], call.params["Vpc"], call.params.get("CreatorRequestId")
    for operation, (one, _) in cloud_map.coming(view).items():
        if (one.name, one.vpc) == (name, vpc) and one.creator_request_id == token:
            more = {"DuplicateOperationId": operation}
            raise Refused("DuplicateRequest", "The operation is already in progress.", more=more)
    pending = [one for one, _ in cloud_map.coming(view).values()]
    for one in (*cloud_map.held(view).namespaces.values(), *pending):
        if (one.name, one.vpc) == (name, vpc):
            more = {"NamespaceId": one.id, "CreatorRequestId": one.creator_request_id}
            raise Refused("NamespaceAlreadyExists", f"Namespace {name} already exists in {vpc}.", more=more)


def _failure(call: Call, view: View) -> tuple[str, str] | None:
    """5.8 e: what Cloud Map finds out only when it makes the zone."""
    name, vpc = call.params["Name"], call.params["Vpc"]
    if view.find("vpc", vpc) is None:
        return "CANNOT_CREATE_HOSTED_ZONE", f"InvalidVPCId: The VPC {vpc} in {view.region} does not exist."
    if cloud_map.zone_of(view, vpc, name) is not None:
        said = f"ConflictingDomainExists: The VPC {vpc} is associated with another hosted zone for {name} already."
        return "CANNOT_CREATE_HOSTED_ZONE", said
    return None


@instead("servicediscovery", "DeleteNamespace")
def namespace_going(call: Call, view: View) -> Any:
    wanted = call.params["Id"].rpartition("/")[2]
    running = cloud_map.under_way(view, "DELETE_NAMESPACE", wanted)
    if running:
        more = {"DuplicateOperationId": running}
        raise Refused("DuplicateRequest", "The operation is already in progress.", more=more)
    return {"OperationId": cloud_map.begin(view, "DELETE_NAMESPACE", wanted)}


@instead("servicediscovery", "UpdatePrivateDnsNamespace")
def namespace_changed(call: Call, view: View) -> Any:
    """The emulator would lose the zone's id."""
    namespace = cloud_map.held(view).namespaces[call.params["Id"].rpartition("/")[2]]
    said = call.params["Namespace"]
    namespace.description = said.get("Description", namespace.description)
    namespace.dns_properties |= (said.get("Properties") or {}).get("DnsProperties") or {}
    operation = cloud_map.held(view)._create_operation("UPDATE_NAMESPACE", targets={"NAMESPACE": namespace.id})
    return {"OperationId": operation}


@instead("servicediscovery", "CreateService")
def service_taken(call: Call, view: View) -> Any:
    """5.8 c."""
    home = call.params.get("NamespaceId") or call.params["DnsConfig"]["NamespaceId"]
    for one in cloud_map.services_of(view, home):
        if one.name.lower() == call.params["Name"].lower():
            more = {"ServiceId": one.id, "ServiceArn": one.arn, "CreatorRequestId": one.creator_request_id}
            raise Refused("ServiceAlreadyExists", f"Service {one.name} already exists in {home}.", more=more)
    return None


@after("servicediscovery", "CreateService")
def service_made(call: Call, view: View, result: Any) -> None:
    """5.8 g: the threshold is always 1. Old callers name the namespace beside the records."""
    service = cloud_map.held(view).services[result["Service"]["Id"]]
    service.namespace_id = service.namespace_id or call.params["DnsConfig"]["NamespaceId"]
    service.service_type = "DNS_HTTP" if service.dns_config else "HTTP"
    if service.health_check_custom_config is not None:
        service.health_check_custom_config = {"FailureThreshold": 1}
    service.created = view.today.timestamp()


@after("servicediscovery", "CreateHttpNamespace")
def namespace_made(call: Call, view: View, result: Any) -> None:
    """The emulator makes it at once; its zone would be nowhere, so there is nothing to wait for."""
    operation = cloud_map.held(view).operations[result["OperationId"]]
    cloud_map.held(view).namespaces[operation.targets["NAMESPACE"]].created = view.today.timestamp()


@instead("servicediscovery", "DeleteService")
def service_gone(call: Call, view: View) -> Any:
    """The emulator keeps the tags."""
    service = cloud_map.held(view).services.pop(call.params["Id"])
    cloud_map.held(view).tagger.delete_all_tags_for_resource(service.arn)
    return {}


@instead("servicediscovery", "UpdateService")
def service_changed(call: Call, view: View) -> Any:
    """Records that are not said again are gone; the emulator would lose the routing policy with them."""
    service, said = cloud_map.held(view).services[call.params["Id"]], call.params["Service"]
    operation = cloud_map.begin_inside(view, "UPDATE_SERVICE", SERVICE=service.id)
    service.description = said.get("Description", service.description)
    records = said.get("DnsConfig", {}).get("DnsRecords")
    service.dns_config = {**(service.dns_config or {}), "DnsRecords": list(records)} if records else None
    service.health_check_config = said.get("HealthCheckConfig")
    return {"OperationId": operation}


@instead("servicediscovery", "DeregisterInstance")
def instance_going(call: Call, view: View) -> Any:
    """aws-reality 5.8 f: it is there until the operation has ended. The emulator has the words for one that is not."""
    service, wanted = cloud_map.held(view).services.get(call.params["ServiceId"]), call.params["InstanceId"]
    if service is None or all(one.instance_id != wanted for one in service.instances):
        return None
    operation = cloud_map.begin_inside(view, "DEREGISTER_INSTANCE", INSTANCE=wanted, SERVICE=service.id)
    return {"OperationId": operation}
