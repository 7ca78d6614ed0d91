"""Lists of what was found: changes, obstacles and errors, each under its heading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from muvi_provision.cli.drawing.sheet import Sheet
from muvi_provision.cli.orphans import Orphans, headline, named

if TYPE_CHECKING:
    from muvi_provision.engine.examine import Finding
    from muvi_provision.errors import MuviError
    from muvi_provision.resource import Change

LONGEST = 160  # of one value: whole policy documents can differ


def changes(sheet: Sheet, found: Iterable[Finding], title: str = "To be changed") -> None:
    for place, finding in enumerate(found):
        if not place:
            sheet.heading(title)
        sheet.line(finding.address, "warn", indent=2)
        sheet.items(_words(sheet, change) for change in finding.changes)


def blocked(sheet: Sheet, found: Iterable[Finding]) -> None:
    for place, finding in enumerate(found):
        if not place:
            sheet.heading("Cannot be changed in place; it would have to be made anew")
        sheet.line(f"{finding.address}: {finding.reason}", "bad", indent=2, hang=2)
        sheet.items(_words(sheet, change) for change in finding.changes)
        sheet.commands(f"muvi teardown --only {finding.address} --with-users", "muvi run")


def errors(sheet: Sheet, errors: Mapping[str, MuviError], title: str = "Could not be looked at") -> None:
    """Each error once, with all the addresses it is about."""
    about: dict[tuple[object, ...], list[str]] = {}
    for address, error in errors.items():
        about.setdefault(_same(error), []).append(address)
    if errors:
        sheet.heading(title)
    for addresses in about.values():
        error = errors[addresses[0]]
        sheet.line(f"{', '.join(addresses)}: {error.code} {error.summary}", "bad", indent=2, hang=2)
        sheet.items(part for part in (error.what, error.why) if part)
        sheet.commands(*error.next)


def _same(error: MuviError) -> tuple[object, ...]:
    return (error.code, error.summary, error.what, error.why, error.next)


def left_over(sheet: Sheet, found: Orphans) -> None:
    """What no step asks for any more, what it costs, and the one command that takes it away."""
    if found.records:
        sheet.heading(headline(found.records))
        sheet.line(named(found.records), "warn", indent=2, hang=2)
        sheet.items(found.consequences(), indent=2)
        sheet.commands(found.command)


def listed(sheet: Sheet, title: str, texts: Iterable[str], tone: str = "") -> None:
    """A list under a heading, or nothing when there is nothing."""
    if found := [text for text in texts if text]:
        sheet.heading(title)
        sheet.items(found, tone, indent=2)


def _words(sheet: Sheet, change: Change) -> str:
    old, new = (sheet.glyphs.fit(str(value), LONGEST) for value in (change.old, change.new))
    return f"{change.field}: {old} {sheet.glyphs.arrow} {new}"
