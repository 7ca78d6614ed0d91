"""Listeners: the ports of a load balancer. Facts: aws-reality.md 3.12."""

from __future__ import annotations

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
    mutable={"target_group", "certificate", "security_policy"},
    actions={
        "elasticloadbalancing:AddTags",
        "elasticloadbalancing:CreateListener",
        "elasticloadbalancing:DeleteListener",
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTags",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:ModifyListener",
    },
    card="alb",
):
    """One port of a load balancer, which passes everything on to one target group.

    certificate: for HTTPS, None for HTTP. security_policy: the TLS versions and ciphers of HTTPS, by AWS's name.
    A port may be opened while its load balancer is still being made.
    """

    load_balancer: Handle[LoadBalancer]
    port: int
    protocol: Literal["HTTP", "HTTPS"]
    target_group: Handle[TargetGroup]
    certificate: Handle[LeafCertificate] | None
    security_policy: str = SECURITY_POLICY

    def find(self, aws: Aws, known_id: str | None) -> Live | None:  # noqa: ARG002
        """By load balancer and port: there is one at most. None while the load balancer is still to be made."""
        if not is_known(self.load_balancer.id):
            return None
        listed = balancing.listeners(aws, self.load_balancer.id)
        raw = next((item for item in listed if item["Port"] == self.port), None)
        return balancing.heard(aws, raw) if raw else None

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
        actions, certificates = live.raw.get("DefaultActions", [{}]), live.raw.get("Certificates", [])
        policy = {"security_policy": live.raw["SslPolicy"]} if live.raw.get("SslPolicy") else {}
        return {
            "load_balancer": live.raw["LoadBalancerArn"],
            "port": live.raw["Port"],
            "protocol": live.raw["Protocol"],
            "target_group": actions[0].get("TargetGroupArn"),
            "certificate": certificates[0]["CertificateArn"] if certificates else None,
            **policy,
        }

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        if self.protocol == "HTTP":
            aws.elbv2.modify_listener(ListenerArn=live.id, DefaultActions=self._actions())
        else:
            aws.elbv2.modify_listener(
                ListenerArn=live.id,
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
