"""Who may speak to whom, in environments of every shape."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muvi_provision.day1_network import chain
from muvi_provision.day1_network.chain import RulePlan
from muvi_provision.day1_network.prefix_lists import PrefixList
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.vpc import EVERYWHERE
from muvi_provision.environment import Environment

ALLOWED = re.compile(r"[a-zA-Z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{1,255}")


def varied(environment: Environment, **sections: Any) -> Environment:
    """The environment with other values: ``network={"public_ingress": "anywhere"}``, ``proxies=("main",)``."""
    words = {
        name: getattr(environment, name).model_copy(update=value) if isinstance(value, dict) else value
        for name, value in sections.items()
    }
    return environment.model_copy(update=words)


def names(environment: Environment) -> list[str]:
    return [rule.name for rule in chain.rules(environment)]


def into(environment: Environment, group: str) -> set[str]:
    """``5432-from-svc-main`` for every rule that lets something into the group."""
    found = [rule for rule in chain.rules(environment) if rule.group == group and rule.direction == "ingress"]
    return {rule.name.partition(":")[2] for rule in found}


def test_uat_has_a_group_for_all_that_speaks(uat: Environment) -> None:
    groups = [plan.name for plan in chain.groups(uat)]
    assert groups[:3] == ["alb-api", "alb-website", "alb-internal"]
    assert groups[3:11] == [f"svc-{name}" for name in uat.services]
    assert groups[11:] == ["functions", "databases", "caches"]


def test_only_cloudfront_reaches_the_public_load_balancers(uat: Environment) -> None:
    assert into(uat, "alb-api") == into(uat, "alb-website") == {"80-from-cloudfront"}
    assert [plan.list_name for plan in chain.lists(uat)] == ["com.amazonaws.global.cloudfront.origin-facing"]
    assert not [rule for rule in chain.rules(uat) if rule.cidr]


def test_or_anybody_does(uat: Environment) -> None:
    open_to_all = varied(uat, network={"public_ingress": "anywhere"})
    assert into(open_to_all, "alb-api") == into(open_to_all, "alb-website") == {"80-from-anywhere"}
    assert {rule.cidr for rule in chain.rules(open_to_all)} == {None, EVERYWHERE}
    assert chain.lists(open_to_all) == ()


def test_a_load_balancer_reaches_its_services_and_nothing_else(uat: Environment) -> None:
    out = {rule.name for rule in chain.rules(uat) if rule.direction == "egress"}
    assert {
        "alb-api:3001-to-svc-gateway",
        "alb-website:80-to-svc-website",
        "alb-internal:5007-to-svc-notification",
    } < out
    assert len(out) == len(uat.services)
    assert into(uat, "svc-main") == {"5002-from-alb-internal"}


def test_the_internal_load_balancer_admits_on_each_port_who_calls_that_service(uat: Environment) -> None:
    calls = {
        f"{uat.services[called].listener}-from-svc-{name}" for name, s in uat.services.items() for called in s.calls
    }
    assert into(uat, "alb-internal") == calls - {"80-from-svc-website"}
    assert "5006-from-svc-main" in into(uat, "alb-internal")
    assert "5004-from-svc-identity" not in into(uat, "alb-internal")


def test_a_service_that_no_internal_load_balancer_serves_is_called_straight(uat: Environment) -> None:
    assert into(uat, "svc-gateway") == {"3001-from-alb-api", "3001-from-svc-website"}


def test_a_service_without_a_load_balancer_still_calls(uat: Environment) -> None:
    ticket = uat.services["main"].model_copy(update={"load_balancer": None, "listener": None, "calls": ("payment",)})
    with_ticket = uat.model_copy(update={"services": {**uat.services, "ticket": ticket}})
    assert "svc-ticket" in {plan.name for plan in chain.groups(with_ticket)}
    assert "5003-from-svc-ticket" in into(with_ticket, "alb-internal")
    assert into(with_ticket, "svc-ticket") == set()
    assert "ticket" not in {plan.service for plan in chain.listeners(with_ticket)}


def test_databases_and_caches_admit_their_users_once(uat: Environment) -> None:
    users = {user for each in uat.databases.values() for user in each.used_by} - {"functions"}
    assert into(uat, "databases") == {f"5432-from-svc-{user}" for user in users} | {"5432-from-functions"}
    assert "6379-from-svc-gateway" in into(uat, "caches")
    assert "6379-from-svc-website" not in into(uat, "caches")


def test_each_database_and_cache_may_have_a_group_of_its_own(uat: Environment) -> None:
    apart = varied(uat, security_groups={"databases": "each", "caches": "each"})
    groups = {plan.name for plan in chain.groups(apart)}
    assert {f"db-{name}" for name in uat.databases} | {f"cache-{name}" for name in uat.caches} < groups
    assert not groups & {"databases", "caches"}
    assert into(apart, "db-main") == {"5432-from-svc-main", "5432-from-functions"}
    assert into(apart, "cache-bulk-refund") == {"6379-from-svc-main", "6379-from-svc-payment"}


@pytest.mark.parametrize("cut", ["shared", "each"])
def test_a_proxy_stands_between(uat: Environment, cut: str) -> None:
    proxied = varied(uat, proxies=("main", "identity"), security_groups={"databases": cut})
    group = "db-main" if cut == "each" else "databases"
    assert into(proxied, "proxies") == {"5432-from-svc-main", "5432-from-svc-identity", "5432-from-functions"}
    assert f"proxies:5432-to-{group}" in names(proxied)
    assert "5432-from-proxies" in into(proxied, group)
    assert "5432-from-svc-main" not in into(proxied, group)
    assert ("5432-from-svc-payment" in into(proxied, group)) == (cut == "shared")


def test_private_endpoints_admit_what_runs_our_code(uat: Environment) -> None:
    with_endpoints = varied(uat, network={"interface_endpoints": ("ecr.api",)})
    expected = {f"443-from-svc-{name}" for name in uat.services} | {"443-from-functions"}
    assert into(with_endpoints, "endpoints") == expected
    assert "endpoints" not in {plan.name for plan in chain.groups(uat)}


def test_listeners_speak_https_inside_and_http_to_cloudfront(uat: Environment) -> None:
    spoken = {plan.service: (plan.load_balancer, plan.port, plan.protocol) for plan in chain.listeners(uat)}
    assert spoken["gateway"] == ("api", 80, "HTTP")
    assert spoken["main"] == ("internal", 5002, "HTTPS")
    assert len(spoken) == len(uat.services)


NAMES = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True).filter(
    lambda name: not re.match(r"^(aws|ssm|internal|sg|functions)", name)
)


@st.composite
def environments(draw: st.DrawFn, shape: dict[str, Any]) -> Environment:
    """Any environment that would be let in: what it names is there, and a public load balancer opens one port."""
    services = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    some = st.lists(st.sampled_from(services), unique=True, max_size=4).map(tuple)
    users = st.lists(st.sampled_from([*services, "functions"]), unique=True, max_size=4).map(tuple)
    public = draw(st.integers(0, len(services)))
    balancers = {f"b{n}": {"scheme": "internet-facing"} for n in range(public)} | {"inside": {"scheme": "internal"}}
    served = {name: (f"b{n}", 80) if n < public else ("inside", 5000 + n) for n, name in enumerate(services)}
    without = set(draw(some))
    databases = draw(st.dictionaries(NAMES, users, max_size=4))
    return Environment.model_validate(
        {
            **shape,
            "network": {**shape["network"], **draw(_networks)},
            "security_groups": {"databases": draw(_cut), "caches": draw(_cut)},
            "load_balancers": balancers,
            "services": {
                name: {"port": 3000 + n, "calls": draw(some), "health": "/"}
                | ({} if name in without else dict(zip(("load_balancer", "listener"), served[name], strict=True)))
                for n, name in enumerate(services)
            },
            "databases": {name: {"used_by": used} for name, used in databases.items()},
            "proxies": tuple(name for name in databases if draw(st.booleans())),
            "caches": {
                name: {"used_by": used} for name, used in draw(st.dictionaries(NAMES, users, max_size=4)).items()
            },
        }
    )


_cut = st.sampled_from(["shared", "each"])
_networks = st.fixed_dictionaries(
    {
        "public_ingress": st.sampled_from(["cloudfront", "anywhere"]),
        "interface_endpoints": st.lists(st.sampled_from(["ecr.api", "logs"]), unique=True).map(tuple),
    }
)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_the_chain_holds_together(uat: Environment, data: st.DataObject) -> None:
    environment = data.draw(environments(uat.model_dump()))
    groups, rules = chain.groups(environment), chain.rules(environment)
    there = {plan.name for plan in groups}
    assert len(there) == len(groups)
    _name_only_what_is_there(rules, there, {plan.name for plan in chain.lists(environment)})
    _say_nothing_twice(rules)
    _fit_the_quota(rules)
    _keep_to_the_charset([(p.name, p.description) for p in groups] + [(r.name, r.description) for r in rules])
    _let_out_only_what_is_let_in(rules, {plan.name for plan in groups if plan.open_egress})


def _name_only_what_is_there(rules: tuple[RulePlan, ...], groups: set[str], lists: set[str]) -> None:
    for rule in rules:
        assert rule.group in groups
        assert (rule.other is None) == (rule.cidr is not None)
        if rule.other:
            assert rule.other[1] in (lists if rule.other[0] is PrefixList else groups)


def _say_nothing_twice(rules: tuple[RulePlan, ...]) -> None:
    assert len({rule.name for rule in rules}) == len(rules)
    assert len({(rule.group, rule.direction, rule.port, rule.other, rule.cidr) for rule in rules}) == len(rules)


def _fit_the_quota(rules: tuple[RulePlan, ...]) -> None:
    listed = [rule.group for rule in rules if rule.other and rule.other[0] is PrefixList]
    assert len(set(listed)) == len(listed), "the list of CloudFront counts 55 of 60 rules"
    for group in listed:
        assert sum(rule.group == group and rule.direction == "ingress" for rule in rules) <= 60 - 55 + 1


def _keep_to_the_charset(said: list[tuple[str, str]]) -> None:
    for name, description in said:
        assert ALLOWED.fullmatch(description)
        assert len(f"uat-{name}") <= 255


def _let_out_only_what_is_let_in(rules: tuple[RulePlan, ...], open_groups: set[str]) -> None:
    let_in = {(rule.group, rule.port, rule.other[1]) for rule in rules if rule.direction == "ingress" and rule.other}
    for rule in rules:
        if rule.direction == "egress":
            assert rule.other
            assert rule.other[0] is SecurityGroup
            assert (rule.other[1], rule.port, rule.group) in let_in
            assert rule.group not in open_groups
            assert rule.group == chain.PROXIES or rule.group.startswith("alb-")
