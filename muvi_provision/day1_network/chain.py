"""Who may speak to whom: the security groups of an environment and the rules between them. Pure.

Each link trusts the one before it and nothing else::

    CloudFront -> public load balancer -> gateway, website
                                            | calls
                           internal load balancer -> services -> (proxies ->) databases
                                                         |   \\-> caches
                                                         \\-> private endpoints
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from muvi_provision.day1_network.prefix_lists import PrefixList
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.vpc import EVERYWHERE
from muvi_provision.environment import Environment
from muvi_provision.environment.names import FUNCTIONS

POSTGRES, REDIS, HTTPS = 5432, 6379, 443
PROXIES, ENDPOINTS = "proxies", "endpoints"
CLOUDFRONT = "cloudfront"
CLOUDFRONT_LIST = "com.amazonaws.global.cloudfront.origin-facing"


@dataclass(frozen=True)
class GroupPlan:
    """One security group: ``alb-api``, ``svc-main``, ``databases`` or ``db-main``, ..."""

    name: str
    description: str
    open_egress: bool = False


@dataclass(frozen=True)
class ListPlan:
    """An address list of AWS that rules name: ``cloudfront``."""

    name: str
    list_name: str


@dataclass(frozen=True)
class RulePlan:
    """One rule of ``group`` for one port: the other side is a group, an address list or a range of addresses."""

    group: str
    direction: Literal["ingress", "egress"]
    port: int
    other: tuple[type[SecurityGroup] | type[PrefixList], str] | None = None
    cidr: str | None = None

    @property
    def name(self) -> str:
        """``svc-main:5002-from-alb-internal``: a colon is in no group's name, so no two rules share a name."""
        return f"{self.group}:{self.port}-{'from' if self.direction == 'ingress' else 'to'}-{self._peer}"

    @property
    def description(self) -> str:
        if self.direction == "ingress":
            return f"{self._peer} may reach {self.group} on port {self.port}"
        return f"{self.group} may reach {self._peer} on port {self.port}"

    @property
    def _peer(self) -> str:
        return self.other[1] if self.other else "anywhere"


@dataclass(frozen=True)
class ListenerPlan:
    """The port of a load balancer that leads to a service. ``protocol``: what callers speak to it."""

    service: str
    load_balancer: str
    port: int
    protocol: Literal["HTTP", "HTTPS"]


def groups(environment: Environment) -> tuple[GroupPlan, ...]:
    """The groups, in the order requests meet them."""
    return (
        *(GroupPlan(balancer(name), f"Load balancer {name}") for name in environment.load_balancers),
        *(GroupPlan(service(name), f"Service {name}", open_egress=True) for name in environment.services),
        GroupPlan(FUNCTIONS, "All Lambda functions", open_egress=True),
        *_data_groups(environment),
        *(
            [GroupPlan(ENDPOINTS, "Private endpoints of AWS services")]
            if environment.network.interface_endpoints
            else []
        ),
    )


def lists(environment: Environment) -> tuple[ListPlan, ...]:
    """The address lists that rules name."""
    return (ListPlan(CLOUDFRONT, CLOUDFRONT_LIST),) if environment.network.public_ingress == "cloudfront" else ()


def rules(environment: Environment) -> tuple[RulePlan, ...]:
    """Every rule once, from the outside inwards."""
    links = (_entrance, _balanced, _calls, _databases, _caches, _endpoints)
    return tuple(dict.fromkeys(chain.from_iterable(link(environment) for link in links)))


def listeners(environment: Environment) -> tuple[ListenerPlan, ...]:
    """One for each service behind a load balancer: HTTPS inside, plain HTTP to CloudFront and on port 80."""
    return tuple(
        ListenerPlan(name, each.load_balancer, each.listener, _protocol(environment, each.load_balancer, each.listener))
        for name, each in environment.services.items()
        if each.load_balancer and each.listener
    )


def balancer(name: str) -> str:
    """The group of a load balancer."""
    return f"alb-{name}"


def service(name: str) -> str:
    """The group of a service."""
    return f"svc-{name}"


