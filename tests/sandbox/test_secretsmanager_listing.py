"""Secrets: what a listing shows, values that are not there yet, names that are not free yet."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import refused

TAGS = [{"Key": "muvi:address", "Value": "secret/a"}]


def names(secrets: Any, **asked: Any) -> list[str]:
    return [one["Name"] for one in secrets.list_secrets(**asked)["SecretList"]]


def test_a_listing_hides_what_waits_for_its_deletion(secrets: Any) -> None:
    for name in ("a", "b"):
        secrets.create_secret(Name=name, SecretString="x", Tags=TAGS)
    secrets.delete_secret(SecretId="b", RecoveryWindowInDays=7)
    assert names(secrets) == ["a"]
    shown = secrets.list_secrets(IncludePlannedDeletion=True)["SecretList"]
    assert [(one["Name"], "DeletedDate" in one) for one in shown] == [("a", False), ("b", True)]
    assert (shown[0]["Tags"], list(shown[0]["SecretVersionsToStages"].values())) == (TAGS, [["AWSCURRENT"]])
    assert names(secrets, Filters=[{"Key": "tag-key", "Values": ["muvi:address"]}]) == ["a"]
    assert names(secrets, Filters=[{"Key": "name", "Values": ["none"]}]) == []
    secrets.restore_secret(SecretId="b")
    assert names(secrets) == ["a", "b"]


def test_a_secret_without_a_value(secrets: Any) -> None:
    made = secrets.create_secret(Name="a", Tags=TAGS)
    assert "VersionId" not in made
    for asked in ({}, {"VersionStage": "AWSCURRENT"}):
        with pytest.raises(ClientError) as caught:
            secrets.get_secret_value(SecretId=made["ARN"], **asked)
        said = caught.value.response["Error"]
        assert said["Code"] == "ResourceNotFoundException"
        assert "can't find the specified secret value for staging label: AWSCURRENT" in said["Message"]
    assert "VersionIdsToStages" not in secrets.describe_secret(SecretId="a")
    secrets.put_secret_value(SecretId="a", SecretString="x")
    assert secrets.get_secret_value(SecretId="a")["SecretString"] == "x"
    assert refused(secrets.get_secret_value, SecretId="a", VersionStage="AWSPREVIOUS") == "ResourceNotFoundException"
    secrets.put_secret_value(SecretId="a", SecretString="y")
    assert secrets.get_secret_value(SecretId="a", VersionStage="AWSPREVIOUS")["SecretString"] == "x"


def test_a_name_is_not_free_at_once(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    """aws-reality 4.8 e, 8.5."""
    secrets = connect(slow, "secretsmanager")
    first = secrets.create_secret(Name="a", SecretString="x")["ARN"]
    secrets.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True)
    assert refused(secrets.describe_secret, SecretId="a") == "ResourceNotFoundException"
    assert refused(secrets.create_secret, Name="a", SecretString="x") == "InvalidRequestException"
    clock.sleep(31)
    assert secrets.create_secret(Name="a", SecretString="x")["ARN"] != first


def test_a_listing_may_lag(clock: Leaping, connect: Connect) -> None:
    """aws-reality 1.3."""
    cloud = Cloud(clock, lag_s=60)
    secrets = connect(cloud, "secretsmanager")
    secrets.create_secret(Name="a", SecretString="x")
    clock.sleep(40)
    secrets.create_secret(Name="b", SecretString="x")
    assert secrets.describe_secret(SecretId="b")["Name"] == "b"
    assert names(secrets) == []
    clock.sleep(21)
    assert names(secrets) == ["a"]
    clock.sleep(40)
    assert names(secrets) == ["a", "b"]
    cloud.reset()


def test_a_listing_lags_behind_changes_too(clock: Leaping, connect: Connect) -> None:
    """aws-reality 1.3: what is gone is still shown, and what has changed as it was."""
    cloud = Cloud(clock, lag_s=60)
    secrets = connect(cloud, "secretsmanager")
    for name in ("uat/a", "uat/b"):
        secrets.create_secret(Name=name, SecretString="x", Tags=TAGS)
    clock.sleep(61)
    secrets.update_secret(SecretId="uat/a", Description="new")
    secrets.tag_resource(SecretId="uat/a", Tags=[{"Key": "k", "Value": "v"}])
    secrets.delete_secret(SecretId="uat/b", ForceDeleteWithoutRecovery=True)
    ours = [{"Key": "name", "Values": ["uat/"]}]
    again = Cloud(clock, lag_s=60)
    persistence.load(again, persistence.dumped(cloud))
    for each in (secrets, connect(again, "secretsmanager")):
        shown = {one["Name"]: one for one in each.list_secrets(Filters=ours)["SecretList"]}
        assert sorted(shown) == ["uat/a", "uat/b"]
        assert (shown["uat/a"].get("Description", ""), shown["uat/a"]["Tags"]) == ("", TAGS)
        assert refused(each.describe_secret, SecretId="uat/b") == "ResourceNotFoundException"
    again.reset()
    clock.sleep(61)
    (left,) = secrets.list_secrets(Filters=ours)["SecretList"]
    assert (left["Description"], len(left["Tags"])) == ("new", 2)
    cloud.reset()
