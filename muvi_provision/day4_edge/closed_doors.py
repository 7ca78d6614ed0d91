"""Why a request from outside does not arrive: the doors it passes, in order, and the first that is closed.

request -> DNS -> certificate -> distribution -> firewall -> secret header -> targets -> copies -> security groups.
Facts: aws-reality 6.5 to 6.8 and 3.10. Reads only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.outside import Answered
from muvi_provision.day1_network import chain
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day4_edge import distributions, target_health
from muvi_provision.day4_edge.distribution_config import items
from muvi_provision.day4_edge.target_health import RESTS, SILENT, Health
from muvi_provision.engine.stack import Values
from muvi_provision.environment import Environment
from muvi_provision.environment.edge import Flow

NO_NAME, NO_TRUST, NO_ANSWER = "the name is not known", "its certificate is not trusted", "nobody answers"
TURNED_AWAY, NOT_SIGNED, BLOCKED = b"Only through CloudFront", b"<Code>AccessDenied</Code>", b"Request blocked"
Place = Literal[
    "request", "dns", "certificate", "distribution", "firewall", "header", "bucket", "targets", "tasks", "groups",
]  # fmt: skip


@dataclass(frozen=True)
class Door:
    """The first closed one: where, why, and what to type next."""

    place: Place
    why: str
    next: tuple[str, ...]


@dataclass(frozen=True)
class Met:
    """What a request met: an answer, or the problem that there was none. url: "" when nobody could be asked."""

    distribution: str
    url: str
    answered: Answered | None = None
    problem: str = ""


@dataclass(frozen=True)
class Walk:
    """One request on its way, and what is needed to ask after it."""

    aws: Aws
    environment: Environment
    values: Values
    plan: Flow
    met: Met

    @property
    def status(self) -> int:
        return self.met.answered.status if self.met.answered else 0

    def says(self, words: bytes) -> bool:
        return self.status == 403 and self.met.answered is not None and words in self.met.answered.body


def first(aws: Aws, environment: Environment, values: Values, plan: Flow, met: Met) -> Door:
    """The first closed door of a request that was not answered as expected. Raises ClientError."""
    walk = Walk(aws, environment, values, plan, met)
    found = (door for look in LOOKS if (door := look(walk)) is not None)
    return next(found, None) or _answered_otherwise(walk)


def _dns(walk: Walk) -> Door | None:
    if walk.met.problem != NO_NAME:
        return None
    return Door("dns", f"{walk.met.url}: {walk.met.problem}", ("muvi status", "muvi run day4"))


def _certificate(walk: Walk) -> Door | None:
    if walk.met.problem != NO_TRUST:
        return None
    return Door("certificate", f"{walk.met.url}: {walk.met.problem}", ("muvi run day4", "muvi drift"))


def _distribution(walk: Walk) -> Door | None:
    """Not there, switched off, or not everywhere yet."""
    wanted = (walk.values.get(f"distribution/{walk.plan.distribution}") or {}).get("id")
    raw = next((each for each in distributions.listing(walk.aws) if each["Id"] == wanted), None)
    if raw is None:
        return Door("distribution", f"there is no distribution {walk.plan.distribution}", ("muvi run day4",))
    if not raw["Enabled"]:
        return Door("distribution", f"{raw['Id']} is switched off", ("muvi drift", "muvi run day4"))
    if raw["Status"] != "Deployed":
        why = f"CloudFront is still telling its places about {raw['Id']}, which takes some minutes"
        return Door("distribution", why, ("muvi status --live", "muvi smoke"))
    return _called_otherwise(walk, raw)


def _called_otherwise(walk: Walk, raw: dict[str, Any]) -> Door | None:
    """CloudFront turns away who asks for a name that it has not been given, whatever the DNS says."""
    host = urlsplit(walk.met.url).hostname
    if walk.status != 403 or host in (raw["DomainName"], *items(raw, "Aliases")):
        return None
    return Door("distribution", f"{raw['Id']} does not answer to {host} yet", ("muvi plan day4", "muvi run day4"))


def _firewall(walk: Walk) -> Door | None:
    if not walk.says(BLOCKED):
        return None
    rules = ", ".join(walk.environment.firewall) or "none of this environment's"
    return Door(
        "firewall", f"a rule of the firewall keeps the request out; its rules are {rules}", ("muvi config show",)
    )


def _bucket(walk: Walk) -> Door | None:
    if not walk.says(NOT_SIGNED):
        return None
    why = "the bucket refuses: the file is not there, or its policy does not name the distribution"
    return Door("bucket", why, ("muvi drift", "muvi run day4"))


def _header(walk: Walk) -> Door | None:
    if not walk.says(TURNED_AWAY):
        return None
    why = "the load balancer does not know the header that CloudFront sends"
    return Door("header", why, ("muvi drift", "muvi run day4"))


def _services(walk: Walk) -> Door | None:
    """The services it passes, in order: the first of which no copy is well."""
    for name in walk.plan.services:
        plan = walk.environment.services[name]
        health = target_health.of_service(walk.aws, walk.values, name, balanced=bool(plan.load_balancer))
        if not health.is_well:
            return _of_service(walk, health)
    return None


def _of_service(walk: Walk, health: Health) -> Door:
    name, why = health.service, f"{health.service}: {health.why}"
    if health.why == RESTS:
        return Door("tasks", f"{why} yet", ("muvi images list", f"muvi scale {name} 1"))
    if health.running < health.wanted or not health.wanted:
        return Door("tasks", why, (f"muvi logs {name}", "muvi services"))
    if health.code == SILENT and (door := _groups(walk, (name,))):
        return door
    return Door("targets", why, (f"muvi logs {name}", "muvi services"))


def _way_in(walk: Walk) -> Door | None:
    """Nobody behind CloudFront answered in time: the doors of its load balancer and of the services."""
    return _groups(walk, walk.plan.services) if walk.status in (0, 502, 504) else None


def _groups(walk: Walk, services: tuple[str, ...]) -> Door | None:
    """The first rule of their groups, from the outside inwards, that is not there any more."""
    there = {each["SecurityGroupRuleId"] for each in _rules(walk.aws)}
    for plan in _between(walk.environment, services):
        known = (walk.values.get(f"security-group-rule/{plan.name}") or {}).get("id")
        if known not in there:
            return Door("groups", f"the rule that {plan.description} is gone", ("muvi drift", "muvi run day1"))
    return None


def _rules(aws: Aws) -> list[dict[str, Any]]:
    """Of all groups of this environment, whoever made them."""
    groups = aws.listing("ec2", "describe_security_groups", "SecurityGroups", Filters=aws.ours())
    inside = [{"Name": "group-id", "Values": sorted(each["GroupId"] for each in groups)}]
    return aws.listing("ec2", "describe_security_group_rules", "SecurityGroupRules", Filters=inside) if groups else []


def _between(environment: Environment, services: tuple[str, ...]) -> Iterator[chain.RulePlan]:
    """The rules between a load balancer and these services, and those that let callers reach it."""
    plans = [environment.services[name] for name in services]
    groups = {chain.service(name) for name in services}
    groups |= {chain.balancer(each.load_balancer) for each in plans if each.load_balancer}
    for plan in chain.rules(environment):
        other = plan.other[1] if plan.other and plan.other[0] is SecurityGroup else ""
        inwards = plan.direction == "ingress" and plan.group in groups
        if inwards or (plan.direction == "egress" and plan.group in groups and other in groups):
            yield plan


def _answered_otherwise(walk: Walk) -> Door:
    """Every door is open, and the answer is another one."""
    expected = " or ".join(str(code) for code in walk.plan.expect)
    logs = tuple(f"muvi logs {name}" for name in walk.plan.services[-1:])
    if not walk.status:
        return Door("distribution", f"{walk.met.url}: {NO_ANSWER}", ("muvi smoke", "muvi status --live"))
    why = f"the way is open, but the answer is {walk.status} and not {expected}"
    return Door("request", why, (*logs, "muvi config show"))


# a distribution that is switched off is not known by name either, so it is asked after first of all
LOOKS: tuple[Callable[[Walk], Door | None], ...] = (
    _distribution,
    _dns,
    _certificate,
    _firewall,
    _bucket,
    _header,
    _services,
    _way_in,
)
