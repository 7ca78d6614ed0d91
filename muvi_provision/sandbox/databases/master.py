"""The master user's password: ours, or one that RDS makes and keeps in a secret of its own."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import Any

from muvi_provision.sandbox.databases.objects import Cluster
from muvi_provision.sandbox.view import View


def digest(password: str) -> str:
    """All that is kept of a password."""
    return hashlib.sha256(password.encode()).hexdigest()


def keep(view: View, cluster: Cluster, key: str | None) -> None:
    """RDS makes a password and a secret (``rds!cluster-...``) with it."""
    password = uuid.uuid4().hex
    made = view.backend("secretsmanager").create_managed_secret(
        service_name="rds",
        secret_id=f"rds!cluster-{uuid.uuid5(uuid.NAMESPACE_URL, cluster.arn)}",
        secret_string=json.dumps({"username": cluster.said["MasterUsername"], "password": password}),
        description=f"The secret associated with the primary RDS DB cluster: {cluster.arn}",
        kms_key_id=key,
        tags=[{"Key": "aws:rds:primaryDBClusterArn", "Value": cluster.arn}],
    )
    cluster.password, cluster.secret = digest(password), str(made.arn)


def forget(view: View, cluster: Cluster) -> None:
    """The secret goes with the cluster (aws-reality 4.2 f), or when the password is ours again."""
    if view.secrets.get(cluster.secret) is not None:
        view.backend("secretsmanager").delete_secret(cluster.secret, None, force_delete_without_recovery=True)
    cluster.secret = ""


def shown(view: View, cluster: Cluster, key: str) -> dict[str, Any]:
    """As DescribeDBClusters shows the secret; nothing when the password is ours."""
    if not cluster.secret:
        return {}
    status = "creating" if cluster.status == "creating" else "active"
    return {"MasterUserSecret": {"SecretArn": cluster.secret, "SecretStatus": status, "KmsKeyId": key}}
