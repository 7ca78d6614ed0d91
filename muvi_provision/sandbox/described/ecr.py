"""Repositories of images."""

from __future__ import annotations

import json
from typing import Any

from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    backend = view.backend("ecr")
    return {"repository": {one.arn: _repository(backend, one) for one in backend.repositories.values()}}


def _repository(backend: Any, one: Any) -> dict[str, Any]:
    policies = {"lifecycle": _document(one.lifecycle_policy), "policy": _document(one.policy)}
    return {
        "name": one.name,
        "mutability": str(getattr(one.image_tag_mutability, "value", one.image_tag_mutability)),
        "scanning": dict(one.image_scanning_configuration),
        "encryption": dict(one.encryption_configuration),
        "images": {image.image_digest: sorted(image.image_tags) for image in one.images},
        "layers": sorted(one.layers),
        "tags": dict(sorted(backend.tagger.get_tag_dict_for_resource(one.arn).items())),
    } | policies


def _document(text: str | None) -> Any:
    return json.loads(text) if text else None


SERVICES = {"ecr": describe}
