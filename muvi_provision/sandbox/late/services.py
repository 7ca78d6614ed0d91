"""What other services do not see at once, where aws-reality says so; the section stands beside each."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.late.things import Blind, Late, Names, never, sent, told
from muvi_provision.sandbox.view import View

_SECRET = "Secrets Manager can't find the specified secret."  # noqa: S105 (a sentence)
_WAF = "AWS WAF couldn\u2019t retrieve the resource that you requested. Retry your request."
_LOST = "does not exist"
_GONE = "ResourceNotFoundException"


def _one(made: str, kind: str, names: Names, blind: Blind, there: Any = never, most: float = 120) -> Late:
    return Late(made, kind, names, (blind,), there, most)


def _zone(call: Call, result: Any) -> tuple[str, ...]:
    """With its path, and without."""
    wanted = str(result["HostedZone"]["Id"])
    return wanted, wanted.rpartition("/")[2]


def _service(call: Call, result: Any) -> tuple[str, ...]:
    """As Application Auto Scaling calls it: ``service/cluster/name``."""
    return (str(result["service"]["serviceArn"]).rpartition(":")[2],)


def _has_bucket(call: Call, view: View) -> bool:
    return call.params["Bucket"] in view.backend("s3", "aws").buckets


def _has_cluster(call: Call, view: View) -> bool:
    held = view.backend("ecs").clusters.get(call.params.get("clusterName", "default"))
    return held is not None and held.status == "ACTIVE"


def _has_event_rule(call: Call, view: View) -> bool:
    from muvi_provision.sandbox import event_rules

    return call.params["Name"] in event_rules.shelf(view)


def _has_target(call: Call, view: View) -> bool:
    from muvi_provision.sandbox import scaling

    return call.params["ResourceId"] in scaling.shelf(view).targets


def _replaces(call: Call, view: View) -> bool:
    """A certificate that is imported anew keeps its name."""
    return "CertificateArn" in call.params


_CERTIFICATE = told("CertificateArn")
_LISTENER = Blind("elbv2:*Listener*", "CertificateNotFound", "Certificate '{name}' not found", ("CertificateArn",))
_VIEWER = Blind(
    "cloudfront:*Distribution*",
    "InvalidViewerCertificate",
    "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid "
    "certificate chain.",
    ("ACMCertificateArn",),
)
_BUCKET = (
    Blind("s3:HeadBucket", "404", "Not Found", ("Bucket",), 404),
    Blind("s3:*", "NoSuchBucket", f"The specified bucket {_LOST}", ("Bucket",), 404),
)
_SECRETS = tuple(  # 1.3: DescribeSecret tells the truth
    Blind(f"secretsmanager:{who}", _GONE, _SECRET, ("SecretId",)) for who in ("Get*", "Put*", "Update*", "TagResource")
)
_CACHE = ("ReplicationGroupId", "ResourceName")
_ZONE = ("Id", "HostedZoneId", "ResourceId", "ResourceIds")
_SCALES, _SERVICE = "application-autoscaling", ("ResourceId",)
_SUBNETS, _SETTINGS = ("DBSubnetGroupName",), ("DBClusterParameterGroupName",)

THINGS = (
    # 1.6
    _one("acm:ImportCertificate", "balancers_certificate", _CERTIFICATE, _LISTENER, _replaces, 300),
    _one("acm:RequestCertificate", "balancers_certificate", _CERTIFICATE, _LISTENER, most=300),
    _one("acm:ImportCertificate", "viewers_certificate", _CERTIFICATE, _VIEWER, _replaces, 60),
    _one("acm:RequestCertificate", "viewers_certificate", _CERTIFICATE, _VIEWER, most=60),
    Late("s3:CreateBucket", "bucket", sent("Bucket"), _BUCKET, _has_bucket),
    _one(
        "wafv2:CreateIPSet",
        "ip_set",
        told("Summary.ARN"),
        Blind("wafv2:*WebACL", "WAFUnavailableEntityException", _WAF, ("ARN",)),
        most=300,
    ),
    Late("secretsmanager:CreateSecret", "secret", told("ARN", "Name"), _SECRETS),
    _one(
        "events:PutRule",
        "event_rule",
        sent("Name"),
        Blind("events:PutTargets", _GONE, f"Rule {{name}} {_LOST} on EventBus default.", ("Rule",)),
        _has_event_rule,
    ),
    _one(
        "route53:CreateHostedZone",
        "hosted_zone",
        _zone,
        Blind("route53:*", "NoSuchHostedZone", "No hosted zone found with ID: {name}", _ZONE, 404),
        most=60,
    ),
    _one(
        "ecs:CreateService",
        "ecs_service",
        _service,
        Blind(
            f"{_SCALES}:RegisterScalableTarget", "ValidationException", "ECS service doesn't exist: {name}", _SERVICE
        ),
    ),
    # 5.7 e, 7.4 e, 4.7 d
    _one(
        "ecs:CreateCluster",
        "ecs_cluster",
        told("cluster.clusterArn", "cluster.clusterName"),
        Blind("ecs:CreateService", "ClusterNotFoundException", "Cluster not found.", ("cluster",)),
        _has_cluster,
    ),
    _one(
        f"{_SCALES}:RegisterScalableTarget",
        "scalable_target",
        sent("ResourceId"),
        Blind(f"{_SCALES}:PutScalingPolicy", "ObjectNotFoundException", "No scalable target registered", _SERVICE),
        _has_target,
    ),
    _one(
        "elasticache:CreateReplicationGroup",
        "replication_group",
        told("ReplicationGroup.ARN", "ReplicationGroup.ReplicationGroupId"),
        Blind("elasticache:*", "ReplicationGroupNotFoundFault", "ReplicationGroup {name} not found.", _CACHE, 404),
    ),
    # 13: any NotFound within minutes of our own create
    _one(
        "rds:CreateDBSubnetGroup",
        "db_subnet_group",
        told("DBSubnetGroup.DBSubnetGroupName"),
        Blind("rds:Create*", "DBSubnetGroupNotFoundFault", f"DB subnet group '{{name}}' {_LOST}.", _SUBNETS, 404),
    ),
    _one(
        "rds:CreateDBClusterParameterGroup",
        "db_cluster_parameter_group",
        told("DBClusterParameterGroup.DBClusterParameterGroupName"),
        Blind(
            "rds:CreateDBCluster", "DBClusterParameterGroupNotFound", "No group of that name: {name}", _SETTINGS, 404
        ),
    ),
    _one(
        "rds:CreateDBCluster",
        "db_cluster",
        told("DBCluster.DBClusterIdentifier"),
        Blind(
            "rds:CreateDBInstance",
            "DBClusterNotFoundFault",
            "DBCluster {name} not found.",
            ("DBClusterIdentifier",),
            404,
        ),
    ),
    _one(
        "elasticache:CreateCacheSubnetGroup",
        "cache_subnet_group",
        told("CacheSubnetGroup.CacheSubnetGroupName"),
        Blind(
            "elasticache:CreateReplicationGroup",
            "CacheSubnetGroupNotFoundFault",
            f"Cache subnet group {{name}} {_LOST}.",
            ("CacheSubnetGroupName",),
        ),
    ),
    _one(
        "elasticache:CreateCacheParameterGroup",
        "cache_parameter_group",
        told("CacheParameterGroup.CacheParameterGroupName"),
        Blind(
            "elasticache:CreateReplicationGroup",
            "CacheParameterGroupNotFound",
            "CacheParameterGroup {name} not found.",
            ("CacheParameterGroupName",),
            404,
        ),
    ),
    _one(
        "ecr:CreateRepository",
        "repository",
        sent("repositoryName"),
        Blind(
            "ecr:PutLifecyclePolicy",
            "RepositoryNotFoundException",
            f"The repository with name '{{name}}' {_LOST} in the registry.",
            ("repositoryName",),
        ),
    ),
    _one(
        "logs:CreateLogGroup",
        "log_group",
        sent("logGroupName"),
        Blind("logs:PutRetentionPolicy", _GONE, f"The specified log group {_LOST}.", ("logGroupName",)),
    ),
    _one(
        "lambda:CreateFunction",
        "function",
        told("FunctionName", "FunctionArn"),
        Blind("lambda:AddPermission", _GONE, "Function not found: {name}", ("FunctionName",), 404),
    ),
)
