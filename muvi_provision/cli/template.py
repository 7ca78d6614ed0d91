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
    """What differs from the template. An empty account is pinned by the first confirmed run."""

    name: str
    region: str
    domain: str
    range: str
    account: str = ""


def read(name: str, folder: Path) -> str:
    """The template's text: ``uat`` or ``prodlike``."""
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")


def value(text: str, key: str) -> str:
    """A top-level value of a template; ``range`` is the network's."""
    pattern = r"^  range: *(\S+)" if key == "range" else rf"^{key}: *(\S+)"
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip('"') if found else ""


def filled(text: str, answers: Answers) -> str:
    """The template with the answers in place, line by line."""
    text = _line(text, "name", answers.name)
    text = _line(text, "region", answers.region)
    text = _line(text, "domain", answers.domain)
    text = _line(text, "internal_domain", f"{answers.name}.microservices.internal")
    if answers.account:
        text = re.sub(r'^# account: *"\d+"', f'account: "{answers.account}"', text, count=1, flags=re.MULTILINE)
        if not re.search(r"^account:", text, re.MULTILINE):
            text = re.sub(r"^(internal_domain:.*\n)", rf'\1account: "{answers.account}"\n', text, flags=re.MULTILINE)
    return _moved(text, ip_network(value(text, "range")), ip_network(answers.range))  # type: ignore[arg-type]


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
