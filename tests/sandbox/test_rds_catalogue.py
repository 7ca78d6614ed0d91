"""What of Aurora PostgreSQL can be had."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect
from tests.sandbox.refusals import refused

ENGINE = "aurora-postgresql"


@pytest.fixture
def rds(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "rds")


def versions(rds: Any, **more: Any) -> dict[str, str]:
    found = rds.describe_db_engine_versions(Engine=ENGINE, **more)["DBEngineVersions"]
    return {one["EngineVersion"]: one["Status"] for one in found}


def test_versions(rds: Any) -> None:
    listed = versions(rds, EngineVersion="14")
    assert set(listed.values()) == {"available"}
    assert "14.6" in listed
    assert "14.9" not in listed
    assert versions(rds, EngineVersion="14.9", IncludeAll=True) == {"14.9": "deprecated"}
    assert len(versions(rds, EngineVersion="14", DefaultOnly=True)) == 1
    assert versions(rds, EngineVersion="14.99") == {}
    assert versions(rds, DBParameterGroupFamily="aurora-postgresql14") == listed
    assert versions(rds, DBParameterGroupFamily="aurora-postgresql13") == {}


def test_the_majors_know_when_they_end(rds: Any) -> None:
    (one,) = rds.describe_db_major_engine_versions(Engine=ENGINE, MajorEngineVersion="14")["DBMajorEngineVersions"]
    ends = {each["LifecycleSupportName"]: each["LifecycleSupportEndDate"] for each in one["SupportedEngineLifecycles"]}
    assert ends["open-source-rds-standard-support"].date().isoformat() == "2027-02-28"
    assert rds.describe_db_major_engine_versions(Engine="mysql")["DBMajorEngineVersions"] == []


def orderable(rds: Any, **more: Any) -> list[dict[str, Any]]:
    pages = rds.get_paginator("describe_orderable_db_instance_options").paginate(Engine=ENGINE, **more)
    return [one for page in pages for one in page["OrderableDBInstanceOptions"]]


def test_classes_differ_by_region(rds: Any, cloud: Cloud, connect: Connect) -> None:
    here = {one["DBInstanceClass"] for one in orderable(rds, EngineVersion="14.22")}
    there = {one["DBInstanceClass"] for one in orderable(connect(cloud, "rds", "eu-central-1"), EngineVersion="14.22")}
    assert {"db.t4g.medium", "db.t3.large", "db.r6g.large", "db.r6g.xlarge", "db.serverless"} <= here
    assert there - here
    assert {name.split(".")[1] for name in there - here} == {"r7i", "r8g"}
    assert not any(name.startswith("db.r") and name.endswith(".medium") for name in here | there)


def test_one_class_of_one_version(rds: Any) -> None:
    (one,) = orderable(rds, EngineVersion="14.22", DBInstanceClass="db.t4g.medium")
    assert [zone["Name"] for zone in one["AvailabilityZones"]] == ["me-central-1a", "me-central-1b", "me-central-1c"]
    assert orderable(rds, EngineVersion="14.22", DBInstanceClass="db.r6g.medium") == []
    assert orderable(rds, EngineVersion="14.9", DBInstanceClass="db.t4g.medium") == []


def test_pages(rds: Any) -> None:
    ask = rds.describe_orderable_db_instance_options
    first = ask(Engine=ENGINE, MaxRecords=20)
    assert len(first["OrderableDBInstanceOptions"]) == 20
    second = ask(Engine=ENGINE, MaxRecords=20, Marker=first["Marker"])
    assert second["OrderableDBInstanceOptions"][0] not in first["OrderableDBInstanceOptions"]
    assert len(orderable(rds, PaginationConfig={"PageSize": 20})) == len(orderable(rds))
    assert refused(ask, Engine=ENGINE, Marker="nonsense") == "InvalidParameterValue"
    for size in (19, 101):
        assert refused(ask, Engine=ENGINE, MaxRecords=size) == "InvalidParameterValue"
        assert refused(rds.describe_db_clusters, MaxRecords=size) == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("ask", "params"),
    [
        ("describe_db_engine_versions", {"Engine": "mysql"}),
        ("describe_orderable_db_instance_options", {"Engine": "mysql"}),
        ("reboot_db_instance", {"DBInstanceIdentifier": "x"}),
        ("failover_db_cluster", {"DBClusterIdentifier": "x"}),
    ],
)
def test_what_the_sandbox_lacks_it_says(rds: Any, ask: str, params: dict[str, Any]) -> None:
    assert refused(getattr(rds, ask), **params) == "SandboxNotImplemented"
