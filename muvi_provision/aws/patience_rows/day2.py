"""Day 2."""

from __future__ import annotations

from muvi_provision.aws.patience_rows.row import Patience

_NEW_ROLE = "a new role is known to other services some seconds after IAM has it"
_VALUE = "InvalidParameterValue"
_STILL = "an earlier change, such as another class, is still being made"
_OWN_ROLE = "in an account it has never been in, the service first makes a role of its own"

# Only what an object we have just made can cause; the limits are those of aws-reality.md 1.6.
CREATING: tuple[Patience, ...] = (
    Patience("*", "MalformedPolicyDocument", "invalid principal", 120, _NEW_ROLE),
    Patience("*Role*", "NoSuchEntity", "", 120, "a new role is not yet visible to its policies"),
    Patience("*", _VALUE, "IAM role ARN value is invalid", 120, _NEW_ROLE),
    Patience("CreateDB*", _VALUE, "service linked role", 240, _OWN_ROLE, lasting=True),
    Patience("CreateDB*", _VALUE, "Missing necessary credentials", 240, _OWN_ROLE, lasting=True),
    Patience("Create*", "ServiceLinkedRoleNotFoundFault", "", 240, _OWN_ROLE, lasting=True),
    Patience("*DBProxy", _VALUE, "role", 120, _NEW_ROLE),
    Patience("*DBSubnetGroup", "InvalidSubnet", "are invalid", 300, "a new subnet is not yet visible to databases"),
    Patience("*CacheSubnetGroup", "InvalidSubnet", "invalid", 300, "a new subnet is not yet visible to caches"),
    Patience("Create*", _VALUE, "security group", 120, "a new security group is not yet visible to what it guards"),
    Patience("CreateDB*", "DBSubnetGroupNotFoundFault", "", 120, "a new subnet group is not yet visible to databases"),
    Patience("CreateDB*", "DBClusterParameterGroupNotFound", "", 120, "a new group of settings is not yet visible"),
    Patience("CreateDB*", "DBParameterGroupNotFound", "", 120, "a new group of settings is not yet visible"),
    Patience("*DBClusterParameter*", "DBParameterGroupNotFound", "", 120, "a new group of settings is not yet visible"),
    Patience("*", "InvalidDBParameterGroupState", "", 120, "a new group of settings is still being made"),
    Patience("CreateDBInstance", "DBClusterNotFoundFault", "", 120, "a new cluster is not yet visible to its machines"),
    Patience("RegisterDBProxyTargets", "InvalidDBInstanceState", "", 300, "the database is still being made ready"),
    Patience("RegisterDBProxyTargets", "InvalidDBClusterStateFault", "", 300, "the same, in other words"),
    Patience("*DBProxy*", "InvalidDBProxyStateFault", "", 300, "the proxy is still changing", lasting=True),
    Patience("*DBProxy*", "DBProxyNotFoundFault", "", 120, "a new proxy is not yet visible to what belongs to it"),
    Patience("ModifyDBCluster", "InvalidDBClusterStateFault", "", 1500, _STILL, 420, lasting=True),
    Patience("ModifyDBInstance", "InvalidDBInstanceState", "", 1500, _STILL, 420, lasting=True),
    Patience("ModifyReplicationGroup", "InvalidReplicationGroupState", "", 1500, _STILL, 420, lasting=True),
    Patience("CreateReplicationGroup", "CacheSubnetGroupNotFoundFault", "", 120, "a new subnet group is not yet seen"),
    Patience("*", "CacheParameterGroupNotFound", "", 120, "a new group of settings is not yet visible to caches"),
    Patience("*creaseReplicaCount", "InvalidReplicationGroupState", "", 1500, _STILL, 420, lasting=True),
    Patience("*", "TooManyUpdates", "", 60, "another change of the same parameter is under way"),
)

# While these are answered the object stands on something that is still being taken away: limits of aws-reality.md 8.3.
_CHANGING = "AWS is still busy with it"
DELETING: tuple[Patience, ...] = (
    Patience("*Role*", "ConcurrentModification*", "", 120, "another change of the same role is under way"),
    Patience("DeleteRole", "DeleteConflict", "", 120, "what was taken off the role is not gone everywhere", look=True),
    Patience("*DBInstance", "InvalidDBInstanceState", "", 1800, _CHANGING, 300, look=True),
    Patience("*", "InvalidDBClusterStateFault", "", 3600, _CHANGING, 120, look=True),
    Patience("DeleteDBCluster", "InvalidParameterCombination", "disable deletion pro", 600, _CHANGING, 30, look=True),
    Patience("*DBProxy*", "InvalidDBProxyStateFault", "", 3600, _CHANGING, 120, look=True),
    Patience("*DBProxyEndpoint", "InvalidDBProxyEndpointStateFault", "", 3600, _CHANGING, 120, look=True),
    Patience("*", "InvalidDBSubnetGroupStateFault", "", 600, "the last database in it is still going", 10),
    Patience("*", "InvalidDBParameterGroupState", "", 600, "the last database with it is still going", 10),
    Patience("DeleteReplicationGroup", "InvalidReplicationGroupState", "", 1800, _CHANGING, 120, look=True),
    Patience("DeleteCacheSubnetGroup", "CacheSubnetGroupInUse", "", 600, "the last cache in it is still going", 10),
    Patience("*", "InvalidCacheParameterGroupState", "", 600, "the last cache with it is still going", 10),
    Patience("*Parameter", "TooManyUpdates", "", 60, "another change of the same parameter is under way"),
)
