"""CloudFront's distributions and origin access controls."""

from __future__ import annotations

import hashlib
from typing import Any

from muvi_provision.sandbox.distributions import Distribution, Shelf, items, shelf
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description
_LEFT_OUT = ("CallerReference", "Origins", "Quantity")


def describe(view: View) -> Described:
    """Access controls by name: their ids are arbitrary, and they have no tags."""
    held = shelf(view)
    return {
        "distribution": {one.arn: _distribution(held, one) for one in held.distributions.values()},
        "origin_access_control": {one.name: dict(one.config) | {"tags": {}} for one in held.access_controls.values()},
    }


def _distribution(held: Shelf, one: Distribution) -> dict[str, Any]:
    config = {name: value for name, value in one.config.items() if name not in _LEFT_OUT}
    batches = [list(items(each.batch, "Paths")) for each in held.invalidations.values() if each.distribution == one.id]
    shown = {"status": one.status, "dns": one.domain, "config": config, "invalidations": sorted(batches)}
    origins = {str(each["Id"]): _origin(held, each) for each in items(one.config, "Origins")}
    return shown | {"origins": origins, "tags": dict(sorted(one.tags.items()))}


def _origin(held: Shelf, origin: dict[str, Any]) -> dict[str, Any]:
    """An access control by its name, and of a header's value, which is a secret, a digest."""
    control = held.access_controls.get(origin["OriginAccessControlId"])
    kept = {name: value for name, value in origin.items() if name not in ("DomainName", "CustomHeaders")}
    headers = {str(one["HeaderName"]): {"value": _digest(one["HeaderValue"])} for one in items(origin, "CustomHeaders")}
    named = {"OriginAccessControlId": control.name if control is not None else "", "headers": headers}
    where = {"bucket" if "S3OriginConfig" in origin else "dns": origin["DomainName"]}
    return kept | named | where


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()


SERVICES = {"cloudfront": describe}
