"""Secrets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.aurora import Place
from tests.sandbox.refusals import refused


@pytest.mark.parametrize("name", ["a b", "é", "a,b", "x" * 513])
def test_names(secrets: Any, name: str) -> None:
    assert refused(secrets.create_secret, Name=name, SecretString="x") == "ValidationException"
    assert secrets.create_secret(Name="uat/db_1+=.@-x", SecretString="x")


def test_a_name_is_taken_while_the_secret_waits_for_its_deletion(secrets: Any) -> None:
    secrets.create_secret(Name="a", SecretString="x")
    assert refused(secrets.create_secret, Name="a", SecretString="y") == "ResourceExistsException"
    secrets.delete_secret(SecretId="a", RecoveryWindowInDays=7)
    assert refused(secrets.create_secret, Name="a", SecretString="x") == "InvalidRequestException"
    assert refused(secrets.put_secret_value, SecretId="a", SecretString="x") == "InvalidRequestException"
    assert refused(secrets.get_secret_value, SecretId="a") == "InvalidRequestException"
    assert secrets.describe_secret(SecretId="a")["DeletedDate"]
    secrets.restore_secret(SecretId="a")
    assert secrets.get_secret_value(SecretId="a")["SecretString"] == "x"
    secrets.delete_secret(SecretId="a", ForceDeleteWithoutRecovery=True)
    assert secrets.create_secret(Name="a", SecretString="z")


def test_a_forced_deletion_of_what_is_not_there_succeeds(secrets: Any) -> None:
    secrets.delete_secret(SecretId="never", ForceDeleteWithoutRecovery=True)
    assert refused(secrets.delete_secret, SecretId="never") == "ResourceNotFoundException"


def test_the_same_token_and_value_give_the_same_secret(secrets: Any) -> None:
    said = {"Name": "a", "SecretString": "x", "ClientRequestToken": "t" * 32}
    assert secrets.create_secret(**said)["ARN"] == secrets.create_secret(**said)["ARN"]
    assert refused(secrets.create_secret, **said | {"SecretString": "y"}) == "ResourceExistsException"
    assert (
        refused(secrets.create_secret, **said | {"Name": "b", "ClientRequestToken": "t" * 65}) == "ValidationException"
    )


def test_a_value_has_a_size(secrets: Any) -> None:
    assert secrets.create_secret(Name="a", SecretString="x" * 65_536)
    assert refused(secrets.create_secret, Name="b", SecretString="x" * 65_537) == "ValidationException"
    assert refused(secrets.put_secret_value, SecretId="a", SecretString="é" * 32_769) == "ValidationException"


def test_tags(secrets: Any) -> None:
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    assert refused(secrets.create_secret, Name="a", SecretString="x", Tags=many) == "InvalidParameterException"
    reserved = [{"Key": "aws:x", "Value": "v"}]
    assert refused(secrets.create_secret, Name="a", SecretString="x", Tags=reserved) == "InvalidParameterException"
    secrets.create_secret(Name="a", SecretString="x", Tags=many[:50])
    assert len(secrets.describe_secret(SecretId="a")["Tags"]) == 50
    assert refused(secrets.tag_resource, SecretId="a", Tags=many[50:]) == "InvalidParameterException"
    secrets.tag_resource(SecretId="a", Tags=many[:1])


def test_what_another_service_keeps_is_its_own(place: Place) -> None:
    """aws-reality 4.8, last row."""
    place.rds.create_db_cluster(**_kept(place))
    arn = place.described()["MasterUserSecret"]["SecretArn"]
    assert place.secrets.get_secret_value(SecretId=arn)["SecretString"]
    for change, said in (("put_secret_value", {"SecretString": "x"}), ("update_secret", {"Description": "mine"})):
        assert refused(getattr(place.secrets, change), SecretId=arn, **said) == "InvalidRequestException"
    assert refused(place.secrets.delete_secret, SecretId=arn) == "InvalidRequestException"
    place.rds.delete_db_cluster(DBClusterIdentifier="main", SkipFinalSnapshot=True)
    assert refused(place.secrets.get_secret_value, SecretId=arn) == "ResourceNotFoundException"


def _kept(place: Place) -> dict[str, Any]:
    said = place.cluster(ManageMasterUserPassword=True)
    return {key: value for key, value in said.items() if key != "MasterUserPassword"}
