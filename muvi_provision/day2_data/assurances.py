"""What may be asked of day 2 afterwards: whether databases are shut in, and whether queues are safe."""

from __future__ import annotations

from collections.abc import Iterable

from muvi_provision.aws.clients import Aws
from muvi_provision.day2_data.aurora import AuroraCluster, clusters
from muvi_provision.day2_data.instances import AuroraInstance, instances
from muvi_provision.day2_data.plans import NO_EVICTION
from muvi_provision.day2_data.redis import ReplicationGroup, nodes
from muvi_provision.engine.stack import Question, Values
from muvi_provision.resource import Handle


def shut_in(wanted: Iterable[Handle[AuroraCluster]], machines: Iterable[Handle[AuroraInstance]]) -> Question:
    """Whether these clusters' storage is encrypted and none of these machines has a public address."""
    wanted, machines = tuple(wanted), tuple(machines)

    def ask(aws: Aws, values: Values) -> bool:
        stored = {each["DBClusterIdentifier"]: each.get("StorageEncrypted") for each in clusters(aws)}
        public = {each["DBInstanceIdentifier"]: each.get("PubliclyAccessible") for each in instances(aws)}
        encrypted = all(stored.get(values[each.address]["id"]) for each in wanted)
        return encrypted and all(public.get(values[each.address]["id"]) is False for each in machines)

    return ask


def keeps_all(holding: Iterable[Handle[ReplicationGroup]]) -> Question:
    """Whether each node of these caches has settings that say: nothing is thrown out."""
    holding = tuple(holding)

    def ask(aws: Aws, values: Values) -> bool:
        groups = {values[each.address]["id"] for each in holding}
        own = [each for each in nodes(aws) if each.get("ReplicationGroupId") in groups]
        found = {each["CacheParameterGroup"]["CacheParameterGroupName"] for each in own}
        all_there = {each["ReplicationGroupId"] for each in own} == groups
        return all_there and all(NO_EVICTION.items() <= _settings(aws, name).items() for name in found)

    return ask


def _settings(aws: Aws, group: str) -> dict[str, str]:
    said = {"CacheParameterGroupName": group, "Source": "user"}
    told = aws.listing("elasticache", "describe_cache_parameters", "Parameters", **said)
    return {each["ParameterName"]: each.get("ParameterValue", "") for each in told}
