"""Listeners: the ports of a load balancer. Facts: aws-reality.md 3.12."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network import balancing
from muvi_provision.day1_network.certificates import LeafCertificate
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day1_network.target_groups import TargetGroup
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

if TYPE_CHECKING:
    from mypy_boto3_elbv2.type_defs import ActionTypeDef, CertificateTypeDef

SECURITY_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"  # the default of the API is of 2016


class Listener(
    Resource,
    mutable={"port", "protocol", "target_group", "certificate", "security_policy"},
    actions={
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:ModifyListener",
        "tag:GetResources",
    },
    within="load_balancer",
    goes_with="load_balancer",
    card="alb",
):
    """One port of a load balancer, which passes everything on to one target group.

    certificate: for HTTPS, None for HTTP. security_policy: the TLS versions and ciphers of HTTPS, by AWS's name.
    A port may be opened while its load balancer is still being made, and may become another one or change between
    HTTP and HTTPS later; a listener never moves to another load balancer (3.12 g).
    """

    load_balancer: Handle[LoadBalancer]
    port: int
    protocol: Literal["HTTP", "HTTPS"]
    target_group: Handle[TargetGroup]
    certificate: Handle[LeafCertificate] | None
    security_policy: str = SECURITY_POLICY

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By its ARN if known, whatever its port is now; else by load balancer and port, where there is one at most."""
        raw = (_known(aws, known_id) if known_id else None) or self._on_its_port(aws)
        return balancing.heard(aws, raw, self.address) if raw else None

    def _on_its_port(self, aws: Aws) -> dict[str, Any] | None:
        """None while the load balancer is still to be made."""
        listed = balancing.listeners(aws, self.load_balancer.id) if is_known(self.load_balancer.id) else []
        return next((item for item in listed if item["Port"] == self.port), None)

    def create(self, aws: Aws) -> str:
        if self.protocol == "HTTP":
            answer = aws.elbv2.create_listener(
                LoadBalancerArn=self.load_balancer.id,
                Port=self.port,
                Protocol="HTTP",
                DefaultActions=self._actions(),
                Tags=aws.tag_pairs(self),
            )
        else:
            answer = aws.elbv2.create_listener(
                LoadBalancerArn=self.load_balancer.id,
                Port=self.port,
                Protocol="HTTPS",
                SslPolicy=self.security_policy,
                Certificates=self._certificates(),
                DefaultActions=self._actions(),
                Tags=aws.tag_pairs(self),
            )
        return answer["Listeners"][0]["ListenerArn"]

    def observe(self, live: Live) -> dict[str, Any]:
        actions = live.raw.get("DefaultActions", [{}])
        return {
            "load_balancer": live.raw["LoadBalancerArn"],
            "port": live.raw["Port"],
            "protocol": live.raw["Protocol"],
            "target_group": actions[0].get("TargetGroupArn"),
            **_security(live.raw),
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """Everything it has: on the way to HTTPS a certificate is due, on the way to HTTP AWS drops it by itself."""
        if self.protocol == "HTTP":
            aws.elbv2.modify_listener(
                ListenerArn=live.id, Port=self.port, Protocol="HTTP", DefaultActions=self._actions()
            )
        else:
            aws.elbv2.modify_listener(
                ListenerArn=live.id,
                Port=self.port,
                Protocol="HTTPS",
                SslPolicy=self.security_policy,
                Certificates=self._certificates(),
                DefaultActions=self._actions(),
            )

    def delete(self, aws: Aws, live: Live) -> None:
        with unless_gone():
            aws.elbv2.delete_listener(ListenerArn=live.id)

    def _actions(self) -> list[ActionTypeDef]:
        return [{"Type": "forward", "TargetGroupArn": self.target_group.id}]

    def _certificates(self) -> list[CertificateTypeDef]:
        return [{"CertificateArn": self.certificate.id}] if self.certificate else []


def _known(aws: Aws, arn: str) -> dict[str, Any] | None:
    """The listener of that ARN, which names the load balancer it belongs to."""
    load_balancer = arn.replace(":listener/", ":loadbalancer/").rpartition("/")[0]
    return next((item for item in balancing.listeners(aws, load_balancer) if item["ListenerArn"] == arn), None)


def _security(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What only HTTPS has; plain HTTP has no certificate and tells of no policy."""
    if raw["Protocol"] != "HTTPS":
        return {"certificate": None}
    certificates = raw.get("Certificates", [])
    policy = {"security_policy": raw["SslPolicy"]} if raw.get("SslPolicy") else {}
    return {"certificate": certificates[0]["CertificateArn"] if certificates else None, **policy}
