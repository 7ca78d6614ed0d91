"""Certificates that ACM issues once everybody can see that the names are ours."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.outside import delegate
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.edge_stand import config, listed
from tests.sandbox.refusals import balancer, forward, network, refused, target_group
from tests.sandbox.zone_records import batch, plain, zone

NAMES = {"DomainName": "uat.example.com", "SubjectAlternativeNames": ["*.uat.example.com"]}


class Names:
    """A cloud's certificates and its zones."""

    def __init__(self, cloud: Cloud, connect: Connect, region: str = "us-east-1") -> None:
        self.cloud = cloud
        self.acm, self.route53 = connect(cloud, "acm", region), connect(cloud, "route53", "us-east-1")

    def ask(self, **said: Any) -> str:
        return str(self.acm.request_certificate(ValidationMethod="DNS", **NAMES | said)["CertificateArn"])

    def shown(self, arn: str) -> dict[str, Any]:
        return dict(self.acm.describe_certificate(CertificateArn=arn)["Certificate"])

    def prove(self, arn: str, wanted: str, action: str = "UPSERT") -> None:
        """Write what ACM asks for into a zone: each record once."""
        asked = {one["ResourceRecord"]["Name"]: one["ResourceRecord"] for one in self.options(arn)}
        changes = [plain(action, name, one["Type"], one["Value"]) for name, one in asked.items()]
        self.route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=batch(*changes))

    def options(self, arn: str) -> list[dict[str, Any]]:
        return list(self.shown(arn)["DomainValidationOptions"])


@pytest.fixture
def names(cloud: Cloud, connect: Connect) -> Names:
    return Names(cloud, connect)


@pytest.fixture
def slowly(slow: Cloud, connect: Connect) -> Names:
    return Names(slow, connect)


def test_the_record_is_told_after_some_seconds(slowly: Names, clock: Leaping) -> None:
    arn = slowly.ask()
    assert [one["DomainName"] for one in slowly.options(arn)] == ["uat.example.com", "*.uat.example.com"]
    assert not any("ResourceRecord" in one for one in slowly.options(arn))
    clock.sleep(6)
    first, second = (one["ResourceRecord"] for one in slowly.options(arn))
    assert first == second
    assert first["Name"].endswith(".uat.example.com.")
    assert not {"IssuedAt", "NotAfter", "Serial"} & set(slowly.shown(arn))


def test_it_is_issued_when_everybody_can_see_its_records(slowly: Names, clock: Leaping) -> None:
    arn = slowly.ask()
    clock.sleep(6)
    wanted = zone(slowly.route53)
    slowly.prove(arn, wanted)
    clock.sleep(3600)
    assert slowly.shown(arn)["Status"] == "PENDING_VALIDATION"
    delegate(slowly.cloud, "uat.example.com")
    clock.sleep(110)
    assert slowly.shown(arn)["Status"] == "PENDING_VALIDATION"
    clock.sleep(15)
    assert slowly.shown(arn)["Status"] == "ISSUED"
    assert [one["ValidationStatus"] for one in slowly.options(arn)] == ["SUCCESS", "SUCCESS"]
    assert slowly.shown(arn)["NotAfter"] > slowly.shown(arn)["IssuedAt"]


def test_a_record_in_another_zone_of_the_name_proves_nothing(names: Names) -> None:
    arn = names.ask()
    first, second = zone(names.route53), zone(names.route53, reference="two")
    names.prove(arn, second)
    servers = names.route53.get_hosted_zone(Id=first)["DelegationSet"]["NameServers"]
    delegate(names.cloud, "uat.example.com", servers)
    assert names.shown(arn)["Status"] == "PENDING_VALIDATION"
    names.prove(arn, first)
    assert names.shown(arn)["Status"] == "ISSUED"


def test_a_private_zone_proves_nothing(names: Names, ec2: Any) -> None:
    arn = names.ask()
    vpc = {"VPCId": network(ec2).vpc, "VPCRegion": REGION}
    names.prove(arn, zone(names.route53, VPC=vpc))
    assert names.shown(arn)["Status"] == "PENDING_VALIDATION"


