"""The two environments that ship, and the schema beside them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from muvi_provision.environment import Environment, load, schema
from muvi_provision.environment.written import dump

SHELF = Path(__file__).parents[3] / "runbook" / "environments"
FILES = sorted(SHELF.glob("*.yaml"))


@pytest.fixture(scope="module")
def uat() -> Environment:
    return load(SHELF / "uat.yaml")


@pytest.fixture(scope="module")
def prodlike() -> Environment:
    return load(SHELF / "prodlike.yaml")


def vcpus(environment: Environment) -> float:
    return sum(service.cpu * service.tasks for service in environment.services.values()) / 1024


def test_uat_is_small(uat: Environment) -> None:
    assert (len(uat.subnets), len(uat.nat_gateways), len(uat.services), vcpus(uat)) == (6, 1, 8, 4.5)
    assert (len(uat.databases), len(uat.caches), uat.proxies) == (6, 9, ())
    assert "ticket" not in uat.services
    assert all(service.scaling.min == 1 and 10 <= service.scaling.max <= 20 for service in uat.services.values())
    assert not any(database.reader for database in uat.databases.values())
    small = {name for name, cache in uat.caches.items() if cache.node_type == "cache.t3.small"}
    assert small == {"main", "notification"}


def test_prodlike_has_productions_shape(prodlike: Environment) -> None:
    assert (len(prodlike.subnets), len(prodlike.services), vcpus(prodlike)) == (9, 9, 66)
    ticket = prodlike.services["ticket"]
    assert (ticket.load_balancer, ticket.listener, ticket.image, ticket.protocol) == (None, None, "main", "grpc")
    assert prodlike.proxies == ("main", "identity", "payment", "fb", "offer", "notification")
    readers = [name for name, database in prodlike.databases.items() if database.reader]
    assert readers == ["main", "identity", "payment", "fb", "offer"]
    assert prodlike.services["gateway"].scaling.max == 120
    assert prodlike.network.interface_endpoints == ("application-autoscaling",)


def test_both_have_the_same_way_of_requests(uat: Environment, prodlike: Environment) -> None:
    for name, service in uat.services.items():
        other = prodlike.services[name]
        assert (service.port, service.load_balancer, service.listener) == (
            other.port,
            other.load_balancer,
            other.listener,
        )
        assert (service.health, service.protocol, service.calls) == (other.health, other.protocol, other.calls)
    assert not {subnet.cidr for subnet in uat.subnets} & {subnet.cidr for subnet in prodlike.subnets}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_files_are_named_as_they_say_and_carry_no_ids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert load(path).name == path.stem
    assert text.startswith("# yaml-language-server: $schema=./schema.json\n")
    assert not re.search(
        r"\b(vpc|sg|nat|subnet|igw|eni)-[0-9a-f]{8,}|\b[A-Z0-9]{13,}\b|\b(?!10\.)\d+\.\d+\.\d+\.\d+", text
    )
    assert max(map(len, text.splitlines())) < 160


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dump_is_plain_and_makes_the_same_environment(path: Path, tmp_path: Path) -> None:
    environment = load(path)
    plain = dump(environment)
    assert json.loads(json.dumps(plain)) == plain
    again = tmp_path / "again.yaml"
    again.write_text(yaml.safe_dump(plain, sort_keys=False), encoding="utf-8")
    assert load(again) == environment


def test_the_schema_beside_the_files_is_in_step() -> None:
    written = (SHELF / "schema.json").read_text(encoding="utf-8")
    assert written == json.dumps(schema(), indent=2, sort_keys=True) + "\n"


def test_the_schema_describes_every_key_and_allows_no_other() -> None:
    made = schema()
    jsonschema.Draft202012Validator.check_schema(made)
    assert made["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    for group in (made, *made["$defs"].values()):
        assert group["additionalProperties"] is False
        assert group["title"] and group["description"]
        for key, field in group["properties"].items():
            assert field["description"].endswith("."), key
            assert "title" not in field, key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_schema_accepts_what_ships(path: Path) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "Uat"),
        ("colour", "red"),
        ("account", 111122223333),
        ("network", {"range": "10.240.0.0/16"}),
        ("proxies", "main"),
    ],
)
def test_the_schema_refuses_what_an_editor_can_see(key: str, value: object) -> None:
    plain = yaml.safe_load((SHELF / "uat.yaml").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**plain, key: value}, schema())
