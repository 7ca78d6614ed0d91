"""What no record holds: shown only if it is there, deleted only if it is ours, and never twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from tests.cli.conftest import Run
from tests.cli.operate.test_functions import client, coded
from tests.cli.test_every_command import told, valid
from tests.cli.test_refusals import refused

STATE = Path("state") / "sandbox"


def found(run: Run) -> dict[str, Any]:
    return dict(told(run("leftovers", "--sandbox", "--json"), "leftovers"))


def by_address(data: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["address"]: one for one in data["tagged"]}


def forget(run: Run, *addresses: str) -> None:
    for address in addresses:
        ended = run("state", "forget", address, "--yes", "--sandbox")
        assert ended.code == 0, ended.err


@pytest.fixture
def ec2(cloud: Running) -> Iterator[Any]:
    made = client(cloud, "ec2")
    yield made
    made.close()


@pytest.mark.usefixtures("small")
def test_a_whole_stack_leaves_nothing_over_and_what_is_forgotten_is_found_again(
    run: Run, cloud: Running, fill: Callable[[], dict[str, str]]
) -> None:
    _everything(run, cloud, fill)
    nothing = found(run)
    assert (nothing["tagged"], nothing["named"], nothing["not_looked_at"]) == ([], [], {})

    tagged = ("alarm/gateway-cpu", "pipeline/gateway")
    untagged = ("bucket-policy/menu", "dns-record/api")
    forget(run, *tagged, *untagged)
    seen = by_address(found(run))
    assert set(seen) == {*tagged, *untagged}
    assert all(one["deletable"] and one["exists"] and one["ours"] for one in seen.values())
    assert seen["alarm/gateway-cpu"]["cost"] == "0.10 USD a month"
    shown = run("leftovers", "--sandbox")
    assert "4 things of 4 things can be deleted here" in shown.out
    assert shown.err.splitlines()[-2:] == [
        "next: muvi run --sandbox",  # the steps still want them: a run takes them back
        "next: muvi leftovers --delete --confirm uat --sandbox",
    ]
    _refused_without_a_name(run)
    gone = run("leftovers", "--delete", "--confirm", "uat", "--sandbox", "--json")
    assert gone.code == 0, gone.err
    for event in gone.events:
        valid(event, "event")
    assert gone.events[-1]["deleted"] == 4
    assert found(run)["tagged"] == []
    kept = {one["address"] for one in json.loads((STATE / "uat.json").read_text())["records"]}
    assert kept
    assert not kept & {*tagged, *untagged}
    alarms = client(cloud, "cloudwatch")
    assert not alarms.describe_alarms(AlarmNames=["uat-gateway-cpu"])["MetricAlarms"]
    alarms.close()
    _named(run, cloud)
    _strangers(run)


def _everything(run: Run, cloud: Running, fill: Callable[[], dict[str, str]]) -> None:
    """All that waits for a person is given, so that nothing rests: containers, functions, scaling, filters."""
    logs = client(cloud, "logs")
    logs.create_log_group(logGroupName="aws-cloudtrail-logs")
    logs.close()
    for name in ("sync-films", "clean-orders"):
        coded(f"functions/{name}")
    assert run("run", "all", "--sandbox").code == 9
    fill()
    for words in (
        ("images", "copy"),
        ("sandbox", "delegate", "tiny.cinema.example"),
        ("sandbox", "authorise", "uat-source"),
    ):
        ended = run(*words, "--sandbox")
        assert ended.code == 0, ended.err
    assert run("secrets", "set", "gateway/api-key", "--stdin", "--sandbox", typed="value").code == 0
    whole = run("run", "all", "--sandbox")
    assert whole.code == 0, whole.err
    things = [thing for day in run("status", "--sandbox", "--json").document["data"]["days"]
              for step in day["steps"] for thing in step["resources"]]  # fmt: skip
    resting = {thing["address"] for thing in things if thing["status"] == "not yet"}
    assert resting == {"delegation/public"}  # its parent is in no account of ours
    smoked = run("smoke", "--sandbox")
    assert smoked.code == 0, smoked.out


def _refused_without_a_name(run: Run) -> None:
    refused(run("leftovers", "--delete", "--sandbox"), 2, "--confirm uat")
    refused(run("leftovers", "--delete", "--confirm", "ut", "--sandbox"), 3, '"ut" is not "uat"')
    refused(run("leftovers", "--delete", "--sandbox", typed="no\n"), 3, "This deletes 4 things for good.")


def _named(run: Run, cloud: Running) -> None:
    """What bears the name alone: shown with its command, and never deleted."""
    logs = client(cloud, "logs")
    logs.create_log_group(logGroupName="/aws/lambda/uat-made-by-aws")
    logs.create_log_group(logGroupName="/aws/lambda/uaterror")
    named = found(run)["named"]
    assert [(one["what"], one["name"]) for one in named] == [("log group", "/aws/lambda/uat-made-by-aws")]
    assert named[0]["delete"] == "aws logs delete-log-group --log-group-name /aws/lambda/uat-made-by-aws"
    rehearsed = run("leftovers", "--sandbox")
    assert "aws logs" not in rehearsed.out + rehearsed.err  # it would lead to the real AWS
    assert run("leftovers", "--delete", "--confirm", "uat", "--sandbox").code == 0
    assert [one["name"] for one in found(run)["named"]] == ["/aws/lambda/uat-made-by-aws"]
    control(cloud, "settings", {"faults": {"deny": ["cloudwatch:ListDashboards"]}})
    lost = run("leftovers", "--sandbox")
    assert "warning: dashboards could not be listed: " in lost.err
    control(cloud, "settings", {"faults": {}})
    logs.close()


def _strangers(run: Run) -> None:
    """The same account seen with another state: everything is another's, and all of it stays."""
    for file in [*STATE.glob("uat.json*"), *STATE.glob("uat.wal*")]:
        file.rename(file.with_name(f"kept-{file.name}"))
    data = found(run)
    assert len(data["tagged"]) > 80
    assert not any(one["ours"] or one["deletable"] for one in data["tagged"])
    assert all(one["exists"] for one in data["tagged"])  # each was asked of its own service
    assert data["per_month"] > 100
    assert {"role", "dashboard", "origin access control"} <= {one["what"] for one in data["named"]}
    ended = run("leftovers", "--delete", "--confirm", "uat", "--sandbox")
    assert ended.code == 0
    assert "0 things of" in ended.out
    assert "next: muvi state recover --sandbox" in ended.err
    assert len(found(run)["tagged"]) == len(data["tagged"])


