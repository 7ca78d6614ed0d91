"""What holds for any file, not only for the ones somebody thought of."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muvi_provision.environment import Environment, load
from muvi_provision.environment.addresses import network, overlap
from muvi_provision.errors import EnvironmentInvalid

RANGES = st.builds(
    lambda start, size: str(IPv4Network((start, size), strict=False)),
    st.integers(0x0AF00000, 0x0AF0FFFF),
    st.integers(16, 28),
)
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 70000),
    st.floats(),
    st.dates(),
    st.text(max_size=8),
    st.lists(st.one_of(st.text(max_size=4), st.integers(), st.none()), max_size=4),
    st.dictionaries(st.text(max_size=6), st.one_of(st.integers(), st.text(max_size=4)), max_size=3),
)


def judged(text: str) -> Environment | tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "any.yaml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            return load(path)
        except EnvironmentInvalid as error:
            return tuple(line.removeprefix(f"{path}:") for line in error.complaints)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


@given(RANGES, RANGES)
def test_overlap_is_sharing_an_address_either_way_round(one: str, other: str) -> None:
    first, second = network(one), network(other)
    shared = first[0] in second or second[0] in first
    assert overlap(one, other) == overlap(other, one) == shared


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(first=RANGES, second=RANGES)
def test_two_subnets_are_refused_exactly_when_they_overlap(first: str, second: str, valid: str) -> None:
    text = valid.replace("app: [10.240.4.0/24, 10.240.5.0/24]", f"app: [{first}, {second}]")
    text = text.replace("public: [10.240.1.0/24, 10.240.2.0/24]", "public: [10.64.1.0/24, 10.64.2.0/24]")
    text = text.replace("private: [10.240.7.0/24, 10.240.8.0/24]", "private: [10.64.7.0/24, 10.64.8.0/24]")
    found = judged(text)
    assert isinstance(found, tuple)
    assert any("overlaps" in line for line in found) == overlap(first, second)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(data=st.data(), value=ANYTHING)
def test_any_value_anywhere_is_accepted_or_complained_of(data: st.DataObject, value: Any, valid: str) -> None:
    plain = yaml.safe_load(valid)
    *way, last = data.draw(st.sampled_from(list(places(plain))))
    group = plain
    for part in way:
        group = group[part]
    group[last] = value
    found = judged(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True))
    assert isinstance(found, Environment) or found
    for line in found if isinstance(found, tuple) else ():
        where, column, text = line.split(":", 2)
        assert int(where) >= 1 and int(column) >= 1 and text.strip() and "\n" not in text


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="a:-[]{}&*!|>'\"#%@ \n\t\\0<?,\x00\ufeffé", max_size=40))
def test_any_text_is_complained_of_and_never_a_crash(text: str) -> None:
    assert isinstance(judged(text), tuple)


@pytest.mark.parametrize("key", ["name", "region", "domain", "internal_domain", "production", "network"])
def test_each_needed_key_is_missed_by_name(key: str, valid: str) -> None:
    plain = yaml.safe_load(valid)
    del plain[key]
    found = judged(yaml.safe_dump(plain, sort_keys=False))
    assert isinstance(found, tuple)
    assert [line for line in found if line.startswith(f'1:1: "{key}" is missing: ')]
