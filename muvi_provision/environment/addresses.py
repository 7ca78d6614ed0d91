"""Ranges of addresses as an environment file writes them: ``10.240.1.0/24``."""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import IPv4Interface, IPv4Network
from typing import Annotated

from pydantic import AfterValidator, Field

PRIVATE = tuple(IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
"""RFC 1918 and the shared range of RFC 6598: a VPC may use others, but then cannot reach their owners."""

SHAPE = r"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$"


def network(text: str) -> IPv4Network:
    """The range that ``text`` writes.

    Raises:
        ValueError: not a range, or an address inside one instead of its first; the message is a sentence for a person.
    """
    if not re.fullmatch(SHAPE, text):
        raise ValueError(f'"{text}" is not an address range: write its first address and its size, as in 10.240.1.0/24')
    try:
        found = IPv4Interface(text)
    except ValueError as error:
        raise ValueError(f'"{text}" is not an address range: {error}') from None
    if found.ip != found.network.network_address:
        raise ValueError(f'"{text}" does not begin where its range begins: write {found.network}')
    return found.network


def overlap(one: str, other: str) -> bool:
    """Whether two valid ranges share an address."""
    return network(one).overlaps(network(other))


def _plain(text: str) -> str:
    network(text)
    return text


def _private(what: str, *, largest: int, smallest: int) -> Callable[[str], str]:
    """A validator of a private range whose size is between ``/largest`` and ``/smallest``, both counted in bits."""

    def judged(text: str) -> str:
        found = network(text)
        if not any(found.subnet_of(private) for private in PRIVATE):
            allowed = ", ".join(str(private) for private in PRIVATE)
            raise ValueError(f'"{text}" belongs to the public internet: a private network lies inside {allowed}')
        if not largest <= found.prefixlen <= smallest:
            size = "big" if found.prefixlen < largest else "small"
            raise ValueError(f'"{text}" is too {size}: {what} has a size from /{largest} to /{smallest}')
        return text

    return judged


_written = Field(json_schema_extra={"pattern": SHAPE})
AnyRange = Annotated[str, AfterValidator(_plain), _written]
VpcRange = Annotated[str, AfterValidator(_private("a VPC", largest=16, smallest=28)), _written]
SubnetRange = Annotated[str, AfterValidator(_private("a subnet", largest=16, smallest=28)), _written]
PublicRange = Annotated[
    str,
    # a load balancer wants eight free addresses and AWS keeps five: a /28 is too tight
    AfterValidator(_private("a public subnet, with room for load balancers,", largest=16, smallest=27)),
    _written,
]
