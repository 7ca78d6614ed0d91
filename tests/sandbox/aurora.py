"""Databases to refuse things to: a network for them, clusters, instances, proxies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import Net, group, network

PASSWORD = "correct-horse-battery_staple"
VERSION = "14.22"
TAGS = [{"Key": "muvi:address", "Value": "aurora/main"}]


class Place:
    """A network with a subnet group, and the groups of a proxy and of the clusters, which let each other through."""

    def __init__(self, cloud: Cloud, connect: Connect, clock: Leaping) -> None:
        self.cloud, self.clock = cloud, clock
        self.rds, self.ec2 = connect(cloud, "rds"), connect(cloud, "ec2")
        self.secrets, self.iam = connect(cloud, "secretsmanager"), connect(cloud, "iam")
        self.net: Net = network(self.ec2)
        self.iam.create_service_linked_role(AWSServiceName="rds.amazonaws.com")  # databases were here before
        clock.sleep(15)
        self.rds.create_db_subnet_group(
            DBSubnetGroupName="Data", DBSubnetGroupDescription="for data", SubnetIds=list(self.net.subnets), Tags=TAGS
        )
        self.guard, self.proxy_guard = group(self.ec2, self.net.vpc, "db"), group(self.ec2, self.net.vpc, "proxy")
        self.let(self.guard, self.proxy_guard)

    def let(self, into: str, peer: str, port: int = 5432) -> None:
        said = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "UserIdGroupPairs": [{"GroupId": peer}]}
        self.ec2.authorize_security_group_ingress(GroupId=into, IpPermissions=[said])

    def cluster(self, name: str = "main", **more: Any) -> dict[str, Any]:
        said = {
            "DBClusterIdentifier": name,
            "Engine": "aurora-postgresql",
            "EngineVersion": VERSION,
            "MasterUsername": "postgres",
            "MasterUserPassword": PASSWORD,
            "DBSubnetGroupName": "data",
            "VpcSecurityGroupIds": [self.guard],
            "StorageEncrypted": True,
            "Tags": TAGS,
        }
        return said | more

    def instance(self, name: str = "main-1", cluster: str = "main", **more: Any) -> dict[str, Any]:
        said = {"DBInstanceIdentifier": name, "DBClusterIdentifier": cluster, "Engine": "aurora-postgresql"}
        return said | {"DBInstanceClass": "db.t4g.medium", "Tags": TAGS} | more

    def made(self, name: str = "main", *, writer: bool = True, **more: Any) -> None:
        """A cluster that is available, with its writer."""
        self.rds.create_db_cluster(**self.cluster(name, **more))
        self.until(lambda: self.status(name) == "available")
        if writer:
            self.rds.create_db_instance(**self.instance(f"{name}-1", name))
            self.until(lambda: self.instance_status(f"{name}-1") == "available")

    def described(self, name: str = "main") -> dict[str, Any]:
        return dict(self.rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0])

    def status(self, name: str = "main") -> str:
        return str(self.described(name)["Status"])

    def one(self, name: str = "main-1") -> dict[str, Any]:
        return dict(self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0])

    def instance_status(self, name: str = "main-1") -> str:
        return str(self.one(name)["DBInstanceStatus"])

    def writers(self, name: str = "main") -> dict[str, bool]:
        return {one["DBInstanceIdentifier"]: one["IsClusterWriter"] for one in self.described(name)["DBClusterMembers"]}

    def rules(self, wanted: str) -> list[dict[str, Any]]:
        return list(self.ec2.describe_security_groups(GroupIds=[wanted])["SecurityGroups"][0]["IpPermissions"])

    def secret(self, name: str = "uat/main/rds", **said: str) -> str:
        value = {"username": "postgres", "password": PASSWORD} | said
        return str(self.secrets.create_secret(Name=name, SecretString=json.dumps(value))["ARN"])

    def role(self, secret: str, name: str = "proxy", service: str = "rds.amazonaws.com") -> str:
        """One that may read ``secret``."""
        trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        read = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": secret}
        made = self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]["Arn"]
        self.iam.put_role_policy(RoleName=name, PolicyName="read", PolicyDocument=policy(read))
        return str(made)

    def proxy(self, name: str = "main-proxy", **more: Any) -> dict[str, Any]:
        said = {"DBProxyName": name, "EngineFamily": "POSTGRESQL", "RequireTLS": True, "Tags": TAGS}
        place = {"VpcSubnetIds": list(self.net.subnets), "VpcSecurityGroupIds": [self.proxy_guard]}
        return said | place | more

    def proxied(self, name: str = "main-proxy", cluster: str = "main", **more: Any) -> None:
        """A proxy that is available, with the cluster behind it."""
        if not {"Auth", "RoleArn"} & set(more):
            secret = self.secret()
            more |= {"Auth": [{"SecretArn": secret, "AuthScheme": "SECRETS"}], "RoleArn": self.role(secret)}
            self.clock.sleep(30)
        self.rds.create_db_proxy(**self.proxy(name, **more))
        self.until(lambda: self.proxy_status(name) == "available")
        self.rds.register_db_proxy_targets(DBProxyName=name, DBClusterIdentifiers=[cluster])

    def proxy_status(self, name: str = "main-proxy") -> str:
        return str(self.rds.describe_db_proxies(DBProxyName=name)["DBProxies"][0]["Status"])

    def health(self, name: str = "main-proxy") -> list[tuple[str, str]]:
        """State and reason of each instance behind a proxy."""
        targets = self.rds.describe_db_proxy_targets(DBProxyName=name)["Targets"]
        found = [one["TargetHealth"] for one in targets if one["Type"] == "RDS_INSTANCE"]
        return [(one["State"], one.get("Reason", "")) for one in found]

    def until(self, done: Callable[[], bool], seconds: float = 3600) -> float:
        """How long it took."""
        began = self.clock.at
        while not done():
            if self.clock.at - began > seconds:
                pytest.fail("never came to be")
            self.clock.sleep(5)
        return self.clock.at - began

    def patiently(self, code: str, do: Callable[..., Any], **params: Any) -> None:
        """Do it as soon as AWS no longer refuses it with ``code``."""

        def tried() -> bool:
            try:
                do(**params)
            except ClientError as error:
                assert error.response["Error"]["Code"] == code
                return False
            return True

        self.until(tried)

    def gone(self, code: str, describe: Callable[..., Any], **params: Any) -> bool:
        try:
            describe(**params)
        except ClientError as error:
            assert error.response["Error"]["Code"] == code
            return True
        return False


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
