"""Two clouds are the same when they differ in nothing but the ids AWS happened to give."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.naming import ADDRESS, LINEAGE

LOOSE = re.compile(r"\b(vpc|subnet|sg|sgr|rtb|rtbassoc|igw|nat|eipalloc|eni|acl|vpce|dopt|pl)-[0-9a-f]{8,}\b")
SUFFIX = re.compile(r"/[0-9a-f]{16}\b|(?:certificate|attachment)/[0-9a-f-]{36}")
VOLATILE = {
    "value",
    "dns",
    "not_after",
    "not_before",
    "serial",
    "version",
    "versions",
    "muvi:signed-by",
    "muvi:secret-version",
}
VOLATILE |= {"muvi:content", "muvi:ends", "muvi:origin-secret"}  # a digest of ids and all; a time; a version
MARK = re.compile(r"(muvi:lineage=|\bmuvi/[a-z0-9-]+/)[0-9a-f]{16,}")  # the lineage of what bears no tags
ENTERED = "instances"  # of a name in Cloud Map: the addresses of what happens to run
SECRET = re.compile(r"(:secret:[^:\s]+)-[A-Za-z0-9]{6}\b")


def canonical(snapshot: Mapping[str, Any]) -> Any:
    """The snapshot with every id replaced by the address on its tags, as sorted lists without other ids."""
    names = dict(_names(snapshot))
    short = {arn.rpartition("/")[2]: address for arn, address in names.items() if ":distribution/" in arn}
    return _plain(snapshot, names | short)  # the dashboard knows distributions by their ids


def addresses(snapshot: Mapping[str, Any]) -> list[str]:
    """The address of every tagged object, sorted, repeated where there are two."""
    return sorted(address for _, address in _names(snapshot))


def _names(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            tags = item.get("tags") if isinstance(item, Mapping) else None
            if isinstance(tags, Mapping) and ADDRESS in tags:
                yield str(key), tags[ADDRESS]
            yield from _names(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _names(item)


def _plain(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        kept = {str(k): _plain(v, names) for k, v in value.items() if k not in VOLATILE and k != LINEAGE}
        if kept.get("versioning") == "Suspended":  # which a bucket is that was never versioned, once that was said
            kept["versioning"] = None
        if isinstance(listed := value.get(ENTERED), list):
            kept[ENTERED] = len(listed)
        if any(_text(key, names) != key for key in kept):
            return sorted(([_text(key, names), item] for key, item in kept.items()), key=_order)
        return kept
    if isinstance(value, list | tuple | set | frozenset):
        return sorted((_plain(item, names) for item in value), key=_order)
    return _text(value, names) if isinstance(value, str) else value


def _text(text: str, names: Mapping[str, str]) -> str:
    if text in names:
        return names[text]
    for found in LOOSE.findall(text) and set(re.findall(LOOSE.pattern.replace("(vpc", "(?:vpc"), text)):
        if found in names:
            text = text.replace(found, names[found])
    text = MARK.sub(r"\1*", SECRET.sub(r"\1-*", text))
    return SUFFIX.sub("/*", LOOSE.sub(r"\1-*", text))


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
