"""Day 3."""

from __future__ import annotations

from muvi_provision.aws.patience_rows.row import Patience

ROLES = "a new role reaches the other services after some seconds"
DRAINS = "the service of that name from before is still ending"

# Only what an object we have just made can cause; the limits are those of aws-reality 1.6, 5.5 e and 5.7 e.
CREATING: tuple[Patience, ...] = (
    Patience("CreateCluster", "InvalidParameterException", "service linked role", 120, ROLES),
    Patience("CreateService", "InvalidParameterException", "assume", 240, ROLES),
    Patience("UpdateService", "InvalidParameterException", "assume", 240, ROLES),
    Patience("CreateService", "InvalidParameterException", "proper permissions", 240, ROLES),
    Patience("CreateService", "InvalidParameterException", "role is not valid", 240, ROLES),
    Patience("RegisterTaskDefinition", "ClientException", "role is not valid", 240, ROLES),
    Patience("CreateService", "ClusterNotFoundException", "", 120, "a new cluster is not yet visible to services"),
    Patience(
        "CreateService",
        "InvalidParameterException",
        "does not have an associated load balancer",
        120,
        "a new listener is not yet visible to services",
    ),
    Patience("CreateService", "InvalidParameterException", "draining", 300, DRAINS, 90, lasting=True),
    Patience("*Service", "ServiceNotFoundException", "", 120, "a new service is not yet visible to all of ECS"),
    Patience("Create*", "NamespaceNotFound", "", 120, "a new namespace is not yet visible to its services"),
    Patience("*", "OperationAbortedException", "", 120, "another change of the same object is under way"),
    Patience("*", "UpdateInProgressException", "", 120, "another change of the same object is under way"),
    Patience("PutLifecyclePolicy", "RepositoryNotFoundException", "", 120, "a new repository is not yet visible"),
    Patience("PutRetentionPolicy", "ResourceNotFoundException", "", 120, "a new log group is not yet visible"),
)

# While these are answered the object stands on something that is still being taken away: limits of aws-reality 8.3.
ENDING = "a service in it is still ending"
DELETING: tuple[Patience, ...] = (
    Patience("DeleteCluster", "ClusterContains*", "", 900, ENDING, 90),
    Patience("DeleteCluster", "UpdateInProgressException", "", 600, ENDING, 90),
    Patience("DeleteService", "ResourceInUse", "", 600, "containers are still entered under its name", 30),
    Patience("DeleteNamespace", "ResourceInUse", "still under way", 600, "Cloud Map is still making it", 30, look=True),
    Patience("DeleteNamespace", "ResourceInUse", "", 600, "there are still names in it", 30),
    Patience("DeleteService", "InvalidParameterException", "deployments are active", 600, "a roll-out is ending", 30),
)
