"""CloudFront: origin access controls and invalidations."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.edge_stand import Stand, bucket, custom, listed
from tests.sandbox.refusals import refused


@pytest.fixture
def stand(cloud: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(cloud, connect, clock)


@pytest.fixture
def slowly(slow: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(slow, connect, clock)


def test_an_access_control_s_life(stand: Stand) -> None:
    wanted = stand.control(Description="for the files")
    told = stand.edge.get_origin_access_control(Id=wanted)
    said = told["OriginAccessControl"]["OriginAccessControlConfig"]
    assert said == stand.controlling(Description="for the files")
    assert stand.edge.get_origin_access_control_config(Id=wanted)["OriginAccessControlConfig"] == said
    (one,) = stand.edge.list_origin_access_controls()["OriginAccessControlList"]["Items"]
    assert one == {"Id": wanted} | said
    change = {"Id": wanted, "OriginAccessControlConfig": stand.controlling(SigningBehavior="no-override")}
    assert refused(stand.edge.update_origin_access_control, **change) == "InvalidIfMatchVersion"
    new = stand.edge.update_origin_access_control(IfMatch=told["ETag"], **change)["ETag"]
    assert refused(stand.edge.update_origin_access_control, IfMatch=told["ETag"], **change) == "PreconditionFailed"
    assert refused(stand.edge.delete_origin_access_control, Id=wanted) == "InvalidIfMatchVersion"
    assert refused(stand.edge.delete_origin_access_control, Id=wanted, IfMatch=told["ETag"]) == "PreconditionFailed"
    stand.edge.delete_origin_access_control(Id=wanted, IfMatch=new)
    for operation in ("get_origin_access_control", "delete_origin_access_control"):
        assert refused(getattr(stand.edge, operation), Id=wanted) == "NoSuchOriginAccessControl"
    assert "cloudfront" not in stand.cloud.snapshot()


def test_its_name(stand: Stand) -> None:
    """aws-reality 1.4, 6.5."""
    make = stand.edge.create_origin_access_control
    first, second = stand.control("a" * 64), stand.control("b")
    assert refused(make, OriginAccessControlConfig=stand.controlling("a" * 65)) == "InvalidArgument"
    assert refused(make, OriginAccessControlConfig=stand.controlling("b")) == "OriginAccessControlAlreadyExists"
    assert refused(make, OriginAccessControlConfig=stand.controlling("c", SigningProtocol="x")) == "MalformedXML"
    etag = stand.edge.get_origin_access_control(Id=first)["ETag"]
    change = {"Id": first, "IfMatch": etag, "OriginAccessControlConfig": stand.controlling("b")}
    assert refused(stand.edge.update_origin_access_control, **change) == "OriginAccessControlAlreadyExists"
    etag = stand.edge.get_origin_access_control(Id=second)["ETag"]
    stand.edge.update_origin_access_control(**change | {"Id": second, "IfMatch": etag})


def test_one_in_use_stays(stand: Stand) -> None:
    """aws-reality 6.5, 8.3."""
    wanted = stand.control()
    made = stand.make(Origins=listed(custom(), bucket(wanted)))["Id"]
    deleting = {"Id": wanted, "IfMatch": stand.edge.get_origin_access_control(Id=wanted)["ETag"]}
    assert refused(stand.edge.delete_origin_access_control, **deleting) == "OriginAccessControlInUse"
    stand.remove(made)
    stand.edge.delete_origin_access_control(**deleting)


def test_the_quota_of_access_controls(clock: Leaping, connect: Connect) -> None:
    stand = Stand(Cloud(clock, quotas={"origin_access_controls": 1}), connect, clock)
    stand.control()
    said = stand.controlling("second")
    assert (
        refused(stand.edge.create_origin_access_control, OriginAccessControlConfig=said)
        == "TooManyOriginAccessControls"
    )
    stand.cloud.reset()


def batch(reference: str, *paths: str) -> dict[str, Any]:
    return {"CallerReference": reference, "Paths": listed(*paths)}


def test_an_invalidation_takes_its_time(slowly: Stand) -> None:
    wanted = slowly.make()["Id"]
    made = slowly.edge.create_invalidation(DistributionId=wanted, InvalidationBatch=batch("a", "/*"))["Invalidation"]
    assert (made["Status"], made["InvalidationBatch"]) == ("InProgress", batch("a", "/*"))
    assert slowly.edge.get_distribution(Id=wanted)["Distribution"]["InProgressInvalidationBatches"] == 1
    slowly.clock.sleep(61)
    told = slowly.edge.get_invalidation(DistributionId=wanted, Id=made["Id"])["Invalidation"]
    assert told["Status"] == "Completed"
    (one,) = slowly.edge.list_invalidations(DistributionId=wanted)["InvalidationList"]["Items"]
    assert (one["Id"], one["Status"]) == (made["Id"], "Completed")
    waiter = slowly.edge.get_waiter("invalidation_completed")
    waiter.wait(DistributionId=wanted, Id=made["Id"])


def test_references_of_invalidations(stand: Stand) -> None:
    wanted = stand.make()["Id"]

    def make(said: dict[str, Any]) -> str:
        made = stand.edge.create_invalidation(DistributionId=wanted, InvalidationBatch=said)["Invalidation"]
        return str(made["Id"])

    assert make(batch("a", "/x")) == make(batch("a", "/x"))
    other = {"DistributionId": wanted, "InvalidationBatch": batch("a", "/y")}
    assert refused(stand.edge.create_invalidation, **other) == "InvalidArgument"
    assert make(batch("b", "/y")) != make(batch("a", "/x"))


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("InvalidArgument", batch("a", "x")),
        ("InvalidArgument", batch("a")),
        ("InconsistentQuantities", {"CallerReference": "a", "Paths": {"Quantity": 2, "Items": ["/x"]}}),
        ("BatchTooLarge", batch("a", *(f"/{number}" for number in range(3001)))),
    ],
)
def test_paths(stand: Stand, code: str, said: dict[str, Any]) -> None:
    wanted = stand.make()["Id"]
    assert refused(stand.edge.create_invalidation, DistributionId=wanted, InvalidationBatch=said) == code
    many = batch("a", *(f"/{number}" for number in range(3000)))
    stand.edge.create_invalidation(DistributionId=wanted, InvalidationBatch=many)
    assert refused(stand.edge.create_invalidation, DistributionId="ENONE", InvalidationBatch=many) == (
        "NoSuchDistribution"
    )
    assert refused(stand.edge.get_invalidation, DistributionId=wanted, Id="INONE") == "NoSuchInvalidation"


def test_too_many_paths_at_a_time(slowly: Stand) -> None:
    wanted = slowly.make()["Id"]
    many = batch("a", *(f"/{number}" for number in range(3000)))
    slowly.edge.create_invalidation(DistributionId=wanted, InvalidationBatch=many)
    one = {"DistributionId": wanted, "InvalidationBatch": batch("b", "/*")}
    assert refused(slowly.edge.create_invalidation, **one) == "TooManyInvalidationsInProgress"
    slowly.clock.sleep(61)
    slowly.edge.create_invalidation(**one)


def test_an_invalidation_goes_with_its_distribution(stand: Stand) -> None:
    wanted = stand.make()["Id"]
    stand.edge.create_invalidation(DistributionId=wanted, InvalidationBatch=batch("a", "/*"))
    stand.remove(wanted)
    assert refused(stand.edge.list_invalidations, DistributionId=wanted) == "NoSuchDistribution"
    assert "cloudfront" not in stand.cloud.snapshot()
