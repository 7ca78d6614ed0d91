"""How many calls it takes to look at everything: the same few for one service and for twenty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from muvi_provision.aws.clients import Aws
from muvi_provision.day1_network.authority import CertificateAuthority, TrustBundle
from muvi_provision.day1_network.certificates import LeafCertificate
from muvi_provision.day1_network.listeners import Listener
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day1_network.target_groups import GRPC_HEALTH, TargetGroup
from muvi_provision.resource import Live, Resource
from muvi_provision.sandbox.faults import Faults
from tests.unit.day1_network.balancing.conftest import Ground, Rehearsal, after_a_write

Made = list[tuple[Resource, Live]]


def build(rehearsal: Rehearsal, ground: Ground, microservices: int = 6) -> Made:
    """Three load balancers, a certificate from our own authority, and a target group and listener for each service."""
    found: Made = []

    def make(resource: Resource) -> Any:
        found.append((resource, rehearsal.make(resource)))
        return rehearsal.handle(*found[-1])

    where: Any = {"subnets": ground.subnets[:2], "groups": ground.groups[:1]}
    api = make(LoadBalancer("api", scheme="internet-facing", gateway=ground.gateway, **where))
    website = make(LoadBalancer("website", scheme="internet-facing", gateway=ground.gateway, **where))
    internal = make(LoadBalancer("internal", scheme="internal", gateway=None, **where))
    authority = make(CertificateAuthority("internal", common_name="uat internal authority", years=10))
    signed: Any = {"authority": authority, "authority_version": authority.version}
    trust = make(TrustBundle("internal-ca", **signed))
    names = ("*.uat.microservices.internal",)
    certificate = make(LeafCertificate("internal", trust=trust, names=names, days=365, renew_days_before=30, **signed))
    for name, balancer in (("gateway", api), ("website", website)):
        group = make(TargetGroup(name, vpc=ground.vpc, port=3001, protocol="http", health="/heartbeat"))
        make(Listener(name, load_balancer=balancer, port=80, protocol="HTTP", target_group=group, certificate=None))
    for port in range(5002, 5002 + microservices):
        name = f"service-{port}"
        group = make(TargetGroup(name, vpc=ground.vpc, port=port, protocol="grpc", health=GRPC_HEALTH))
        fields: Any = {"port": port, "protocol": "HTTPS", "target_group": group, "certificate": certificate}
        make(Listener(name, load_balancer=internal, **fields))
    rehearsal.names()
    return found


def look(aws: Aws, made: Iterable[tuple[Resource, Live]]) -> None:
    for resource, live in made:
        seen = resource.find(aws, live.id)
        assert seen is not None
        assert aws.ownership.owns(seen.tags, resource.address)


INDEX = "resourcegroupstaggingapi:GetResources"
LOOK = {
    "elbv2:DescribeLoadBalancers": 1,
    "elbv2:DescribeTargetGroups": 1,
    "elbv2:DescribeListeners": 3,
    "elbv2:DescribeTags": 2,
    INDEX: 1,
    "secretsmanager:ListSecrets": 1,
    "acm:DescribeCertificate": 1,
    "acm:ListTagsForCertificate": 1,
}


def unindexed(rehearsal: Rehearsal) -> Aws:
    """A new process, while the index of tags shows nothing: each service is asked itself."""
    rehearsal.blind = True
    return rehearsal.another()


def test_the_index_of_tags_answers_for_all_of_them(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground, microservices=20)
    look(rehearsal.another(), made)
    asked = Counter(rehearsal.names())
    assert asked["resourcegroupstaggingapi:GetResources"] == 1
    assert asked["elbv2:DescribeTags"] == 0


def test_one_environment_takes_eleven_calls(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground)
    look(unindexed(rehearsal), made)
    assert Counter(rehearsal.names()) == LOOK


def test_in_any_order_and_by_many_threads_too(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground, microservices=2)
    look(unindexed(rehearsal), made[::-1])
    assert Counter(rehearsal.names()) == LOOK
    aws = unindexed(rehearsal)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda each: look(aws, [each]), made))
    assert Counter(rehearsal.names()) == LOOK


def test_a_later_moment_takes_as_few(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground, microservices=2)
    rehearsal.blind = True
    look(rehearsal.fresh(), made)
    assert Counter(rehearsal.names()) == LOOK


def test_an_empty_account_is_not_asked_for_tags(rehearsal: Rehearsal, ground: Ground) -> None:
    one = LoadBalancer("api", scheme="internal", subnets=ground.subnets, groups=(), gateway=None)
    group = TargetGroup("gateway", vpc=ground.vpc, port=80, protocol="http", health="/")
    assert one.find(rehearsal.aws, None) is None
    assert group.find(rehearsal.aws, None) is None
    assert rehearsal.names() == ["elbv2:DescribeLoadBalancers", "elbv2:DescribeTargetGroups"]


@pytest.mark.parametrize("microservices", [20])
def test_tags_are_asked_for_twenty_at_a_time(rehearsal: Rehearsal, ground: Ground, microservices: int) -> None:
    made = build(rehearsal, ground, microservices)
    look(unindexed(rehearsal), made)
    batches = [len(sent["ResourceArns"]) for name, sent in rehearsal.calls if name == "elbv2:DescribeTags"]
    assert sorted(batches) == [2, 5, 20, 20]  # 25 load balancers and target groups, 22 listeners


def test_a_neighbour_whose_name_begins_alike_is_not_looked_into(rehearsal: Rehearsal, ground: Ground) -> None:
    neighbour = Rehearsal(rehearsal.clock, rehearsal.cloud, env="uat-two")
    build(neighbour, ground, microservices=1)
    made = build(rehearsal, ground, microservices=1)
    look(unindexed(rehearsal), made)
    assert Counter(rehearsal.names()) == LOOK


def test_a_write_is_seen_at_once_and_by_few_calls(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground, microservices=1)
    aws = unindexed(rehearsal)
    look(aws, made)
    group = next(resource for resource, _ in made if isinstance(resource, TargetGroup))
    new = TargetGroup("new", vpc=group.vpc, port=1, protocol="http", health="/")
    with aws.writing(new.address):
        arn = new.create(aws)
    rehearsal.names()
    assert new.find(aws, arn) is None  # the old view goes on showing what it showed
    seen = new.find(after_a_write(aws), arn)
    assert seen is not None and aws.ownership.owns(seen.tags, new.address)
    assert rehearsal.names() == ["elbv2:DescribeTargetGroups", INDEX, "elbv2:DescribeTags"]


def test_a_written_listener_is_seen_by_three_calls(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground, microservices=1)
    aws = unindexed(rehearsal)
    look(aws, made)
    rehearsal.names()
    listener, live = next(pair for pair in made if isinstance(pair[0], Listener))
    assert listener.find(after_a_write(aws), live.id) == live
    assert rehearsal.names() == ["elbv2:DescribeListeners", INDEX, "elbv2:DescribeTags"]


def test_a_poll_does_not_ask_for_tags_again(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground, microservices=1)
    aws = unindexed(rehearsal)
    look(aws, made)
    rehearsal.names()
    balancer, live = made[0]
    assert balancer.find(aws.seen_from(aws.border.inventory.moment()), live.id) == live
    assert rehearsal.names() == ["elbv2:DescribeLoadBalancers"]


def test_company_that_has_gone_does_not_hide_what_is_there(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground, microservices=2)
    aws = unindexed(rehearsal)
    look(aws, made)
    listeners = [(resource, live) for resource, live in made if isinstance(resource, Listener)]
    for resource, live in listeners[:2]:
        with aws.writing(resource.address):
            resource.delete(aws, live)
    rehearsal.names()
    later = after_a_write(aws)
    assert [resource.find(later, live.id) is None for resource, live in listeners[::-1]] == [False, False, True, True]
    assert rehearsal.names()[:4] == ["elbv2:DescribeListeners", INDEX, "elbv2:DescribeTags", "elbv2:DescribeTags"]


def test_a_refusal_is_not_taken_for_absence(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground, microservices=1)
    rehearsal.cloud.faults = Faults(deny=frozenset({"elbv2:DescribeTags"}))
    with pytest.raises(ClientError, match="AccessDenied"):
        look(unindexed(rehearsal), made)


def test_what_goes_between_two_reads_is_gone(rehearsal: Rehearsal, ground: Ground) -> None:
    made = build(rehearsal, ground, microservices=1)
    aws = unindexed(rehearsal)
    for resource, live in made:
        if isinstance(resource, (Listener, LoadBalancer, TargetGroup)):
            resource.find(aws, live.id)
    for kind in (Listener, TargetGroup):
        resource, live = next(pair for pair in made if isinstance(pair[0], kind))
        listed = aws.seen_from(0, written=aws.border.inventory.moment())  # the listing is old, the tags are not
        with aws.writing(resource.address):
            resource.delete(aws, live)
        assert resource.find(listed, live.id) is None
