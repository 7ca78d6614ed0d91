"""``muvi sandbox rules``, ``durations`` and ``quotas``: what the embedded AWS does as AWS would."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from muvi_provision.cli.invocation import Invocation, invocation

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from muvi_provision.cli.drawing.sheet import Sheet
    from muvi_provision.sandbox.rules import Refusal

SHOWN = 3
LEGEND = "a number such as 4.2 e is a section of docs/aws-reality.md"


def rules(
    ctx: typer.Context,
    service: Annotated[str | None, typer.Argument(help="Only this service, as boto3 calls it: ec2, rds, s3.")] = None,
    operation: Annotated[
        str | None, typer.Option(metavar="OPERATION", help="Only those of an operation, such as CreateSubnet.")
    ] = None,
    code: Annotated[
        str | None, typer.Option(metavar="CODE", help="Only those with this error code, such as DependencyViolation.")
    ] = None,
) -> None:
    """What it refuses, as AWS does. The operation, the error code, what has to be so, where that is known from."""
    from muvi_provision.cli.rule_list import refused
    from muvi_provision.cli.session import sheet_of

    call = invocation(ctx)
    found = refused(service, operation, code)
    if call.options.json:
        return call.document({"rules": [rule._asdict() for rule in found]})
    first = operation.replace("_", "").lower() if operation else ""
    sheet = sheet_of(call)
    if sheet.console.is_terminal and not sheet.console.is_dumb_terminal:
        _by_service(sheet, found, first, all_of_them=call.options.verbose)
        return _summed_up(call, found)
    return _one_a_line(sheet, found, first, all_of_them=call.options.verbose)


def _by_service(sheet: Sheet, found: Sequence[Refusal], first: str, *, all_of_them: bool) -> None:
    """Under each service its operations, under those what has to be so."""
    from muvi_provision.cli.drawing.glyphs import counted
    from muvi_provision.cli.drawing.sheet import kept_together

    for service, group in groupby(found, lambda rule: rule.service):
        mine = list(group)
        sheet.heading(f"{service}: {counted(len(mine), 'rule')}")
        for operations, same in groupby(mine, lambda rule: rule.operations):
            sheet.line(", ".join(_shown(operations, first, all_of_them)), "strong", indent=2, hang=2)
            for rule in same:
                said = f"{rule.code}: {rule.sentence}"
                sheet.items([f"{said} {kept_together(f'({rule.source})')}" if rule.source else said])


def _one_a_line(sheet: Sheet, found: Iterable[Refusal], first: str, *, all_of_them: bool) -> None:
    """To be searched and cut by other programs."""
    for rule in found:
        operations = ", ".join(_shown(rule.operations, first, all_of_them))
        sheet.whole("  ".join((rule.service, operations, rule.code, rule.sentence, rule.source)).rstrip())


def _shown(operations: Sequence[str], first: str, all_of_them: bool) -> list[str]:
    """The one that was asked for, then the others; a long list is cut, unless all are wanted."""
    ordered = sorted(operations, key=lambda name: name.lower() != first)
    if all_of_them or len(ordered) <= SHOWN:
        return ordered
    return [*ordered[: SHOWN - 1], f"{len(ordered) - SHOWN + 1} more"]


def _summed_up(call: Invocation, found: Sequence[Refusal]) -> None:
    from muvi_provision.cli.drawing.glyphs import counted

    services = len({rule.service for rule in found})
    call.say(f"{counted(len(found), 'rule')} of {counted(services, 'service')}; {LEGEND}")
    if not call.options.verbose and any(len(rule.operations) > SHOWN for rule in found):
        call.say("-v shows all operations of each")


def durations(ctx: typer.Context) -> None:
    """How long each kind of thing takes. Until it is ready and until it is gone: AWS's time, which --speed divides."""
    from muvi_provision.cli.drawing.columns import Row, columns
    from muvi_provision.cli.drawing.glyphs import duration
    from muvi_provision.cli.rule_list import spans
    from muvi_provision.cli.session import sheet_of

    call, found = invocation(ctx), spans()
    if call.options.json:
        return call.document({"kinds": [one.described() for one in found]})
    told = [(one.kind, one.make_s, one.delete_s, one.listed_s) for one in found]
    rows = [Row((kind, *(duration(seconds) if seconds else "" for seconds in taken))) for kind, *taken in told]
    return columns(sheet_of(call), ("kind", "made in", "gone in", "listed after"), rows)


def quotas(ctx: typer.Context) -> None:
    """The limits of a new account. With their codes in AWS; sandbox start --quota NAME=N sets one."""
    from muvi_provision.cli.drawing.columns import Row, columns
    from muvi_provision.cli.rule_list import limits
    from muvi_provision.cli.session import sheet_of

    call, found = invocation(ctx), list(limits())
    if call.options.json:
        return call.document({"quotas": [one.described() for one in found]})
    rows = [Row((one.name, f"{one.default:,}", f"{one.service} {one.code}".strip())) for one in found]
    return columns(sheet_of(call), ("quota", "default", "in Service Quotas"), rows)
