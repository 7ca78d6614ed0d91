"""``muvi init``: a new environment file, by questions or by options."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from muvi_provision.cli import complaints, template
from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.prompts import ask
from muvi_provision.cli.template import Answers
from muvi_provision.errors import EnvironmentInvalid, UsageError

FOLDER = Path("runbook") / "environments"
WHY = "Whoever tells where production is cannot touch it by mistake: no command works in its accounts or addresses."


@dataclass(frozen=True)
class Production:
    """What is known of production, from options."""

    accounts: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()


def init(
    ctx: typer.Context,
    account: Annotated[str, typer.Option(metavar="ID", help="The AWS account to pin it to: twelve digits.")] = "",
    domain: Annotated[
        str, typer.Option(metavar="NAME", help="The public domain name, such as uat.cinema.example.")
    ] = "",
    range_: Annotated[
        str, typer.Option("--range", metavar="CIDR", help="The network's addresses, such as 10.240.0.0/16.")
    ] = "",
    production_account: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="An account of production's, never touched. May be given again."),
    ] = None,
    production_range: Annotated[
        list[str] | None, typer.Option(metavar="CIDR", help="Addresses production uses. May be given again.")
    ] = None,
    like: Annotated[
        str, typer.Option("--from", metavar="NAME", help="The environment to start from: uat or prodlike.")
    ] = "uat",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write an environment file, by questions or by these options (-e NAME and --region too)."""
    call = invocation(ctx)
    text = _template(like)
    name = call.options.env
    given = {"account": account, "region": call.options.region, "domain": domain, "range": range_}
    production = Production(tuple(production_account or ()), tuple(production_range or ()))
    if call.can_ask() and not any((*given.values(), production.accounts, production.ranges)):
        name = ask(call, "What is it called?", name, complaints.of_name)
        path = _free(name, force)
        answers = _asked(call, name, text)
    else:
        path = _free(name, force)
        answers = _given(name, text, given, production)
    _write(path, template.filled(text, answers))
    _tell(call, path, name)


def _template(name: str) -> str:
    from muvi_provision import runbook

    folder = runbook.pages() / "environments"
    there = sorted(file.stem for file in folder.glob("*.yaml"))
    if name not in there:
        raise UsageError(f"there is no {name} to start from; there are {', '.join(there)}", next=("muvi init --help",))
    return template.read(name, folder)


def _free(name: str, force: bool) -> Path:
    """Where the file goes. Raises UsageError when one is there, or the name is not a name."""
    if complaint := complaints.of_name(name):
        raise UsageError(complaint, where="--env", next=("muvi init -e uat",))
    path = FOLDER / f"{name}.yaml"
    if path.exists() and not force:
        raise UsageError(
            f"{path} is there already",
            why="it may hold what you have decided; nothing writes over it unasked",
            next=(f"muvi config validate -e {name}", "muvi init -e NAME", f"muvi init -e {name} --force"),
        )
    return path


def _asked(call: Invocation, name: str, text: str) -> Answers:
    account = ask(call, "AWS account (twelve digits; empty: the first run you confirm)", "", complaints.of_account)
    region = ask(call, "Region", template.value(text, "region"), complaints.of_region)
    domain = ask(call, "Public domain", _domain(name, text), complaints.nothing)
    network = ask(call, "Network addresses", template.value(text, "range"), complaints.of_range)
    call.say(WHY)
    accounts = ask(call, "Production's account ids (blanks between; empty: not known)", "", complaints.of_accounts)
    ranges = ask(call, "Production's addresses (blanks between)", _ranges(text), complaints.of_ranges)
    return Answers(
        name, region, domain, network, account, tuple(complaints.words(accounts)), tuple(complaints.words(ranges))
    )


def _given(name: str, text: str, given: dict[str, str], production: Production) -> Answers:
    """From options, the template's value for what was not given. Raises UsageError."""
    checks: tuple[tuple[str, str, Callable[[str], str | None]], ...] = (
        ("--account", given["account"], complaints.of_account),
        ("--range", given["range"], complaints.of_range),
        ("--production-account", " ".join(production.accounts), complaints.of_accounts),
        ("--production-range", " ".join(production.ranges), complaints.of_ranges),
    )
    for option, value, check in checks:
        if value and (complaint := check(value)):
            raise UsageError(complaint, where=option, next=("muvi init --help",))
    return Answers(
        name,
        given["region"] or template.value(text, "region"),
        given["domain"] or _domain(name, text),
        given["range"] or template.value(text, "range"),
        given["account"],
        production.accounts,
        production.ranges or None,
    )


def _domain(name: str, text: str) -> str:
    return f"{name}.{template.value(text, 'domain').partition('.')[2]}"


def _write(path: Path, text: str) -> None:
    """Puts the file there once it is valid. Raises EnvironmentInvalid, leaving what was there."""
    from muvi_provision.environment import load

    fresh = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text, encoding="utf-8")
        load(fresh)
        fresh.replace(path)
        _write_schema(path.with_name("schema.json"))
    except EnvironmentInvalid as error:
        said = tuple(line.replace(str(fresh), str(path)) for line in error.complaints)
        raise EnvironmentInvalid(said, where=str(path), next=("muvi init --help",)) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written", why=error.strerror or str(error)) from error
    finally:
        fresh.unlink(missing_ok=True)


def _write_schema(path: Path) -> None:
    """What the file's first line points to, for editors; one that is there stays."""
    if not path.exists():
        from muvi_provision.environment import schema

        path.write_text(json.dumps(schema(), indent=2) + "\n", encoding="utf-8")


def _tell(call: Invocation, path: Path, name: str) -> None:
    call.options = replace(call.options, env=name)
    steps = ("muvi plan day1 --sandbox", "muvi plan day1")
    if call.options.json:
        call.document({"file": str(path)}, next=steps)
        return
    call.show(f"written: {path}")
    call.say("read it through: every line says what it is for. Then rehearse, and look at the plan for AWS:")
    call.advise(*steps)


def _ranges(text: str) -> str:
    """The template's, with blanks between."""
    return " ".join(complaints.words(template.value(text, "ranges")))
