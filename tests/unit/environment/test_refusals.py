"""Each kind of mistake: one complaint, at the right place (marked §), in words that say what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Case = tuple[str, str, str]
Breaking = Callable[[str, str], tuple[str, str]]
Complaints = Callable[[str], tuple[str, ...]]

MAIN = "{port: 5002, load_balancer: internal, listener: 5002, protocol: grpc, cpu: 512, memory: 1024}"

KEYS: list[Case] = [
    ("  zones: [a, b]", "  §zonez: [a, b]\n  zones: [a, b]", '"zonez" is not a key here: did you mean "zones"?'),
    ("name: uat", "name: uat\n§xyzzy: red", '"xyzzy" is not a key here: the keys are name, region'),
    ("name: uat\nregion: me-central-1\n", "§name: uat\n", '"region" is missing: the AWS region'),
    ("network:\n  range: 10.240.0.0/16", "§network:", '"range" is missing: all addresses of the network'),
    ("  internal: {scheme: internal}", "  §internal: {}", '"scheme" is missing'),
    ("name: uat", "name: uat\n§name: other", '"name" is here twice: the first is on line 1'),
    ("  api: {", "  api: {scheme: internal, §", '"scheme" is here twice: the first is on line 20'),
    ("name: uat", "name: uat\n§[a]: b", "a key must be a word"),
]

SORTS: list[Case] = [
    ("name: uat", "name: §2024", "expected a word, got the number 2024: put it in quotes"),
    ("name: uat", "name: §yes", "expected a word, got the answer yes (yes, no, on, off, true and false are answers)"),
    ("name: uat", "name: §2024-01-01", "expected a word, got a date: put it in quotes"),
    ("name: uat", "name: §!colour red", '"red" cannot be read: put it in quotes'),
    ("name: uat", "name: §2024-13-45", '"2024-13-45" cannot be read: put it in quotes'),
    ("zones: [a, b]", "zones: §3", "expected a list of words such as [a, b], got the number 3"),
    ("proxies: [main]", "proxies: §main", 'got the text "main": write [main]'),
    ("proxies: [main]", "proxies:§", "got nothing: write [] for none"),
    ("proxies: [main]", "proxies: [main]\n? §|\n  long\n: 1", 'long\\n" is not a key here'),
    ("nat_gateways: 1", 'nat_gateways: §"1"', 'expected a whole number, got the text "1": take the quotes away'),
    ("nat_gateways: 1", "nat_gateways: §1.5", "expected a whole number, got the number 1.5"),
    ("nat_gateways: 1", "nat_gateways: §yes", "expected a whole number, got the answer yes"),
    ("  main: {used_by: [main], purpose: seats}", "  main: §[a]", "expected a group of keys, got a list"),
    ("{leaf_days: 365, renew_days_before: 30}", "§12", "expected a group of keys, got the number 12"),
    (
        "{used_by: [main, functions]}",
        '{used_by: [main], reader: §"yes"}',
        'true or false, got the text "yes": take the',
    ),
    (
        "{databases: shared}",
        "{databases: §share}",
        'expected "shared" or "each", got the text "share": did you mean "shar',
    ),
    ("{databases: shared}", "{databases: §3}", 'expected "shared" or "each", got the number 3'),
    ("{databases: shared}", "§!thing {databases: shared}", "the tag !thing means nothing here"),
]

NAMES: list[Case] = [
    ("name: uat", "name: §Uat", '"Uat" is not a name: small letters'),
    ("name: uat", "name: §1uat", '"1uat" is not a name'),
    ("name: uat", "name: §uat-", '"uat-" is not a name'),
    ("name: uat", "name: §a--b", '"a--b" is not a name'),
    ("name: uat", 'name: §""', '"" is not a name'),
    ("name: uat", "name: §abcdefghijklmnopq", "too long: 17 characters, at most 16"),
    *(("name: uat", f"name: §{word}", "what production is called") for word in ("prod", "production", "prd", "live")),
    *(("name: uat", f"name: §{word}", "AWS keeps for itself") for word in ("internal", "sg-a", "aws", "ssmx")),
    ("  api: {", "  §Äpi: {scheme: internal}\n  api: {", '"Äpi" is not a name'),
    ("databases:\n", "databases:\n  §my_db: {used_by: []}\n", '"my_db" is not a name'),
    ("caches:\n", "caches:\n  §abcdefghijklmnopqrstu: {used_by: []}\n", "too long: 21 characters, at most 20"),
    ("services:\n", "services:\n  §functions: {port: 80, health: /}\n", "already stands for all Lambda functions"),
    (
        "region: me-central-1",
        "region: §me-central-1a",
        '"me-central-1a" is not an AWS region: did you mean "me-central-1"?',
    ),
    ("region: me-central-1", "region: §Dubai", '"Dubai" is not an AWS region'),
    ("domain: uat.cinema.example", "domain: §cinema", '"cinema" is not a domain name'),
    ("domain: uat.cinema.example", "domain: §https://uat.cinema.example", "is not a domain name"),
    ("domain: uat.cinema.example", f"domain: §{'a.' * 127}com", "is not a domain name"),
    (": uat.microservices.internal", ": §uat.microservices.example", "does not end in .internal"),
    (": uat.microservices.internal", ": §.internal", '".internal" is not a domain name'),
]

SAFETY: list[Case] = [
    ('account: "111122223333"', "account: §111122223333", 'put it in quotes: "111122223333"'),
    ('account: "111122223333"', "account: §012345670123", 'put it in quotes: "012345670123"'),
    ('account: "111122223333"', "account: §012345678901", 'put it in quotes: "012345678901"'),
    ('accounts: ["444455556666"]', 'accounts: ["444455556666", §777788889999]', "put it in quotes"),
    ('account: "111122223333"', 'account: §"11112222333"', "is not an account id: twelve digits"),
    ('account: "111122223333"', 'account: §"444455556666"', "one of production's accounts"),
    ('accounts: ["444455556666"]', 'accounts: [§"x"]', "is not an account id"),
    ('names: ["*prod*"]', 'names: [§"*"]', "would match every name"),
    ("ranges: [10.230.0.0/16]", "ranges: §[]", "it is empty"),
    (
        'production:\n  accounts: ["444455556666"]\n  names: ["*prod*"]\n  ranges: [10.230.0.0/16]',
        "§production: {}",
        '"ranges" is missing',
    ),
    ("ranges: [10.230.0.0/16]", "ranges: [§10.230.0.1/16]", "write 10.230.0.0/16"),
    ("leaf_days: 365, renew_days_before: 30", "leaf_days: §29, renew_days_before: 1", "29 is too little: at least 30"),
    ("leaf_days: 365", "leaf_days: §826", "826 is too much: at most 825"),
    ("leaf_days: 365", "authority_years: §31", "31 is too much: at most 30"),
    ("leaf_days: 365", "authority_years: §0", "0 is too little: at least 1"),
    ("renew_days_before: 30", "renew_days_before: §365", "365 days before the end of 365 days is before the start"),
    (
        "certificates: {leaf_days: 365, renew_days_before: 30}",
        "§certificates: {leaf_days: 30}",
        "30 days before the end of 30 days",
    ),
]

NETWORK: list[Case] = [
    (
        "range: 10.240.0.0/16",
        "range: §10.240.0.1/16",
        '"10.240.0.1/16" does not begin where its range begins: write 10.240.0.0',
    ),
    ("range: 10.240.0.0/16", "range: §10.240.0.0", "is not an address range"),
    ("range: 10.240.0.0/16", "range: §10.300.0.0/16", "is not an address range: "),
    ("range: 10.240.0.0/16", "range: §10.240.0.0/255.255.0.0", "is not an address range"),
    ("range: 10.240.0.0/16", 'range: §"fd00::/56"', "is not an address range"),
    ("range: 10.240.0.0/16", "range: §10.240.0.0/15", "too big: a VPC has a size from /16 to /28"),
    ("private: [10.240.7.0/24", "private: [§10.240.7.0/29", "too small: a subnet has a size from /16 to /28"),
    ("public: [10.240.1.0/24", "public: [§10.240.1.0/28", "too small: a public subnet, with room for load balancers,"),
    ("app: [10.240.4.0/24", "app: [§10.241.4.0/24", "10.241.4.0/24 is not inside the network's range 10.240.0.0/16"),
    (
        "app: [10.240.4.0/24",
        "app: [§10.240.2.128/25",
        "10.240.2.128/25 overlaps 10.240.2.0/24, which is already in public",
    ),
    ("private: [10.240.7.0/24, ", "private: §[", "1 range(s) for 2 zone(s)"),
    (
        "ranges: [10.230.0.0/16]\nnetwork:\n  range: ",
        "ranges: [10.240.128.0/17]\nnetwork:\n  range: §",
        "10.240.0.0/16 overlaps 10.240.128.0/17, which is production's",
    ),
    ("zones: [a, b]", "zones: [a, §B]", '"B" is not a zone: one letter'),
    ("zones: [a, b]", "zones: [a, §me-central-1b]", "is not a zone"),
    ("zones: [a, b]", "zones: [a, §a]", '"a" is in this list twice'),
    ("nat_gateways: 1", "nat_gateways: §0", "0 is too little: at least 1"),
    ("nat_gateways: 1", "nat_gateways: §3", "3 NAT gateways for 2 zones: 1 for all, or 2, one for each"),
    ("nat_gateways: 1", "public_ingress: §all", 'expected "cloudfront" or "anywhere"'),
    ("nat_gateways: 1", "gateway_endpoints: [§ecr]", 'expected "s3" or "dynamodb"'),
    (
        "nat_gateways: 1",
        "interface_endpoints: [§com.amazonaws.me-central-1.logs]",
        "write only what follows the region",
    ),
    ("nat_gateways: 1", "interface_endpoints: [§Auto Scaling]", "is not the name of an AWS service"),
]

SERVICES: list[Case] = [
    ("port: 3001", "port: §0", "0 is too little: at least 1"),
    ("port: 3001", "port: §65536", "65536 is too much: at most 65535"),
    ("load_balancer: api", "load_balancer: §apo", 'there is no load balancer "apo": did you mean "api"?'),
    ("load_balancer: api", "load_balancer: §zzz", 'there is no load balancer "zzz": there is api, internal'),
    ("calls: [main]", "calls: [main, §mian]", 'there is no service "mian": did you mean "main"?'),
    ("calls: [main]", "calls: [main, §main]", '"main" is in this list twice'),
    ("calls: [main]", "calls: [§functions]", 'there is no service "functions"'),
    ("load_balancer: api, listener: 80", "load_balancer: §api", 'on which port of "api"'),
    ("load_balancer: api, listener: 80", "listener: §80", 'add "load_balancer"'),
    (
        MAIN,
        f"{MAIN}\n  other: {{port: 1, load_balancer: api, listener: §80, health: /}}",
        'already belongs to "gateway"',
    ),
    ("listener: 5002", "listener: §80", "grpc works only behind HTTPS, and port 80 is plain HTTP"),
    (
        "  gateway: {port: 3001, load_balancer: api, listener: 80, health: /heartbeat, ",
        "  §gateway: {port: 1, ",
        '"health" is',
    ),
    ("health: /heartbeat", "health: §heartbeat", '"heartbeat" is not a path: it begins with a slash'),
    ("health: /heartbeat", "health: /heartbeat, protocol: §tcp", 'expected "http" or "grpc"'),
    ("cpu: 512", "cpu: §500", "500 is not a size Fargate has: choose one of 256, 512, 1024"),
    ("memory: 1024", "memory: §8192", "8192 MiB does not go with cpu 512: choose one of 1024, 2048, 3072, 4096"),
    ("port: 3001", "port: 3001, memory: §512", "512 MiB does not go with cpu 512"),
    ("port: 3001", "port: 3001, tasks: §11", "11 tasks are not between scaling's min 1 and max 10"),
    ("port: 3001", "port: 3001, scaling: {min: §11}", "min 11 is more than max 10"),
    ("port: 3001", "port: 3001, scaling: {min: 2, §mix: 3}, tasks: 2", '"mix" is not a key here: did you mean'),
]

STORES: list[Case] = [
    ("[main, functions]", "[§man]", 'there is no service "man": did you mean "main"?'),
    ("{used_by: [main], purpose: seats}", "{used_by: [§function]}", 'did you mean "functions"?'),
    ("proxies: [main]", "proxies: [§mane]", 'there is no database "mane": did you mean "main"?'),
    (
        "[main, functions]",
        "[main], instance_class: §db.r6g.medium",
        "db.r6g.large (2 vCPU, 16 GB) or db.t4g.medium (2 vCPU, 4 GB)",
    ),
    ("[main, functions]", "[main], instance_class: §db.t4g.micro", "too small for Aurora PostgreSQL"),
    ("[main, functions]", "[main], instance_class: §r6g.large", "is not a database class"),
    ("purpose: seats", "node_type: §t3.micro", "is not a cache node type"),
]

TABLE = [*KEYS, *SORTS, *NAMES, *SAFETY, *NETWORK, *SERVICES, *STORES]


@pytest.mark.parametrize(("right", "wrong", "phrase"), TABLE, ids=[f"{wrong.strip()[:40]}" for _, wrong, _ in TABLE])
def test_one_mistake_one_complaint(
    right: str, wrong: str, phrase: str, broken: Breaking, complaints: Complaints
) -> None:
    text, place = broken(right, wrong)
    found = complaints(text)
    assert len(found) == 1, found
    assert found[0].startswith(f"{place}: ")
    assert phrase in found[0]
