"""Images from another account's registry, whole and only once."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from muvi_provision.aws.clients import WriteRefused
from muvi_provision.day3_compute import layers
from muvi_provision.day3_compute.copying import Copier, Copy, planned
from muvi_provision.engine import events
from muvi_provision.engine.site import Report, Site
from muvi_provision.errors import NameTaken, StepFailed
from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from tests.registry import INDEX, OTHER, PART, Registry, digest

LARGE = bytes(range(256)) * 4096 * 21  # 21 MiB: three parts


def copied(site: Site, copy: Copy) -> Report:
    return Copier(site).run(planned([copy]))


def heard(site: Site) -> tuple[Site, list[events.Event]]:
    told: list[events.Event] = []
    return dataclasses.replace(site, listen=told.append), told


@pytest.fixture
def both(source: Registry) -> dict[str, Any]:
    """An index with an image for each of two processors, one layer in common."""
    source.repository("cinema-main")
    amd = source.image("cinema-main", "", LARGE, b"amd", processor="amd64")
    arm = source.image("cinema-main", "", LARGE, b"arm", processor="arm64", foreign=True)
    return source.index("cinema-main", "v1", amd, arm) | {"children": [amd, arm]}


def test_an_index_with_all_its_processors(site: Site, copy: Copy, mine: Registry, both: dict[str, Any]) -> None:
    site, told = heard(site)
    plan = planned([copy])
    assert [len(todo.image.manifests) for todo in plan.todos] == [3]
    assert plan.todos[0].left == plan.todos[0].total > len(LARGE)
    report = Copier(site).run(plan)
    assert not report.errors
    assert mine.tags("uat-main") == {"latest": both["digest"]}
    text = mine.ecr.batch_get_image(repositoryName="uat-main", imageIds=[{"imageTag": "latest"}])["images"][0]
    assert text["imageManifestMediaType"] == INDEX
    for child in both["children"]:
        assert mine.ecr.batch_get_image(repositoryName="uat-main", imageIds=[{"imageDigest": child["digest"]}])[
            "images"
        ]
    held = mine.ecr.batch_check_layer_availability(
        repositoryName="uat-main", layerDigests=[digest(LARGE), digest(b"amd"), digest(b"arm")]
    )
    assert len(held["layers"]) == 3
    names = [event.resource for event in told if isinstance(event, events.Settled)]
    assert names[-1] == "image/main:latest"
    assert len(names) == plan.count == report.counts.created == 3 + 2 + 3  # layers, configs, manifests
    moved = [event for event in told if isinstance(event, events.Moved) and event.total == len(LARGE)]
    assert [event.done for event in moved] == [PART, 2 * PART, len(LARGE)]


def test_what_is_there_is_left(site: Site, copy: Copy, mine: Registry, both: dict[str, Any]) -> None:
    mine.blob("uat-main", LARGE)
    plan = planned([copy])
    assert digest(LARGE) not in {blob.digest for blob in plan.todos[0].layers}
    assert plan.todos[0].left < 1000
    assert not Copier(site).run(plan).errors
    before = mine.border.tally.writes
    again = copied(site, copy)
    assert (again.counts.same, again.counts.created) == (1, 0)
    assert mine.border.tally.writes == before


def test_a_single_image(site: Site, copy: Copy, mine: Registry, source: Registry) -> None:
    source.repository("cinema-main")
    wanted = source.image("cinema-main", "v1", b"one", b"two", b"one")
    assert not copied(site, copy).errors
    assert mine.tags("uat-main") == {"latest": wanted["digest"]}
    newer = source.image("cinema-main", "v1", b"three")
    assert not copied(site, copy).errors
    assert mine.tags("uat-main") == {"latest": newer["digest"]}


def test_nothing_is_written_while_planning(copy: Copy, mine: Registry, both: dict[str, Any]) -> None:
    before = mine.border.tally.writes
    planned([copy])
    assert mine.border.tally.writes == before
    with pytest.raises(WriteRefused):
        copy.target.aws.ecr.initiate_layer_upload(repositoryName="uat-main")


def test_a_tag_that_is_not_there_names_those_that_are(copy: Copy, source: Registry) -> None:
    source.repository("cinema-main")
    source.image("cinema-main", "v2", b"one")
    error = planned([copy]).errors["image/main:latest"]
    assert "has no tag v1: its tags are v2" in error.what
    assert error.next == ("muvi images copy --from-tag v2",)


def test_a_registry_that_lets_nobody_in(copy: Copy, source: Registry) -> None:
    source.repository("cinema-main", reader="111122223333")
    error = planned([copy]).errors["image/main:latest"]
    assert "not authorized" in error.what
    assert error.next == ("muvi images copy --source-profile NAME",)
    assert OTHER in error.where


def test_one_that_fails_does_not_stop_the_others(site: Site, copy: Copy, mine: Registry, both: dict[str, Any]) -> None:
    lost = dataclasses.replace(
        copy, source=dataclasses.replace(copy.source, repository="none"), owner="repository/none"
    )
    report = Copier(site).run(planned([lost, copy]))
    assert [*report.errors] == ["image/none:latest"]
    assert "latest" in mine.tags("uat-main")


def test_an_immutable_tag_is_told_before_anything_is_moved(copy: Copy, mine: Registry, both: dict[str, Any]) -> None:
    mine.repository("uat-fixed", imageTagMutability="IMMUTABLE")
    mine.image("uat-fixed", "latest", b"mine")
    fixed = dataclasses.replace(copy, target=dataclasses.replace(copy.target, repository="uat-fixed"))
    error = planned([fixed]).errors["image/main:latest"]
    assert isinstance(error, NameTaken)
    assert "immutable" in error.why


class Damaging(layers.Downloads):
    """A way on which a byte is lost."""

    def parts(self, address: Any, length: int) -> Any:
        for part in super().parts(address, length):
            yield b"\0" + part[1:]


def test_bytes_that_are_not_what_the_digest_says(site: Site, copy: Copy, mine: Registry, both: dict[str, Any]) -> None:
    copier = Copier(site)
    copier.layers.downloads = Damaging(site.aws)
    report = copier.run(planned([copy]))
    assert all(isinstance(error, StepFailed) for error in report.errors.values())
    assert "arrived with the digest" in next(iter(report.errors.values())).what
    assert "image/main:latest" in report.skipped
    assert mine.tags("uat-main") == {}


def test_stopped_in_the_middle_and_taken_up_again(site: Site, copy: Copy, mine: Registry, both: dict[str, Any]) -> None:
    copiers: list[Copier] = []

    def listen(event: events.Event) -> None:
        if isinstance(event, events.Moved) and event.done == PART:
            copiers[0].stop()

    copiers.append(Copier(dataclasses.replace(site, listen=listen)))
    report = copiers[0].run(planned([copy]))
    assert report.interrupted
    assert not report.errors
    assert mine.tags("uat-main") == {}
    site.aws.border.stopping.clear()
    assert not copied(site, copy).errors
    assert mine.tags("uat-main") == {"latest": both["digest"]}


def test_a_fault_of_aws_is_tried_again(
    site: Site, copy: Copy, cloud: Running, mine: Registry, both: dict[str, Any]
) -> None:
    plan = planned([copy])
    control(cloud, "settings", {"faults": {"lost_answer_chance": 0.3, "seed": 7}})
    report = Copier(site).run(plan)
    control(cloud, "settings", {"faults": {}})
    assert not report.errors, report.errors
    assert mine.tags("uat-main") == {"latest": both["digest"]}


def test_an_index_that_names_what_is_not_there(copy: Copy, source: Registry) -> None:
    source.repository("cinema-main")
    child = source.image("cinema-main", "", b"one")
    source.index("cinema-main", "v1", child)
    with source.aws.writing("test"):
        source.ecr.batch_delete_image(repositoryName="cinema-main", imageIds=[{"imageDigest": child["digest"]}])
    error = planned([copy]).errors["image/main:latest"]
    assert child["digest"] in error.what


def test_an_image_of_the_old_format_is_refused(copy: Copy, source: Registry) -> None:
    source.repository("cinema-main")
    old = {"schemaVersion": 1, "name": "main", "fsLayers": []}
    kind = "application/vnd.docker.distribution.manifest.v1+json"
    source.put("cinema-main", "v1", json.loads(json.dumps(old)), kind)
    assert "before 2016" in planned([copy]).errors["image/main:latest"].why
