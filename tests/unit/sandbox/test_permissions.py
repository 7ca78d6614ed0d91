"""Security group rules, compared."""

from __future__ import annotations

import pytest

from muvi_provision.sandbox import permissions


def test_every_peer_is_a_rule() -> None:
    said = {
        "IpProtocol": "TCP",
        "FromPort": 80,
        "ToPort": 81,
        "IpRanges": [{"CidrIp": "10.0.0.9/8", "Description": "x"}],
        "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
        "UserIdGroupPairs": [{"GroupId": "sg-1"}],
        "PrefixListIds": [{"PrefixListId": "pl-1"}],
    }
    keys = [key for key, _ in permissions.asked({"IpPermissions": [said]})]
    assert keys == [("tcp", 80, 81, peer) for peer in ("10.0.0.0/8", "::/0", "sg-1", "pl-1")]


def test_the_short_spelling() -> None:
    said = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "GroupId": "sg-1"}
    assert [key for key, _ in permissions.asked(said)] == [("-1", None, None, "0.0.0.0/0")]
    assert list(permissions.asked({"GroupId": "sg-1"})) == []


def test_numbers_are_protocols_too() -> None:
    def protocol(said: str) -> str:
        return next(permissions.asked({"IpProtocol": said, "FromPort": 1, "ToPort": 1, "CidrIp": "10.0.0.0/8"}))[0][0]

    assert [protocol(one) for one in ("6", "17", "1", "50")] == ["tcp", "udp", "icmp", "50"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("10.0.0.0/8", True), ("::/0", True), ("10.0.0.0", False), ("10.0.0.0/40", False), ("x", False)],
)
def test_networks(text: str, is_one: bool) -> None:
    assert permissions.is_network(text) is is_one