def test_each_name_is_proved_by_its_own_record(names: Names) -> None:
    arn = names.ask(SubjectAlternativeNames=["other.example.org"])
    zone(names.route53)
    delegate(names.cloud, "uat.example.com")
    (own, _) = (one["ResourceRecord"] for one in names.options(arn))
    change = plain("UPSERT", own["Name"], "CNAME", own["Value"])
    (held,) = names.route53.list_hosted_zones()["HostedZones"]
    names.route53.change_resource_record_sets(HostedZoneId=held["Id"], ChangeBatch=batch(change))
    assert [one["ValidationStatus"] for one in names.options(arn)] == ["SUCCESS", "PENDING_VALIDATION"]
    assert names.shown(arn)["Status"] == "PENDING_VALIDATION"


def test_after_three_days_it_is_given_up(slowly: Names, clock: Leaping) -> None:
    arn = slowly.ask()
    clock.sleep(72 * 3600 + 1)
    assert slowly.shown(arn)["Status"] == "VALIDATION_TIMED_OUT"
    assert {one["ValidationStatus"] for one in slowly.options(arn)} == {"FAILED"}


def test_certificates_of_two_regions_share_a_record(names: Names, connect: Connect) -> None:
    there = Names(names.cloud, connect, REGION)
    records = [one.options(one.ask())[0]["ResourceRecord"] for one in (names, there)]
    assert records[0] == records[1]


def test_a_token_asks_for_one_certificate_within_an_hour(slowly: Names, clock: Leaping) -> None:
    first = slowly.ask(IdempotencyToken="token")
    assert slowly.ask(IdempotencyToken="token") == first
    assert slowly.ask(IdempotencyToken="another") != first
    assert slowly.ask(IdempotencyToken="token", DomainName="b.example.com") != first
    clock.sleep(3601)
    assert slowly.ask(IdempotencyToken="token") != first
    assert slowly.ask() != slowly.ask()


def test_what_can_be_asked_for(names: Names) -> None:
    ask = names.acm.request_certificate
    assert refused(ask, DomainName="a" * 60 + ".example.com") == "ValidationException"
    assert refused(ask, DomainName="a.*.example.com") == "ValidationException"
    assert refused(ask, DomainName="*.com") == "ValidationException"
    many = [f"h{number}.example.com" for number in range(10)]
    assert refused(ask, DomainName="example.com", SubjectAlternativeNames=many) == "LimitExceededException"
    names.ask(DomainName="h0.example.com", SubjectAlternativeNames=many)
    other = [{"DomainName": "uat.example.com", "ValidationDomain": "example.org"}]
    assert refused(ask, **NAMES, DomainValidationOptions=other) == "InvalidDomainValidationOptionsException"
    assert refused(ask, **NAMES, KeyAlgorithm="RSA_4096") == "ValidationException"
    names.cloud.quotas |= {"certificates": 1}
    assert refused(ask, **NAMES) == "LimitExceededException"


def test_keys_that_a_listing_hides(names: Names) -> None:
    common, other = names.ask(), names.ask(KeyAlgorithm="EC_prime256v1", Tags=[{"Key": "a", "Value": "b"}])
    found = names.acm.list_certificates()["CertificateSummaryList"]
    assert [one["CertificateArn"] for one in found] == [common]
    assert found[0]["SubjectAlternativeNameSummaries"] == ["uat.example.com", "*.uat.example.com"]
    assert "NotAfter" not in found[0]
    found = names.acm.list_certificates(Includes={"keyTypes": ["EC_prime256v1"]})["CertificateSummaryList"]
    assert [one["CertificateArn"] for one in found] == [other]
    assert names.acm.list_tags_for_certificate(CertificateArn=other)["Tags"] == [{"Key": "a", "Value": "b"}]
    assert names.shown(other)["KeyAlgorithm"] == "EC_prime256v1"


