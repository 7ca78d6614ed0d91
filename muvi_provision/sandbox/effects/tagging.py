"""The Resource Groups Tagging API: an index of what is tagged in a region, which may lag (aws-reality 1.3, 9).

Each kind says itself what it has and how it is tagged: ``register("ecs:service", services)``, where ``services`` is
given the view and returns ARN -> tags. A later registration of a kind replaces the earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

Tags = Mapping[str, str]
Source = Callable[[View], Mapping[str, Tags]]
Item = tuple[str, str, dict[str, str]]  # resource type, ARN, tags
_SOURCES: dict[str, Source] = {}


def register(resource_type: str, source: Source) -> None:
    """``source``: ARN -> tags of everything of that type in the view's region, also what has no tags."""
    _SOURCES[resource_type] = source


@dataclass
class Entry:
    """What is indexed of one ARN: ``shown`` until the lag after ``since`` is over, and ``tags`` from then on."""

    resource_type: str
    shown: dict[str, str]
    tags: dict[str, str]
    since: float

    def visible(self, view: View) -> dict[str, str]:
        return self.tags if view.now >= self.since + view.lag_s else self.shown


def observe(view: View) -> None:
    """Note what has changed since the last time: to be called as soon as something may have."""
    index = _index(view)
    present = {arn: (kind, tags) for kind, arn, tags in _everything(view)}
    for arn, (kind, tags) in present.items():
        if arn not in index:
            index[arn] = Entry(kind, {}, tags, view.now)
        elif index[arn].tags != tags:
            index[arn] = Entry(kind, index[arn].visible(view), tags, view.now)
    for arn, entry in list(index.items()):
        if arn in present:
            continue
        if entry.tags:
            index[arn] = Entry(entry.resource_type, entry.visible(view), {}, view.now)
        elif not entry.visible(view):
            del index[arn]


def _index(view: View) -> dict[str, Entry]:
    found: dict[str, Entry] = vars(view.backend("resourcegroupstaggingapi")).setdefault("index", {})
    return found


def _everything(view: View) -> list[Item]:
    known = [(kind, arn, dict(tags)) for kind, source in _SOURCES.items() for arn, tags in source(view).items()]
    return [*known, *_others(view)]


def _others(view: View) -> Iterable[Item]:
    """Services that nobody registered, as the emulator knows them. It has no IAM, and neither has AWS."""
    from moto.core.resource_tagging import iter_taggable_backends

    services = {kind.partition(":")[0] for kind in _SOURCES} | {"iam"}
    for backend in iter_taggable_backends(view.account, view.region):
        if backend.SERVICE_NAMESPACE in services:
            continue
        for one in backend.iter_tagged_resources():
            if one.resource_type.partition(":")[0] not in services:
                yield one.resource_type, one.arn, dict(one.tags)


def _listed(view: View) -> list[Item]:
    if not view.lag_s:
        return _everything(view)
    observe(view)
    return [(entry.resource_type, arn, entry.visible(view)) for arn, entry in _index(view).items()]


@instead("resourcegroupstaggingapi", "GetResources")
def resources(call: Call, view: View) -> Any:
    """100 a page at most, 50 unless asked for more."""
    size = call.params.get("ResourcesPerPage", 50)
    found = sorted(one for one in _listed(view) if one[2] and _wanted(call, one))
    kept, token = page(found, call.params.get("PaginationToken"), size)
    told = [
        {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}
        for _, arn, tags in kept
    ]
    return {"ResourceTagMappingList": told, "PaginationToken": token or ""}


@instead("resourcegroupstaggingapi", "GetTagKeys")
def keys(call: Call, view: View) -> Any:
    found = sorted({key for _, _, tags in _listed(view) for key in tags})
    kept, token = page(found, call.params.get("PaginationToken"), 100)
    return {"TagKeys": kept, "PaginationToken": token or ""}


@instead("resourcegroupstaggingapi", "GetTagValues")
def values(call: Call, view: View) -> Any:
    found = sorted({tags[call.params["Key"]] for _, _, tags in _listed(view) if call.params["Key"] in tags})
    kept, token = page(found, call.params.get("PaginationToken"), 100)
    return {"TagValues": kept, "PaginationToken": token or ""}


@instead("resourcegroupstaggingapi", ("TagResources", "UntagResources"))
def by_the_index(call: Call, view: View) -> Any:
    """Each service is asked itself here: the emulator would tag objects of its own."""
    raise NotImplementedError(call.operation)


def _wanted(call: Call, one: Item) -> bool:
    kind, arn, tags = one
    kinds, arns = call.params.get("ResourceTypeFilters"), call.params.get("ResourceARNList")
    if kinds and kind not in kinds and kind.partition(":")[0] not in kinds:
        return False
    if arns and arn not in arns:
        return False
    return all(_fits(tags, each) for each in call.params.get("TagFilters", ()))


def _fits(tags: Tags, wanted: Mapping[str, Any]) -> bool:
    """Without values, any will do."""
    values = wanted.get("Values")
    return wanted["Key"] in tags and (not values or tags[wanted["Key"]] in values)
