"""Security group rules, compared and counted as AWS does."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox.view import View

Key = tuple[str, int | None, int | None, str]  # protocol, from, to, peer
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "all": "-1"}
_PEERS = (
    ("IpRanges", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6"),
    ("UserIdGroupPairs", "GroupId"),
    ("PrefixListIds", "PrefixListId"),
)


def asked(params: Mapping[str, Any]) -> Iterator[tuple[Key, dict[str, Any]]]:
    """Every rule an authorize or revoke call names, with the peer as it was given (its description)."""
    permissions = params.get("IpPermissions") or ([dict(params)] if params.get("IpProtocol") else [])
    for permission in permissions:
        head = _head(permission.get("IpProtocol"), permission.get("FromPort"), permission.get("ToPort"))
        for member, name in _PEERS:
            for peer in _peers(permission, member, name):
                yield (*head, canonical(str(peer.get(name) or peer.get("GroupName")))), peer


def _peers(permission: Mapping[str, Any], member: str, name: str) -> list[dict[str, Any]]:
    single = [{name: permission[name]}] if name in ("CidrIp", "CidrIpv6") and name in permission else []
    return [*permission.get(member, ()), *single]


def key_of(one: Any) -> Key:
    """The same of a rule that is there."""
    peer = one.cidr_ipv4 or one.cidr_ipv6 or one.source_group.get("GroupId") or one.prefix_list_id or ""
    return (*_head(one.ip_protocol, one.from_port, one.to_port), canonical(str(peer)))


def canonical(peer: str) -> str:
    try:
        return str(ipaddress.ip_network(peer, strict=False)) if "/" in peer else peer
    except ValueError:
        return peer


def is_network(peer: str) -> bool:
    try:
        return bool(ipaddress.ip_network(peer, strict=False)) and "/" in peer
    except ValueError:
        return False


def _head(protocol: Any, first: Any, last: Any) -> tuple[str, int | None, int | None]:
    named = _PROTOCOLS.get(str(protocol).lower(), str(protocol).lower())
    if named == "-1":
        return named, None, None
    return named, _port(first), _port(last)


def _port(port: Any) -> int | None:
    return None if port is None else int(port)


def weight(view: View, peer: str) -> int:
    """aws-reality 3.8 i: a prefix list counts as many rules as it may have entries."""
    if not peer.startswith("pl-"):
        return 1
    found = view.ec2.managed_prefix_lists.get(peer)
    return int(found.max_entries or len(next(iter(found.entries.values()), ())) or 1) if found else 1


def counted(view: View, keys: list[Key]) -> tuple[int, int]:
    """How many rules of IPv4 and of IPv6 they count as; groups and prefix lists count for both."""
    narrow = sum(weight(view, key[3]) for key in keys if ":" not in key[3])
    wide = sum(weight(view, key[3]) for key in keys if "." not in key[3])
    return narrow, wide


def direction(operation: str) -> str:
    return "egress_rules" if operation.endswith("Egress") else "ingress_rules"