def test_one_that_a_listener_uses_stays(names: Names, connect: Connect, ec2: Any, elb: Any) -> None:
    here = Names(names.cloud, connect, REGION)
    arn, net = here.ask(), network(ec2)
    front = balancer(elb, net)
    said = {"LoadBalancerArn": front, "Port": 443, "Protocol": "HTTPS", "Certificates": [{"CertificateArn": arn}]}
    said["DefaultActions"] = forward(target_group(elb, net))
    assert refused(elb.create_listener, **said) == "UnsupportedCertificate"
    wanted = zone(here.route53)
    here.prove(arn, wanted)
    delegate(names.cloud, "uat.example.com")
    assert here.shown(arn)["Status"] == "ISSUED"
    listener = elb.create_listener(**said)["Listeners"][0]["ListenerArn"]
    assert here.shown(arn)["InUseBy"] == [front]
    assert refused(here.acm.delete_certificate, CertificateArn=arn) == "ResourceInUseException"
    elb.delete_listener(ListenerArn=listener)
    here.acm.delete_certificate(CertificateArn=arn)


def test_one_that_a_distribution_uses_stays(names: Names, connect: Connect) -> None:
    arn, edge = names.ask(), connect(names.cloud, "cloudfront", "us-east-1")
    names.prove(arn, zone(names.route53))
    delegate(names.cloud, "uat.example.com")
    assert names.shown(arn)["Status"] == "ISSUED"
    served = {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}
    said = config(Aliases=listed("uat.example.com"), ViewerCertificate=served)
    made = edge.create_distribution(DistributionConfig=said)["Distribution"]
    assert names.shown(arn)["InUseBy"] == [made["ARN"]]
    (shown,) = names.acm.list_certificates()["CertificateSummaryList"]
    assert shown["InUse"] is True
    assert refused(names.acm.delete_certificate, CertificateArn=arn) == "ResourceInUseException"


def test_the_edge_lets_it_go_after_minutes(slowly: Names, connect: Connect, clock: Leaping) -> None:
    """aws-reality 6.1 f."""
    arn, edge = slowly.ask(), connect(slowly.cloud, "cloudfront", "us-east-1")
    clock.sleep(6)
    slowly.prove(arn, zone(slowly.route53))
    delegate(slowly.cloud, "uat.example.com")
    clock.sleep(200)
    assert slowly.shown(arn)["Status"] == "ISSUED"
    served = {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}
    clock.sleep(60)
    said = config(Aliases=listed("uat.example.com"), ViewerCertificate=served, Enabled=False)
    made = edge.create_distribution(DistributionConfig=said)
    clock.sleep(400)
    edge.delete_distribution(Id=made["Distribution"]["Id"], IfMatch=made["ETag"])
    clock.sleep(290)
    assert slowly.shown(arn)["InUseBy"] == [made["Distribution"]["ARN"]]
    assert refused(slowly.acm.delete_certificate, CertificateArn=arn) == "ResourceInUseException"
    clock.sleep(20)
    slowly.acm.delete_certificate(CertificateArn=arn)


def test_one_that_never_comes_and_one_that_fails(names: Names) -> None:
    arn = names.ask()
    names.cloud.faults = Faults(never_ready=frozenset({"public_certificate"}))
    names.prove(arn, zone(names.route53))
    delegate(names.cloud, "uat.example.com")
    assert names.shown(arn)["Status"] == "PENDING_VALIDATION"
    names.cloud.faults = Faults(fail_ready=frozenset({"public_certificate"}))
    assert names.shown(arn)["Status"] == "FAILED"
    assert names.shown(arn)["FailureReason"]


def test_the_waiting_is_kept(slowly: Names, connect: Connect, clock: Leaping) -> None:
    arn = slowly.ask()
    clock.sleep(6)
    slowly.prove(arn, zone(slowly.route53))
    delegate(slowly.cloud, "uat.example.com")
    clock.sleep(60)
    before, kept = slowly.cloud.snapshot(), persistence.dumped(slowly.cloud)
    later = Names(Cloud(clock, speed=1), connect)
    persistence.load(later.cloud, kept)
    assert later.cloud.snapshot() == before
    assert later.shown(arn)["Status"] == "PENDING_VALIDATION"
    clock.sleep(65)
    assert later.shown(arn)["Status"] == "ISSUED"
