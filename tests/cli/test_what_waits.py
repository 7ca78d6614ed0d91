"""What waits for a person: said with commands that lead there, by run, status and verify, until it is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from muvi_provision.sandbox import Running
from tests.cli.conftest import Run
from tests.cli.test_every_command import told, valid

pytestmark = pytest.mark.usefixtures("small", "cloud")


def test_every_command_that_a_run_names_leads_to_the_same_place(run: Run) -> None:
    for words in (("run", "all", "--sandbox"), ("run", "day2", "--sandbox", "--plain")):
        ended = run(*words)
        assert ended.code == 9, ended.err
        assert "muvi secrets set gateway/api-key --sandbox\n" in ended.err
    said = " ".join(run("run", "day3", "--sandbox").err.split())
    assert "`muvi images copy --sandbox`" in said
    assert "`muvi images build --sandbox`" in said


def test_a_record_of_what_waits_is_one_line_and_the_whole_stands_at_the_end_once(run: Run) -> None:
    lines = run("run", "all", "--sandbox", "--plain").err.splitlines()
    assert sum("gate/secrets: waiting for you: " in line for line in lines) == 1
    assert sum("muvi secrets set gateway/api-key" in line for line in lines) == 1
    (later,) = [line for line in lines if " not yet " in line]
    status = run("status", "--sandbox", "--json").document["data"]["days"]
    things = [thing for day in status for step in day["steps"] for thing in step["resources"]]
    resting = sum(thing["status"] == "not yet" for thing in things)
    assert f" {resting} things are made by a later run, once what they stand on is there" in later


def test_status_names_it_and_what_lists_it(run: Run) -> None:
    assert run("run", "all", "--sandbox").code == 9
    ended = run("status", "--sandbox")
    assert "Waiting for you\n  secrets, step 2.1" in ended.out
    for gate in ("images, step 3.2", "delegation, step 4.1", "functions, step 5.1", "audit, step 5.6"):
        assert f"  {gate}: until then" in ended.out
    assert "5.3   Functions                   not yet" in ended.out  # wanted, and nothing is missing
    assert ended.err.splitlines() == [
        "next: muvi secrets list --sandbox",
        "next: muvi images list --sandbox",
        "next: muvi outputs name-servers --sandbox",
        "next: muvi functions list --sandbox",
        "next: muvi run --step 5.6 --sandbox",
        "next: muvi outputs connections --sandbox",
        "next: muvi run --sandbox",
    ]
    assert run("status", "day2", "--sandbox", "--json").document["next"] == [
        "muvi secrets list --sandbox",
        "muvi run day2 --sandbox",
    ]


def test_verify_finds_nothing_wrong_and_ends_with_9(run: Run) -> None:
    assert run("run", "all", "--sandbox").code == 9
    ended = run("verify", "--sandbox")
    assert ended.code == 9
    assert "secrets wait for you" in ended.out
    assert "images wait for you" in ended.out
    assert "delegation waits for you" in ended.out
    assert "4.9   every public name leads somewhere" in ended.out  # a step that only looks is begun with what it asks
    assert "nothing is recorded" not in run("verify", "day4", "--sandbox").out
    assert "4.9   Smoke tests                 only looks: muvi verify" in run("status", "--sandbox").out
    first = run("verify", "day1", "--sandbox")
    assert first.code == 0
    assert "4.9" not in first.out
    document = run("verify", "day2", "--sandbox", "--json").document
    valid(document, "verify")
    assert [check["check"] for check in document["data"]["checks"] if check["waits"]] == ["secrets wait for you"]


def test_verify_still_ends_with_1_when_something_is_wrong_as_well(run: Run, cloud: Running) -> None:
    import boto3

    assert run("run", "all", "--sandbox").code == 9
    keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    logs = boto3.client("logs", region_name="eu-central-1", endpoint_url=cloud.endpoint, **keys)
    logs.delete_log_group(logGroupName="/ecs/uat/main")
    logs.close()
    ended = run("verify", "--sandbox")
    assert ended.code == 1
    assert "log-group/main has vanished" in ended.out


def test_a_run_without_a_day_takes_up_the_days_that_wait(run: Run, tmp_path: Path) -> None:
    assert run("run", "day1", "--sandbox").code == 0
    assert run("run", "--sandbox", "--json").code == 9
    days = {event["day"] for event in run("run", "--sandbox", "--json").events if event["day"]}
    assert days == {2, 3}
    (tmp_path / "value").write_text("x")
    given = run("secrets", "set", "gateway/api-key", "--file", "value", "--sandbox")
    assert "next: muvi run --sandbox" in given.err
    events = run("run", "--sandbox", "--json").events
    updated = {event["resource"] for event in events if event.get("verdict") == "update"}
    assert "task-definition/gateway" in updated  # it is told of the secret, although that is another day's
    seen = told(run("status", "day2", "--sandbox", "--json"), "status")["days"]
    assert all(day["done"] == day["total"] for day in seen)  # type: ignore[attr-defined]
    # once a later day was begun, those that wait for somebody are looked at along with it
    assert run("run", "day4", "--sandbox", "--json").code == 9
    assert {event["day"] for event in run("run", "--sandbox", "--json").events if event["day"]} == {3, 4, 5}


def test_what_ended_for_want_of_a_person_goes_on_and_what_failed_is_done_again(run: Run, cloud: Running) -> None:
    from muvi_provision.sandbox.process import control

    assert run("run", "day1", "--sandbox").code == 0
    waits = run("run", "day2", "--sandbox", "--plain")
    assert waits.err.rstrip().endswith("muvi run --sandbox")
    control(cloud, "settings", {"faults": {"deny": ["ecs:CreateCluster"]}})
    failed = run("run", "--from", "3.1", "--until", "3.5", "--sandbox", "--plain")
    assert failed.code != 0
    assert failed.err.rstrip().endswith("muvi run --from 3.1 --until 3.5 --sandbox")


def test_a_run_that_finds_nothing_new_says_that_something_may_have_come_since(run: Run) -> None:
    assert run("run", "--until", "3.8", "--sandbox").code == 9
    assert "everything was made before but what waits for you" in run("run", "--step", "2.1", "--sandbox").err


def test_the_teardown_of_a_day_is_gone_on_with_as_that(run: Run, cloud: Running) -> None:
    from muvi_provision.sandbox.process import control

    assert run("run", "--until", "3.8", "--sandbox").code == 9
    control(cloud, "settings", {"faults": {"deny": ["logs:DeleteLogGroup"]}})
    words = ("teardown", "day3", "--keep", "ecs-cluster/main", "--sandbox", "--confirm", "uat", "--plain")
    ended = run(*words)
    assert ended.code != 0
    assert ended.err.rstrip().endswith("muvi teardown day3 --keep ecs-cluster/main --sandbox")
    assert run("status", "--sandbox", "--json").document["next"] == ["muvi teardown day3 --sandbox"]  # no gates


def test_images_and_shared_roles_are_not_said_to_be_deleted(run: Run) -> None:
    assert run("run", "--until", "3.8", "--sandbox").code == 9
    shown = run("teardown", "day3", "--dry-run", "--sandbox")
    assert "forgotten here, not deleted\n  2 service linked roles, 2 images" in shown.out
    assert "The images in 2 repositories go with them." in shown.out
    going = told(run("teardown", "day3", "--dry-run", "--sandbox", "--json"), "teardown")
    assert not [a for a in going["delete"] if a.startswith(("image/", "service-linked-role/"))]  # type: ignore[attr-defined]
    ended = run("teardown", "day3", "--sandbox", "--confirm", "uat", "--json")
    assert ended.events[-1]["deleted"] == len(going["delete"])  # type: ignore[arg-type]


def test_outputs_are_few_and_fit_a_terminal(run: Run) -> None:
    assert run("run", "all", "--sandbox").code == 9
    ended = run("outputs", "--sandbox")
    kinds = {line.partition("/")[0] for line in ended.out.splitlines()}
    assert {"aurora-cluster", "replication-group", "repository", "ecs-cluster", "load-balancer"} <= kinds
    assert {"bucket", "url", "upload", "dashboard", "connection", "hosted-zone"} <= kinds
    assert not kinds & {"secret", "task-definition", "role", "image", "log-group"}
    assert len(ended.out.splitlines()) < 45
    narrow = run("outputs", "--sandbox", typed="", env={"COLUMNS": "60"})
    longest = max(len(line) for line in narrow.out.splitlines() if "aws s3 sync" not in line)  # a command stays whole
    assert longest <= 120  # an address of the console
    assert "aurora-cluster/main.writer_host\n  " in narrow.out


def test_step_by_step_goes_on_past_what_waits(run: Run) -> None:
    assert run("run", "day1", "--sandbox").code == 0
    ended = run("run", "--from", "2.1", "--until", "2.2", "--step-by-step", "--sandbox", typed="\n\n")
    assert ended.code == 9, ended.err
    assert "db-subnet-group/main" in run("state", "show", "--sandbox").out
