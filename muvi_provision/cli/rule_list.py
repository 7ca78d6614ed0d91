"""What the embedded AWS refuses, how long it takes and how much it allows: read off the sandbox's own tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from muvi_provision.cli.options import suggestion
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.sandbox.rules import Refusal

HELP = ("muvi sandbox rules --help",)
MANY = 40


@dataclass(frozen=True)
class Span:
    """How many of AWS's seconds a kind is being made, being deleted, and still listed after its end."""

    kind: str
    make_s: float
    delete_s: float
    listed_s: float

    def described(self) -> dict[str, Any]:
        """For a program."""
        return asdict(self)


@dataclass(frozen=True)
class Limit:
    """A limit of a new account: our name and AWS's (title, service, code), empty where Service Quotas has none."""

    name: str
    default: int
    title: str = ""
    service: str = ""
    code: str = ""

    def described(self) -> dict[str, Any]:
        """For a program."""
        return {key: None if value == "" else value for key, value in asdict(self).items()}


def refused(service: str | None, operation: str | None, code: str | None) -> list[Refusal]:
    """The rules that these words choose; an operation also as boto3 spells it.

    Raises UsageError with the nearest word that there is, SandboxError where a library is missing.
    """
    from muvi_provision.sandbox.process import check_installed
    from muvi_provision.sandbox.rules import refusals

    check_installed()
    found = refusals()
    found = _chosen(found, "service", service, lambda rule: (rule.service,))
    found = _chosen(found, "operation", operation, lambda rule: rule.operations)
    return _chosen(found, "code", code, lambda rule: (rule.code,))


def _chosen(
    among: list[Refusal], what: str, word: str | None, names: Callable[[Refusal], Iterable[str]]
) -> list[Refusal]:
    if word is None:
        return among
    found = [rule for rule in among if _plain(word) in map(_plain, names(rule))]
    if not found:
        known = list(dict.fromkeys(name for rule in among for name in names(rule)))
        near = _nearest(word, known) or (f"; there are {', '.join(known)}" if len(known) < MANY else "")
        where = "SERVICE" if what == "service" else f"--{what}"
        raise UsageError(f"no rule is about the {what} {word}{near}", where=where, next=HELP)
    return found


def _plain(word: str) -> str:
    return word.replace("_", "").lower()


def _nearest(word: str, known: Iterable[str]) -> str:
    """Whatever its capitals."""
    spelt = {name.lower(): name for name in known}
    near = suggestion(word.lower(), spelt)
    return next((near.replace(low, name) for low, name in spelt.items() if f'"{low}"' in near), "")


def spans() -> list[Span]:
    """Every kind that takes time. Raises SandboxError where a library is missing."""
    from muvi_provision.sandbox.process import check_installed

    check_installed()
    from muvi_provision.sandbox.effects import registry
    from muvi_provision.sandbox.lifecycles import TABLE

    registry.load()
    return [Span(cycle.kind, cycle.make_s, cycle.delete_s, cycle.listed_s) for _, cycle in sorted(TABLE.items())]


def limits() -> Iterator[Limit]:
    """Every limit of the account, in the order of the days that meet them."""
    from muvi_provision.sandbox.quotas import CODES, DEFAULTS

    known = {name: (title, service, code) for (service, code), (name, title) in CODES.items()}
    for name, default in DEFAULTS.items():
        yield Limit(name, default, *known.get(name, ()))
