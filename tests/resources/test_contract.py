"""Every resource class keeps the same promises."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil

import pytest

import muvi_provision
from muvi_provision.naming import physical
from muvi_provision.resource import Declared
from tests.resources.contract import Bench, Example, is_found_and_nothing_else, keeps_its_promises, round_trips
from tests.resources.examples import EXAMPLES

MADE = [example for example in EXAMPLES if not example.resource.declared.lookup]
LOOKED_UP = [example for example in EXAMPLES if example.resource.declared.lookup]


def address(example: Example) -> str:
    return example.resource.address


def kinds() -> set[str]:
    """Every kind a day module declares."""
    for module in pkgutil.walk_packages(muvi_provision.__path__, "muvi_provision."):
        if module.name.split(".")[1].startswith("day"):
            importlib.import_module(module.name)
    return {kind for kind, made in Declared.kinds.items() if made.__module__.startswith("muvi_provision.")}


def test_every_class_has_an_example() -> None:
    assert kinds() == {example.resource.declared.kind for example in EXAMPLES}


@pytest.mark.parametrize("example", EXAMPLES, ids=address)
def test_every_mutable_field_is_changed_in_an_example(example: Example) -> None:
    kind = example.resource.declared.kind
    alike = [each for each in EXAMPLES if each.resource.declared.kind == kind]
    tried = set().union(*(each.changed for each in alike), *(each.unseen for each in alike))
    assert tried == example.resource.declared.mutable


@pytest.mark.parametrize("example", MADE, ids=address)
def test_it_keeps_its_promises(example: Example, bench: Bench) -> None:
    bench.region = example.region
    bench.stand(*example.standing)
    used = bench.called(lambda: keeps_its_promises(example, bench))
    assert used <= example.resource.declared.actions, "every call it makes is in its actions"


@pytest.mark.parametrize("example", LOOKED_UP, ids=address)
def test_a_look_up_only_finds(example: Example, bench: Bench) -> None:
    bench.stand(*example.standing)
    used = bench.called(lambda: is_found_and_nothing_else(example, bench))
    assert used <= example.resource.declared.actions


@pytest.mark.parametrize("example", EXAMPLES, ids=address)
def test_its_record_is_enough_to_have_it_back(example: Example) -> None:
    round_trips(example.resource)
    for _, variant in example.variants():
        round_trips(variant)


@pytest.mark.parametrize("example", EXAMPLES, ids=address)
def test_a_long_name_is_cut_to_the_limit_and_stays_unique(example: Example) -> None:
    limit = example.resource.declared.name_limit
    long = [dataclasses.replace(example.resource, name=f"{'x' * 300}-{n}").name for n in range(2)]
    names = {physical("uat", name, limit) for name in long}
    assert len(names) == 2
    assert max(map(len, names)) <= limit
