"""The tree drawn at the top of errors.py is the tree there is, with the codes people will look up."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from muvi_provision import errors
from muvi_provision.errors import EnvironmentInvalid, MuviError

DRAWN = re.compile(r"^    (?P<lead>[│ ├└─]*)(?P<name>[A-Z]\w+)(?:\s+(?P<exit>\d+))?")


def tree() -> Iterator[tuple[str, str, int]]:
    """(class, its parent, exit code) as drawn; a class without a code has its parent's."""
    above: list[tuple[int, str, int]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = DRAWN.match(line)
        if not found:
            continue
        depth = len(found["lead"])
        above = [one for one in above if one[0] < depth]
        parent = above[-1][1] if above else "Exception"
        code = int(found["exit"]) if found["exit"] else (above[-1][2] if above else 1)
        above.append((depth, found["name"], code))
        yield found["name"], parent, code


def classes() -> list[type[MuviError]]:
    return [made for made in vars(errors).values() if isinstance(made, type) and issubclass(made, MuviError)]


TREE = list(tree())


def test_the_drawing_is_read() -> None:
    assert ("MuviError", "Exception", 1) in TREE
    assert ("NotOurs", "GuardRefused", 5) in TREE


def test_every_class_is_drawn_once() -> None:
    assert sorted(name for name, _, _ in TREE) == sorted(made.__name__ for made in classes())


@pytest.mark.parametrize(("name", "parent", "code"), TREE)
def test_parents_and_exit_codes_are_as_drawn(name: str, parent: str, code: int) -> None:
    made = getattr(errors, name)
    assert made.__bases__[0].__name__ == parent
    assert made.exit_code == code


def test_codes_are_unique() -> None:
    codes = [made.code for made in classes()]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("made", classes(), ids=lambda made: made.__name__)
def test_the_first_digits_are_the_exit_code(made: type[MuviError]) -> None:
    assert re.fullmatch(r"MUVI-\d{4}", made.code)
    digits = made.code.removeprefix("MUVI-")
    assert digits.startswith("13" if made.exit_code == 130 else str(made.exit_code))


@pytest.mark.parametrize("made", classes(), ids=lambda made: made.__name__)
def test_every_class_says_its_own_summary(made: type[MuviError]) -> None:
    assert "summary" in vars(made)
    assert not made.summary.endswith(".")
    assert made.summary not in {other.summary for other in classes() if other is not made}


def test_an_error_says_where_what_why_and_next() -> None:
    error = errors.AwsRefused("no", where="vpc/main", why="because", next=("muvi run", "muvi drift"))
    assert str(error) == (
        "MUVI-1010: AWS refused the request; where: vpc/main; what: no; why: because; next: muvi run; next: muvi drift"
    )


def test_parts_that_are_not_there_are_not_said() -> None:
    assert str(errors.Declined()) == "MUVI-3001: not confirmed, so nothing was done"
    assert errors.Declined().args == ("not confirmed, so nothing was done",)


def test_all_complaints_about_a_file_are_kept() -> None:
    error = EnvironmentInvalid(("uat.yaml:1:1: a", "uat.yaml:2:1: b"), where="uat.yaml")
    assert error.complaints == ("uat.yaml:1:1: a", "uat.yaml:2:1: b")
    assert error.what == "uat.yaml:1:1: a\nuat.yaml:2:1: b"
