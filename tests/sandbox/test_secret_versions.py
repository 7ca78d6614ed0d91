"""Which version readers get."""

from __future__ import annotations

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect


def test_the_current_version_is_the_one_that_bears_the_label(connect: Connect) -> None:
    secrets = connect(Cloud(speed=0), "secretsmanager")
    first = secrets.create_secret(Name="uat/key", SecretString="one", ClientRequestToken="a" * 32)["VersionId"]
    second = secrets.put_secret_value(SecretId="uat/key", SecretString="two", ClientRequestToken="b" * 32)["VersionId"]
    assert secrets.get_secret_value(SecretId="uat/key")["SecretString"] == "two"
    secrets.update_secret_version_stage(
        SecretId="uat/key", VersionStage="AWSCURRENT", MoveToVersionId=first, RemoveFromVersionId=second
    )
    assert secrets.get_secret_value(SecretId="uat/key")["SecretString"] == "one"
    assert secrets.describe_secret(SecretId="uat/key")["VersionIdsToStages"][second] == ["AWSPREVIOUS"]
