"""What is wrong with an answer, in a sentence; None when nothing is."""

from __future__ import annotations

import ipaddress
import re

from muvi_provision.errors import UsageError


def of_name(name: str) -> str | None:
    from pydantic import TypeAdapter, ValidationError

    from muvi_provision.environment.names import EnvironmentName

    try:
        TypeAdapter(EnvironmentName).validate_python(name)
    except ValidationError as error:
        return str(error.errors()[0].get("ctx", {}).get("error", error))
    return None


def of_account(account: str) -> str | None:
    whole = not account or re.fullmatch(r"\d{12}", account)
    return None if whole else f'"{account}" is not an account id: twelve digits'


def of_accounts(accounts: str) -> str | None:
    return next(filter(None, map(of_account, words(accounts))), None)


def of_ranges(ranges: str) -> str | None:
    return next(filter(None, map(of_range, words(ranges))), None)


def words(text: str) -> list[str]:
    """What stands between blanks or commas."""
    return text.replace(",", " ").split()


def of_region(region: str) -> str | None:
    from muvi_provision.cli.session import valid_region

    try:
        valid_region(region)
    except UsageError as error:
        return error.what
    return None


def of_range(text: str) -> str | None:
    try:
        ipaddress.IPv4Network(text)
    except ValueError:
        return f'"{text}" is not a network, such as 10.240.0.0/16'
    return None


def nothing(_: str) -> str | None:
    return None
