"""Cloud Map."""

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


SERVICES = {"servicediscovery": describe}
