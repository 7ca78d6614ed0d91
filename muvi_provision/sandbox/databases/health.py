"""Whether a proxy reaches the database behind it (aws-reality 4.5 b, e): by its groups, its role and its secret."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.databases import found, master
from muvi_provision.sandbox.databases.objects import Cluster, Instance, Proxy, Registration
from muvi_provision.sandbox.view import View

_REGISTERING_S = 60  # the second half of a registration
Verdict = dict[str, str]  # a TargetHealth


def of(view: View, proxy: Proxy, registered: Registration, instance: Instance) -> Verdict:
    """The health of one instance behind a proxy."""
    if registered.status == "UNAVAILABLE":
        return _bad("CONNECTION_FAILED", "The proxy could not connect to the database.")
    if _growing(view, registered):
        return _bad("PENDING_PROXY_CAPACITY", "DBProxy Target is waiting for proxy to scale to desired capacity")
    if registered.status == "REGISTERING" or instance.status == "creating":
        return {"State": "REGISTERING"}
    cluster = found.clusters(view)[registered.cluster]
    if not _readable(view, proxy, cluster):
        return _bad("AUTH_FAILURE", "Proxy does not have any registered credentials")
    if not _reachable(view, proxy, cluster, instance):
        return _bad("UNREACHABLE", "DBProxy Target unavailable due to an internal error")
    if instance.status not in ("available", "modifying"):
        return _bad("CONNECTION_FAILED", f"The instance is {instance.status}.")
    return {"State": "AVAILABLE"}


def _growing(view: View, registered: Registration) -> bool:
    """The first minute of a registration, or for ever: unavailable, though nothing is wrong."""
    phase = view.books.phases.get((view.region, registered.arn))
    if phase is None:
        return False
    return phase.kind in view.faults.never_ready or phase.until - view.now > view.seconds(_REGISTERING_S)


def _bad(reason: str, description: str) -> Verdict:
    return {"State": "UNAVAILABLE", "Reason": reason, "Description": description}


def _readable(view: View, proxy: Proxy, cluster: Cluster) -> bool:
    """The role may be assumed, may read a secret and decrypt it, and the secret is a user and a password."""
    role = str(proxy.said["RoleArn"])
    if not roles.assumable(view, role, "rds.amazonaws.com"):
        return False
    return any(_good(view, role, one.get("SecretArn", ""), cluster) for one in proxy.said.get("Auth", ()))


def _good(view: View, role: str, arn: str, cluster: Cluster) -> bool:
    secret = next((one for one in view.secrets.values() if arn in (one.arn, one.name)), None)
    if (
        secret is None
        or secret.is_deleted()
        or not roles.allows(view, role, "secretsmanager:GetSecretValue", secret.arn)
    ):
        return False
    key = getattr(secret, "kms_key_id", None)
    own = key and "alias/aws/secretsmanager" not in key
    if own and not roles.allows(view, role, "kms:Decrypt", _key_arn(view, str(key))):
        return False
    return _credentials(secret, cluster)


def _key_arn(view: View, key: str) -> str:
    return key if key.startswith("arn:") else f"arn:aws:kms:{view.region}:{view.account}:key/{key}"


def _credentials(secret: Any, cluster: Cluster) -> bool:
    """What another user's password is, only the database knows."""
    current = [one for one in secret.versions.values() if "AWSCURRENT" in one.get("version_stages", ())]
    with suppress(ValueError, TypeError, KeyError, IndexError):
        held = json.loads(current[0]["secret_string"])
        user, password = str(held["username"]), str(held["password"])
        return user != cluster.said["MasterUsername"] or master.digest(password) == cluster.password
    return False


def _reachable(view: View, proxy: Proxy, cluster: Cluster, instance: Instance) -> bool:
    """Out of one of the proxy's groups and into one of the cluster's, on the cluster's port."""
    port = int(cluster.said["Port"])
    target = view.ec2.enis.get(instance.interface)
    out = _rules(view, proxy.door.groups, "egress_rules")
    into = _rules(view, cluster.groups, "ingress_rules")
    sources = [view.ec2.enis[one].private_ip_address for one in proxy.door.interfaces if one in view.ec2.enis]
    return (
        target is not None
        and any(_lets(one, port, cluster.groups, [target.private_ip_address]) for one in out)
        and any(_lets(one, port, proxy.door.groups, sources) for one in into)
    )


def _rules(view: View, groups: Iterable[str], direction: str) -> list[Any]:
    held = (view.find("security_group", one) for one in groups)
    return [rule for group in held if group is not None for rule in getattr(group, direction)]


def _lets(rule: Any, port: int, groups: list[str], addresses: list[str]) -> bool:
    if str(rule.ip_protocol) not in ("-1", "tcp", "6"):
        return False
    if str(rule.ip_protocol) != "-1" and not int(rule.from_port) <= port <= int(rule.to_port):
        return False
    if rule.source_group.get("GroupId") in groups:
        return True
    network = ipaddress.ip_network(rule.cidr_ipv4, strict=False) if rule.cidr_ipv4 else None
    return network is not None and any(ipaddress.ip_address(one) in network for one in addresses)
