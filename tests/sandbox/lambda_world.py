"""What a function stands on: a role, a network, a zip."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import Any

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.ecs_world import trust
from tests.sandbox.refusals import Net, group, network

BASIC = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
IN_VPC = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
PLAIN = {"index.py": b"def handler(event, context):\n    return event\n"}


def zipped(files: dict[str, bytes] | None = None, stored: bool = False) -> bytes:
    """The same bytes for the same files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, content in (PLAIN if files is None else files).items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, archive.compression)
    return out.getvalue()


@dataclass
class Functions:
    cloud: Cloud
    connect: Connect
    clock: Leaping
    net: Net = field(init=False)
    group: str = field(init=False)
    ec2: Any = field(init=False)
    iam: Any = field(init=False)
    api: Any = field(init=False)
    logs: Any = field(init=False)

    def __post_init__(self) -> None:
        for name in ("ec2", "iam", "logs"):
            setattr(self, name, self.connect(self.cloud, name))
        self.api = self.connect(self.cloud, "lambda")
        self.net = network(self.ec2)
        self.group = group(self.ec2, self.net.vpc)
        self.role_named("worker", IN_VPC)
        self.clock.sleep(15)

    def role_named(self, name: str, *policies: str, service: str = "lambda.amazonaws.com") -> str:
        self.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))
        for one in policies:
            self.iam.attach_role_policy(RoleName=name, PolicyArn=one)
        return self.role(name)

    def role(self, name: str = "worker") -> str:
        return f"arn:aws:iam::{self.cloud.account}:role/{name}"

    def asked(self, name: str = "sync", **more: Any) -> dict[str, Any]:
        said = {
            "FunctionName": name,
            "Runtime": "python3.12",
            "Role": self.role(),
            "Handler": "index.handler",
            "Code": {"ZipFile": zipped()},
        }
        return {key: value for key, value in (said | more).items() if value is not None}

    def make(self, name: str = "sync", **more: Any) -> dict[str, Any]:
        return dict(self.api.create_function(**self.asked(name, **more)))

    def place(self, *subnets: int, groups: list[str] | None = None) -> dict[str, Any]:
        return {
            "SubnetIds": [self.net.subnets[one] for one in subnets],
            "SecurityGroupIds": [self.group] if groups is None else groups,
        }

    def seen(self, name: str = "sync") -> dict[str, Any]:
        return dict(self.api.get_function_configuration(FunctionName=name))

    def interfaces(self) -> list[dict[str, Any]]:
        wanted = [{"Name": "interface-type", "Values": ["lambda"]}]
        return [
            one
            for one in self.ec2.describe_network_interfaces(Filters=wanted)["NetworkInterfaces"]
            if one["InterfaceType"] == "lambda"
        ]
