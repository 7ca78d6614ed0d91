"""The words of the design: unknown values, handles, comparison, the round trip of a record, the class line."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muvi_provision.resource import (
    Change,
    Declared,
    Handle,
    Resource,
    Unknown,
    UnknownValue,
    differences,
    from_json,
    is_known,
    mentions,
    resolve,
    resolved,
    secret,
    to_json,
)

steady = settings(derandomize=True, deadline=None, database=None, max_examples=150)
ID = Unknown("vpc/main", "id")


class Lodge(Resource, ready="lodge_open", mutable={"colour"}, name_limit=20, prices=("lodge.hour",)):
    """Something to stand in a field."""

    colour: str = "green"
    below: Any = None
    password: str = secret(default="")


class MountainLodge(Lodge, kind="mountain-lodge", mutable={"height"}, prices=()):
    height: int = 0


class Abstract(Resource, awaits={"below"}):
    abstract: ClassVar[bool] = True
    below: Any = None


class HTTPLodge2Go(Abstract, completes=True):
    """Its kind is made from its name."""


OURS = {kind: made for kind, made in Declared.kinds.items() if made.__module__ == __name__}
for _kind in OURS:  # others ask which kinds there are; ours exist in these tests only
    del Declared.kinds[_kind]


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for kind, made in OURS.items():
        monkeypatch.setitem(Declared.kinds, kind, made)
    yield


LOOKED_AT: dict[str, Callable[[Any], Any]] = {
    "branched on": bool,
    "negated": lambda value: not value,
    "measured": len,
    "iterated": list,
    "unpacked": lambda value: [*value],
    "indexed": lambda value: value[0],
    "searched": lambda value: "x" in value,
    "less": lambda value: value < 1,
    "greater or equal": lambda value: value >= "a",
    "sorted": lambda value: sorted([value, "a"]),
    "equal to text": lambda value: value == "vpc-1",
    "unlike text": lambda value: value != "vpc-1",
    "in a list of texts": lambda value: value in ["vpc-1"],
    "added": lambda value: value + "x",
    "added to": lambda value: 1 + value,
    "a number": int,
    "a fraction": float,
    "rounded down": math.floor,
    "formatted as a number": lambda value: f"{value:d}",
    "formatted as a fraction": lambda value: f"{value:.2f}",
    "padded": lambda value: f"{value:>9}",
    "joined": "".join,
    "split": lambda value: value.split(","),
}


@pytest.mark.parametrize("look", LOOKED_AT.values(), ids=LOOKED_AT)
def test_an_unknown_value_cannot_be_looked_at(look: Callable[[Any], Any]) -> None:
    with pytest.raises((TypeError, AttributeError)):
        look(ID)


@pytest.mark.parametrize("word", ["branched on", "measured", "iterated", "less", "equal to text", "a number", "added"])
def test_the_error_names_the_value(word: str) -> None:
    with pytest.raises(UnknownValue, match=r"\$\{vpc/main\.id\} is not known"):
        LOOKED_AT[word](ID)


def test_an_unknown_value_may_be_printed_and_passed_on() -> None:
    assert str(ID) == repr(ID) == f"{ID}" == "${vpc/main.id}"
    assert f"arn:{ID}/x" == "arn:${vpc/main.id}/x"
    assert {ID: 1}[Unknown("vpc/main", "id")] == 1
    assert Unknown("vpc/main", "arn") != ID
    assert Unknown("vpc/other", "id") != ID


def test_the_outputs_of_a_handle_are_unknown_until_they_are_filled_in() -> None:
    handle: Handle[Any] = Handle("vpc/main")
    assert handle.id == ID  # type: ignore[comparison-overlap]
    assert handle.arn == Unknown("vpc/main", "arn")
    filled: Handle[Any] = Handle("vpc/main", {"id": "vpc-1", "arn": "arn:1"})
    assert (filled.id, filled.arn) == ("vpc-1", "arn:1")
    assert filled.dns_name == Unknown("vpc/main", "dns_name")


def test_handles_are_the_same_by_address() -> None:
    assert Handle("vpc/main") == Handle("vpc/main", {"id": "vpc-1"})
    assert "vpc-1" not in repr(Handle("vpc/main", {"id": "vpc-1"}))
    assert Handle("vpc/main") != Handle("vpc/other")


def test_a_handle_has_no_private_outputs() -> None:
    """Else copying and pickling would take it for something it is not."""
    with pytest.raises(AttributeError):
        Handle("vpc/main").__deepcopy__  # noqa: B018


VALUES = {"vpc/main": {"id": "vpc-1", "arn": "arn:1"}, "eip/a": {"id": "eip-1"}}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (ID, "vpc-1"),
        (f"x {ID} y {Unknown('eip/a', 'id')}", "x vpc-1 y eip-1"),
        ({"a": [ID, {"b": (ID,)}]}, {"a": ["vpc-1", {"b": ("vpc-1",)}]}),
        (frozenset({ID}), frozenset({"vpc-1"})),
        (Unknown("vpc/main", "dns_name"), Unknown("vpc/main", "dns_name")),
        (f"{Unknown('nat/a', 'id')}", "${nat/a.id}"),
        ("${not a reference}", "${not a reference}"),
        (5, 5),
        (None, None),
    ],
)
def test_values_are_filled_in_wherever_they_stand(value: Any, wanted: Any) -> None:
    assert resolved(value, VALUES.get) == wanted


def test_a_resource_is_filled_in_as_a_copy() -> None:
    lodge = Lodge("a", below=Handle("vpc/main"), colour=f"{ID}-green")
    real = resolve(lodge, VALUES.get)
    assert isinstance(real, Lodge)
    assert real.below.arn == "arn:1"
    assert real.colour == "vpc-1-green"
    assert lodge.below.id == ID
    assert not is_known(lodge.wanted())
    assert is_known(real.wanted())


def test_what_a_resource_stands_on() -> None:
    lodge = Lodge("a", colour=f"{Unknown('eip/a', 'public_ip')}", below=(Handle("vpc/main"), {"x": [ID]}))
    assert lodge.needs() == ("eip/a", "vpc/main")
    assert list(lodge.references()) == [
        ("colour", "eip/a", "public_ip"),
        ("below", "vpc/main", "id"),
        ("below", "vpc/main", "id"),
    ]
    assert list(mentions({"a": {"b": frozenset({Handle("x/y")})}})) == [("x/y", "id")]


def test_only_what_aws_tells_is_compared() -> None:
    wanted = {"a": 1, "b": 2}
    assert differences(wanted, {"a": 1}) == ()
    assert differences(wanted, {"a": 1, "c": 9}) == ()
    assert differences(wanted, {"b": 3}) == (Change("b", 3, 2),)
    assert str(Change("b", 3, 2)) == "b: 3 -> 2"


@pytest.mark.parametrize(
    ("wanted", "observed", "same"),
    [
        ((1, 2), [1, 2], True),
        ((1, 2), [2, 1], False),
        (frozenset({1, 2}), {2, 1}, True),
        (frozenset({1}), {1, 2}, False),
        ({"a": [1, (2,)]}, {"a": (1, [2])}, True),
        ({"a": [frozenset({"x"})]}, {"a": [{"x"}]}, True),
        (ID, "vpc-1", False),
        (f"{ID}", "${vpc/main.id}", False),
        (("a", ID), ("a", "vpc-1"), False),
        (None, None, True),
        (None, "", False),
        (True, False, False),
    ],
)
def test_what_counts_as_different(wanted: Any, observed: Any, same: bool) -> None:
    assert (differences({"field": wanted}, {"field": observed}) == ()) is same


def test_handles_are_compared_by_id() -> None:
    real = resolve(Lodge("a", below=Handle("vpc/main")), VALUES.get)
    assert differences(real.wanted(), {"below": "vpc-1"}) == ()
    assert differences(real.wanted(), {"below": "vpc-2"}) == (Change("below", "vpc-2", "vpc-1"),)


def test_a_secret_is_nowhere() -> None:
    lodge = Lodge("a", password="hunter2")
    assert "hunter2" not in repr(lodge) + str(lodge) + json.dumps(to_json(lodge)) + str(lodge.wanted())
    assert set(to_json(lodge)) == {"name", "colour", "below"}
    assert lodge == Lodge("a", password="another")
    assert differences(lodge.wanted(), {"password": "observed"}) == ()


ADDRESSES = st.from_regex(r"[a-z]{1,6}/[a-z0-9-]{1,8}", fullmatch=True)
HANDLES: st.SearchStrategy[Any] = st.builds(Handle, ADDRESSES)
UNKNOWNS = st.builds(Unknown, ADDRESSES, st.from_regex(r"[a-z_]{1,6}", fullmatch=True))
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
FIELDS = st.recursive(
    PLAIN | HANDLES | UNKNOWNS | st.frozensets(st.text(max_size=4), max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), inner, max_size=3)
    ),
    max_leaves=8,
)


def same(left: Any, right: Any) -> bool:
    """Equality that does not look at unknown values."""
    match left:
        case Unknown():
            return isinstance(right, Unknown) and str(left) == str(right)
        case Mapping():
            return (
                isinstance(right, Mapping)
                and left.keys() == right.keys()
                and all(same(left[key], right[key]) for key in left)
            )
        case tuple():
            return isinstance(right, tuple) and len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and bool(left == right)


@steady
@given(FIELDS, st.text(max_size=5))
def test_a_record_gives_the_resource_again(value: Any, colour: str) -> None:
    lodge = MountainLodge("a", colour=colour, below=value, height=3)
    written = json.loads(json.dumps(to_json(lodge)))
    again = from_json("mountain-lodge", written)
    assert isinstance(again, MountainLodge)
    assert same(again.below, value)
    assert (again.name, again.colour, again.height) == ("a", colour, 3)
    assert to_json(again) == to_json(lodge)
    assert again.needs() == lodge.needs()


def test_a_record_of_a_set_of_handles_is_written() -> None:
    lodge = Lodge("a", below=frozenset({Handle("sg/b"), Handle("sg/a")}))
    again = from_json("lodge", json.loads(json.dumps(to_json(lodge))))
    assert isinstance(again, Lodge)
    assert again.below == lodge.below


def test_a_record_of_a_later_version_loses_only_fields_we_do_not_know() -> None:
    again = from_json("lodge", {"name": "a", "colour": "red", "balcony": True})
    assert again == Lodge("a", colour="red")


def test_a_kind_we_do_not_know() -> None:
    with pytest.raises(KeyError):
        from_json("castle", {"name": "a"})


def test_a_class_line_is_read_and_inherited() -> None:
    assert Lodge.declared.kind == "lodge"
    assert (Lodge.declared.ready, Lodge.declared.name_limit) == ("lodge_open", 20)
    assert Lodge.declared.mutable == frozenset({"colour"})
    mountain = MountainLodge.declared
    assert (mountain.kind, mountain.ready, mountain.name_limit) == ("mountain-lodge", "lodge_open", 20)
    assert mountain.mutable == frozenset({"height"})
    assert mountain.prices == ()
    assert Lodge.declared.mutable == frozenset({"colour"}), "a subclass changes nothing above it"


def test_kinds_are_named_after_their_classes() -> None:
    assert HTTPLodge2Go.declared.kind == "httplodge2-go"
    assert HTTPLodge2Go("x").address == "httplodge2-go/x"
    assert HTTPLodge2Go.declared.awaits == frozenset({"below"})
    assert HTTPLodge2Go.declared.completes
    assert not Abstract.declared.completes


def test_abstract_classes_are_no_kinds() -> None:
    assert set(OURS) == {"lodge", "mountain-lodge", "httplodge2-go"}
    assert "resource" not in Declared.kinds


def test_a_word_the_class_line_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError):
        type("Typo", (Resource,), {}, mutabel={"colour"})
    Declared.kinds.pop("typo", None)


def test_resources_are_frozen_and_their_fields_named() -> None:
    lodge = Lodge("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        lodge.colour = "red"  # type: ignore[misc]
    with pytest.raises(TypeError):
        Lodge("a", "red")  # type: ignore[misc]


def test_what_it_costs_is_one_of_each_price() -> None:
    assert Lodge("a").costs() == (("lodge.hour", 1.0),)
    assert MountainLodge("a").costs() == ()
