"""Service Quotas."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.quotas import CODES, DEFAULTS
from tests.sandbox.conftest import Connect
from tests.sandbox.refusals import refused

ADDRESSES = {"ServiceCode": "ec2", "QuotaCode": "L-0263D0A3"}


@pytest.fixture
def quotas(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "service-quotas")


def test_all_are_told_in_pages(quotas: Any) -> None:
    services = {one["ServiceCode"] for one in quotas.list_services()["Services"]}
    assert {"vpc", "ec2", "elasticloadbalancing", "acm"} <= services
    told = {
        (one["ServiceCode"], one["QuotaCode"]): one["Value"]
        for service in services
        for page in quotas.get_paginator("list_service_quotas").paginate(ServiceCode=service, MaxResults=2)
        for one in page["Quotas"]
    }
    assert told == {key: float(DEFAULTS[name]) for key, (name, _) in CODES.items()}
    assert refused(quotas.list_service_quotas, ServiceCode="nonsense") == "NoSuchResourceException"
    assert refused(quotas.get_service_quota, **ADDRESSES | {"QuotaCode": "L-0"}) == "NoSuchResourceException"


def test_a_new_account_may_have_less_than_is_documented(quotas: Any) -> None:
    said = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}
    assert quotas.get_service_quota(**said)["Quota"]["Value"] == 10
    assert quotas.get_aws_default_service_quota(**said)["Quota"]["Value"] == 1000


def test_more_is_asked_for_once(quotas: Any, cloud: Cloud) -> None:
    assert refused(quotas.request_service_quota_increase, DesiredValue=5, **ADDRESSES) == "IllegalArgumentException"
    made = quotas.request_service_quota_increase(DesiredValue=10, **ADDRESSES)["RequestedQuota"]
    assert (made["Status"], made["DesiredValue"], made["QuotaName"]) == ("PENDING", 10, "EC2-VPC Elastic IPs")
    again = refused(quotas.request_service_quota_increase, DesiredValue=11, **ADDRESSES)
    assert again == "ResourceAlreadyExistsException"
    assert quotas.get_service_quota(**ADDRESSES)["Quota"]["Value"] == 5
    persistence.load(cloud, persistence.dumped(cloud))
    (kept,) = quotas.list_requested_service_quota_change_history(ServiceCode="ec2")["RequestedQuotas"]
    assert kept["Id"] == made["Id"]
    assert quotas.list_requested_service_quota_change_history(ServiceCode="vpc")["RequestedQuotas"] == []
