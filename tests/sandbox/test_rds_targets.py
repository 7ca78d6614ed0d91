"""What stands behind a proxy, and whether the proxy gets through to it (aws-reality 4.5 b, e)."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.faults import Faults
from tests.sandbox.aurora import Place, policy
from tests.sandbox.conftest import Leaping

ROLE = "arn:aws:iam::000011112222:role/none"
NAMED = {"DBProxyName": "main-proxy"}
AVAILABLE = [("AVAILABLE", "")]


def test_targets_as_they_are_shown(slow_place: Place, clock: Leaping) -> None:
    place = slow_place
    place.made()
    place.proxied()
    assert place.health() == [("UNAVAILABLE", "PENDING_PROXY_CAPACITY")]
    clock.sleep(60)
    assert place.health() == [("REGISTERING", "")]
    assert place.until(lambda: place.health() == AVAILABLE) == pytest.approx(60, abs=5)
    place.rds.create_db_instance(**place.instance("main-2"))
    assert place.health() == [("AVAILABLE", ""), ("REGISTERING", "")]
    place.until(lambda: place.health() == AVAILABLE * 2)
    tracked, *instances = place.rds.describe_db_proxy_targets(**NAMED, TargetGroupName="default")["Targets"]
    assert tracked == {"RdsResourceId": "main", "Port": 5432, "Type": "TRACKED_CLUSTER"}
    roles = {one["RdsResourceId"]: (one["Role"], one["TrackedClusterId"]) for one in instances}
    assert roles == {"main-1": ("READ_WRITE", "main"), "main-2": ("READ_ONLY", "main")}
    place.rds.delete_db_instance(DBInstanceIdentifier="main-1")
    place.rds.delete_db_instance(DBInstanceIdentifier="main-2")
    assert place.health() == [("UNAVAILABLE", "CONNECTION_FAILED")] * 2
    place.rds.delete_db_cluster(DBClusterIdentifier="main", SkipFinalSnapshot=True)
    clock.sleep(601)
    assert place.rds.describe_db_proxy_targets(**NAMED)["Targets"] == []  # the proxy lives on (4.5 f)
    assert place.proxy_status() == "available"


def test_a_target_that_never_comes(place: Place) -> None:
    place.made()
    place.cloud.faults = Faults(never_ready=frozenset({"db_proxy_target"}))
    place.proxied()
    place.clock.sleep(86_400)
    assert place.health() == [("UNAVAILABLE", "PENDING_PROXY_CAPACITY")]
    place.rds.deregister_db_proxy_targets(**NAMED, DBClusterIdentifiers=["main"])
    place.cloud.faults = Faults(fail_ready=frozenset({"db_proxy_target"}))
    place.rds.register_db_proxy_targets(**NAMED, DBClusterIdentifiers=["main"])
    assert place.health() == [("UNAVAILABLE", "CONNECTION_FAILED")]


def through(place: Place, secret: str, role: str) -> list[tuple[str, str]]:
    """The health of the cluster behind a proxy with this secret and this role."""
    place.clock.sleep(60)
    place.proxied(Auth=[{"SecretArn": secret, "AuthScheme": "SECRETS"}], RoleArn=role)
    return place.health()


REFUSED = [("UNAVAILABLE", "AUTH_FAILURE")]


def test_the_secret_is_read_and_right(place: Place) -> None:
    place.made()
    secret = place.secret()
    assert through(place, secret, place.role(secret)) == AVAILABLE
    value = '{"username": "postgres", "password": "another"}'
    place.secrets.put_secret_value(SecretId=secret, SecretString=value)
    assert place.health() == REFUSED
    place.secrets.put_secret_value(SecretId=secret, SecretString=value.replace("postgres", "app"))
    assert place.health() == AVAILABLE  # another user's password is between it and the database
    place.secrets.put_secret_value(SecretId=secret, SecretString="no JSON")
    assert place.health() == REFUSED
    place.secrets.put_secret_value(SecretId=secret, SecretString='{"user": "postgres"}')
    assert place.health() == REFUSED
    place.secrets.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    assert place.health() == REFUSED


@pytest.mark.parametrize("service", ["ecs-tasks.amazonaws.com", "lambda.amazonaws.com"])
def test_the_role_is_trusted(place: Place, service: str) -> None:
    place.made()
    secret = place.secret()
    assert through(place, secret, place.role(secret, service=service)) == REFUSED


def test_the_role_is_there_and_may_read(place: Place) -> None:
    place.made()
    secret, other = place.secret(), place.secret("uat/other/rds")
    assert through(place, secret, ROLE) == REFUSED
    place.rds.modify_db_proxy(**NAMED, RoleArn=place.role(other))
    place.clock.sleep(60)
    assert place.health() == REFUSED
    allow = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*"}
    made = place.iam.create_policy(PolicyName="all", PolicyDocument=policy(allow))["Policy"]["Arn"]
    place.iam.attach_role_policy(RoleName="proxy", PolicyArn=made)
    place.clock.sleep(60)
    assert place.health() == AVAILABLE
    deny = allow | {"Effect": "Deny"}
    place.iam.put_role_policy(RoleName="proxy", PolicyName="no", PolicyDocument=policy(deny))
    place.clock.sleep(60)
    assert place.health() == REFUSED


def test_the_secret_s_key_is_used(place: Place, connect: Any) -> None:
    place.made()
    key = connect(place.cloud, "kms").create_key()["KeyMetadata"]
    value = {"username": "postgres", "password": "correct-horse-battery_staple"}
    made = place.secrets.create_secret(Name="own", SecretString=str(value).replace("'", '"'), KmsKeyId=key["KeyId"])
    role = place.role(made["ARN"])
    assert through(place, made["ARN"], role) == REFUSED
    decrypt = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key["Arn"]}
    place.iam.put_role_policy(RoleName="proxy", PolicyName="key", PolicyDocument=policy(decrypt))
    place.clock.sleep(60)
    assert place.health() == AVAILABLE


def test_the_groups_let_it_through(place: Place) -> None:
    place.made()
    place.proxied()
    assert place.health() == AVAILABLE
    place.ec2.revoke_security_group_ingress(GroupId=place.guard, IpPermissions=place.rules(place.guard))
    blocked = [("UNAVAILABLE", "UNREACHABLE")]
    assert place.health() == blocked
    place.let(place.guard, place.proxy_guard, 5433)
    assert place.health() == blocked
    near = {"IpProtocol": "tcp", "FromPort": 5000, "ToPort": 6000, "IpRanges": [{"CidrIp": "10.30.0.0/16"}]}
    place.ec2.authorize_security_group_ingress(GroupId=place.guard, IpPermissions=[near])
    assert place.health() == AVAILABLE
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    place.ec2.revoke_security_group_egress(GroupId=place.proxy_guard, IpPermissions=everything)
    assert place.health() == blocked
    out = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": place.guard}]}
    place.ec2.authorize_security_group_egress(GroupId=place.proxy_guard, IpPermissions=[out])
    assert place.health() == AVAILABLE
