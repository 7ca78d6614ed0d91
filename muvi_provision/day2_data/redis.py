"""Redis: memory that services share for seconds or minutes, as replication groups even where there is one node.

Facts: aws-reality 4.7; why replication groups: docs/decisions/0014.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import error_of
from muvi_provision.aws.tag_index import ACTION
from muvi_provision.day1_network.chain import REDIS
from muvi_provision.day1_network.security_groups import SecurityGroup
from muvi_provision.day1_network.tagged import ranked, unless_gone
from muvi_provision.day2_data import failures, told_tags
from muvi_provision.day2_data.cache_groups import CacheParameterGroup, CacheSubnetGroup
from muvi_provision.day2_data.db_offers import cheapest
from muvi_provision.errors import AwsRefused
from muvi_provision.resource import Change, Handle, Live, Resource

NODE = "Node"  # ours, beside AWS's own fields: one of the group's nodes, which tells what the group does not


class ReplicationGroup(
    Resource,
    ready="replication_group_available",
    gone="replication_group_gone",
    mutable={"description", "node_type", "version", "parameter_group", "groups", "replicas", "failover"},
    outputs={"host", "port"},
    within="subnet_group",
    name_limit=40,
    actions={
        "elasticache:AddTagsToResource", "elasticache:CreateReplicationGroup", "elasticache:DecreaseReplicaCount",
        "elasticache:DeleteReplicationGroup", "elasticache:DescribeCacheClusters",
        "elasticache:DescribeReplicationGroups", "elasticache:DescribeReservedCacheNodesOfferings",
        "elasticache:IncreaseReplicaCount", "elasticache:ListTagsForResource", "elasticache:ModifyReplicationGroup",
        ACTION,
    },
    card="redis",
):  # fmt: skip
    """One Redis: a node that writes, and ``replicas`` beside it in other zones.

    version: "7.1", of which AWS tells more than it takes. transit_encryption: whether clients must speak TLS; like
    the encryption of what is stored, it is fixed at birth. failover: whether a replica takes over when the node that
    writes fails, for which there must be one. description: what it is for.
    Outputs: ``host``, which follows the node that writes, and ``port``.
    """

    subnet_group: Handle[CacheSubnetGroup]
    groups: tuple[Handle[SecurityGroup], ...]
    parameter_group: Handle[CacheParameterGroup] | str
    description: str
    node_type: str
    version: str
    transit_encryption: bool
    replicas: int = 0
    failover: bool = False

    def before(self, aws: Aws) -> None:
        """The node types that a region sells can only be seen from what may be reserved there."""
        if not _sold(aws, CacheNodeType=self.node_type) and (sold := _sold(aws)):
            found = cheapest({each: _price_id(each) for each in sold}, aws.region)
            raise AwsRefused(
                f"there is no {self.node_type} in {aws.region}" + (f": choose {found}" if found else ""),
                where=self.address,
                why="AWS does not offer that node type for Redis there",
                next=("muvi config show",),
            )

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        name = aws.physical(self).lower()
        every = aws.listing("elasticache", "describe_replication_groups", "ReplicationGroups")
        raw = next((each for each in every if each["ReplicationGroupId"] == name), None)
        if raw is None:
            return None
        with unless_gone():
            held = told_tags.of_cache(aws, raw["ARN"], self.address)
            node = None if aws.shallow else _node(aws, name)
            failure = failures.told(aws, raw["Status"], "replication-group", name)
            return Live(name, {**raw, **failure, NODE: node}, held)
        return None

    def create(self, aws: Aws) -> str:
        made = aws.elasticache.create_replication_group(
            ReplicationGroupId=aws.physical(self).lower(),
            ReplicationGroupDescription=self.description,
            Engine="redis",
            EngineVersion=self.version,
            CacheNodeType=self.node_type,
            NumCacheClusters=1 + self.replicas,
            AutomaticFailoverEnabled=self.failover,
            MultiAZEnabled=self.failover,
            CacheParameterGroupName=_named(self.parameter_group),
            CacheSubnetGroupName=self.subnet_group.id,
            SecurityGroupIds=[group.id for group in self.groups],
            AtRestEncryptionEnabled=True,
            TransitEncryptionEnabled=self.transit_encryption,
            Port=REDIS,
            Tags=aws.tag_pairs(self),
        )
        return made["ReplicationGroup"]["ReplicationGroupId"]

    def observe(self, live: Live) -> dict[str, Any]:
        """What only its nodes tell is left out while there are none."""
        raw = live.raw
        return {
            "description": raw["Description"],
            "node_type": raw["CacheNodeType"],
            "replicas": len(raw["MemberClusters"]) - 1,
            "transit_encryption": raw["TransitEncryptionEnabled"],
            "failover": raw["AutomaticFailover"] in ("enabled", "enabling"),
            **(self._seen_of_node(raw[NODE]) if raw[NODE] else {}),
        }

    def _seen_of_node(self, node: dict[str, Any]) -> dict[str, Any]:
        told = node["EngineVersion"]
        same = f"{told}.".startswith(f"{self.version}.")
        return {
            "subnet_group": node["CacheSubnetGroupName"],
            "groups": ranked((each["SecurityGroupId"] for each in node["SecurityGroups"]), self.groups),
            "parameter_group": node["CacheParameterGroup"]["CacheParameterGroupName"],
            "version": self.version if same else told,
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """More nodes first, fewer last, failover between them; what finds the group busy is left to the next look."""
        changed = {change.field for change in changes}
        more = self.replicas - (len(live.raw["MemberClusters"]) - 1)
        elasticache: Any = aws.elasticache
        count = {"NewReplicaCount": self.replicas, "ApplyImmediately": True}
        settings = {**self._changed(changed), "ApplyImmediately": True}
        calls = [
            (elasticache.increase_replica_count, count, more > 0),
            (elasticache.modify_replication_group, settings, bool(changed - {"replicas"})),
            (elasticache.decrease_replica_count, count, more < 0),
        ]
        for n, (call, said) in enumerate((call, said) for call, said, needed in calls if needed):
            try:
                call(ReplicationGroupId=live.id, **said)
            except Exception as error:
                if not n or error_of(error)[1] != "InvalidReplicationGroupState":
                    raise
                return

    def _changed(self, changed: set[str]) -> dict[str, Any]:
        spelt: dict[str, dict[str, Any]] = {
            "description": {"ReplicationGroupDescription": self.description},
            "node_type": {"CacheNodeType": self.node_type},
            "version": {"EngineVersion": self.version},
            "parameter_group": {"CacheParameterGroupName": _named(self.parameter_group)},
            "groups": {"SecurityGroupIds": [group.id for group in self.groups]},
            "failover": {"AutomaticFailoverEnabled": self.failover, "MultiAZEnabled": self.failover},
        }
        return {key: value for field in changed & spelt.keys() for key, value in spelt[field].items()}

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            if live.raw["Status"] != "deleting":
                aws.elasticache.delete_replication_group(ReplicationGroupId=live.id)

    def outputs(self, live: Live) -> dict[str, str]:
        shards = live.raw.get("NodeGroups") or [{}]
        endpoint = shards[0].get("PrimaryEndpoint", {})
        return {"host": endpoint.get("Address", ""), "port": str(endpoint.get("Port", REDIS))}

    def costs(self) -> tuple[tuple[str, float], ...]:
        return ((_price_id(self.node_type), 1.0 + self.replicas),)


def nodes(aws: Aws) -> list[dict[str, Any]]:
    """Every node of the region; a group's nodes are clusters of one node each."""
    return aws.listing("elasticache", "describe_cache_clusters", "CacheClusters")


def _node(aws: Aws, name: str) -> dict[str, Any] | None:
    """One node of the group, from the one list of all nodes."""
    return next((each for each in nodes(aws) if each.get("ReplicationGroupId") == name), None)


def _sold(aws: Aws, **chosen: str) -> set[str]:
    offers = "ReservedCacheNodesOfferings"
    operation = "describe_reserved_cache_nodes_offerings"
    found = aws.listing("elasticache", operation, offers, ProductDescription="redis", **chosen)
    return {each["CacheNodeType"] for each in found}


def _named(group: Handle[CacheParameterGroup] | str) -> str:
    return group if isinstance(group, str) else group.id


def _price_id(node_type: str) -> str:
    """``cache.t3.micro.redis`` for ``cache.t3.micro``."""
    return f"{node_type}.redis"
