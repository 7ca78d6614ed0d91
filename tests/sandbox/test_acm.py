"""Certificates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from muvi_provision.day1_network.signing import new_authority, new_leaf
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import (
    authority,
    balancer,
    ec_key,
    forward,
    key_pem,
    network,
    pem,
    refused,
    rsa_key,
    signed,
    target_group,
)

CA = authority()
WITH_SHA256, WITH_SHA1 = bytes.fromhex("2a864886f70d01010b"), bytes.fromhex("2a864886f70d010105")  # RFC 8017, DER
ALL = {"keyTypes": ["RSA_1024", "RSA_2048", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"]}


def test_a_private_authority_is_welcome(acm: Any) -> None:
    arn = acm.import_certificate(**CA.issue("*.uat.microservices.internal"), Tags=[{"Key": "a", "Value": "b"}])[
        "CertificateArn"
    ]
    found = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    assert (found["Status"], found["Type"], found["DomainName"]) == (
        "ISSUED",
        "IMPORTED",
        "*.uat.microservices.internal",
    )
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]


def test_the_key_fits(acm: Any) -> None:
    said = CA.issue()
    assert refused(acm.import_certificate, **said | {"PrivateKey": key_pem(ec_key())}) == "ValidationException"
    assert refused(acm.import_certificate, **said | {"PrivateKey": b"nonsense"}) == "ValidationException"


def test_the_chain_fits(acm: Any) -> None:
    said = CA.issue()
    assert (
        refused(acm.import_certificate, **said | {"CertificateChain": pem(authority("other").certificate)})
        == "ValidationException"
    )
    alone = {key: value for key, value in said.items() if key != "CertificateChain"}
    assert refused(acm.import_certificate, **alone) == "ValidationException"
    assert (
        refused(acm.import_certificate, **said | {"Certificate": said["Certificate"] + said["CertificateChain"]})
        == "ValidationException"
    )
    key = ec_key()
    lone = signed("lone", key, signed("lone", key, CA.certificate.subject, key, (-1, 1)).subject, key, (-1, 30))
    assert acm.import_certificate(Certificate=pem(lone), PrivateKey=key_pem(key))


@pytest.mark.parametrize("days", [(-10, -1), (1, 10)])
def test_it_is_valid_now(acm: Any, days: tuple[int, int]) -> None:
    assert refused(acm.import_certificate, **CA.issue(days=days)) == "ValidationException"


def test_imported_again_it_keeps_its_arn_and_tags(acm: Any) -> None:
    arn = acm.import_certificate(**CA.issue(), Tags=[{"Key": "a", "Value": "b"}])["CertificateArn"]
    old = acm.describe_certificate(CertificateArn=arn)["Certificate"]["Serial"]
    new = CA.issue()
    assert (
        refused(acm.import_certificate, CertificateArn=arn, Tags=[{"Key": "c", "Value": "d"}], **new)
        == "ValidationException"
    )
    assert refused(acm.import_certificate, CertificateArn=arn, **CA.issue(key=rsa_key())) == "ValidationException"
    assert acm.import_certificate(CertificateArn=arn, **new)["CertificateArn"] == arn
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Serial"] != old
    assert acm.list_tags_for_certificate(CertificateArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]
    missing = arn[:-1] + ("0" if arn[-1] != "0" else "1")
    assert refused(acm.import_certificate, CertificateArn=missing, **CA.issue()) == "ResourceNotFoundException"


def test_imported_again_it_keeps_a_name(acm: Any) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    authority = new_authority("private CA", 1, now)

    def named(*names: str) -> dict[str, bytes]:
        made = new_leaf(authority, names, 30, now)
        pems = {"Certificate": made.certificate, "PrivateKey": made.private_key}
        return {name: text.encode() for name, text in {**pems, "CertificateChain": authority.certificate}.items()}

    arn = acm.import_certificate(**named("a.internal", "b.internal"))["CertificateArn"]
    assert refused(acm.import_certificate, CertificateArn=arn, **named("c.internal")) == "ValidationException"
    assert acm.import_certificate(**named("c.internal"))["CertificateArn"] != arn
    for names in (("c.internal", "b.internal"), ("c.internal",)):
        assert acm.import_certificate(CertificateArn=arn, **named(*names))["CertificateArn"] == arn


def test_a_listing_hides_uncommon_keys(acm: Any) -> None:
    narrow = acm.import_certificate(**CA.issue())["CertificateArn"]
    common = acm.import_certificate(**CA.issue(key=rsa_key()))["CertificateArn"]

    def listed(**said: Any) -> set[str]:
        return {one["CertificateArn"] for one in acm.list_certificates(**said)["CertificateSummaryList"]}

    assert listed() == {common}
    assert listed(Includes=ALL) == {common, narrow}
    assert listed(Includes={"keyTypes": ["EC_prime256v1"]}) == {narrow}


def test_every_import_makes_another_one(acm: Any) -> None:
    said = CA.issue()
    assert acm.import_certificate(**said)["CertificateArn"] != acm.import_certificate(**said)["CertificateArn"]


def test_kinds_of_keys(acm: Any) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    odd = ec.generate_private_key(ec.SECP256K1())
    assert refused(acm.import_certificate, **CA.issue(key=odd)) == "ValidationException"
    assert acm.import_certificate(**CA.issue(key=ec.generate_private_key(ec.SECP384R1())))
    assert acm.import_certificate(**CA.issue(key=rsa.generate_private_key(65537, 3072)))


def test_a_weak_signature_is_not_welcome(acm: Any) -> None:
    key = rsa_key()
    strong = signed("lone", key, signed("lone", key, CA.certificate.subject, key, (-1, 1)).subject, key, (-1, 30))
    said = {"Certificate": pem(strong), "PrivateKey": key_pem(key)}
    der = strong.public_bytes(serialization.Encoding.DER)
    assert der.count(WITH_SHA256) == 2
    weak = x509.load_der_x509_certificate(der.replace(WITH_SHA256, WITH_SHA1))
    assert refused(acm.import_certificate, **said | {"Certificate": pem(weak)}) == "ValidationException"
    assert acm.import_certificate(**said)


def test_imported_again_it_keeps_what_its_key_is_for(acm: Any) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    ca = new_authority("private CA", 1, now)
    made = new_leaf(ca, ["a.internal"], 30, now)
    said = {"Certificate": made.certificate, "PrivateKey": made.private_key, "CertificateChain": ca.certificate}
    arn = acm.import_certificate(**{name: text.encode() for name, text in said.items()})["CertificateArn"]
    bare = CA.issue("a.internal")
    assert refused(acm.import_certificate, CertificateArn=arn, **bare) == "ValidationException"
    again = acm.import_certificate(**bare)["CertificateArn"]
    acm.import_certificate(CertificateArn=again, **{name: text.encode() for name, text in said.items()})


def test_only_what_was_imported_is_imported_again(acm: Any) -> None:
    asked = acm.request_certificate(DomainName="uat.example.com", ValidationMethod="DNS")["CertificateArn"]
    new = CA.issue("uat.example.com", key=rsa_key())
    assert refused(acm.import_certificate, CertificateArn=asked, **new) == "ValidationException"
    assert refused(acm.get_certificate, CertificateArn=asked) == "RequestInProgressException"
    arn = acm.import_certificate(**new)["CertificateArn"]
    assert acm.get_certificate(CertificateArn=arn)["Certificate"] == new["Certificate"].decode()


def test_imports_are_limited(acm: Any, cloud: Cloud) -> None:
    cloud.quotas |= {"certificates": 1}
    arn = acm.import_certificate(**CA.issue())["CertificateArn"]
    assert refused(acm.import_certificate, **CA.issue()) == "LimitExceededException"
    acm.import_certificate(CertificateArn=arn, **CA.issue())


def test_tags_are_limited(acm: Any) -> None:
    arn = acm.import_certificate(**CA.issue())["CertificateArn"]
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(50)]
    acm.add_tags_to_certificate(CertificateArn=arn, Tags=many)
    more = {"CertificateArn": arn, "Tags": [{"Key": "more", "Value": "v"}]}
    assert refused(acm.add_tags_to_certificate, **more) == "TooManyTagsException"


def test_a_listener_lets_it_go_after_a_while(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2, elb, acm = (connect(slow, name) for name in ("ec2", "elbv2", "acm"))
    net, arn = network(ec2), acm.import_certificate(**CA.issue())["CertificateArn"]
    made, group = balancer(elb, net), target_group(elb, net)
    clock.sleep(16)
    secure = {"Protocol": "HTTPS", "Port": 443, "Certificates": [{"CertificateArn": arn}]}
    elb.create_listener(LoadBalancerArn=made, DefaultActions=forward(group), **secure)
    elb.delete_load_balancer(LoadBalancerArn=made)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == [made]
    assert refused(acm.delete_certificate, CertificateArn=arn) == "ResourceInUseException"
    clock.sleep(61)
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["InUseBy"] == []
    acm.delete_certificate(CertificateArn=arn)
