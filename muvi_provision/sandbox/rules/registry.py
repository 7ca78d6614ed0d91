"""The rules, by the operation they guard. A rule is a pure function of the call and a view of the cloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import NamedTuple

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

Test = Callable[[Call, View], str | None]  # AWS's message when it refuses


class Rule(NamedTuple):
    """What has to be so for an operation (``sentence``), AWS's code when it is not, and where that is known from.

    source: a section of docs/aws-reality.md, or what else tells: a page of AWS's documents, a model of botocore.
    """

    service: str
    operation: str
    code: str
    sentence: str
    source: str


class Refusal(NamedTuple):
    """A rule as it is told: once, with all the operations it guards."""

    service: str
    operations: tuple[str, ...]
    code: str
    sentence: str
    source: str


_TESTS: dict[tuple[str, str], list[tuple[Rule, Test, int]]] = defaultdict(list)


def rule(
    service: str, operations: str | Iterable[str], code: str, sentence: str, status: int = 400, *, source: str
) -> Callable[[Test], Test]:
    """Registers a test that returns AWS's message when it refuses and None when it does not."""
    named = [operations] if isinstance(operations, str) else list(operations)

    def register(test: Test) -> Test:
        for operation in named:
            _TESTS[service, operation].append((Rule(service, operation, code, sentence, source), test, status))
        return test

    return register


def rules() -> list[Rule]:
    """All of them, by service and operation."""
    _load()
    return sorted(one for tests in _TESTS.values() for one, _, _ in tests)


def refusals() -> list[Refusal]:
    """All of them, by service, then by operations: those that guard the same stand together."""
    guarded: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for one in rules():
        guarded[one.service, one.code, one.sentence, one.source].append(one.operation)
    return sorted(
        Refusal(service, tuple(operations), code, sentence, source)
        for (service, code, sentence, source), operations in guarded.items()
    )


def check(call: Call, view: View) -> None:
    """Raises what AWS would say first."""
    _load()
    for found, test, status in _TESTS.get((call.service, call.operation), ()):
        message = test(call, view)
        if message is not None:
            raise Refused(found.code, message, status)


_LOADED: list[bool] = []


def _load() -> None:
    if not _LOADED:
        for found in iter_modules([str(Path(__file__).parent)]):
            import_module(f"muvi_provision.sandbox.rules.{found.name}")
        _LOADED.append(True)
