"""What day 2's steps need worked out: what secrets are for, machines and processors, who signs in with what. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from muvi_provision.day1_network import chain
from muvi_provision.day1_network.authority import CertificateAuthority
from muvi_provision.day2_data.aurora import AuroraCluster
from muvi_provision.day2_data.secrets import Secret
from muvi_provision.environment import Environment
from muvi_provision.environment.secrets import Secret as SecretPlan
from muvi_provision.resource import Handle, Unknown

_VCPUS = {"medium": 2, "large": 2, "xlarge": 4}  # a 2xlarge has twice an xlarge's
_ABOUT = {
    "database": "Master user of the database {of}",
    "certificate": "Certificate and private key of the service {of}",
    "password": "A password that was made up",
    "given": "A value that a person gives",
}
NO_EVICTION = {"maxmemory-policy": "noeviction"}
"""What a cache with a queue is told: when it is full it refuses what is new, and throws nothing out."""


@dataclass(frozen=True)
class MachinePlan:
    """One machine of a cluster: ``main-writer``. ``writer``: the name of the one a reader waits for.

    also: the classes that the workflow gives it at its hours.
    """

    name: str
    cluster: str
    instance_class: str
    tier: int
    writer: str | None = None
    also: tuple[str, ...] = ()


def description(plan: SecretPlan) -> str:
    """What a secret is for, in words: the file's own where it has some."""
    return plan.purpose or _ABOUT[plan.kind].format(of=plan.of)


def subject(environment: Environment, plan: SecretPlan) -> str:
    """The database's name in PostgreSQL, or the name a certificate is for; "" for the other kinds."""
    if plan.kind == "database":
        return database_name(plan.of)
    return f"{plan.of}.{environment.internal_domain}" if plan.kind == "certificate" else ""


def signing(environment: Environment, plan: SecretPlan, authority: Handle[CertificateAuthority]) -> dict[str, Any]:
    """The fields of a secret that only a certificate has."""
    if plan.kind != "certificate":
        return {}
    life = environment.certificates
    return {
        "authority": authority,
        "authority_version": authority.version,
        "days": life.leaf_days,
        "renew_days_before": life.renew_days_before,
    }


def given(environment: Environment) -> tuple[str, ...]:
    """The secrets whose values a person gives."""
    return tuple(name for name, plan in environment.secrets.items() if plan.kind == "given")


def database_name(database: str) -> str:
    """A database's name in PostgreSQL: letters and digits only (aws-reality 4.2 a)."""
    return re.sub(r"[^a-z0-9]", "", database.lower())


def master_secret(environment: Environment, database: str) -> Handle[Secret] | None:
    """The secret with a database's master user; None where the environment leaves that to RDS."""
    names = (name for name, plan in environment.secrets.items() if plan.kind == "database" and plan.of == database)
    return next((Handle(f"{Secret.declared.kind}/{name}") for name in names), None)


def master_version(secret: Handle[Secret] | None) -> Any:
    """Which version of it counts."""
    return secret.version if secret else ""


def master_arn(environment: Environment, database: str) -> Any:
    """The ARN of the secret with the master user, ours or the one that RDS makes."""
    secret = master_secret(environment, database)
    cluster = f"{AuroraCluster.declared.kind}/{database}"
    return Unknown(secret.address, "arn") if secret else Unknown(cluster, "secret_arn")


def master_arns(environment: Environment) -> tuple[Any, ...]:
    """Those of all databases with a proxy."""
    return tuple(master_arn(environment, name) for name in environment.proxies)


def machines(environment: Environment) -> tuple[MachinePlan, ...]:
    """Each cluster's writer, and the reader of those that have one."""
    return tuple(machine for name in environment.databases for machine in machines_of(environment, name))


def machines_of(environment: Environment, database: str) -> tuple[MachinePlan, ...]:
    """Those of one cluster, the writer first."""
    plan, writer = environment.databases[database], f"{database}-writer"
    also = _hourly(environment, database)
    reader = MachinePlan(f"{database}-reader", database, plan.instance_class, 1, writer, also)
    return (MachinePlan(writer, database, plan.instance_class, 0, None, also), *([reader] if plan.reader else []))


def _hourly(environment: Environment, database: str) -> tuple[str, ...]:
    """The classes that the workflow sets, which a run leaves as they are."""
    moments = environment.workflow.moments.values() if environment.workflow else ()
    return tuple(dict.fromkeys(moment.classes[database] for moment in moments if database in moment.classes))


def roads(environment: Environment, database: str) -> tuple[str, ...]:
    """The rules that let a database's proxy through to it; without them its target would be unreachable."""
    group = chain.database(environment, database)
    ways = ((chain.PROXIES, "egress", group), (group, "ingress", chain.PROXIES))
    rules = chain.rules(environment)
    return tuple(rule.name for rule in rules if rule.other and (rule.group, rule.direction, rule.other[1]) in ways)


def endpoint_name(database: str) -> str:
    """The read-only second name of a database's proxy."""
    return f"{database}-read"


def database_family(environment: Environment) -> str:
    """``aurora-postgresql14``."""
    return f"aurora-postgresql{environment.aurora.version.partition('.')[0]}"


def default_database_settings(environment: Environment) -> str:
    """AWS's own group of settings, which every account has."""
    return f"default.{database_family(environment)}"


def default_cache_settings(environment: Environment) -> str:
    """AWS's own group of settings, which every account has."""
    return f"default.{cache_family(environment)}"


def redis(environment: Environment) -> dict[str, Any]:
    """What all caches have in common; a replica takes over wherever there is one."""
    said = environment.redis
    return {
        "version": said.version,
        "transit_encryption": said.transit_encryption,
        "replicas": said.replicas,
        "failover": said.replicas > 0,
    }


def cache_family(environment: Environment) -> str:
    """``redis7``."""
    return f"redis{environment.redis.version.partition('.')[0]}"


def exported_logs(environment: Environment) -> frozenset[str]:
    """The logs that go to CloudWatch."""
    return frozenset({"postgresql"}) if environment.aurora.export_logs else frozenset()


def upgrades_itself(environment: Environment) -> bool:
    """Whether AWS may move databases to newer minor versions: not where the file says exactly one."""
    return "." not in environment.aurora.version


def vcpus(environment: Environment, database: str) -> int:
    """The processors of all machines of a database; 0 where that changes with the load."""
    plan = environment.databases[database]
    size = plan.instance_class.rpartition(".")[2]
    times = re.fullmatch(r"(\d+)xlarge", size)
    one = int(times[1]) * _VCPUS["xlarge"] if times else _VCPUS.get(size, 0)
    return one * (2 if plan.reader else 1)


def pool(environment: Environment) -> dict[str, Any]:
    """How proxies share connections."""
    said = environment.proxy_pool
    return {
        "max_percent": said.max_percent,
        "idle_percent": said.idle_percent,
        "borrow_s": said.borrow_s,
        "idle_client_s": said.idle_client_s,
    }


def has_queue(environment: Environment) -> bool:
    """Whether a queue lives in any cache."""
    return any(plan.queue for plan in environment.cache_clusters.values())


def cache_description(name: str, purpose: str) -> str:
    """What a cache is for; AWS wants something there."""
    return purpose or f"Cache {name}"
