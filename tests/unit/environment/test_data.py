"""Days 2 and 3 in an environment file: secrets, the layout of caches, images and logs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from muvi_provision.environment import Environment
from muvi_provision.environment.caches import Cache, cluster_of, clusters
from muvi_provision.environment.secrets import Secret

Complaints = Callable[[str], tuple[str, ...]]

TAIL = """
secrets:
  main/rds: {kind: database, of: main}
  main/lb/certificate: {kind: certificate, of: main, used_by: [main]}
"""


@pytest.mark.parametrize(
    ("section", "complaint"),
    [
        ("secrets: {main/rds: {kind: database}}", 'say which database it belongs to: add "of"'),
        ("secrets: {main/rds: {kind: database, of: mian}}", 'there is no database "mian": did you mean "main"?'),
        ("secrets: {a/lb: {kind: certificate, of: nobody}}", 'there is no service "nobody"'),
        ("secrets: {a/key: {kind: given, of: main}}", 'a secret of kind given belongs to nothing: leave "of" out'),
        ("secrets: {a/key: {kind: given, used_by: [nobody]}}", 'there is no service "nobody"'),
        (
            "secrets: {a: {kind: database, of: main}, b: {kind: database, of: main}}",
            '"main" has its secret already: "a"',
        ),
        (
            "secrets: {a/key: {kind: given, used_by: [main]}, a-key: {kind: given, used_by: [main]}}",
            '"main" is given "a/key" as A_KEY already: say another "variable"',
        ),
        ("deployment: {minimum_percent: 100, maximum_percent: 100}", "may neither stop an old one nor start a new one"),
        ("deployment: {minimum_percent: 50, maximum_percent: 150}", 'with 1 copy of "gateway" ECS may neither'),
        ("secrets: {A/key: {kind: given}}", "is not the name of a secret"),
        ("secrets: {my-braze6: {kind: given}}", "ends in a hyphen and six characters"),
        ("secrets: {a: {kind: given, variable: a-b}}", "is not the name of a variable"),
        ("secrets: {a: {kind: made}}", 'got the text "made"'),
        ('aurora: {version: "15.x"}', "is not a version"),
        ("aurora: {version: 14}", "put it in quotes"),
        ("aurora: {backup_days: 36}", "at most 35"),
        ('redis: {version: "6.2"}', "is not a version of Redis 7"),
        ("redis: {layout: three}", 'expected "each" or "shared"'),
        ("redis: {replicas: 6}", "at most 5"),
        ("images: {tag: -x}", "is not an image tag"),
        ("images: {source: {account: '1', region: eu-west-1}}", "is not an account id"),
        ("logs: {retention_days: 10}", "CloudWatch does not keep logs for 10 days"),
        ("deployment: {maximum_percent: 50}", "at least 100"),
        ("discovery: {namespace: Internal}", "is not a name for a namespace"),
        ("discovery: {services: [nobody]}", 'there is no service "nobody"'),
        ("proxy_pool: {max_percent: 0}", "at least 1"),
    ],
)
def test_one_mistake_one_complaint(complaints: Complaints, valid: str, section: str, complaint: str) -> None:
    said = complaints(f"{valid}\n{section}\n")
    assert len(said) == 1, said
    assert complaint in said[0]


def test_a_variable_is_given_once(complaints: Complaints, valid: str) -> None:
    own = valid.replace("cpu: 512, memory: 1024}", 'cpu: 512, memory: 1024, environment: {A_KEY: "x"}}')
    (said,) = complaints(f"{own}\nsecrets: {{a/key: {{kind: given, used_by: [main]}}}}\n")
    assert '"main" has its own A_KEY in "environment" already' in said


def test_a_sound_file_is_read(loaded: Callable[[str], Environment], valid: str) -> None:
    assert list(loaded(valid + TAIL).secrets) == ["main/rds", "main/lb/certificate"]


CACHES = {
    "main": Cache(used_by=("main",), purpose="locks", node_type="cache.t3.small", queue=True, shared_as="main"),
    "fb": Cache(used_by=("fb",), purpose="carts", node_type="cache.r5.2xlarge"),
    "offer": Cache(used_by=("offer", "fb"), purpose="rules", node_type="cache.r5.large"),
}


def test_each_cache_is_a_cluster_of_its_own() -> None:
    assert clusters(CACHES, "each") == CACHES
    assert cluster_of("fb", CACHES, "each") == "fb"


def test_shared_caches_are_as_large_as_the_largest_and_are_used_by_all_users() -> None:
    found = clusters(CACHES, "shared")
    assert list(found) == ["main", "shared"]
    assert found["main"] == CACHES["main"]
    assert found["shared"].node_type == "cache.r5.2xlarge"
    assert found["shared"].used_by == ("fb", "offer")
    assert found["shared"].purpose == "carts; rules"
    assert not found["shared"].queue
    assert cluster_of("fb", CACHES, "shared") == "shared"


def test_a_variable_is_made_of_the_name_unless_it_is_said() -> None:
    assert Secret(kind="given").variable_of("payment/applepay/hyperpay/cert") == "PAYMENT_APPLEPAY_HYPERPAY_CERT"
    assert Secret(kind="given", variable="API_KEY").variable_of("identity/key") == "API_KEY"
