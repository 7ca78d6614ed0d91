"""Finding what runs on ECS, and what the emulator knows of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.fleet import Event, Service, Task
from muvi_provision.sandbox.view import View

_EVENTS = 100


def moment(view: View, at: float) -> datetime:
    """The date of one of the cloud's seconds."""
    return view.today - timedelta(seconds=view.now - at)


def services(view: View, cluster: str = "") -> list[Service]:
    """Of the region, or of one cluster (by name)."""
    found = [one for (region, _), one in view.books.fleet.services.items() if region == view.region]
    return [one for one in found if cluster in ("", one.cluster)]


def tasks(view: View, cluster: str = "", service: str = "") -> list[Task]:
    """Of the region, of one cluster (by name), of one service (by ARN); also the stopped ones that are still listed."""
    found = [one for (region, _), one in view.books.fleet.tasks.items() if region == view.region]
    return [one for one in found if cluster in ("", one.cluster) and service in ("", one.service)]


def unstopped(view: View, cluster: str = "", service: str = "") -> list[Task]:
    return [one for one in tasks(view, cluster, service) if one.phase != "stopped"]


def cluster_of(call: Call, view: View) -> Any:
    """The active cluster that a call means. Raises ``Refused``."""
    name = str(call.params.get("cluster") or "default").rpartition("/")[2]
    found = view.backend("ecs").clusters.get(name)
    if found is None or found.status != "ACTIVE":
        raise Refused("ClusterNotFoundException", "Cluster not found.")
    return found


def service(view: View, cluster: str, wanted: str) -> Service | None:
    """By name or ARN."""
    name = wanted.rpartition("/")[2]
    return next((one for one in services(view, cluster) if one.name == name), None)


def service_of(call: Call, view: View) -> Service:
    """The service that a call means, unless it is gone. Raises ``Refused``."""
    found = service(view, cluster_of(call, view).name, call.params["service"])
    if found is None:
        raise Refused("ServiceNotFoundException", "Service not found.")
    return found


def task(view: View, cluster: str, wanted: str) -> Task | None:
    """By id or ARN."""
    name = wanted.rpartition("/")[2]
    return next((one for one in tasks(view, cluster) if one.id == name), None)


def definition(view: View, wanted: str) -> Any:
    """A task definition by family, family:revision or ARN (a family alone means its latest active one); or None."""
    family, _, revision = wanted.rpartition("/")[2].partition(":")
    held = view.backend("ecs").task_definitions.get(family, {})
    if revision:
        return held.get(int(revision)) if revision.isdigit() else None
    active = [one for one in held.values() if one.status == "ACTIVE"]
    return max(active, key=lambda one: int(one.revision)) if active else None


def definitions(view: View) -> list[Any]:
    return [one for held in view.backend("ecs").task_definitions.values() for one in held.values()]


def vcpus(definition: Any) -> float:
    """What one task takes of the quota; ``cpu`` is in 1,024ths."""
    return int(definition.cpu or 0) / 1024


def units(said: Any) -> int:
    """ "1024", "1 vCPU" and "2 GB" are all right; 0 for what is no number."""
    number, _, unit = str(said).partition(" ")
    try:
        return int(float(number) * 1024) if unit.lower() in ("vcpu", "gb") else int(number)
    except ValueError:
        return 0


def checked(definition: Any) -> bool:
    """Whether a container says how to see that it is well."""
    return any(one.get("healthCheck") for one in definition.container_definitions)


def tell(service: Service | None, at: float, message: str) -> None:
    """Write an event; at most 100 are kept, the newest first."""
    if service is not None:
        said = f"(service {service.name}) {message}."
        service.events.insert(0, Event(str(uuid.uuid4()), at, said))
        del service.events[_EVENTS:]
