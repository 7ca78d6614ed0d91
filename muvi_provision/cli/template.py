"""A new environment file from one that came with this version, its comments kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from pathlib import Path

CIDR = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}/\d{1,2}\b")


@dataclass(frozen=True)
class Answers:
    """What differs from the template. An empty account is pinned by the first confirmed run.

    production_ranges: None leaves the template's.
    """

    name: str
    region: str
    domain: str
    range: str
    account: str = ""
    production_accounts: tuple[str, ...] = ()
    production_ranges: tuple[str, ...] | None = None


def read(name: str, folder: Path) -> str:
    """The template's text: ``uat`` or ``prodlike``."""
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")


def value(text: str, key: str) -> str:
    """A top-level value of a template; ``range`` is the network's, ``ranges`` are production's."""
    pattern = {"range": r"^  range: *(\S+)", "ranges": r"^  ranges: *\[([^]]*)\]"}.get(key, rf"^{key}: *(\S+)")
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip('"') if found else ""


def filled(text: str, answers: Answers) -> str:
    """The template with the answers in place, line by line."""
    if (before := value(text, "name")) != answers.name:
        text = "\n".join(_retold(line, before, answers.name) for line in text.split("\n"))
    text = _line(text, "name", answers.name)
    text = _line(text, "region", answers.region)
    text = _line(text, "domain", answers.domain)
    text = _line(text, "internal_domain", f"{answers.name}.microservices.internal")
    if answers.account:
        text = re.sub(r'^# account: *"\d+"', f'account: "{answers.account}"', text, count=1, flags=re.MULTILINE)
        if not re.search(r"^account:", text, re.MULTILINE):
            text = re.sub(r"^(internal_domain:.*\n)", rf'\1account: "{answers.account}"\n', text, flags=re.MULTILINE)
    text = _protected(text, answers)
    return _moved(text, ip_network(value(text, "range")), ip_network(answers.range))  # type: ignore[arg-type]


def _retold(line: str, before: str, name: str) -> str:
    """A comment that speaks of the template speaks of this environment instead."""
    code, mark, comment = line.partition("#")
    for words, instead in (
        ("The UAT replica", f"The environment {name}"),
        ("a UAT network", "this network"),
        (f"-e {before}`", f"-e {name}`"),
    ):
        comment = comment.replace(words, instead)
    return code + mark + comment


def _protected(text: str, answers: Answers) -> str:
    """Production's account ids and address ranges, where they are known."""
    if answers.production_accounts:
        accounts = ", ".join(f'"{account}"' for account in answers.production_accounts)
        text = re.sub(r"^(  accounts: *)\[[^]]*\]", rf"\g<1>[{accounts}]", text, count=1, flags=re.MULTILINE)
    if answers.production_ranges is not None:
        ranges = ", ".join(answers.production_ranges)
        text = re.sub(r"^(  ranges: *)\[[^]]*\]", rf"\g<1>[{ranges}]", text, count=1, flags=re.MULTILINE)
    return text


def _line(text: str, key: str, new: str) -> str:
    return re.sub(rf"^({key}: *)\S+", lambda found: found[1] + new, text, count=1, flags=re.MULTILINE)


def _moved(text: str, old: IPv4Network, new: IPv4Network) -> str:
    """The network's ranges at the same places of the new one; production's stay."""
    if old == new:
        return text
    head, mark, rest = text.partition("\nnetwork:\n")
    return head + mark + CIDR.sub(_shift(old, new), rest)


def _shift(old: IPv4Network, new: IPv4Network) -> Callable[[re.Match[str]], str]:
    def moved(found: re.Match[str]) -> str:
        piece = ip_network(found[0], strict=False)
        if piece == old:
            return str(new)
        if not isinstance(piece, IPv4Network) or not piece.subnet_of(old):
            return found[0]
        start = int(new.network_address) + int(piece.network_address) - int(old.network_address)
        return str(IPv4Network((start, piece.prefixlen)))

    return moved