@pytest.mark.usefixtures("small")
def test_a_double_is_told_from_the_one_that_is_recorded(run: Run, ec2: Any) -> None:
    assert run("run", "--until", "1.3", "--sandbox").code == 0
    recorded = told(run("outputs", "vpc/main", "--sandbox", "--json"), "outputs")["vpc/main.id"]
    tags = ec2.describe_vpcs(VpcIds=[recorded])["Vpcs"][0]["Tags"]
    spelt = [{"ResourceType": "vpc", "Tags": tags}]
    double = ec2.create_vpc(CidrBlock="10.99.0.0/16", TagSpecifications=spelt)["Vpc"]["VpcId"]
    (one,) = found(run)["tagged"]
    assert (one["id"], one["double"], one["deletable"]) == (double, True, True)
    assert "another one is recorded as vpc/main" in run("leftovers", "--sandbox").out
    gone = told(run("leftovers", "--delete", "--confirm", "uat", "--sandbox", "--json"), "leftovers")
    assert gone["deleted"] == [double]
    assert {vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"] if not vpc["IsDefault"]} == {recorded}
    assert run("drift", "--exit-code", "--sandbox").code == 0


@pytest.mark.usefixtures("cloud")
def test_what_no_step_asks_for_any_more_is_known_by_its_tags_alone(run: Run, small: Path) -> None:
    assert run("run", "--until", "1.3", "--sandbox").code == 0
    assert run("run", "--step", "4.3", "--sandbox").code == 0
    text = small.read_text(encoding="utf-8")
    assert "  menu: {purpose: menu pictures, public: true}\n" in text
    small.write_text(text.replace("  menu: {purpose: menu pictures, public: true}\n", ""), encoding="utf-8")
    forget(run, "bucket/menu")
    (one,) = found(run)["tagged"]
    assert (one["address"], one["exists"], one["deletable"]) == ("bucket/menu", True, True)
    shown = run("leftovers", "--sandbox")
    assert "next: muvi run" not in shown.err  # which would not take it back
    assert run("leftovers", "--delete", "--confirm", "uat", "--sandbox").code == 0
    assert found(run)["tagged"] == []


@pytest.mark.usefixtures("small")
def test_what_cannot_be_deleted_is_a_leftover_again(run: Run, cloud: Running) -> None:
    assert run("run", "--step", "4.3", "--sandbox").code == 0
    forget(run, "bucket/cms", "bucket/menu")
    control(cloud, "settings", {"faults": {"deny": ["s3:DeleteBucket"]}})
    ended = run("leftovers", "--delete", "--confirm", "uat", "--sandbox", "--plain")
    assert ended.code == 1
    assert ended.err.rstrip().endswith("muvi leftovers --delete --confirm uat --sandbox")
    control(cloud, "settings", {"faults": {}})
    assert set(by_address(found(run))) == {"bucket/cms", "bucket/menu"}
    assert "teardown" not in run("status", "--sandbox").err
    assert run("leftovers", "--delete", "--confirm", "uat", "--sandbox").code == 0
    assert found(run)["tagged"] == []
