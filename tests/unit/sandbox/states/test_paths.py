"""JSONPath and payload templates."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.states import paths
from muvi_provision.sandbox.states.paths import Failure

GIVEN = {"a": {"b c": [1, {"d": 2}]}}


@pytest.mark.parametrize(
    ("path", "found"),
    [("$", GIVEN), ("$.a['b c'][0]", 1), ('$.a["b c"][1].d', 2), ("$['a']['b c'][1]['d']", 2)],
)
def test_what_is_there(path: str, found: Any) -> None:
    assert paths.is_path(path)
    assert paths.read(path, GIVEN) == found


@pytest.mark.parametrize("path", ["$.x", "$.a.b", "$.a['b c'][7]", "$.a['b c'].d"])
def test_what_is_not_there(path: str) -> None:
    assert not paths.has(path, GIVEN)
    with pytest.raises(Failure, match=r"States\.Runtime"):
        paths.read(path, GIVEN)


@pytest.mark.parametrize("text", ["", "a", "$a", "$.", "$..a", "$.a[*]", "$.a[", 5, None])
def test_what_is_no_path(text: Any) -> None:
    assert not paths.is_path(text)


def test_where_a_result_goes() -> None:
    given = {"a": 1}
    assert paths.put("$", given, 2) == 2
    assert paths.put(None, given, 2) == {"a": 1}
    assert paths.put("$.b.c", given, 2) == {"a": 1, "b": {"c": 2}}
    assert given == {"a": 1}


def test_a_template_is_filled() -> None:
    template = {"x.$": "$.a['b c'][0]", "y": [{"z.$": "$$.State.Name"}, "$.a"], "w": {"v": True}}
    filled = paths.filled(template, GIVEN, {"State": {"Name": "S"}})
    assert filled == {"x": 1, "y": [{"z": "S"}, "$.a"], "w": {"v": True}}
