"""Which secrets the containers of a service are given, and under which variables. Pure."""

from __future__ import annotations

from typing import Any

from muvi_provision.day2_data import settings
from muvi_provision.day2_data.aurora import AuroraCluster
from muvi_provision.day2_data.plans import master_arn, master_secret
from muvi_provision.day2_data.secrets import Secret
from muvi_provision.environment import Environment
from muvi_provision.resource import Unknown

USER, PASSWORD = "username", "password"  # the keys in a database's secret, ours and RDS's alike


def variables(environment: Environment, service: str) -> dict[str, Any]:
    """Variable -> where ECS takes its value from: a secret's ARN, or one with the key in it (aws-reality 5.6).

    Where a secret has no value yet, its part is "". What the file itself gives in the open is not given twice: ECS
    refuses that.
    """
    found: dict[str, Any] = {}
    for name, secret in environment.secrets.items():
        if service in secret.used_by:
            found[secret.variable_of(name)] = Unknown(f"{Secret.declared.kind}/{name}", "value_from")
    for database in databases(environment, service):
        source, prefix = _credentials(environment, database), _prefix(environment, service, database)
        found[f"{prefix}DB_USERNAME"] = f"{source}:{USER}::"
        found[f"{prefix}DB_PASSWORD"] = f"{source}:{PASSWORD}::"
    own = environment.services[service].environment
    return {name: source for name, source in found.items() if name not in own}


def plain_variables(environment: Environment, service: str) -> dict[str, Any]:
    """What its containers are given in the open; what is a secret is only given as one."""
    secret = variables(environment, service)
    return {name: value for name, value in settings.variables(environment, service).items() if name not in secret}


def function_variables(environment: Environment, function: str) -> dict[str, Any]:
    """Variable -> the ARN of the secret with a database's user, which a function reads by itself when it runs."""
    used = environment.functions[function].databases
    only = used[0] if len(used) == 1 else ""
    return {f"{_prefix_but(name, only)}DB_SECRET": master_arn(environment, name) for name in used}


def arns(environment: Environment, user: str) -> tuple[Unknown, ...]:
    """The ARNs of all of them; of ``functions`` those of the databases they use."""
    used = (name for name, secret in environment.secrets.items() if user in secret.used_by)
    own = [Unknown(f"{Secret.declared.kind}/{name}", "arn") for name in used]
    return tuple(dict.fromkeys([*own, *(master_arn(environment, name) for name in databases(environment, user))]))


def databases(environment: Environment, user: str) -> tuple[str, ...]:
    """The databases somebody uses."""
    return tuple(name for name, database in environment.databases.items() if user in database.used_by)


def _prefix(environment: Environment, service: str, database: str) -> str:
    """Nothing for the database a service owns, or the only one it uses; else its name, as in ``MAIN_``."""
    used = databases(environment, service)
    own = service if service in used else used[0] if len(used) == 1 else ""
    return _prefix_but(database, own)


def _prefix_but(database: str, own: str) -> str:
    return "" if database == own else f"{database.upper().replace('-', '_')}_"


def _credentials(environment: Environment, database: str) -> Unknown:
    """The secret with its master user: ours once it has a value, or the one that RDS keeps."""
    own = master_secret(environment, database)
    cluster = f"{AuroraCluster.declared.kind}/{database}"
    return Unknown(own.address, "value_from") if own else Unknown(cluster, "secret_arn")
