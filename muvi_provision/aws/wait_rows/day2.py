"""Day 2."""

from __future__ import annotations

from muvi_provision.aws.wait_rows.row import Wait, all_are, any_is


def _ends(path: str, good: str, *bad: str) -> tuple[dict[str, str], ...]:
    """Ready in that state, given up in those, and one that is going counts as given up too."""
    return (all_are(path, good), *(any_is(path, state) for state in (*bad, "deleting", "deleted")))


_INCOMPATIBLE = (
    "failed", "inaccessible-encryption-credentials", "incompatible-credentials", "incompatible-network",
    "incompatible-option-group", "incompatible-parameters", "incompatible-restore", "insufficient-capacity",
    "restore-error", "storage-full",
)  # fmt: skip

# Usual times and limits: aws-reality.md 4.2 b, 4.3 b, 4.5 b, 4.7 b. AWS's own waiters miss states (1.2).
WAITS: dict[str, Wait] = {
    "db_cluster_available": Wait(
        "rds",
        _ends("DBClusters[].Status", "available", *_INCOMPATIBLE),
        "DBClusters", 120, 7200, ("Status", "Why"),
        slow="a cluster has three copies of its storage made first; one that is stopped does not start by itself",
    ),
    "db_instance_available": Wait(
        "rds",
        _ends("DBInstances[].DBInstanceStatus", "available", *_INCOMPATIBLE),
        "DBInstances", 420, 5400, ("DBInstanceStatus", "Why"),
        slow="a database machine takes five to twelve minutes",
    ),
    "db_proxy_available": Wait(
        "rds",
        _ends("DBProxies[].Status", "available", "incompatible-network", "insufficient-resource-limits"),
        "DBProxies", 600, 3600, ("Status", "Why"),
        slow="a proxy takes five to fifteen minutes, and needs a free address in each of its subnets",
    ),
    "db_proxy_endpoint_available": Wait(
        "rds",
        _ends("DBProxyEndpoints[].Status", "available", "incompatible-network", "insufficient-resource-limits"),
        "DBProxyEndpoints", 300, 1800, ("Status", "Why"),
        slow="an endpoint takes three to ten minutes",
    ),
    "db_proxy_target_healthy": Wait(
        "rds",
        (all_are("Targets[].Health", "AVAILABLE"), any_is("Targets[].Health", "UNAVAILABLE")),
        "Targets", 120, 1800, ("Why", "Description"),
        slow="the proxy must read the secret, reach the database and sign in, in that order",
    ),
    "replication_group_available": Wait(
        "elasticache",
        _ends("ReplicationGroups[].Status", "available", "create-failed"),
        "ReplicationGroups", 360, 3600, ("Status", "Why"),
        slow="a cache takes six to twenty minutes",
    ),
}  # fmt: skip

# How long an object is still shown after its deletion: usual seconds, and when to say that it is stuck (8.3).
GONE: dict[str, Wait] = {
    "db_cluster_gone": Wait("rds", (), "DBClusters", 120, 3600, slow="its storage is being given back"),
    "db_instance_gone": Wait("rds", (), "DBInstances", 420, 3600, slow="a machine takes five to fifteen minutes to go"),
    "db_proxy_gone": Wait("rds", (), "DBProxies", 600, 5400, slow="a proxy may take an hour to go"),
    "db_proxy_endpoint_gone": Wait("rds", (), "DBProxyEndpoints", 120, 3600, slow="it goes before its proxy"),
    "replication_group_gone": Wait(
        "elasticache", (), "ReplicationGroups", 420, 3600, slow="a cache takes five to fifteen minutes to go"
    ),
}
