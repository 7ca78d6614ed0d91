"""What is behind a proxy: the database it is registered for, and whether it gets through to it.

Facts: aws-reality 4.5 b, e.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.aws.tag_index import ACTION
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day2_data import told_tags
from muvi_provision.day2_data.aurora import AuroraCluster
from muvi_provision.day2_data.instances import AuroraInstance
from muvi_provision.day2_data.proxies import TARGET_GROUP, DbProxy, proxies
from muvi_provision.resource import Change, Handle, Live, Resource

WHY = {
    "AUTH_FAILURE": "the proxy cannot sign in: its role may not read the secret, or the secret is not the database's",
    "CONNECTION_FAILED": "the database does not take the proxy's connections",
    "UNREACHABLE": "nothing leads from the proxy to the database: look at the security groups of both",
    "INVALID_REPLICATION_STATE": "the database's copies are not in step",
}
_PASSES = ("PENDING_PROXY_CAPACITY",)  # the proxy itself is still growing


class ProxyTarget(
    Resource,
    kind="db-proxy-target",
    ready="db_proxy_target_healthy",
    awaits={"proxy", "machines"},
    inherits="proxy",
    within="proxy",
    goes_with="proxy",
    again=("muvi run",),
    actions={
        "rds:DeregisterDBProxyTargets", "rds:DescribeDBProxies", "rds:DescribeDBProxyTargets",
        "rds:ListTagsForResource", "rds:RegisterDBProxyTargets", ACTION,
    },
    card="rds-proxy",
):  # fmt: skip
    """The cluster that a proxy leads to, whose machines come and go with it. It is ready once the proxy gets through.

    machines: those the cluster has from the start; AWS refuses while one is still being made.
    """

    proxy: Handle[DbProxy]
    cluster: Handle[AuroraCluster]
    machines: tuple[Handle[AuroraInstance], ...]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """Among the targets of its proxy; the cluster's own entry has no health, those of its machines have."""
        name = known_id.partition("/")[0] if known_id else self.proxy.id
        proxy = next((each for each in proxies(aws) if each["DBProxyName"] == name), None)
        if proxy is None:
            return None
        with unless_gone():
            targets = aws.listing("rds", "describe_db_proxy_targets", "Targets", DBProxyName=name)
            cluster = next((each for each in targets if each["Type"] == "TRACKED_CLUSTER"), None)
            held = told_tags.of_database(aws, proxy["DBProxyArn"], self.proxy.address)
            return Live(_id(name), {**cluster, **_health(targets)}, held) if cluster else None
        return None

    def create(self, aws: Aws) -> str:
        try:
            aws.rds.register_db_proxy_targets(
                DBProxyName=self.proxy.id, TargetGroupName=TARGET_GROUP, DBClusterIdentifiers=[self.cluster.id]
            )
        except Exception as error:
            if error_of(error)[1] != "DBProxyTargetAlreadyRegisteredFault":
                raise
        return _id(self.proxy.id)

    def observe(self, live: Live) -> dict[str, Any]:
        return {"cluster": live.raw["RdsResourceId"]}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Nothing of it can be changed."""

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.rds.deregister_db_proxy_targets(
                DBProxyName=live.id.partition("/")[0],
                TargetGroupName=TARGET_GROUP,
                DBClusterIdentifiers=[live.raw["RdsResourceId"]],
            )


def _id(proxy: str) -> str:
    return f"{proxy}/{TARGET_GROUP}"


def _health(targets: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """``Health`` of the machine that writes, and why it is not AVAILABLE, in AWS's words and in ours."""
    told = [each for each in targets if each.get("TargetHealth")]
    writing = [each for each in told if each.get("Role") == "READ_WRITE"] or told
    health = writing[0]["TargetHealth"] if writing else {}
    reason = health.get("Reason", "")
    state = "REGISTERING" if reason in _PASSES else health.get("State", "REGISTERING")
    return {"Health": state, "Why": WHY.get(reason, reason), "Description": health.get("Description", "")}
