"""What the rules' tests have in common: the code of a refusal, a network to refuse things in, certificates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID


def refused(do: Callable[..., Any], **params: Any) -> str:
    """The code with which AWS refuses; fails when it does not."""
    with pytest.raises(ClientError) as caught:
        do(**params)
    return str(caught.value.response["Error"]["Code"])


def tags(kind: str, **said: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": key, "Value": value} for key, value in said.items()]}]


@dataclass(frozen=True)
class Net:
    vpc: str
    gateway: str
    subnets: tuple[str, ...]


def network(ec2: Any, attach: bool = True, second: int = 30) -> Net:
    """A VPC with three subnets in three zones and a gateway."""
    vpc = ec2.create_vpc(CidrBlock=f"10.{second}.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    if attach:
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnets = tuple(
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{second}.{number}.0/24", AvailabilityZone=f"me-central-1{zone}")[
            "Subnet"
        ]["SubnetId"]
        for number, zone in enumerate("abc")
    )
    return Net(vpc, gateway, subnets)


def address(ec2: Any) -> str:
    return str(ec2.allocate_address(Domain="vpc")["AllocationId"])


def nat(ec2: Any, net: Net, allocation: str | None = None, **more: Any) -> str:
    made = ec2.create_nat_gateway(SubnetId=net.subnets[0], AllocationId=allocation or address(ec2), **more)
    return str(made["NatGateway"]["NatGatewayId"])


def group(ec2: Any, vpc: str, name: str = "app") -> str:
    return str(ec2.create_security_group(GroupName=name, Description="for a test", VpcId=vpc)["GroupId"])


def balancer(elb: Any, net: Net, name: str = "web", **more: Any) -> str:
    return str(
        elb.create_load_balancer(Name=name, Subnets=list(net.subnets[:2]), **more)["LoadBalancers"][0][
            "LoadBalancerArn"
        ]
    )


def target_group(elb: Any, net: Net, name: str = "http", **more: Any) -> str:
    said = {"Protocol": "HTTP", "Port": 80, "TargetType": "ip"} | more
    return str(elb.create_target_group(Name=name, VpcId=net.vpc, **said)["TargetGroups"][0]["TargetGroupArn"])


def forward(arn: str) -> list[dict[str, Any]]:
    return [{"Type": "forward", "TargetGroupArn": arn}]


Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Authority:
    """A private certificate authority."""

    key: Key
    certificate: x509.Certificate

    def issue(
        self, name: str = "uat.microservices.internal", key: Key | None = None, days: tuple[int, int] = (-1, 90)
    ) -> dict[str, bytes]:
        """What ImportCertificate takes."""
        key = key or ec_key()
        leaf = signed(name, key, self.certificate.subject, self.key, days)
        return {"Certificate": pem(leaf), "PrivateKey": key_pem(key), "CertificateChain": pem(self.certificate)}


def authority(name: str = "private CA") -> Authority:
    key = ec_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return Authority(key, signed(name, key, subject, key, (-2, 400), authority=True))


def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def signed(
    name: str, key: Key, issuer: x509.Name, by: Key, days: tuple[int, int], authority: bool = False
) -> x509.Certificate:
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)  # the date of the leaping clock
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + dt.timedelta(days=days[0]))
        .not_valid_after(now + dt.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name.replace(" ", "-"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .sign(by, hashes.SHA256())
    )


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def key_pem(key: Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
