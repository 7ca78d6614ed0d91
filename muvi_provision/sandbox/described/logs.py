"""Log groups, and the metric filters on them."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.effects import logs_filters
from muvi_provision.sandbox.view import View

Described = dict[str, dict[str, Any]]  # kind -> id -> description


def describe(view: View) -> Described:
    backend = view.backend("logs")
    filters = {f"{one.group} {one.name}": logs_filters.shown(one) for one in logs_filters.shelf(view).values()}
    for one in filters.values():
        del one["creationTime"]
    groups = {one.arn: _group(one) | _tags(backend, one) for one in backend.groups.values()}
    return {"log_group": groups, "metric_filter": filters}


def _tags(backend: Any, one: Any) -> dict[str, Any]:
    return {"tags": dict(sorted(backend.tagger.get_tag_dict_for_resource(one.arn).items()))}


def _group(one: Any) -> dict[str, Any]:
    """Without its streams: whoever runs writes to them."""
    return {"name": one.name, "retention": one.retention_in_days, "key": one.kms_key_id}


SERVICES = {"logs": describe}
