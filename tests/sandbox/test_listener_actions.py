"""What listeners and their rules do with a request."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.refusals import authority, balancer, forward, network, refused, target_group

CLOSED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403"}}]
SIGN_IN = {
    "Type": "authenticate-oidc",
    "Order": 1,
    "AuthenticateOidcConfig": {
        "Issuer": "https://id.example.com",
        "AuthorizationEndpoint": "https://id.example.com/authorize",
        "TokenEndpoint": "https://id.example.com/token",
        "UserInfoEndpoint": "https://id.example.com/user",
        "ClientId": "made-up",
        "ClientSecret": "made-up",
    },
}


class Stage:
    """A load balancer, and groups to forward to."""

    def __init__(self, ec2: Any, elb: Any) -> None:
        self.ec2, self.elb, self.net = ec2, elb, network(ec2)
        self.balancer = balancer(elb, self.net)
        self.groups = [target_group(elb, self.net, f"t{number}") for number in range(6)]

    def said(self, *actions: dict[str, Any], port: int = 80, **more: Any) -> dict[str, Any]:
        standard = {"LoadBalancerArn": self.balancer, "Port": port, "Protocol": "HTTP"}
        return standard | {"DefaultActions": list(actions)} | more

    def listen(self, *actions: dict[str, Any], **more: Any) -> dict[str, Any]:
        return dict(self.elb.create_listener(**self.said(*actions, **more))["Listeners"][0])

    def refused(self, *actions: dict[str, Any], **more: Any) -> str:
        return refused(self.elb.create_listener, **self.said(*actions, **more))

    def split(self, *weights: int) -> dict[str, Any]:
        shares = zip(self.groups, weights, strict=False)
        told = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in shares]
        return {"Type": "forward", "ForwardConfig": {"TargetGroups": told}}


@pytest.fixture
def stage(ec2: Any, elb: Any) -> Stage:
    return Stage(ec2, elb)


def redirect(**said: str) -> dict[str, Any]:
    return {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"} | said}


def test_a_listener_has_one_last_action(stage: Stage) -> None:
    assert stage.refused() == "ValidationError"
    assert stage.refused(*forward(stage.groups[0]), *CLOSED) == "ValidationError"
    assert stage.refused(SIGN_IN) == "ValidationError"
    stage.listen(*CLOSED)


def test_a_listener_speaks_http_or_https(stage: Stage) -> None:
    assert stage.refused(*CLOSED, Protocol="TCP") == "ValidationError"
    lacking = {key: value for key, value in stage.said(*CLOSED).items() if key != "Protocol"}
    assert refused(stage.elb.create_listener, **lacking) == "ValidationError"
    made = stage.listen(*CLOSED)["ListenerArn"]
    assert refused(stage.elb.modify_listener, ListenerArn=made, Protocol="TLS") == "ValidationError"
    stage.elb.modify_listener(ListenerArn=made, Port=81)


def test_it_forwards_to_five_groups_by_weight(stage: Stage) -> None:
    assert stage.refused(stage.split(1, 1, 1, 1, 1, 1)) == "ValidationError"
    assert stage.refused(stage.split(1, 1000)) == "ValidationError"
    made = stage.listen(stage.split(999, 0, 1, 1, 1))
    assert "TargetGroupArn" not in made["DefaultActions"][0]


def test_a_lone_group_is_told_in_both_spellings(stage: Stage) -> None:
    lone = stage.groups[0]
    for port, action in ((80, forward(lone)[0]), (81, stage.split(1))):
        (told,) = stage.listen(action, port=port)["DefaultActions"]
        assert (told["TargetGroupArn"], told["ForwardConfig"]["TargetGroups"]) == (
            lone,
            [{"TargetGroupArn": lone, "Weight": 1}],
        )
    (found,) = stage.elb.describe_listeners(LoadBalancerArn=stage.balancer)["Listeners"][0]["DefaultActions"]
    assert found["ForwardConfig"]["TargetGroupStickinessConfig"] == {"Enabled": False}


def test_groups_are_of_the_balancers_vpc(stage: Stage) -> None:
    foreign = target_group(stage.elb, network(stage.ec2, second=31), "foreign")
    assert stage.refused(*forward(foreign)) == "InvalidConfigurationRequest"
    made = stage.listen(*CLOSED)["ListenerArn"]
    rule = {"ListenerArn": made, "Priority": 1, "Conditions": [{"Field": "path-pattern", "Values": ["/a"]}]}
    assert refused(stage.elb.create_rule, Actions=forward(foreign), **rule) == "InvalidConfigurationRequest"
    stage.elb.create_rule(Actions=forward(stage.groups[0]), **rule)


def test_groups_behind_a_balancer_are_limited(stage: Stage, cloud: Cloud) -> None:
    cloud.quotas |= {"target_groups_per_load_balancer": 1}
    stage.listen(*forward(stage.groups[0]))
    assert stage.refused(*forward(stage.groups[1]), port=81) == "TooManyUniqueTargetGroupsPerLoadBalancer"
    stage.listen(*forward(stage.groups[0]), port=81)


def test_a_redirect_leads_elsewhere(stage: Stage) -> None:
    assert stage.refused(redirect()) == "InvalidLoadBalancerAction"
    assert stage.refused(redirect(Path="/#{path}", Port="#{port}")) == "InvalidLoadBalancerAction"
    stage.listen(redirect(Protocol="HTTPS", Port="443"))


def test_people_sign_in_over_https(stage: Stage, acm: Any) -> None:
    last = {**CLOSED[0], "Order": 2}
    assert stage.refused(SIGN_IN, last) == "InvalidLoadBalancerAction"
    arn = acm.import_certificate(**authority().issue())["CertificateArn"]
    stage.listen(SIGN_IN, last, Protocol="HTTPS", port=443, Certificates=[{"CertificateArn": arn}])


def test_further_certificates_are_limited(stage: Stage, acm: Any, cloud: Cloud) -> None:
    cloud.quotas |= {"certificates_per_load_balancer": 1}
    arns = [acm.import_certificate(**authority().issue())["CertificateArn"] for _ in range(3)]
    held = [{"CertificateArn": arn} for arn in arns]
    made = stage.listen(*CLOSED, Protocol="HTTPS", port=443, Certificates=held[:1])["ListenerArn"]
    stage.elb.add_listener_certificates(ListenerArn=made, Certificates=held[1:2])
    more = {"ListenerArn": made, "Certificates": held[2:]}
    assert refused(stage.elb.add_listener_certificates, **more) == "TooManyCertificates"
