"""Aurora: what is named must be there. The codes are as inconsistent as AWS's (aws-reality 1.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.databases import engines, found, parameters, shown
from muvi_provision.sandbox.rules.registry import Test, rule
from muvi_provision.sandbox.view import View

_CLUSTER = ("ModifyDBCluster", "DeleteDBCluster", "StartDBCluster", "StopDBCluster", "CreateDBClusterSnapshot")
_PROXY = (
    "DescribeDBProxies",
    "ModifyDBProxy",
    "DeleteDBProxy",
    "DescribeDBProxyTargetGroups",
    "ModifyDBProxyTargetGroup",
    "RegisterDBProxyTargets",
    "DeregisterDBProxyTargets",
    "DescribeDBProxyTargets",
    "CreateDBProxyEndpoint",
    "DescribeDBProxyEndpoints",
)
_PARAMETERS = (
    "ModifyDBClusterParameterGroup",
    "ResetDBClusterParameterGroup",
    "DescribeDBClusterParameters",
    "DescribeDBClusterParameterGroups",
    "DeleteDBClusterParameterGroup",
)


def _missing(parameter: str, noun: str, held: Callable[[View], Any]) -> Test:
    """A test: what ``parameter`` names is among ``held``."""

    def test(call: Call, view: View) -> str | None:
        wanted = call.params.get(parameter)
        there = wanted is None or found.plain(wanted) in held(view)
        return None if there else f"{noun} {wanted} not found."

    return test


def _parameter_groups(view: View) -> set[str]:
    return set(found.parameter_groups(view)) | {f"default.{family}" for family in parameters.FAMILIES}


def _endpoints(view: View) -> set[str]:
    return {*found.endpoints(view), *found.proxies(view)}  # a proxy's own endpoint bears its name


for _operations, _code, _test in (
    (("DescribeDBClusters", *_CLUSTER, "CreateDBInstance"), "DBClusterNotFoundFault",
     _missing("DBClusterIdentifier", "DBCluster", found.clusters)),
    (("DescribeDBInstances", "ModifyDBInstance", "DeleteDBInstance"), "DBInstanceNotFound",
     _missing("DBInstanceIdentifier", "DBInstance", found.instances)),
    (("DescribeDBSubnetGroups", "ModifyDBSubnetGroup", "DeleteDBSubnetGroup", "CreateDBCluster"),
     "DBSubnetGroupNotFoundFault", _missing("DBSubnetGroupName", "DBSubnetGroup", found.subnet_groups)),
    (_PARAMETERS, "DBParameterGroupNotFound",
     _missing("DBClusterParameterGroupName", "DBClusterParameterGroup", _parameter_groups)),
    (("CreateDBCluster", "ModifyDBCluster"), "DBClusterParameterGroupNotFound",
     _missing("DBClusterParameterGroupName", "DBClusterParameterGroup", _parameter_groups)),
    (("DescribeDBClusterSnapshots", "DeleteDBClusterSnapshot"), "DBClusterSnapshotNotFoundFault",
     _missing("DBClusterSnapshotIdentifier", "DBClusterSnapshot", found.snapshots)),
    (_PROXY, "DBProxyNotFoundFault", _missing("DBProxyName", "DBProxy", found.proxies)),
    (("DescribeDBProxyEndpoints", "ModifyDBProxyEndpoint", "DeleteDBProxyEndpoint"), "DBProxyEndpointNotFoundFault",
     _missing("DBProxyEndpointName", "DBProxyEndpoint", _endpoints)),
):  # fmt: skip
    rule("rds", _operations, _code, "what is named is there", status=404, source="1.1")(_test)


@rule(
    "rds",
    ("RegisterDBProxyTargets", "DeregisterDBProxyTargets", "DescribeDBProxyTargets", "ModifyDBProxyTargetGroup"),
    "DBProxyTargetGroupNotFoundFault",
    "a proxy's only target group is named default",
    status=404,
    source="4.5 a",
)
def target_group_name(call: Call, view: View) -> str | None:
    wanted = call.params.get("TargetGroupName", "default")
    return None if wanted == "default" else f"DBProxyTargetGroup {wanted} not found."


@rule(
    "rds",
    ("CreateDBCluster", "ModifyDBCluster"),
    "InvalidVPCNetworkStateFault",
    "a cluster's groups are of the VPC of its subnet group",
    source="RDS API: CreateDBCluster, InvalidVPCNetworkStateFault",
)
def groups_elsewhere(call: Call, view: View) -> str | None:
    vpc = _vpc(call, view)
    held = [view.find("security_group", one) for one in call.params.get("VpcSecurityGroupIds", ())]
    others = [one.id for one in held if one is not None and vpc and one.vpc_id != vpc]
    return f"The security groups {others} are not in the VPC {vpc} of the DB subnet group." if others else None


def _vpc(call: Call, view: View) -> str:
    name = call.params.get("DBSubnetGroupName")
    cluster = found.clusters(view).get(found.plain(call.params["DBClusterIdentifier"]))
    if name is None and cluster is not None:
        name = cluster.subnet_group
    group = found.subnet_groups(view).get(found.plain(name))
    return group.vpc if group is not None else ""


@rule(
    "rds",
    (
        "CreateDBCluster",
        "ModifyDBCluster",
        "CreateDBProxy",
        "ModifyDBProxy",
        "CreateDBProxyEndpoint",
        "ModifyDBProxyEndpoint",
    ),
    "InvalidParameterValue",
    "the security groups that are named are there",
    source="from memory",
)
def groups_there(call: Call, view: View) -> str | None:
    named = call.params.get("SecurityGroups") or call.params.get("VpcSecurityGroupIds", ())
    missing = [one for one in named if view.find("security_group", one) is None]
    return f"Invalid security group , groupId= {', '.join(missing)}, groupName=." if missing else None


@rule("rds", "CreateDBCluster", "KMSKeyNotAccessibleFault", "the key that is named is there", source="4.2 e")
def key_there(call: Call, view: View) -> str | None:
    key = call.params.get("KmsKeyId")
    there = key is None or shown.key_arn(view, key)
    return None if there else f"The specified KMS key [{key}] does not exist, is not enabled or you do not have access."


@rule(
    "rds",
    ("CreateDBCluster", "ModifyDBCluster"),
    "InvalidParameterCombination",
    "the engine version exists and is not deprecated",
    source="4.4",
)
def version_there(call: Call, view: View) -> str | None:
    version = call.params.get("EngineVersion")
    unknown = version is not None and engines.resolved(version) is None
    return f"Cannot find version {version} for {found.ENGINE}" if unknown else None


@rule(
    "rds",
    ("CreateDBCluster", "ModifyDBCluster"),
    "InvalidParameterCombination",
    "a parameter group is of the family of the version",
    source="from memory",
)
def group_of_family(call: Call, view: View) -> str | None:
    group = found.parameter_groups(view).get(found.plain(call.params.get("DBClusterParameterGroupName")))
    family = engines.family(engines.DEFAULT)
    if group is None or group.family == family:
        return None
    return (
        f"The Parameter Group {group.name} with DBParameterGroupFamily {group.family} cannot be used for this "
        f"instance. Please use a Parameter Group with DBParameterGroupFamily {family}"
    )
