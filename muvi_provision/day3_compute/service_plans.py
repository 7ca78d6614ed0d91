"""How each service runs: its size, who brings it requests, under which names, and what must be there first. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from muvi_provision.day1_network import chain
from muvi_provision.day1_network.listeners import Listener
from muvi_provision.day1_network.routes import Route
from muvi_provision.day1_network.security_groups import SecurityGroupRule
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.day2_data.instances import AuroraInstance
from muvi_provision.day2_data.plans import machines_of
from muvi_provision.day2_data.proxy_targets import ProxyTarget
from muvi_provision.day3_compute import given_secrets
from muvi_provision.day3_compute.discovery import DiscoveryService
from muvi_provision.day3_compute.image_lookup import Image
from muvi_provision.engine.stack import Stack
from muvi_provision.environment import Environment
from muvi_provision.resource import Handle


@dataclass(frozen=True)
class ImagePlan:
    """An image that services run: ``main``, or ``main:v2`` for another tag than the usual one."""

    name: str
    repository: str
    tag: str


def images(environment: Environment) -> tuple[ImagePlan, ...]:
    """Each once, though several services may run the same."""
    return tuple(dict.fromkeys(image(environment, service) for service in environment.services))


def image(environment: Environment, service: str) -> ImagePlan:
    """The one a service runs."""
    plan, usual = environment.services[service], environment.images.tag
    tag = plan.tag or usual
    return ImagePlan(plan.image if tag == usual else f"{plan.image}:{tag}", plan.image, tag)


def running(stack: Stack, service: str) -> Handle[Image]:
    """The look-up of that image."""
    return stack.get(Image, image(stack.environment, service).name)


def size(environment: Environment, service: str) -> dict[str, Any]:
    """How many copies of which size, and how a new version takes over."""
    plan, rolling = environment.services[service], environment.deployment
    return {
        "tasks": plan.tasks,
        "cpu": plan.cpu,
        "memory": plan.memory,
        "cpu_in_all": sum(each.cpu * each.tasks for each in environment.services.values()),
        "minimum_percent": rolling.minimum_percent,
        "maximum_percent": rolling.maximum_percent,
    }


def balancing(stack: Stack, service: str) -> dict[str, Any]:
    """Who brings it requests; nothing for a service that no load balancer leads to."""
    plan = stack.environment.services[service]
    if not plan.load_balancer:
        return {}
    return {
        "target_group": stack.get(TargetGroup, service),
        "listener": stack.get(Listener, service),
        "port": plan.port,
        "grace_s": stack.environment.deployment.grace_s,
    }


def names(stack: Stack, service: str) -> tuple[Any, ...]:
    """The ARNs of its names in the private namespace."""
    there = stack.environment.discovery.services
    return (stack.get(DiscoveryService, service).arn,) if service in there else ()


def first(stack: Stack, service: str) -> tuple[Handle[Any], ...]:
    """What a container needs from its first second on: the way out, open doors, and the databases it uses."""
    return (*_ways_out(stack), *_doors(stack, service), *_databases(stack, service))


def _ways_out(stack: Stack) -> Iterator[Handle[Any]]:
    for plan in stack.environment.route_tables:
        if plan.nat:
            yield stack.get(Route, plan.name)


def _doors(stack: Stack, service: str) -> Iterator[Handle[Any]]:
    for plan in chain.rules(stack.environment):
        if plan.group == chain.service(service):
            yield stack.get(SecurityGroupRule, plan.name)


def _databases(stack: Stack, service: str) -> Iterator[Handle[Any]]:
    for name in given_secrets.databases(stack.environment, service):
        for machine in machines_of(stack.environment, name):
            yield stack.get(AuroraInstance, machine.name)
        if name in stack.environment.proxies:
            yield stack.get(ProxyTarget, name)
