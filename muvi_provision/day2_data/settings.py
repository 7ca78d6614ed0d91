"""The addresses and settings that follow from an environment: for the Parameter Store, and for containers. Pure.

What AWS gives only later (the hosts of databases, proxies and caches) stands in them as an output.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from muvi_provision.day1_network.chain import POSTGRES, REDIS
from muvi_provision.day2_data.aurora import AuroraCluster
from muvi_provision.day2_data.plans import database_name, endpoint_name
from muvi_provision.day2_data.proxies import DbProxy, ProxyEndpoint
from muvi_provision.day2_data.redis import ReplicationGroup
from muvi_provision.environment import Environment
from muvi_provision.environment.caches import cluster_of
from muvi_provision.resource import Resource, Unknown


@dataclass(frozen=True)
class ParameterPlan:
    """One parameter: its path below the environment's, and its value."""

    name: str
    value: Any


def parameters(environment: Environment) -> tuple[ParameterPlan, ...]:
    """Where each database, cache and service answers; none where the environment does not want them."""
    if not environment.parameters:
        return ()
    return (*_of_databases(environment), *_of_caches(environment), *_of_services(environment))


def variables(environment: Environment, service: str) -> dict[str, Any]:
    """What the containers of a service are given, by variable. Nothing secret; what the file says itself comes last.

    Its own database and cache (those of its name) have plain names, the only one of several databases too; the
    others are told apart by their names: ``MAIN_DB_WRITE_HOST``, ``REDIS_SHARED_HOST``.
    """
    return {
        "PORT": str(environment.services[service].port),
        **_database_variables(environment, service),
        **_cache_variables(environment, service),
        **_called_variables(environment, service),
        **environment.services[service].environment,
    }


def function_variables(environment: Environment, function: str) -> dict[str, Any]:
    """The like for a function: the databases and caches it uses, the only one of several without its name."""
    plan = environment.functions[function]
    return {
        **_of_used_databases(environment, plan.databases, _only(plan.databases)),
        **_of_used_caches(environment, plan.caches, _only(plan.caches)),
    }


def _only(used: tuple[str, ...]) -> str:
    return used[0] if len(used) == 1 else ""


def write_host(environment: Environment, database: str) -> Unknown:
    """Where whoever changes something connects: the proxy where there is one."""
    if database in environment.proxies:
        return _output(DbProxy, database, "host")
    return _output(AuroraCluster, database, "writer_host")


def read_host(environment: Environment, database: str) -> Unknown:
    """Where whoever only reads connects: a reader's address, or the writer's where there is no reader."""
    if not environment.databases[database].reader:
        return write_host(environment, database)
    if database in environment.proxies:
        return _output(ProxyEndpoint, endpoint_name(database), "host")
    return _output(AuroraCluster, database, "reader_host")


def cache_host(environment: Environment, cache: str) -> Unknown:
    """Where the Redis answers that holds a cache's content."""
    return _output(ReplicationGroup, cluster_of(cache, environment.caches, environment.redis.layout), "host")


def service_address(environment: Environment, service: str) -> tuple[str, int] | None:
    """Host and port on which other services reach one; None where nothing leads to it.

    Through the internal load balancer, which tells services apart by port, or else by the name it is found under.
    """
    plan = environment.services[service]
    balancer = environment.load_balancers.get(plan.load_balancer or "")
    if balancer and balancer.scheme == "internal" and plan.listener:
        return f"{service}.{environment.internal_domain}", plan.listener
    if service in environment.discovery.services:
        return f"{service}.{environment.discovery.namespace}", plan.port
    return None


def _of_databases(environment: Environment) -> Iterator[ParameterPlan]:
    for name in environment.databases:
        yield ParameterPlan(f"databases/{name}/DB_WRITE_HOST", write_host(environment, name))
        yield ParameterPlan(f"databases/{name}/DB_READ_HOST", read_host(environment, name))


def _of_caches(environment: Environment) -> Iterator[ParameterPlan]:
    for name in environment.caches:
        yield ParameterPlan(f"caches/{name}/REDIS_HOST", cache_host(environment, name))


def _of_services(environment: Environment) -> Iterator[ParameterPlan]:
    """Those behind the internal load balancer, whose names only exist inside the network."""
    for name, plan in environment.services.items():
        balancer = environment.load_balancers.get(plan.load_balancer or "")
        if balancer and balancer.scheme == "internal":
            yield ParameterPlan(f"services/{name}/SERVICE_HOST", f"{name}.{environment.internal_domain}")


def _database_variables(environment: Environment, service: str) -> dict[str, Any]:
    used = tuple(name for name, database in environment.databases.items() if service in database.used_by)
    return _of_used_databases(environment, used, service if service in used else _only(used))


def _of_used_databases(environment: Environment, used: Iterable[str], own: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in used:
        prefix = "" if name == own else f"{_spelt(name)}_"
        found[f"{prefix}DB_WRITE_HOST"] = write_host(environment, name)
        found[f"{prefix}DB_READ_HOST"] = read_host(environment, name)
        found[f"{prefix}DB_NAME"] = database_name(name)
        found[f"{prefix}DB_PORT"] = str(POSTGRES)
    return found


def _cache_variables(environment: Environment, service: str) -> dict[str, Any]:
    used = tuple(name for name, cache in environment.caches.items() if service in cache.used_by)
    return _of_used_caches(environment, used, service)


def _of_used_caches(environment: Environment, used: tuple[str, ...], own: str) -> dict[str, Any]:
    """Port and encryption are the same for all, so they are said once."""
    if not used:
        return {}
    hosts = {
        "REDIS_HOST" if name == own else f"REDIS_{_spelt(name)}_HOST": cache_host(environment, name) for name in used
    }
    return {**hosts, "REDIS_PORT": str(REDIS), "REDIS_TLS": str(environment.redis.transit_encryption).lower()}


def _called_variables(environment: Environment, service: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for called in environment.services[service].calls:
        if address := service_address(environment, called):
            host, port = address
            found[f"{_spelt(called)}_SERVICE_HOST"] = host
            found[f"{_spelt(called)}_SERVICE_PORT"] = str(port)
    return found


def _spelt(name: str) -> str:
    """``bulk-refund`` as variables spell it: ``BULK_REFUND``."""
    return name.upper().replace("-", "_")


def _output(kind: type[Resource], name: str, output: str) -> Unknown:
    return Unknown(f"{kind.declared.kind}/{name}", output)
