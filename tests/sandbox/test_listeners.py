"""Listeners and their rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import authority, balancer, forward, network, refused, target_group

POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"


@dataclass
class Front:
    """A load balancer with something behind it and a certificate."""

    elb: Any
    arn: str
    web: str
    grpc: str
    certificate: str

    def listen(self, port: int = 80, protocol: str = "HTTP", group: str = "", **more: Any) -> str:
        said = {
            "LoadBalancerArn": self.arn,
            "Port": port,
            "Protocol": protocol,
            "DefaultActions": forward(group or self.web),
        }
        return str(self.elb.create_listener(**said | more)["Listeners"][0]["ListenerArn"])

    def refused(self, port: int = 80, protocol: str = "HTTP", group: str = "", **more: Any) -> str:
        said = {
            "LoadBalancerArn": self.arn,
            "Port": port,
            "Protocol": protocol,
            "DefaultActions": forward(group or self.web),
        }
        return refused(self.elb.create_listener, **said | more)

    @property
    def secure(self) -> dict[str, Any]:
        return {"Certificates": [{"CertificateArn": self.certificate}]}


@pytest.fixture
def front(ec2: Any, elb: Any, acm: Any) -> Front:
    net = network(ec2)
    certificate = acm.import_certificate(**authority().issue())["CertificateArn"]
    grpc = target_group(elb, net, "grpc", ProtocolVersion="GRPC")
    return Front(elb, balancer(elb, net), target_group(elb, net), grpc, certificate)


def test_grpc_is_behind_https_only(front: Front) -> None:
    assert front.refused(group=front.grpc) == "InvalidConfigurationRequest"
    front.listen(5002, "HTTPS", front.grpc, **front.secure)
    plain = front.listen(80)
    assert (
        refused(front.elb.modify_listener, ListenerArn=plain, DefaultActions=forward(front.grpc))
        == "InvalidConfigurationRequest"
    )
    conditions = [{"Field": "path-pattern", "Values": ["/x"]}]
    said = {"ListenerArn": plain, "Conditions": conditions, "Priority": 1}
    assert refused(front.elb.create_rule, Actions=forward(front.grpc), **said) == "InvalidConfigurationRequest"
    front.elb.create_rule(Actions=forward(front.web), **said)


def test_https_has_a_certificate_and_http_has_none(front: Front) -> None:
    assert front.refused(443, "HTTPS") == "ValidationError"
    assert front.refused(80, "HTTP", **front.secure) == "ValidationError"
    unknown = front.certificate[:-1] + ("0" if front.certificate[-1] != "0" else "1")
    assert front.refused(443, "HTTPS", Certificates=[{"CertificateArn": unknown}]) == "CertificateNotFound"
    assert front.refused(443, "HTTPS", SslPolicy="nonsense", **front.secure) == "SSLPolicyNotFound"
    made = front.listen(443, "HTTPS", SslPolicy=POLICY, **front.secure)
    (found,) = front.elb.describe_listeners(ListenerArns=[made])["Listeners"]
    assert (found["SslPolicy"], found["Certificates"]) == (POLICY, front.secure["Certificates"])
    front.elb.modify_listener(ListenerArn=made, SslPolicy="ELBSecurityPolicy-2016-08")


def test_a_certificate_of_another_region_is_not_found(front: Front, cloud: Cloud, connect: Connect) -> None:
    other = connect(cloud, "acm", "us-east-1").import_certificate(**authority().issue())["CertificateArn"]
    assert front.refused(443, "HTTPS", Certificates=[{"CertificateArn": other}]) == "CertificateNotFound"


def test_a_certificate_is_seen_after_a_moment(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    ec2, elb, acm = (connect(slow, name) for name in ("ec2", "elbv2", "acm"))
    net = network(ec2)
    arn = acm.import_certificate(**authority().issue())["CertificateArn"]
    assert acm.describe_certificate(CertificateArn=arn)["Certificate"]["Status"] == "ISSUED"
    front = Front(elb, balancer(elb, net), target_group(elb, net), "", arn)
    assert front.refused(443, "HTTPS", **front.secure) == "CertificateNotFound"
    clock.sleep(16)
    front.listen(443, "HTTPS", **front.secure)


def test_one_listener_a_port(front: Front, cloud: Cloud) -> None:
    first = front.listen(80, Tags=[{"Key": "a", "Value": "b"}])
    before = cloud.snapshot()
    assert front.listen(80, Tags=[{"Key": "a", "Value": "b"}]) == first
    weighted = [{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": front.web}]}}]
    assert front.listen(80, DefaultActions=weighted) == first
    assert cloud.snapshot() == before
    fixed = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    assert front.refused(80, DefaultActions=fixed) == "DuplicateListener"
    second = front.listen(81)
    assert refused(front.elb.modify_listener, ListenerArn=second, Port=80) == "DuplicateListener"
    front.elb.modify_listener(ListenerArn=second, Port=82)


def test_its_parts_are_there(front: Front) -> None:
    assert front.refused(LoadBalancerArn=front.arn[:-1] + "x") == "LoadBalancerNotFound"
    assert front.refused(group=front.web[:-1] + "x") == "TargetGroupNotFound"
    made = front.listen()
    assert refused(front.elb.describe_listeners, ListenerArns=[made, made[:-1] + "x"]) == "ListenerNotFound"
    assert refused(front.elb.modify_listener, ListenerArn=made[:-1] + "x", Port=1) == "ListenerNotFound"
    front.elb.delete_listener(ListenerArn=made)
    assert refused(front.elb.delete_listener, ListenerArn=made) == "ListenerNotFound"


def test_a_target_group_is_behind_one_load_balancer(front: Front, ec2: Any) -> None:
    front.listen(80)
    other = Front(front.elb, balancer(front.elb, network(ec2, second=31), "other"), front.web, "", "")
    assert other.refused(80) == "TargetGroupAssociationLimit"
    front.listen(81)


def test_listeners_are_limited(front: Front, cloud: Cloud) -> None:
    cloud.quotas |= {"listeners_per_load_balancer": 1}
    front.listen(80)
    front.listen(80)
    assert front.refused(81) == "TooManyListeners"


def test_a_certificate_in_use_stays(front: Front, acm: Any) -> None:
    made = front.listen(443, "HTTPS", **front.secure)
    assert acm.describe_certificate(CertificateArn=front.certificate)["Certificate"]["InUseBy"] == [front.arn]
    assert refused(acm.delete_certificate, CertificateArn=front.certificate) == "ResourceInUseException"
    front.elb.delete_listener(ListenerArn=made)
    acm.delete_certificate(CertificateArn=front.certificate)


def test_a_pending_certificate_is_not_usable(front: Front, acm: Any) -> None:
    asked = acm.request_certificate(DomainName="uat.example.com", ValidationMethod="DNS")["CertificateArn"]
    assert front.refused(443, "HTTPS", Certificates=[{"CertificateArn": asked}]) == "UnsupportedCertificate"


def test_one_default_certificate(front: Front, acm: Any) -> None:
    second = acm.import_certificate(**authority().issue())["CertificateArn"]
    both = [*front.secure["Certificates"], {"CertificateArn": second}]
    assert front.refused(443, "HTTPS", Certificates=both) == "ValidationError"
    made = front.listen(443, "HTTPS", **front.secure)
    front.elb.add_listener_certificates(ListenerArn=made, Certificates=both[1:])
    assert refused(acm.delete_certificate, CertificateArn=second) == "ResourceInUseException"
    front.elb.remove_listener_certificates(ListenerArn=made, Certificates=both[1:])
    acm.delete_certificate(CertificateArn=second)


def test_a_listener_that_leaves_https_lets_its_certificate_go(front: Front, acm: Any) -> None:
    arn = front.listen(443, "HTTPS", **front.secure)
    assert refused(acm.delete_certificate, CertificateArn=front.certificate) == "ResourceInUseException"
    listener = front.elb.modify_listener(ListenerArn=arn, Port=80, Protocol="HTTP")["Listeners"][0]
    assert "SslPolicy" not in listener
    assert not listener.get("Certificates")
    acm.delete_certificate(CertificateArn=front.certificate)
