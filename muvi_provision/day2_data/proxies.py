"""RDS proxies: they share few connections to a database among many clients. What is behind one: ``proxy_targets.py``.

Facts: aws-reality 4.5. A proxy that cannot sign in to its database is made all the same, so its target is asked.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import ACTION
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.tagged import ranked, unless_gone
from muvi_provision.day2_data import failures, told_tags
from muvi_provision.day2_data.roles import Role
from muvi_provision.resource import Change, Handle, Live, Resource

TARGET_GROUP = "default"  # every proxy has this one and no other
LEAST_VCPUS = 2  # that AWS bills for
_POOL = {
    "max_percent": "MaxConnectionsPercent",
    "idle_percent": "MaxIdleConnectionsPercent",
    "borrow_s": "ConnectionBorrowTimeout",
}


class DbProxy(
    Resource,
    ready="db_proxy_available",
    gone="db_proxy_gone",
    completes=True,
    mutable={"secret_arn", "role_arn", "groups", "requires_tls", "idle_client_s", *_POOL},
    outputs={"arn", "host"},
    name_limit=63,
    actions={
        "rds:AddTagsToResource", "rds:CreateDBProxy", "rds:DeleteDBProxy", "rds:DescribeDBProxies",
        "rds:DescribeDBProxyTargetGroups", "rds:ListTagsForResource", "rds:ModifyDBProxy",
        "rds:ModifyDBProxyTargetGroup", "iam:PassRole", ACTION,
    },
    card="rds-proxy",
):  # fmt: skip
    """One proxy, for one database. It signs in with what ``secret_arn`` holds, which its ``role`` may read.

    max_percent, idle_percent: of the database's connections. borrow_s, idle_client_s: seconds.
    vcpus: those of the database's machine, for which AWS bills, two at least.
    Outputs: ``arn``; ``host``, which clients use instead of the database's own.
    """

    role: Handle[Role]
    role_arn: str
    secret_arn: str
    subnets: tuple[Handle[Subnet], ...]
    groups: tuple[Handle[SecurityGroup], ...]
    max_percent: int
    idle_percent: int
    borrow_s: int
    idle_client_s: int
    vcpus: int
    requires_tls: bool = True

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        name = aws.physical(self).lower()
        raw = next((each for each in proxies(aws) if each["DBProxyName"] == name), None)
        if raw is None:
            return None
        with unless_gone():
            held = told_tags.of_database(aws, raw["DBProxyArn"], self.address)
            failure = failures.told(aws, raw["Status"], "db-proxy", name)
            return Live(name, {**raw, **failure, "Pool": _pool(aws, raw)}, held)
        return None

    def create(self, aws: Aws) -> str:
        made = aws.rds.create_db_proxy(
            DBProxyName=aws.physical(self).lower(),
            EngineFamily="POSTGRESQL",
            VpcSubnetIds=[subnet.id for subnet in self.subnets],
            VpcSecurityGroupIds=[group.id for group in self.groups],
            RoleArn=self.role_arn,
            Auth=self._auth(),
            RequireTLS=self.requires_tls,
            IdleClientTimeout=self.idle_client_s,
            Tags=aws.tag_pairs(self),
        )
        return made["DBProxy"]["DBProxyName"]

    def _auth(self) -> Any:
        return [{"AuthScheme": "SECRETS", "SecretArn": self.secret_arn, "IAMAuth": "DISABLED"}]

    def observe(self, live: Live) -> dict[str, Any]:
        """The pool only once there is one, which is when the proxy is available."""
        raw, pool = live.raw, live.raw["Pool"]
        return {
            "secret_arn": ", ".join(each.get("SecretArn", "") for each in raw.get("Auth", ())),
            "role_arn": raw["RoleArn"],
            "subnets": ranked(raw["VpcSubnetIds"], self.subnets),
            "groups": ranked(raw["VpcSecurityGroupIds"], self.groups),
            "requires_tls": raw["RequireTLS"],
            "idle_client_s": raw["IdleClientTimeout"],
            **{field: pool[key] for field, key in _POOL.items() if key in pool},
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        changed = {change.field for change in changes}
        if changed & _POOL.keys():
            settings: Any = {key: getattr(self, field) for field, key in _POOL.items()}
            aws.rds.modify_db_proxy_target_group(
                DBProxyName=live.id, TargetGroupName=TARGET_GROUP, ConnectionPoolConfig=settings
            )
        if changed - _POOL.keys():
            aws.rds.modify_db_proxy(
                DBProxyName=live.id,
                Auth=self._auth(),
                RoleArn=self.role_arn,
                SecurityGroups=[group.id for group in self.groups],
                RequireTLS=self.requires_tls,
                IdleClientTimeout=self.idle_client_s,
            )

    def delete(self, aws: Aws, live: Live) -> None:
        """It may take an hour, and its network interfaces some minutes more."""
        with unless_gone():
            if live.raw["Status"] != "deleting":
                aws.rds.delete_db_proxy(DBProxyName=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.raw["DBProxyArn"], "host": live.raw.get("Endpoint", "")}

    def costs(self) -> tuple[tuple[str, float], ...]:
        return (("rdsproxy.vcpu", float(max(LEAST_VCPUS, self.vcpus))),)


class ProxyEndpoint(
    Resource,
    kind="db-proxy-endpoint",
    ready="db_proxy_endpoint_available",
    gone="db_proxy_endpoint_gone",
    awaits={"proxy"},
    mutable={"groups"},
    outputs={"arn", "host"},
    within="proxy",
    name_limit=63,
    actions={
        "rds:AddTagsToResource", "rds:CreateDBProxyEndpoint", "rds:DeleteDBProxyEndpoint",
        "rds:DescribeDBProxyEndpoints", "rds:ListTagsForResource", "rds:ModifyDBProxyEndpoint", ACTION,
    },
    card="rds-proxy",
):  # fmt: skip
    """A second name of a proxy, for clients that only read: they are sent to readers, so there must be one.

    Outputs: ``arn``, ``host``.
    """

    proxy: Handle[DbProxy]
    subnets: tuple[Handle[Subnet], ...]
    groups: tuple[Handle[SecurityGroup], ...]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        name = aws.physical(self).lower()
        every = aws.listing("rds", "describe_db_proxy_endpoints", "DBProxyEndpoints")
        raw = next((each for each in every if each["DBProxyEndpointName"] == name), None)
        if raw is None:
            return None
        with unless_gone():
            failure = failures.told(aws, raw["Status"], "db-proxy", raw["DBProxyName"])
            return Live(name, {**raw, **failure}, told_tags.of_database(aws, raw["DBProxyEndpointArn"], self.address))
        return None

    def create(self, aws: Aws) -> str:
        made = aws.rds.create_db_proxy_endpoint(
            DBProxyName=self.proxy.id,
            DBProxyEndpointName=aws.physical(self).lower(),
            VpcSubnetIds=[subnet.id for subnet in self.subnets],
            VpcSecurityGroupIds=[group.id for group in self.groups],
            TargetRole="READ_ONLY",
            Tags=aws.tag_pairs(self),
        )
        return made["DBProxyEndpoint"]["DBProxyEndpointName"]

    def observe(self, live: Live) -> dict[str, Any]:
        return {
            "proxy": live.raw["DBProxyName"],
            "subnets": ranked(live.raw["VpcSubnetIds"], self.subnets),
            "groups": ranked(live.raw["VpcSecurityGroupIds"], self.groups),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        groups = [group.id for group in self.groups]
        aws.rds.modify_db_proxy_endpoint(DBProxyEndpointName=live.id, VpcSecurityGroupIds=groups)

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            if live.raw["Status"] != "deleting":
                aws.rds.delete_db_proxy_endpoint(DBProxyEndpointName=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.raw["DBProxyEndpointArn"], "host": live.raw.get("Endpoint", "")}

    def costs(self) -> tuple[tuple[str, float], ...]:
        """AWS bills a further endpoint as the private endpoint that it is, once a subnet."""
        return (("vpce.hour", float(len(self.subnets))),)


def proxies(aws: Aws) -> list[dict[str, Any]]:
    """Every proxy of the region."""
    return aws.listing("rds", "describe_db_proxies", "DBProxies")


def _pool(aws: Aws, proxy: dict[str, Any]) -> dict[str, Any]:
    """How a proxy shares connections; one that is not available yet has nothing to change, so nothing to tell."""
    if proxy["Status"] != "available":
        return {}
    groups = aws.listing("rds", "describe_db_proxy_target_groups", "TargetGroups", DBProxyName=proxy["DBProxyName"])
    own = (each for each in groups if each["TargetGroupName"] == TARGET_GROUP)
    return next((each.get("ConnectionPoolConfig", {}) for each in own), {})
