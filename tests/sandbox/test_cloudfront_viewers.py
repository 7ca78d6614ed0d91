"""CloudFront: aliases, certificates and web ACLs."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.outside import delegate
from muvi_provision.sandbox.transport import InProcess
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.edge_stand import EAST, Stand, config, listed
from tests.sandbox.refusals import authority, refused
from tests.sandbox.zone_records import batch, plain, zone

WWW = "www.uat.example.com"


@pytest.fixture
def stand(cloud: Cloud, connect: Connect, clock: Leaping) -> Stand:
    return Stand(cloud, connect, clock)


def named(*aliases: str, by: Any = None) -> dict[str, Any]:
    return {"Aliases": listed(*aliases)} | ({"ViewerCertificate": by} if by else {})


@pytest.mark.parametrize("alias", ["", "a b.example.com", "https://a.example.com", "a.*.example.com", "a..com", "com"])
def test_aliases_are_domain_names(stand: Stand, alias: str) -> None:
    held = stand.certificate()
    assert stand.refusing(**named(alias, by=held)) == "InvalidArgument"
    assert stand.refusing(**named(WWW, WWW.upper(), by=held)) == "InvalidArgument"
    stand.make(**named(WWW, "*.uat.example.com", by=held))


def test_a_hundred_aliases(stand: Stand) -> None:
    held = stand.certificate()
    many = [f"a{number}.uat.example.com" for number in range(101)]
    assert stand.refusing(**named(*many, by=held)) == "TooManyDistributionCNAMEs"
    stand.make(**named(*many[:100], by=held))


def test_aliases_want_a_certificate_that_covers_them(stand: Stand) -> None:
    """aws-reality 6.6 e."""
    held = stand.certificate()
    assert stand.refusing(**named(WWW)) == "InvalidViewerCertificate"
    for alias in ("uat.example.com", "a.b.uat.example.com", "www.other.example.com"):
        assert stand.refusing(**named(alias, by=held)) == "InvalidViewerCertificate", alias
    stand.make(**named(WWW, by=held))
    stand.make("apex", **named("uat.example.com", by=stand.certificate("uat.example.com")))


def test_a_certificate_of_another_region_or_not_yet_issued(stand: Stand, connect: Connect) -> None:
    issued = authority().issue("*.uat.example.com")
    here = connect(stand.cloud, "acm").import_certificate(**issued)["CertificateArn"]
    held = {"ACMCertificateArn": here, "SSLSupportMethod": "sni-only"}
    assert stand.refusing(**named(WWW, by=held)) == "InvalidViewerCertificate"
    none = here.replace("me-central-1", EAST)
    assert stand.refusing(**named(WWW, by=held | {"ACMCertificateArn": none})) == "InvalidViewerCertificate"
    asked = stand.acm.request_certificate(DomainName="*.uat.example.com", ValidationMethod="DNS")["CertificateArn"]
    assert stand.refusing(**named(WWW, by=held | {"ACMCertificateArn": asked})) == "InvalidViewerCertificate"


def test_a_new_certificate_is_heard_of_later(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    """aws-reality 1.6."""
    stand = Stand(slow, connect, clock)
    arn = stand.acm.import_certificate(**authority().issue("*.uat.example.com"))["CertificateArn"]
    held = {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only"}
    assert stand.refusing(**named(WWW, by=held)) == "InvalidViewerCertificate"
    clock.sleep(16)
    stand.make(**named(WWW, by=held))


def test_keys(stand: Stand) -> None:
    large = stand.certificate(key=ec.generate_private_key(ec.SECP384R1()))
    assert stand.refusing(**named(WWW, by=large)) == "InvalidViewerCertificate"
    stand.make(**named(WWW, by=stand.certificate(key=rsa.generate_private_key(65537, 3072))))


def test_how_it_is_served(stand: Stand) -> None:
    held = stand.certificate()
    assert stand.refusing(**named(WWW, by={"ACMCertificateArn": held["ACMCertificateArn"]})) == "InvalidArgument"
    both = held | {"CloudFrontDefaultCertificate": True}
    assert stand.refusing(**named(WWW, by=both)) == "InvalidArgument"
    oldest = held | {"MinimumProtocolVersion": "SSLv3"}
    assert stand.refusing(**named(WWW, by=oldest)) == "InvalidProtocolSettings"
    stand.make(**named(WWW, by=held))


def test_an_alias_does_not_lead_to_another_distribution(stand: Stand, connect: Connect) -> None:
    """aws-reality 6.6 e: not by a CNAME, which everybody can see."""
    held, first, second = stand.certificate(), stand.make(), stand.make("second")
    route53 = connect(stand.cloud, "route53", EAST)
    wanted = zone(route53)
    delegate(stand.cloud, "uat.example.com")

    def lead(domain: str) -> None:
        change = batch(plain("UPSERT", WWW, "CNAME", domain))
        route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=change)

    lead(first["DomainName"])
    assert stand.refusing(**named(WWW, by=held)) == "CNAMEAlreadyExists"
    said, etag = stand.read(second["Id"])
    change = {"Id": second["Id"], "IfMatch": etag, "DistributionConfig": said | named(WWW, by=held)}
    assert refused(stand.edge.update_distribution, **change) == "CNAMEAlreadyExists"
    lead(second["DomainName"])
    stand.edge.update_distribution(**change)


def test_an_alias_is_on_one_distribution(stand: Stand) -> None:
    """aws-reality 6.6 a, e; 8.5."""
    held = stand.certificate()
    first, second = stand.make(**named(WWW, by=held)), stand.make("second")
    assert stand.refusing(**named(WWW.upper(), by=held)) == "CNAMEAlreadyExists"
    said, etag = stand.read(second["Id"])
    taken = {"Id": second["Id"], "IfMatch": etag, "DistributionConfig": said | named(WWW, by=held)}
    assert refused(stand.edge.update_distribution, **taken) == "CNAMEAlreadyExists"
    stand.make("star", **named("*.uat.example.com", by=held))  # of the same account: the nearer name wins
    stand.change(first["Id"], **named(WWW, by=held))
    stand.change(first["Id"], **named("new.uat.example.com", by=held))
    stand.change(second["Id"], **named(WWW, by=held))
    stand.remove(first["Id"])
    stand.change(second["Id"], **named("new.uat.example.com", by=held))


@pytest.mark.parametrize(("foreign", "alias", "good"), [
    (WWW, WWW, "api.uat.example.com"),
    ("*.uat.example.com", WWW, "uat.example.com"),
    (WWW, "*.uat.example.com", "api.uat.example.com"),
])  # fmt: skip
def test_a_stranger_s_alias(stand: Stand, foreign: str, alias: str, good: str) -> None:
    held = stand.certificate()
    apex = stand.certificate("uat.example.com")
    stand.cloud.books.foreign_aliases.add(foreign)
    assert stand.refusing(**named(alias, by=held)) == "CNAMEAlreadyExists"
    stand.make(**named(good, by=apex if good == "uat.example.com" else held))


def test_another_account_s_alias(stand: Stand) -> None:
    stranger = boto3.Session(aws_access_key_id="999900001111", aws_secret_access_key="x", region_name=EAST)

    def client(service: str) -> Any:
        config = Config(retries={"max_attempts": 0})
        made = stranger.client(service, endpoint_url="http://127.0.0.1:1", config=config)
        InProcess(stand.cloud, None).attach(made.meta.events)
        return made

    arn = client("acm").import_certificate(**authority().issue("*.uat.example.com"))["CertificateArn"]
    theirs = named(WWW, by={"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only"})
    made = client("cloudfront").create_distribution(DistributionConfig=config(**theirs))["Distribution"]
    assert made["ARN"].startswith("arn:aws:cloudfront::999900001111:")
    assert stand.edge.list_distributions()["DistributionList"]["Quantity"] == 0
    assert stand.refusing(**named(WWW, by=stand.certificate())) == "CNAMEAlreadyExists"
    assert stand.refusing(**named(WWW, by=theirs["ViewerCertificate"])) == "InvalidViewerCertificate"


def test_a_web_acl(stand: Stand) -> None:
    """aws-reality 0.13, 6.6 e."""
    made = stand.acl()
    for bad in (made["Id"], made["ARN"].replace("web/", "other/"), "473e64fd-f30b-4765-81a0-62ad96dd167a"):
        assert stand.refusing(WebACLId=bad) == "InvalidWebACLId"
    stand.make(WebACLId=made["ARN"])
