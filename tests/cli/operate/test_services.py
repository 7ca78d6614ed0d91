"""The whole way of an image into a running service, and what is done with services then."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from muvi_provision.clock import SystemClock
from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from tests.cli.conftest import Run
from tests.cli.test_every_command import told, valid
from tests.cli.test_refusals import refused

Fill = Callable[[], dict[str, str]]


def client(cloud: Running, service: str) -> Any:
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    return boto3.client(service, region_name="eu-central-1", endpoint_url=cloud.endpoint, **keys)


def by_name(document: dict[str, Any], kind: str, name: str) -> dict[str, Any]:
    return {one[name]: one for one in document[kind]}


def rewritten(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_from_the_first_run_to_a_redeployment(run: Run, fill: Fill, cloud: Running) -> None:
    made = run("run", "--until", "3.8", "--sandbox")
    assert made.code == 9, made.err
    nothing = by_name(told(run("services", "--sandbox", "--json"), "services"), "services", "service")
    assert {one["state"] for one in nothing.values()} == {"waiting for its image"}
    shown = run("images", "list", "--sandbox")
    assert "not there" in shown.out
    assert "next: muvi images copy --sandbox" in shown.err
    refused(
        run("scale", "main", "2", "--yes", "--sandbox"), 2, "there is no image main:latest", "muvi images copy main"
    )
    refused(run("redeploy", "main", "--sandbox"), 2, "there is no image main:latest")
    refused(run("images", "copy", "--source-profile", "theirs", "--sandbox"), 2, "no meaning in the sandbox")
    absent = run("images", "copy", "--sandbox", "--plain")
    assert absent.code == 1
    assert "cinema-main' does not exist" in absent.err

    digests = fill()
    looked = told(run("images", "copy", "--dry-run", "--sandbox", "--json"), "images-copy")["images"]
    assert [(one["image"], one["layers"], one["is_there"]) for one in looked] == [
        ("gateway:latest", 5, False), ("main:latest", 5, False)
    ]  # type: ignore[attr-defined]  # fmt: skip
    assert "5 of 5 layers" in run("images", "copy", "--dry-run", "--sandbox").out
    one = run("images", "copy", "main", "--sandbox", "--json")
    assert one.code == 0, one.err
    for event in one.events:
        valid(event, "event")
    assert "resource.moved" in {event["type"] for event in one.events}
    both = run("images", "copy", "--parallel", "2", "--sandbox")
    assert both.code == 0, both.err
    assert "created    3.2   layer/gateway:" in both.err
    assert "layer/main:" not in both.err
    assert "next             muvi run day3 --sandbox" in both.err
    images = by_name(told(run("images", "list", "--sandbox", "--json"), "images-list"), "images", "repository")
    assert {name: image["digest"] for name, image in images.items()} == digests
    assert images["main"]["platforms"] == ["linux/amd64", "linux/arm64"]
    assert images["main"]["services"] == ["main"]

    run("secrets", "set", "gateway/api-key", "--stdin", "--sandbox", typed="value")
    started = run("run", "--until", "3.8", "--sandbox")
    assert started.code == 0, started.err
    well = by_name(told(run("services", "--sandbox", "--json"), "services"), "services", "service")
    assert {(each["state"], each["running"]) for each in well.values()} == {("running", 1)}
    assert well["main"]["digests"] == [digests["main"]]
    assert digests["main"].removeprefix("sha256:")[:12] in run("services", "--sandbox").out

    _scale(run)
    _redeploy(run, cloud)
    _logs(run, cloud)
    _data(run)
    _built(run, digests["main"])
    _not_ours(run, cloud)


def _scale(run: Run) -> None:
    declined = run("scale", "main", "3", "--sandbox", typed="n\n")
    refused(declined, 3, "main: 1 -> 3 copies, +0.0", "USD an hour. Do it? [y/N]")
    refused(run("scale", "main", "3", "--sandbox"), 2, "--yes")
    more = told(run("scale", "main", "3", "--sandbox", "--yes", "--json"), "scale")
    assert (more["before"], more["after"]) == (1, 3)
    assert more["per_hour"] > 0  # type: ignore[operator]
    same = run("scale", "main", "3", "--sandbox")
    assert "3 copies are wanted already" in same.out
    assert "automatic scaling" in same.err
    fewer = run("scale", "main", "1", "--sandbox", "--yes")
    assert "main: 3 -> 1 copies, -0.0" in fewer.out
    for wrong in ("11", "-1"):
        refused(run("scale", "main", "--sandbox", "--", wrong), 2, "services.main.scaling.max")
    refused(run("scale", "mian", "1", "--sandbox"), 2, 'did you mean "main"?')


def _redeploy(run: Run, cloud: Running) -> None:
    begun = told(run("redeploy", "main", "--sandbox", "--json"), "redeploy")
    assert str(begun["deployment"]).startswith("ecs-svc/")
    waited = run("redeploy", "main", "--wait", "--sandbox")
    assert waited.code == 0, waited.err
    assert "the new copies are well" in waited.out
    control(cloud, "settings", {"faults": {"crash": {"uat-main": "exit"}}})
    failed = run("redeploy", "main", "--wait", "--sandbox")
    refused(failed, 1, "MUVI-1012", "did not stay up", "muvi logs main")
    control(cloud, "settings", {"faults": {}})


def _logs(run: Run, cloud: Running) -> None:
    nothing = run("logs", "main", "--sandbox", "--filter", "no such words at all")
    assert nothing.code == 0
    assert "nothing was written in the last 10m" in nothing.err
    logs, group, stream = client(cloud, "logs"), "/ecs/uat/main", "ecs/main/0123456789abcdef"
    at = round(SystemClock().now().timestamp() * 1000)
    logs.create_log_stream(logGroupName=group, logStreamName=stream)
    said = [{"timestamp": at - 2000 + n, "message": f"line {n} of \x1b[31mmany"} for n in range(5)]
    logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=said)
    logs.close()
    shown = run("logs", "main", "--sandbox", "--filter", "of")
    assert [line.split(" ", 1)[1] for line in shown.out.splitlines()] == [
        f"01234567 line {n} of many" for n in range(5)
    ]
    assert shown.err.count("times are local") == 1
    last = run("logs", "main", "--sandbox", "--json", "--lines", "2", "--since", "1h", "--filter", "line")
    assert [event["message"][:6] for event in last.events] == ["line 3", "line 4"]
    for event in last.events:
        valid(event, "logs")
    refused(run("logs", "main", "--since", "soon", "--sandbox"), 2, "--since", "10m")
    refused(run("logs", "maim", "--sandbox"), 2, 'did you mean "main"?')


def _data(run: Run) -> None:
    found = by_name(told(run("databases", "--sandbox", "--json"), "databases"), "databases", "database")["main"]
    assert found["status"] == "available"
    assert [one["writer"] for one in found["machines"]] == [True, False]
    assert found["used_by"] == ["main", "functions"]
    assert found["per_hour"] > 0
    assert next(iter(found["proxies"])) == "db-proxy/main"
    text = run("databases", "--sandbox").out
    for words in ("writer", "reader", "db.t4g.medium", ":5432"):
        assert words in text
    cache = by_name(told(run("caches", "--sandbox", "--json"), "caches"), "caches", "cache")["main"]
    assert (cache["status"], cache["queue"], cache["node_type"]) == ("available", True, "cache.t3.micro")
    assert "job queues" in run("caches", "--sandbox").out


def _built(run: Run, digest: str) -> None:
    """By a docker that pushes nothing: the image is there already."""
    docker = Path("bin") / "docker"
    docker.parent.mkdir()
    docker.write_text("#!/bin/sh\necho docker $*\n")
    docker.chmod(0o755)
    folder = Path("apps") / "main"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text("FROM scratch\n")
    path = {"PATH": f"{docker.parent.absolute()}:/usr/bin:/bin"}
    for context in ("apps", f"main={folder}"):
        ended = run("images", "build", "main", "--context", context, "--sandbox", "--json", env=path)
        assert told(ended, "images-build")["built"] == [{"repository": "uat-main", "tag": "latest", "digest": digest}]
        assert "docker buildx build --platform linux/amd64 --progress plain --tag 000011112222.dkr.ecr" in ended.err
        assert f"--push {folder}" in ended.err
    assert (
        "uat-main:latest is sha256:" in run("images", "build", "main", "--context", "apps", "--sandbox", env=path).out
    )


def _not_ours(run: Run, cloud: Running) -> None:
    ecs, ecr = client(cloud, "ecs"), client(cloud, "ecr")
    records = json.loads((Path("state") / "sandbox" / "uat.json").read_text())["records"]
    arns = {record["address"]: record for record in records}
    strange = [{"key": "muvi:lineage", "value": "another"}]
    ecs.tag_resource(resourceArn=arns["service/main"]["id"], tags=strange)
    refused(run("scale", "main", "2", "--yes", "--sandbox"), 5, "MUVI-5014")
    refused(run("redeploy", "main", "--sandbox"), 5, "MUVI-5014")
    ecr.tag_resource(
        resourceArn=arns["repository/main"]["outputs"]["arn"], tags=[{"Key": "muvi:lineage", "Value": "another"}]
    )
    refused(run("images", "copy", "main", "--sandbox"), 5, "MUVI-5014")
    ecs.close()
    ecr.close()


@pytest.mark.usefixtures("small", "cloud")
def test_before_anything_is_built(run: Run, tmp_path: Path) -> None:
    for words, advice in (
        (("services",), "muvi run day3"),
        (("images", "list"), "muvi run day3"),
        (("databases",), "muvi run day2"),
        (("caches",), "muvi run day2"),
        (("secrets", "list"), "muvi run day2"),
        (("functions", "list"), "muvi run day5"),
    ):
        ended = run(*words, "--sandbox")
        assert ended.code == 0, ended.err
        assert "not built" in ended.out
        assert f"next: {advice} --sandbox" in ended.err
        assert told(run(*words, "--sandbox", "--json"), "-".join(words))
    for words, advice in (
        (("logs", "main"), "muvi run day3"),
        (("scale", "main", "1"), "muvi run day3"),
        (("redeploy", "main"), "muvi run day3"),
        (("images", "copy", "--from-account", "444455556666"), "muvi run day3"),
        (("invoke", "sync-films"), "muvi run day5"),
        (("logs", "sync-films"), "muvi run day5"),
        (("invalidate", "media"), "muvi run day4"),
        (("smoke",), "muvi run day4"),
        (("outputs", "name-servers"), "muvi run day4"),
        (("outputs", "connections"), "muvi run day5"),
        (("outputs", "github-workflow"), "muvi run day5"),
    ):
        refused(run(*words, "--sandbox"), 2, "not built yet", f"next:  {advice} --sandbox")


@pytest.mark.usefixtures("small", "cloud")
def test_where_images_come_from_has_to_be_said(run: Run) -> None:
    refused(run("images", "copy", "--sandbox"), 2, "images.source", "--from-account", "muvi images build")
    refused(run("images", "copy", "--from-account", "12", "--sandbox"), 2, "twelve digits", "--from-account")
    refused(run("images", "copy", "mian", "--sandbox"), 2, 'did you mean "main"?')
    away = ("images", "copy", "--from-account", "444455556666", "--from-region", "eu-centrl-1", "--sandbox")
    refused(run(*away), 2, 'did you mean "eu-central-1"?')


@pytest.mark.usefixtures("small", "cloud")
def test_what_is_built_from(run: Run, tmp_path: Path) -> None:
    refused(run("images", "build", "--sandbox", env={"PATH": str(tmp_path)}), 1, "no docker", "muvi images copy")
    docker = tmp_path / "docker"
    docker.write_text("#!/bin/sh\n")
    docker.chmod(0o755)
    path = {"PATH": str(tmp_path)}
    refused(run("images", "build", "--sandbox", env=path), 2, "no folder to build from")
    refused(run("images", "build", "--context", "a", "--context", "b", "--sandbox", env=path), 2, "one folder")
    refused(run("images", "build", "--context", "mian=a", "--sandbox", env=path), 2, 'did you mean "main"?')
    refused(run("images", "build", "--context", "apps", "--sandbox", env=path), 2, "apps/main/Dockerfile")


@pytest.mark.usefixtures("cloud")
def test_a_protected_database_is_named_before_the_name_is_typed(run: Run, small: Path) -> None:
    rewritten(small, "aurora:\n", "aurora:\n  protected: true\n")
    ended = run("run", "--until", "2.4", "--sandbox")
    assert ended.code == 9, ended.err
    sentence = "Deletion protection of 1 database will be switched off."
    looked = run("teardown", "--dry-run", "--sandbox")
    assert sentence in looked.out
    assert told(run("teardown", "--dry-run", "--sandbox", "--json"), "teardown")["unprotect"] == ["aurora-cluster/main"]
    asked = run("teardown", "--sandbox", typed="no\n")
    assert asked.err.index(sentence) < asked.err.index("Type uat to go on:")
    assert sentence not in run("teardown", "--only", "gate/none", "--dry-run", "--sandbox").out
    gone = run("teardown", "--sandbox", "--confirm", "uat")
    assert gone.code == 0, gone.err
