"""Mistakes that need more than one line to make, and several in one file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from muvi_provision.environment import Environment, load
from muvi_provision.errors import EnvironmentInvalid, EnvironmentMissing

Breaking = Callable[[str, str], tuple[str, str]]
Complaints = Callable[[str], tuple[str, ...]]

MANY = """\
name: Prod!
region: me-central-9
domain: uat.cinema.example
account: 012345678901
production: {ranges: []}
network:
  range: 10.240.0.0/16
  zones: [a, bb]
  nat_gateways: two
  public: [10.240.1.0/24, 10.240.2.0/24]
  app: [10.240.4.0/24, 10.240.4.128/25]
  private: [10.240.7.0/24]
  nat_gateways: 3
services:
  gateway: {port: "3001", load_balancer: api, listener: 80, calls: [main]}
databases:
  main: {used_by: [gateway], instance_class: db.r6g.medium}
"""


def test_every_mistake_is_reported_at_once_in_file_order(complaints: Complaints) -> None:
    found = complaints(MANY)
    assert [line.split(" ")[0] for line in found] == [
        "1:1:",  # internal_domain is missing
        "1:7:",
        "2:9:",
        "4:10:",
        "5:22:",
        "8:14:",
        "9:17:",
        "11:24:",
        "12:12:",
        "13:3:",
        "15:3:",  # health is missing
        "15:19:",
        "15:42:",
        "15:69:",
        "17:46:",
    ]


def test_the_error_says_where_and_what_to_type(written: Callable[[str], Path], tmp_path: Path) -> None:
    path = written("name: uat")
    with pytest.raises(EnvironmentInvalid) as caught:
        load(path)
    assert caught.value.where == str(path)
    assert caught.value.next == (f"muvi config validate -e {path}",)
    shelf = tmp_path / "environments"
    shelf.mkdir()
    (shelf / "mine.yaml").write_text("name: 3")
    with pytest.raises(EnvironmentInvalid) as caught:
        load(shelf / "mine.yaml")
    assert caught.value.next == ("muvi config validate -e mine",)


def test_a_missing_file_is_not_an_invalid_one(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentMissing) as caught:
        load(tmp_path / "none.yaml")
    assert "none.yaml cannot be read" in caught.value.what
    with pytest.raises(EnvironmentMissing):
        load(tmp_path)


@pytest.mark.parametrize("start", ["11.0.", "172.32.", "192.167.", "100.128."])
def test_addresses_of_the_public_internet_are_refused(start: str, valid: str, complaints: Complaints) -> None:
    found = complaints(valid.replace("10.240.", start))
    assert len(found) == 7
    assert all("belongs to the public internet" in line for line in found)


@pytest.mark.parametrize("start", ["10.0.", "172.31.", "192.168.", "100.64."])
def test_private_addresses_are_accepted(start: str, valid: str, loaded: Callable[[str], Environment]) -> None:
    assert loaded(valid.replace("10.240.", start)).network.range == f"{start}0.0/16"


@pytest.mark.parametrize("zones", ["[a]", "[]", "[a, b, c, d, e, f, g]"])
def test_zones_are_two_to_six(zones: str, broken: Breaking, complaints: Complaints) -> None:
    text, place = broken("zones: [a, b]", f"zones: §{zones}")
    assert complaints(text)[0].startswith(f"{place}: ") and "from 2 to 6 are needed" in complaints(text)[0]


def test_grpc_needs_an_internal_load_balancer(broken: Breaking, complaints: Complaints) -> None:
    text, place = broken("load_balancer: internal", "load_balancer: §api")
    assert f'{place}: grpc works only behind HTTPS, and "api" speaks HTTP: use an internal load balancer' in complaints(
        text
    )


def test_full_names_stay_within_32_characters(broken: Breaking, complaints: Complaints) -> None:
    text, place = broken("  api: {", "  §a-name-of-twenty-abc: {scheme: internal}\n  api: {")
    long = text.replace("name: uat", "name: abcdefghijklm")
    assert complaints(long) == (
        f'{place}: its full name "abcdefghijklm-a-name-of-twenty-abc" is too long: 34 characters, at most 32',
    )


@pytest.mark.parametrize(("name", "fits"), [("abcdefghijk", True), ("abcdefghijkl", False)])
def test_the_limit_of_full_names_is_exact(
    name: str, fits: bool, broken: Breaking, written: Callable[[str], Path]
) -> None:
    text, _ = broken("  api: {", "  §a-name-of-twenty-abc: {scheme: internal}\n  api: {")
    path = written(text.replace("name: uat", f"name: {name}"))
    if fits:
        assert "a-name-of-twenty-abc" in load(path).load_balancers
    else:
        with pytest.raises(EnvironmentInvalid):
            load(path)


def test_cloudfront_leaves_room_for_one_port_a_load_balancer(
    broken: Breaking, complaints: Complaints, loaded: Callable[[str], Environment]
) -> None:
    second = "\n  admin: {port: 1, load_balancer: api, listener: 8080, health: /}"
    text, _ = broken("cpu: 512, memory: 1024}", f"cpu: 512, memory: 1024}}{second}§")
    (found,) = complaints(text)
    assert found == "20:3: its security group needs 110 of 60 rules: 55 for each of 2 ports opened to the outside"
    assert loaded(text.replace("nat_gateways: 1", "public_ingress: anywhere")).services["admin"].listener == 8080


def test_an_internal_load_balancer_has_room_for_sixty_calls(
    valid: str, complaints: Complaints, loaded: Callable[[str], Environment]
) -> None:
    def with_callers(count: int) -> str:
        lines = "".join(f"  c{n}: {{port: 80, health: /, calls: [main]}}\n" for n in range(count))
        return valid.replace("databases:\n  main", f"{lines}databases:\n  main")

    assert len(loaded(with_callers(59)).services) == 61
    (found,) = complaints(with_callers(60))
    assert found.startswith("21:3: its security group needs 61 of 60 rules")


@pytest.mark.parametrize(("cpu", "memory"), [(256, 512), (1024, 8192), (4096, 30720), (8192, 20480), (16384, 122880)])
def test_fargate_sizes_are_accepted(cpu: int, memory: int, valid: str, loaded: Callable[[str], Environment]) -> None:
    text = valid.replace("cpu: 512, memory: 1024", f"cpu: {cpu}, memory: {memory}")
    assert loaded(text).services["main"].memory == memory


def test_one_wrong_service_does_not_hide_another(valid: str, complaints: Complaints) -> None:
    text = valid.replace("port: 3001, load_balancer: api", "port: x, load_balancer: apo").replace(
        "[main, functions]", "[mian]"
    )
    assert [line.split(": ")[0] for line in complaints(text)] == ["23:19", "23:37", "26:20"]


def test_a_group_of_the_wrong_sort_is_one_complaint(valid: str, complaints: Complaints) -> None:
    (found,) = complaints(
        valid.replace(
            "  gateway: {port: 3001, load_balancer: api, listener: 80, health: /heartbeat, calls: [main]}",
            "  gateway: 3",
        )
    )
    assert found.startswith("23:12: expected a group of keys, got the number 3")
