"""``muvi init``: a new environment file, by questions or by options."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from muvi_provision.cli import template
from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.prompts import ask
from muvi_provision.cli.template import Answers
from muvi_provision.errors import EnvironmentInvalid, UsageError

FOLDER = Path("runbook") / "environments"


def init(
    ctx: typer.Context,
    account: Annotated[str, typer.Option(metavar="ID", help="The AWS account to pin it to: twelve digits.")] = "",
    domain: Annotated[
        str, typer.Option(metavar="NAME", help="The public domain name, such as uat.cinema.example.")
    ] = "",
    range_: Annotated[
        str, typer.Option("--range", metavar="CIDR", help="The network's addresses, such as 10.240.0.0/16.")
    ] = "",
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
    if call.can_ask() and not any(given.values()):
        name = ask(call, "What is it called?", name, _complaint_of_name)
        path = _free(name, force)
        answers = _asked(call, name, text)
    else:
        path = _free(name, force)
        answers = _given(name, text, given)
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
    if complaint := _complaint_of_name(name):
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
    account = ask(call, "AWS account (twelve digits; empty: the first run you confirm)", "", _complaint_of_account)
    region = ask(call, "Region", template.value(text, "region"), _complaint_of_region)
    domain = ask(call, "Public domain", _domain(name, text), _none)
    network = ask(call, "Network addresses", template.value(text, "range"), _complaint_of_range)
    return Answers(name, region, domain, network, account)


def _given(name: str, text: str, given: dict[str, str]) -> Answers:
    """From options, the template's value for what was not given. Raises UsageError."""
    checks: dict[str, Callable[[str], str | None]] = {"account": _complaint_of_account, "range": _complaint_of_range}
    for option, check in checks.items():
        if given[option] and (complaint := check(given[option])):
            raise UsageError(complaint, where=f"--{option}", next=("muvi init --help",))
    return Answers(
        name,
        given["region"] or template.value(text, "region"),
        given["domain"] or _domain(name, text),
        given["range"] or template.value(text, "range"),
        given["account"],
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
    except EnvironmentInvalid as error:
        complaints = tuple(line.replace(str(fresh), str(path)) for line in error.complaints)
        raise EnvironmentInvalid(complaints, where=str(path), next=("muvi init --help",)) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written", why=error.strerror or str(error)) from error
    finally:
        fresh.unlink(missing_ok=True)


def _tell(call: Invocation, path: Path, name: str) -> None:
    call.options = replace(call.options, env=name)
    steps = ("muvi plan day1 --sandbox", "muvi plan day1")
    if call.options.json:
        call.document({"file": str(path)}, next=steps)
        return
    call.show(f"written: {path}")
    call.say("read it through: every line says what it is for. Then rehearse, and look at the plan for AWS:")
    call.advise(*steps)


def _complaint_of_name(name: str) -> str | None:
    from pydantic import TypeAdapter, ValidationError

    from muvi_provision.environment.names import EnvironmentName

    try:
        TypeAdapter(EnvironmentName).validate_python(name)
    except ValidationError as error:
        return str(error.errors()[0].get("ctx", {}).get("error", error))
    return None


def _complaint_of_account(account: str) -> str | None:
    whole = not account or re.fullmatch(r"\d{12}", account)
    return None if whole else f'"{account}" is not an account id: twelve digits'


def _complaint_of_region(region: str) -> str | None:
    from muvi_provision.cli.session import valid_region

    try:
        valid_region(region)
    except UsageError as error:
        return error.what
    return None


def _complaint_of_range(text: str) -> str | None:
    try:
        ipaddress.IPv4Network(text)
    except ValueError:
        return f'"{text}" is not a network, such as 10.240.0.0/16'
    return None


def _none(_: str) -> str | None:
    return None
