"""Everything that is in an account, as plain values, so that two clouds can be compared.

What AWS itself puts into a region (the default VPC and all that belongs to it) is left out as long as it is
untouched: a region that was only looked at is as empty as one that was not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from muvi_provision.sandbox import described
from muvi_provision.sandbox.described import network
from muvi_provision.sandbox.view import View
from muvi_provision.sandbox.world import World

Described = network.Described
_PREFIX_LISTS = {"cloudfront.origin-facing": 55, "s3": 1, "dynamodb": 1}  # aws-reality 3.8 i, 10: weights


def note_baseline(view: View) -> None:
    """Remember what AWS itself put into a region, when it is first looked at."""
    if view.region in view.books.baselines:
        return
    for one in view.ec2.managed_prefix_lists.values():
        weight = next(
            (weight for end, weight in _PREFIX_LISTS.items() if one.prefix_list_name.endswith("." + end)), None
        )
        one.max_entries = weight or one.max_entries
    view.books.baselines[view.region] = network.describe(view)


def take(world: World, account: str, view: Callable[[str], View]) -> dict[str, Any]:
    """service -> region -> kind -> id -> description; nothing that is empty is in it."""
    found: dict[str, Any] = {}
    for service, describe in _services().items():
        for region in world.existing(service, account):
            described = describe(view(region))
            if service == "ec2":
                baseline = view(region).books.baselines.get(region)
                if baseline is None:  # a region that nothing was ever asked of: the emulator made it by the way
                    continue
                described = _without_baseline(described, baseline)
            kept = {kind: dict(sorted(items.items())) for kind, items in sorted(described.items()) if items}
            if kept:
                found.setdefault(service, {})[region] = kept
    return found


def _without_baseline(described: Described, baseline: Mapping[str, Mapping[str, Any]]) -> Described:
    kept = {
        kind: {key: one for key, one in items.items() if baseline.get(kind, {}).get(key) != one}
        for kind, items in described.items()
    }
    for kind, items in baseline.items():
        for key in set(items) - set(described.get(kind, {})):
            kept.setdefault(kind, {})[key] = "deleted, though AWS put it there"
    return kept


def _services() -> dict[str, Callable[[View], Described]]:
    """What each file of ``described`` says it describes."""
    found: dict[str, Callable[[View], Described]] = {}
    for module in iter_modules(described.__path__):
        found |= import_module(f"{described.__name__}.{module.name}").SERVICES
    return found
