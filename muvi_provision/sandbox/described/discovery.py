"""Cloud Map, and the private zones that come and go with its namespaces."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import cloud_map
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    backend = cloud_map.held(view)
    return {
        "namespace": {one.arn: _namespace(one) | _tags(backend, one) for one in backend.namespaces.values()},
        "service": {one.arn: _service(backend, one) | _tags(backend, one) for one in backend.services.values()},
    }


def _tags(backend: Any, one: Any) -> dict[str, Any]:
    return {"tags": dict(sorted(backend.tagger.get_tag_dict_for_resource(one.arn).items()))}


def _namespace(one: Any) -> dict[str, Any]:
    return {"name": one.name, "type": one.type, "description": one.description, "vpc": one.vpc}


def _service(backend: Any, one: Any) -> dict[str, Any]:
    home = backend.namespaces.get(one.namespace_id)
    health = {"health": one.health_check_config, "own_health": one.health_check_custom_config}
    shown = {"name": one.name, "description": one.description, "namespace": home.arn if home is not None else None}
    instances = sorted(str(sorted(item.attributes.items())) for item in one.instances)
    return shown | health | {"dns": one.dns_config, "instances": instances}


def zones(view: View) -> Described:
    """By name and network: their ids are arbitrary, and they have no tags of ours."""
    held = view.backend("route53", "aws").zones.values()
    return {"hosted_zone": {f"{one.name} {' '.join(_vpcs(one))}".strip(): _zone(one) for one in held}}


def _vpcs(one: Any) -> list[str]:
    return sorted(item["vpc_id"] for item in one.vpcs)


def _zone(one: Any) -> dict[str, Any]:
    """Without the records that AWS itself puts there."""
    own = [record for record in one.rrsets if record.type not in ("NS", "SOA")]
    records = sorted([str(record.name), str(record.type), sorted(map(str, record.records))] for record in own)
    owner = {"private": bool(one.private_zone), "managed_by": getattr(one, "managed_by", None)}
    return {"name": one.name, "vpcs": _vpcs(one), "records": records, "tags": {}} | owner


SERVICES = {"servicediscovery": describe, "route53": zones}