def database(environment: Environment, name: str) -> str:
    """The group of a database: its own, or the one all share."""
    return f"db-{name}" if environment.security_groups.databases == "each" else "databases"


def cache(environment: Environment, name: str) -> str:
    """The group of a cache: its own, or the one all share."""
    return f"cache-{name}" if environment.security_groups.caches == "each" else "caches"


def _protocol(environment: Environment, name: str, port: int) -> Literal["HTTP", "HTTPS"]:
    return "HTTPS" if environment.load_balancers[name].scheme == "internal" and port != 80 else "HTTP"


def _data_groups(environment: Environment) -> Iterator[GroupPlan]:
    for each in dict.fromkeys(database(environment, name) for name in environment.databases):
        yield GroupPlan(each, "All databases" if each == "databases" else f"Database {each.removeprefix('db-')}")
    if environment.proxies:
        yield GroupPlan(PROXIES, "All database proxies")
    for each in dict.fromkeys(cache(environment, name) for name in environment.cache_clusters):
        yield GroupPlan(each, "All caches" if each == "caches" else f"Cache {each.removeprefix('cache-')}")


def _from(group: str, port: int, source: str) -> RulePlan:
    return RulePlan(group, "ingress", port, (SecurityGroup, source))


def _to(group: str, port: int, target: str) -> RulePlan:
    return RulePlan(group, "egress", port, (SecurityGroup, target))


def _entrance(environment: Environment) -> Iterator[RulePlan]:
    """What the outside may reach. CloudFront's list counts 55 of a group's 60 rules, so one port is all that fits."""
    for each in listeners(environment):
        if environment.load_balancers[each.load_balancer].scheme == "internal":
            continue
        if environment.network.public_ingress == "cloudfront":
            yield RulePlan(balancer(each.load_balancer), "ingress", each.port, (PrefixList, CLOUDFRONT))
        else:
            yield RulePlan(balancer(each.load_balancer), "ingress", each.port, cidr=EVERYWHERE)


def _balanced(environment: Environment) -> Iterator[RulePlan]:
    """From each load balancer to the services behind it."""
    for each in listeners(environment):
        port = environment.services[each.service].port
        yield _to(balancer(each.load_balancer), port, service(each.service))
        yield _from(service(each.service), port, balancer(each.load_balancer))


def _calls(environment: Environment) -> Iterator[RulePlan]:
    """From each service to those it calls: through an internal load balancer, or straight where there is none."""
    inside = {
        each.service: each
        for each in listeners(environment)
        if environment.load_balancers[each.load_balancer].scheme == "internal"
    }
    for caller, called in ((name, call) for name, each in environment.services.items() for call in each.calls):
        if called in inside:
            yield _from(balancer(inside[called].load_balancer), inside[called].port, service(caller))
        else:
            yield _from(service(called), environment.services[called].port, service(caller))


def _databases(environment: Environment) -> Iterator[RulePlan]:
    """From users to databases; where there is a proxy, from users to the proxy and from the proxy on."""
    for name, each in environment.databases.items():
        group = database(environment, name)
        if name in environment.proxies:
            yield from (_from(PROXIES, POSTGRES, user) for user in _users(each.used_by))
            yield _to(PROXIES, POSTGRES, group)
            yield _from(group, POSTGRES, PROXIES)
        else:
            yield from (_from(group, POSTGRES, user) for user in _users(each.used_by))


def _caches(environment: Environment) -> Iterator[RulePlan]:
    for name, each in environment.cache_clusters.items():
        yield from (_from(cache(environment, name), REDIS, user) for user in _users(each.used_by))


def _endpoints(environment: Environment) -> Iterator[RulePlan]:
    """From everything that runs code of ours."""
    if environment.network.interface_endpoints:
        yield from (_from(ENDPOINTS, HTTPS, user) for user in _users((*environment.services, FUNCTIONS)))


def _users(used_by: Iterable[str]) -> Iterator[str]:
    """The groups of services by name; ``functions`` stands for itself."""
    return (FUNCTIONS if name == FUNCTIONS else service(name) for name in used_by)
