"""Listeners: the ports of a load balancer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.day1_network.authority import CertificateAuthority
from muvi_provision.day1_network.certificates import LeafCertificate
from muvi_provision.day1_network.listeners import SECURITY_POLICY, Listener
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.target_groups import GRPC_HEALTH, TargetGroup
from muvi_provision.engine.examine import compared
from muvi_provision.resource import Handle, Verdict
from tests.unit.day1_network.balancing.conftest import Ground, Rehearsal


@dataclass
class Front:
    """What listeners stand on."""

    balancer: LoadBalancer
    load_balancer: Handle[Any]
    web: Handle[Any]
    grpc: Handle[Any]
    certificate: Handle[Any]

    def http(self, **more: Any) -> Listener:
        fields = {"port": 80, "target_group": self.web, **more}
        return Listener("gateway", load_balancer=self.load_balancer, protocol="HTTP", certificate=None, **fields)

    def https(self, **more: Any) -> Listener:
        fields = {"port": 5002, "target_group": self.grpc, "certificate": self.certificate, **more}
        return Listener("main", load_balancer=self.load_balancer, protocol="HTTPS", **fields)


def made(rehearsal: Rehearsal, resource: Any) -> Handle[Any]:
    return rehearsal.handle(resource, rehearsal.make(resource))


def new_certificate(rehearsal: Rehearsal, authority: Handle[Any], name: str) -> Handle[Any]:
    names = (f"{name}.uat.microservices.internal",)
    signed: Any = {"authority": authority, "authority_version": authority.version, "trust": Handle("trust-bundle/any")}
    leaf = LeafCertificate(name, names=names, days=365, renew_days_before=30, **signed)
    return made(rehearsal, leaf)


@pytest.fixture
def authority(rehearsal: Rehearsal) -> Handle[Any]:
    return made(rehearsal, CertificateAuthority("internal", common_name="uat internal authority", years=10))


@pytest.fixture
def front(rehearsal: Rehearsal, ground: Ground, authority: Handle[Any]) -> Front:
    balancer = LoadBalancer("api", scheme="internal", subnets=ground.subnets, groups=ground.groups, gateway=None)
    web = TargetGroup("gateway", vpc=ground.vpc, port=3001, protocol="http", health="/heartbeat")
    grpc = TargetGroup("main", vpc=ground.vpc, port=5002, protocol="grpc", health=GRPC_HEALTH)
    certificate = new_certificate(rehearsal, authority, "internal")
    front = Front(
        balancer, made(rehearsal, balancer), made(rehearsal, web), made(rehearsal, grpc), certificate=certificate
    )
    rehearsal.names()
    return front


def test_http_in_exactly_these_words(rehearsal: Rehearsal, front: Front) -> None:
    live = rehearsal.make(front.http())
    assert rehearsal.calls[0] == (
        "elbv2:CreateListener",
        {
            "LoadBalancerArn": front.load_balancer.id,
            "Port": 80,
            "Protocol": "HTTP",
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": front.web.id}],
            "Tags": rehearsal.aws.tag_pairs(front.http()),
        },
    )
    assert rehearsal.differs(front.http(), live) == {}


def test_https_in_exactly_these_words(rehearsal: Rehearsal, front: Front) -> None:
    live = rehearsal.make(front.https())
    assert rehearsal.calls[0][1] == {
        "LoadBalancerArn": front.load_balancer.id,
        "Port": 5002,
        "Protocol": "HTTPS",
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "Certificates": [{"CertificateArn": front.certificate.id}],
        "DefaultActions": [{"Type": "forward", "TargetGroupArn": front.grpc.id}],
        "Tags": rehearsal.aws.tag_pairs(front.https()),
    }
    assert rehearsal.differs(front.https(), live) == {}
    assert "security_policy" in front.https().observe(live)
    assert "security_policy" not in front.http().observe(rehearsal.make(front.http()))


def test_a_grpc_group_stands_behind_https_only(rehearsal: Rehearsal, front: Front) -> None:
    with pytest.raises(ClientError, match="InvalidConfigurationRequest"):
        rehearsal.make(front.http(target_group=front.grpc))


def test_a_lost_answer_is_found_by_its_port(rehearsal: Rehearsal, front: Front) -> None:
    rehearsal.make(front.http(port=81))
    live = rehearsal.make(front.http())
    gone = live.id[:-16] + "0" * 16
    assert rehearsal.look(front.http()) == rehearsal.look(front.http(), gone) == live


def test_another_target_group(rehearsal: Rehearsal, front: Front, ground: Ground) -> None:
    other = made(rehearsal, TargetGroup("other", vpc=ground.vpc, port=3001, protocol="http", health="/"))
    live = rehearsal.make(front.http())
    wanted = front.http(target_group=other)
    assert rehearsal.differs(wanted, live) == {"target_group": front.web.id}
    assert rehearsal.differs(wanted, rehearsal.mend(wanted, live)) == {}


def test_another_certificate(rehearsal: Rehearsal, front: Front, authority: Handle[Any]) -> None:
    other = new_certificate(rehearsal, authority, "other")
    live = rehearsal.make(front.https())
    wanted = front.https(certificate=other)
    assert rehearsal.differs(wanted, live) == {"certificate": front.certificate.id}
    mended = rehearsal.mend(wanted, live)
    assert (mended.id, rehearsal.differs(wanted, mended)) == (live.id, {})


def test_a_weaker_policy_set_by_hand_is_mended(rehearsal: Rehearsal, front: Front) -> None:
    live = rehearsal.make(front.https())
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.elbv2.modify_listener(ListenerArn=live.id, SslPolicy="ELBSecurityPolicy-2016-08")
    drifted = rehearsal.look(front.https())
    assert rehearsal.differs(front.https(), drifted) == {"security_policy": "ELBSecurityPolicy-2016-08"}
    assert rehearsal.mend(front.https(), drifted).raw["SslPolicy"] == SECURITY_POLICY


def test_an_action_set_by_hand_is_mended(rehearsal: Rehearsal, front: Front) -> None:
    live = rehearsal.make(front.http())
    redirect: list[Any] = [{"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_302"}}]
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.elbv2.modify_listener(ListenerArn=live.id, DefaultActions=redirect)
    drifted = rehearsal.look(front.http())
    assert rehearsal.differs(front.http(), drifted) == {"target_group": None}
    assert rehearsal.differs(front.http(), rehearsal.mend(front.http(), drifted)) == {}


def test_another_port_is_the_same_listener(rehearsal: Rehearsal, front: Front) -> None:
    live = rehearsal.make(front.http())
    wanted = front.http(port=8080)
    assert rehearsal.differs(wanted, rehearsal.look(wanted, live.id)) == {"port": 80}
    mended = rehearsal.mend(wanted, live)
    assert (mended.id, rehearsal.differs(wanted, mended)) == (live.id, {})
    assert len(rehearsal.aws.elbv2.describe_listeners(LoadBalancerArn=front.load_balancer.id)["Listeners"]) == 1


def test_from_http_to_https_and_back(rehearsal: Rehearsal, front: Front) -> None:
    plain = front.http()
    secure = replace(plain, protocol="HTTPS", target_group=front.grpc, certificate=front.certificate)
    live = rehearsal.make(plain)
    rehearsal.names()
    mended = rehearsal.mend(secure, rehearsal.look(secure, live.id))
    sent = [said for name, said in rehearsal.calls if name == "elbv2:ModifyListener"]
    assert sent == [
        {
            "ListenerArn": live.id,
            "Port": 80,
            "Protocol": "HTTPS",
            "SslPolicy": SECURITY_POLICY,
            "Certificates": [{"CertificateArn": front.certificate.id}],
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": front.grpc.id}],
        }
    ]
    assert (mended.id, rehearsal.differs(secure, mended)) == (live.id, {})
    back = rehearsal.mend(plain, mended)
    assert (back.id, rehearsal.differs(plain, back)) == (live.id, {})


def test_another_load_balancer_is_blocked(rehearsal: Rehearsal, front: Front, ground: Ground) -> None:
    live = rehearsal.make(front.http())
    other = LoadBalancer("other", scheme="internal", subnets=ground.subnets, groups=ground.groups, gateway=None)
    for balancer in (made(rehearsal, other), Handle[Any]("load-balancer/to-come")):
        moved = replace(front.http(), load_balancer=balancer)
        finding = compared(moved, rehearsal.look(moved, live.id))
        assert finding.verdict == Verdict.BLOCKED
        assert [change.field for change in finding.changes] == ["load_balancer"]


def test_no_question_is_asked_before_its_load_balancer_is_made(rehearsal: Rehearsal, front: Front) -> None:
    early = replace(front.http(), load_balancer=Handle("load-balancer/api"))
    assert early.find(rehearsal.aws, None) is None
    assert rehearsal.calls == []


def test_it_is_gone_with_a_load_balancer_that_is_to_be_made_anew(rehearsal: Rehearsal, front: Front) -> None:
    live = rehearsal.make(front.http())
    rehearsal.remove(front.balancer, rehearsal.look(front.balancer))
    early = replace(front.http(), load_balancer=Handle("load-balancer/api"))
    assert rehearsal.gone(early, live.id)


def test_it_goes_with_its_load_balancer(rehearsal: Rehearsal, front: Front) -> None:
    live = rehearsal.make(front.http())
    rehearsal.remove(front.balancer, rehearsal.look(front.balancer))
    assert rehearsal.gone(front.http(), live.id)
    rehearsal.remove(front.http(), live)


def test_deleted_twice(rehearsal: Rehearsal, front: Front) -> None:
    live = rehearsal.make(front.http())
    rehearsal.remove(front.http(), live)
    rehearsal.remove(front.http(), live)
    assert rehearsal.gone(front.http(), live.id)


def test_somebody_elses_on_that_port_is_shown(rehearsal: Rehearsal, front: Front) -> None:
    forward: list[Any] = [{"Type": "forward", "TargetGroupArn": front.web.id}]
    with rehearsal.aws.writing("somebody"):
        rehearsal.aws.elbv2.create_listener(
            LoadBalancerArn=front.load_balancer.id, Port=80, Protocol="HTTP", DefaultActions=forward
        )
    assert rehearsal.look(front.http()).tags == {}
