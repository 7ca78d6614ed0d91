"""Databases: what is sent once, what is asked before, and what a teardown has to do first."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.day2_data.aurora import VOUCHED_FOR, AuroraCluster
from muvi_provision.day2_data.db_groups import DbSubnetGroup
from muvi_provision.day2_data.db_offers import available, newest
from muvi_provision.day2_data.instances import AuroraInstance
from muvi_provision.day2_data.secrets import MASTER_USER, Secret
from muvi_provision.errors import AwsRefused, StepFailed
from muvi_provision.resource import Handle, to_json
from tests.unit.day1_network.balancing.conftest import Ground, Rehearsal

MASTER = Secret("main/rds", kind="database", of="main", description="Master user")


@pytest.fixture
def group(rehearsal: Rehearsal, ground: Ground) -> Handle[Any]:
    wanted = DbSubnetGroup("main", subnets=ground.subnets, description="Private subnets")
    return rehearsal.handle(wanted, rehearsal.make(wanted))


@pytest.fixture
def managed(group: Handle[Any], ground: Ground) -> AuroraCluster:
    """One whose password RDS keeps."""
    return AuroraCluster(
        "main",
        subnet_group=group,
        groups=ground.groups[:1],
        database_name="main",
        version="14",
        parameter_group="default.aurora-postgresql14",
    )


def with_secret(rehearsal: Rehearsal, cluster: AuroraCluster) -> AuroraCluster:
    secret = rehearsal.handle(MASTER, rehearsal.make(MASTER))
    return replace(cluster, secret=secret, secret_version=secret.version)


def sent(rehearsal: Rehearsal, operation: str) -> list[dict[str, Any]]:
    return [said for name, said in rehearsal.calls if name == f"rds:{operation}"]


def password(rehearsal: Rehearsal) -> str:
    return str(
        json.loads(rehearsal.aws.secretsmanager.get_secret_value(SecretId="uat/main/rds")["SecretString"])["password"]
    )


def test_what_could_never_be_changed_is_right_from_the_start(rehearsal: Rehearsal, managed: AuroraCluster) -> None:
    rehearsal.make(managed)
    (said,) = sent(rehearsal, "CreateDBCluster")
    assert said["StorageEncrypted"] is True
    assert said["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert said["MasterUsername"] == MASTER_USER
    assert "AvailabilityZones" not in said, "aws-reality 4.2 g"


def test_without_a_secret_rds_keeps_the_password(rehearsal: Rehearsal, managed: AuroraCluster) -> None:
    live = rehearsal.make(managed)
    (said,) = sent(rehearsal, "CreateDBCluster")
    assert said["ManageMasterUserPassword"] is True
    assert "MasterUserPassword" not in said
    assert managed.outputs(live)["secret_arn"].startswith("arn:")
    assert not rehearsal.differs(managed, live)


def test_the_password_is_sent_once_and_vouched_for(rehearsal: Rehearsal, managed: AuroraCluster) -> None:
    wanted = with_secret(rehearsal, managed)
    rehearsal.calls.clear()
    live = rehearsal.make(wanted)
    calls, made_up = list(rehearsal.calls), password(rehearsal)
    assert sent(rehearsal, "CreateDBCluster")[0]["MasterUserPassword"] == made_up
    assert sum(made_up in str(each) for _, each in calls) == 1
    assert made_up not in f"{live} {wanted} {to_json(wanted)}"
    assert live.tags[VOUCHED_FOR] == wanted.secret_version
    assert wanted.outputs(live)["secret_arn"] == ""


def test_a_new_version_of_the_secret_changes_the_password(rehearsal: Rehearsal, managed: AuroraCluster) -> None:
    wanted = with_secret(rehearsal, managed)
    live = rehearsal.make(wanted)
    with rehearsal.aws.writing("a person"):
        new = json.dumps({"username": MASTER_USER, "password": "anotherPassword123"})
        rehearsal.aws.secretsmanager.put_secret_value(SecretId="uat/main/rds", SecretString=new)
    moved = replace(wanted, secret_version=rehearsal.handle(MASTER, rehearsal.look(MASTER)).version)
    assert set(rehearsal.differs(moved, live)) == {"secret_version"}
    rehearsal.calls.clear()
    live = rehearsal.mend(moved, live)
    assert sent(rehearsal, "ModifyDBCluster")[0]["MasterUserPassword"] == "anotherPassword123"
    writes = [name for name, _ in rehearsal.calls if name in ("rds:ModifyDBCluster", "rds:AddTagsToResource")]
    assert writes == ["rds:ModifyDBCluster", "rds:AddTagsToResource"], "the tag comes after what it vouches for"
    assert not rehearsal.differs(moved, live)


def test_a_secret_that_is_no_master_user_is_told_without_repeating_it(
    rehearsal: Rehearsal, managed: AuroraCluster
) -> None:
    wanted = with_secret(rehearsal, managed)
    with rehearsal.aws.writing("a person"):
        rehearsal.aws.secretsmanager.put_secret_value(SecretId="uat/main/rds", SecretString="hunter2hunter2")
    version = rehearsal.handle(MASTER, rehearsal.look(MASTER)).version
    with pytest.raises(StepFailed) as refused:
        rehearsal.make(replace(wanted, secret_version=version))
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__}"
    assert "username and password" in refused.value.why


def test_the_newest_there_is_unless_said_otherwise(rehearsal: Rehearsal, managed: AuroraCluster) -> None:
    there = available(rehearsal.aws, "14")
    assert there == sorted(there, key=lambda version: int(version[3:]), reverse=True)
    assert newest(rehearsal.aws, "14") == there[0]
    live = rehearsal.make(managed)
    assert live.raw["EngineVersion"] == there[0]
    assert "version" not in managed.observe(live), "AWS moves it on by itself"


def test_a_pinned_version_is_kept_to(rehearsal: Rehearsal, managed: AuroraCluster) -> None:
    old, new = replace(managed, version="14.20"), replace(managed, version="14.22")
    live = rehearsal.make(old)
    assert not rehearsal.differs(old, live)
    live = rehearsal.mend(new, live)
    assert live.raw["EngineVersion"] == "14.22"


def test_a_retired_version_is_refused_with_those_there_are(rehearsal: Rehearsal, managed: AuroraCluster) -> None:
    with pytest.raises(AwsRefused, match=r"no Aurora PostgreSQL 14\.9 .* there are 14\.\d+, 14\.\d+") as refused:
        replace(managed, version="14.9").before(rehearsal.aws)
    assert refused.value.where == "aurora-cluster/main"
    managed.before(rehearsal.aws)


def machine(instance_class: str) -> AuroraInstance:
    cluster: Handle[Any] = Handle("aurora-cluster/main", {"id": "uat-main"})
    return AuroraInstance("main-writer", cluster=cluster, instance_class=instance_class, version="14", tier=0)


def test_a_class_there_is_not_is_refused_with_the_cheapest_there_are(rehearsal: Rehearsal) -> None:
    with pytest.raises(AwsRefused) as refused:
        machine("db.r6g.medium").before(rehearsal.aws)
    told = str(refused.value.what)
    assert "db.r6g.medium cannot be ordered" in told
    prices = [float(part.split()[0]) for part in told.split("(")[1:]]
    assert len(prices) > 2
    assert prices == sorted(prices)
    assert "db.t4g.medium" in told
    rehearsal.names()
    machine("db.t4g.medium").before(rehearsal.aws)


def test_serverless_is_refused_for_what_it_lacks(rehearsal: Rehearsal) -> None:
    with pytest.raises(AwsRefused, match="bounds between which it scales"):
        machine("db.serverless").before(rehearsal.aws)


def test_an_instance_costs_what_its_class_costs() -> None:
    assert machine("db.r5.2xlarge").costs() == (("aurora.pg.r5.2xlarge", 1.0),)


def test_a_protected_one_is_unprotected_first(rehearsal: Rehearsal, managed: AuroraCluster) -> None:
    wanted = replace(managed, protected=True)
    live = rehearsal.make(wanted)
    rehearsal.names()
    rehearsal.remove(wanted, live)
    assert rehearsal.names() == ["rds:ModifyDBCluster", "rds:DeleteDBCluster"]
    assert rehearsal.gone(wanted, live.id)
    rehearsal.remove(wanted, live)


def test_a_stopped_one_is_started_before_it_goes(rehearsal: Rehearsal, managed: AuroraCluster) -> None:
    live = rehearsal.make(managed)
    stopped = replace(live, raw={**live.raw, "Status": "stopped"})
    rehearsal.names()
    with pytest.raises(Exception, match="InvalidDBClusterStateFault"):
        rehearsal.remove(managed, stopped)  # it is running here, so AWS refuses to start it
    assert rehearsal.names() == ["rds:StartDBCluster"]
