"""The edge from its first gate to its smoke test: delegated, invalidated, tried from outside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.sandbox import Running
from tests.cli.conftest import Run
from tests.cli.operate.test_functions import client
from tests.cli.test_every_command import told, valid
from tests.cli.test_refusals import refused

DOMAIN = "tiny.cinema.example"


def rows(run: Run, code: int) -> dict[tuple[str, str], dict[str, Any]]:
    """What smoke tells, by sort and name."""
    ended = run("smoke", "--sandbox", "--json")
    assert ended.code == code, ended.out
    valid(ended.document, "smoke")
    assert ended.document["ok"] is (code == 0)
    return {(row["sort"], row["name"]): row for row in ended.document["data"]["rows"]}


@pytest.mark.usefixtures("small")
def test_a_domain_is_delegated_and_what_waits_for_images_is_no_failure(run: Run, cloud: Running) -> None:
    unknown = run("sandbox", "delegate", DOMAIN, "--sandbox")
    refused(unknown, 2, "no public zone", "muvi outputs name-servers --sandbox", "muvi run day4 --sandbox")
    assert run("run", "all", "--sandbox").code == 9
    outputs: Any = told(run("outputs", "--sandbox", "--json"), "outputs")
    assert outputs["url/api.https"].endswith(".cloudfront.net")
    assert outputs["upload/cms/dashboard.command"] == (
        "AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox aws s3 sync build s3://uat-cms-000011112222/dashboard "
        f"--endpoint-url {cloud.endpoint} --region eu-central-1"
    )
    assert outputs["upload/cms/dashboard.then"] == "muvi invalidate media '/dashboard/*' --sandbox"

    before = rows(run, 9)
    assert {row["state"] for row in before.values()} == {"waits for you"}
    assert before["flow", "alive"]["asked"] == f"GET {outputs['url/api.https']}/heartbeat"
    assert before["flow", "alive"]["gate"] == "gate/images"
    assert before["dns", f"api.{DOMAIN}"]["next"] == ["muvi run day4 --sandbox"]
    assert before["dns", f"api.{DOMAIN}"]["gate"] == "gate/delegation"
    shown = run("smoke", "--sandbox")
    assert "the first closed door: tasks; gateway: no copies are wanted" in shown.out
    assert f"nothing is wrong, {len(before)} wait for you" in shown.err
    for command in ("muvi images list", "muvi outputs name-servers"):
        assert f"next: {command} --sandbox" in shown.err

    servers = run("outputs", "name-servers", "--sandbox")
    assert len(servers.out.split()) == 4
    assert f"next: muvi sandbox delegate {DOMAIN} --sandbox" in servers.err
    played = told(run("sandbox", "delegate", DOMAIN, "--json"), "sandbox-delegate")
    assert sorted(played["servers"]) == sorted(servers.out.split())  # type: ignore[call-overload]
    refused(
        run("sandbox", "authorise", "uat-nothing", "--sandbox"),
        2,
        "no connection named uat-nothing",
        "muvi outputs connections",
    )
    assert told(run("sandbox", "authorise", "uat-source", "--sandbox", "--json"), "sandbox-authorise")["arns"]
    opened = run("run", "all", "--sandbox", "--json")
    assert opened.code == 9, opened.err
    closed = {event["resource"] for event in opened.events if event["type"] == "gate.closed"}
    assert closed == {"gate/secrets", "gate/images", "gate/functions", "gate/audit"}
    after = rows(run, 9)
    assert {name for (sort, name), row in after.items() if row["state"] == "waits for you"} == {
        "alive", "gateway", "main"
    }  # fmt: skip
    assert after["certificate", "the public names'"]["seen"].startswith("ISSUED, ")
    assert told(run("outputs", "--sandbox", "--json"), "outputs")["url/api.https"] == f"https://api.{DOMAIN}"
    _outputs(run)
    _invalidated(run, cloud)
    _closed(run, cloud)


@pytest.mark.usefixtures("cloud")
def test_a_region_without_connections_is_not_said_to_have_no_pipelines(run: Run) -> None:
    asked = run("outputs", "connections", "-e", "prodlike", "--sandbox")
    refused(asked, 2, "the pipelines need no connections in me-central-1", "begins with the image")


def _outputs(run: Run) -> None:
    workflow = run("outputs", "github-workflow", "--sandbox")
    assert workflow.code == 0, workflow.err
    assert "role-to-assume: arn:aws:iam::000011112222:role/muvi/uat/uat-github-deploy" in workflow.out
    assert told(run("outputs", "github-workflow", "--sandbox", "--json"), "outputs")["github-workflow"]
    connections = run("outputs", "connections", "--sandbox")
    assert "codesuite/settings/connections" in connections.out
    assert "next: muvi sandbox authorise uat-source --sandbox" in connections.err
    refused(run("outputs", "name-server", "--sandbox"), 2, 'did you mean "name-servers"?')


def _invalidated(run: Run, cloud: Running) -> None:
    whole = told(run("invalidate", "media", "--sandbox", "--json"), "invalidate")
    assert (whole["paths"], whole["completed"]) == (["/*"], False)
    some = run("invalidate", "media", "/dashboard/*", "/index.html", "--wait", "--sandbox")
    assert some.code == 0, some.err
    assert "is forgotten everywhere" in some.out
    assert "1,000 paths a month are free" in some.err
    edge = client(cloud, "cloudfront")
    known: Any = told(run("outputs", "distribution/media", "--sandbox", "--json"), "outputs")["distribution/media.id"]
    found = edge.list_invalidations(DistributionId=known)["InvalidationList"]["Items"]
    batches = [edge.get_invalidation(DistributionId=known, Id=one["Id"])["Invalidation"] for one in found]
    said = [one["InvalidationBatch"] for one in batches]
    assert sorted(one["Paths"]["Items"] for one in said) == [["/*"], ["/dashboard/*", "/index.html"]]
    assert len({one["CallerReference"] for one in said}) == 2
    arn = f"arn:aws:cloudfront::000011112222:distribution/{known}"
    edge.tag_resource(Resource=arn, Tags={"Items": [{"Key": "muvi:lineage", "Value": "another"}]})
    refused(run("invalidate", "media", "--sandbox"), 5, "MUVI-5014")
    edge.close()


def _closed(run: Run, cloud: Running) -> None:
    """A distribution that somebody switched off is a failure, whatever else waits."""
    records = json.loads((Path("state") / "sandbox" / "uat.json").read_text())["records"]
    known = next(one["id"] for one in records if one["address"] == "distribution/api")
    edge = client(cloud, "cloudfront")
    there = edge.get_distribution_config(Id=known)
    edge.update_distribution(
        Id=known, IfMatch=there["ETag"], DistributionConfig={**there["DistributionConfig"], "Enabled": False}
    )
    edge.close()
    broken = rows(run, 1)["flow", "alive"]
    assert (broken["state"], broken["door"]) == ("wrong", "distribution")
    assert "next: muvi drift --sandbox" in run("smoke", "--sandbox").err


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        (("index.html",), "begins with a slash"),
        (("/a/*/b",), "a star that is not at its end"),
        (("/a b",), "stand encoded"),
        (("/" + "a" * 4000,), "4,000"),
        (tuple(f"/{number}/*" for number in range(16)), "15 of them with a star"),
        (("/bin", "/boot", "/etc", "/usr"), "put it in quotes"),
    ],
)
@pytest.mark.usefixtures("small", "cloud")
def test_paths_that_cloudfront_would_refuse(run: Run, paths: tuple[str, ...], words: str) -> None:
    refused(run("invalidate", "media", *paths, "--sandbox"), 2, words, "muvi invalidate --help")


@pytest.mark.usefixtures("small")
def test_what_is_played_needs_a_sandbox(run: Run) -> None:
    refused(run("sandbox", "delegate", DOMAIN), 1, "the sandbox is not running", "muvi sandbox start")
