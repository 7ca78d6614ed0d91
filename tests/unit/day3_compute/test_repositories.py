"""Repositories and the images in them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from muvi_provision.aws.inventory import Inventory
from muvi_provision.day3_compute.image_lookup import Image
from muvi_provision.day3_compute.repositories import lifecycle
from tests.resources.contract import Bench
from tests.resources.examples_compute import IMAGE, REPOSITORY
from tests.unit.day3_compute.conftest import push
from tests.unit.hands import by_hand


def policy(bench: Bench, said: Any) -> dict[str, Any]:
    """What differs once somebody has put another lifecycle policy."""
    by_hand(bench, "ecr", "put_lifecycle_policy", repositoryName="uat-gateway", lifecyclePolicyText=json.dumps(said))
    resource = bench.real(REPOSITORY)
    return {change.field: change.old for change in bench.changes(resource, bench.look(resource, "uat-gateway"))}


def test_its_policy_is_long_enough_for_aws() -> None:
    assert len(json.dumps(lifecycle(1))) >= 100


def test_a_policy_that_means_the_same_is_no_difference(bench: Bench) -> None:
    bench.make(REPOSITORY)
    rule = dict(reversed(lifecycle(10)["rules"][0].items())) | {"description": "of an older version", "rulePriority": 7}
    assert policy(bench, {"rules": [rule]}) == {}


UNTAGGED = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 10}


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (lifecycle(3)["rules"], 3),
        ([lifecycle(10)["rules"][0] | {"selection": UNTAGGED}], "by a policy of somebody else's"),
    ],
)
def test_another_policy_is_told(bench: Bench, rules: Any, said: Any) -> None:
    bench.make(REPOSITORY)
    assert policy(bench, {"rules": rules}) == {"keep": said}


def test_it_takes_its_images_along(bench: Bench) -> None:
    live = bench.make(REPOSITORY)
    push(bench)
    resource = bench.real(REPOSITORY)
    with bench.writing(resource) as aws:
        resource.delete(aws, live)
    assert resource.find(bench.aws, live.id) is None


def test_one_plan_reads_all_of_them_in_one_call(bench: Bench) -> None:
    names = ("one", "two", "three")
    for name in names:
        bench.make(replace(REPOSITORY, name=name))
    bench.border.inventory, start = Inventory(), len(bench.cloud.log.entries)
    aws = bench.aws
    for name in names:
        replace(REPOSITORY, name=name).find(aws, None)
    after = [entry.name for entry in bench.cloud.log.entries][start:]
    assert sorted(after) == [
        "ecr:DescribeRepositories",
        *["ecr:GetLifecyclePolicy"] * len(names),
        "resourcegroupstaggingapi:GetResources",
    ]


def test_before_there_is_a_repository_nobody_is_asked_for_an_image(bench: Bench) -> None:
    called = bench.called(lambda: bench.look(IMAGE, None))
    assert called == set()
    assert bench.look(IMAGE, None).id == "uat-gateway:latest"


def test_without_an_image_it_is_named_by_its_tag(bench: Bench) -> None:
    bench.make(REPOSITORY)
    bench.make(IMAGE)
    known = bench.values[IMAGE.address]
    assert (known["id"], known["digest"]) == ("uat-gateway:latest", "")
    assert known["reference"].endswith("/uat-gateway:latest")


def test_an_image_is_named_by_its_digest_also_when_it_is_pushed_again(bench: Bench) -> None:
    bench.make(REPOSITORY)
    for content in (b"first", b"second"):
        digest = push(bench, content=content)
        known = bench.values[IMAGE.address]
        assert known["digest"] == digest
        assert known["reference"].endswith(f"/uat-gateway@{digest}")


def test_another_tag_is_another_image(bench: Bench) -> None:
    bench.make(REPOSITORY)
    push(bench)
    other = bench.real(Image("gateway", repository=IMAGE.repository, tag="v2"))
    assert other.outputs(bench.look(other, None))["digest"] == ""


def test_of_a_repository_that_is_gone_there_is_no_image(bench: Bench) -> None:
    bench.make(REPOSITORY)
    image = bench.real(IMAGE)
    by_hand(bench, "ecr", "delete_repository", repositoryName="uat-gateway", force=True)
    assert image.outputs(bench.look(image, None))["digest"] == ""
