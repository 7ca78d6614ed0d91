"""What the sandbox adds to the emulator's Cloud Map: operations that take time, and the private zone of a namespace.

Namespaces, services and operations are the emulator's own objects; a namespace that is still being made is not
among them yet.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muvi_provision.sandbox import lifecycles, objects
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.view import View

OPERATION, INSTANCE_OPERATION = "namespace_operation", "instance_operation"


def held(view: View) -> Any:
    return view.backend("servicediscovery")


def coming(view: View) -> dict[str, Any]:
    """By the operation's id: the namespaces that were asked for, with what they are to be tagged with."""
    found: dict[str, Any] = vars(held(view)).setdefault("coming", {})
    for wanted in [one for one in found if held(view).operations[one].status == "FAIL"]:
        del found[wanted]
    return found


def begin(view: View, kind: str, namespace: str, failure: tuple[str, str] | None = None) -> str:
    """An operation upon a namespace begins; its id."""
    backend = held(view)
    operation = str(backend._create_operation(kind, targets={"NAMESPACE": namespace}))
    lifecycles.begin_making(view, OPERATION, operation, failure)
    return operation


def begin_inside(view: View, kind: str, **targets: str) -> str:
    """An operation upon a service or one of its instances begins; its id. Raises ``Refused`` for one under way."""
    running = _pending(view, lambda one: bool(one.targets == targets))
    if running:
        more = {"DuplicateOperationId": running}
        raise Refused("DuplicateRequest", "The operation is already in progress.", more=more)
    operation = str(held(view)._create_operation(kind, targets=targets))
    lifecycles.begin_making(view, INSTANCE_OPERATION, operation)
    return operation


def under_way(view: View, kind: str, namespace: str) -> str | None:
    """The id of an operation of that kind that has not ended."""
    return _pending(view, lambda one: bool(one.operation_type == kind and one.targets.get("NAMESPACE") == namespace))


def _pending(view: View, wanted: Callable[[Any], bool]) -> str | None:
    return next(
        (str(one.id) for one in held(view).operations.values() if one.status == "PENDING" and wanted(one)), None
    )


def zone_of(view: View, vpc: str, name: str) -> Any:
    """The private zone of that name which the VPC sees, or None."""
    for zone in view.backend("route53", "aws").zones.values():
        seen = [one["vpc_id"] for one in zone.vpcs]
        if zone.private_zone and zone.name.rstrip(".").lower() == name.rstrip(".").lower() and vpc in seen:
            return zone
    return None


def services_of(view: View, namespace: str) -> list[Any]:
    return [one for one in held(view).services.values() if one.namespace_id == namespace]


def by_arn(view: View, arn: str) -> Any:
    """The namespace or service with this ARN, or None."""
    backend = held(view)
    return next((one for one in (*backend.namespaces.values(), *backend.services.values()) if one.arn == arn), None)


def _done(view: View, wanted: str) -> None:
    operation = held(view).operations[wanted]
    if operation.operation_type == "CREATE_NAMESPACE":
        _made(view, *coming(view).pop(wanted))
    else:
        _gone(view, operation.targets["NAMESPACE"])


def _made(view: View, namespace: Any, tags: list[dict[str, str]]) -> None:
    """With a zone that only Cloud Map may delete (aws-reality 5.8 b)."""
    zone = view.backend("route53", "aws").create_hosted_zone(
        f"{namespace.name.rstrip('.')}.",
        private_zone=True,
        caller_reference=namespace.id,
        vpcid=namespace.vpc,
        vpcregion=view.region,
        comment=f"Created by AWS Cloud Map namespace with ARN {namespace.arn}",
    )
    zone.managed_by = namespace.arn
    namespace.dns_properties = {**namespace.dns_properties, "HostedZoneId": zone.resource_id}
    held(view).namespaces[namespace.id] = namespace
    if tags:
        held(view).tagger.tag_resource(namespace.arn, tags)


def _gone(view: View, wanted: str) -> None:
    namespace = held(view).namespaces.pop(wanted)
    view.backend("route53", "aws").zones.pop(namespace.dns_properties.get("HostedZoneId"), None)
    held(view).tagger.delete_all_tags_for_resource(namespace.arn)


def _done_inside(view: View, wanted: str) -> None:
    operation = held(view).operations[wanted]
    service = held(view).services.get(operation.targets["SERVICE"])
    if operation.operation_type == "DEREGISTER_INSTANCE" and service is not None:
        gone = operation.targets["INSTANCE"]
        service.instances = [one for one in service.instances if one.instance_id != gone]


for _kind in (OPERATION, INSTANCE_OPERATION):
    objects.register(
        objects.Kind(_kind, ":operation:", "OperationNotFound", lambda view: held(view).operations.values())
    )
lifecycles.register(  # aws-reality 5.8 b
    lifecycles.Lifecycle(OPERATION, "PENDING", "SUCCESS", 45, failed="FAIL", attribute="status"), ready=_done
)
lifecycles.register(  # its records are changed
    lifecycles.Lifecycle(INSTANCE_OPERATION, "PENDING", "SUCCESS", 10, failed="FAIL", attribute="status"),
    ready=_done_inside,
)
