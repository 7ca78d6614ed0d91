"""What goes wrong, each with its exit code, its reason and the next command."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path

import pytest

from muvi_provision.clock import SystemClock
from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from muvi_provision.state.lock import Lock
from muvi_provision.state.store import Files
from tests.cli.conftest import Ended, Run
from tests.cli.test_every_command import valid


def refused(ended: Ended, code: int, *words: str) -> None:
    """Ended with that code, with those words on stderr, a headline first, a next command, no traceback."""
    assert ended.code == code, ended.err
    for word in words:
        assert word in ended.err
    assert "error MUVI-" in ended.err
    assert "Traceback" not in ended.err
    assert "\nnext:  " in ended.err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["plna"], 'did you mean "plan"?'),
        (["sandbox", "strat"], 'did you mean "start"?'),
        (["run", "--stpe", "1.1"], 'did you mean "--step"?'),
        (["plan", "--sandbx"], 'did you mean "--sandbox"?'),
        (["plan", "day9"], "there is no day9"),
        (["run", "--step", "9.9"], "there is no step 9.9"),
        (["run", "--step", "1.1", "--from", "1.2"], "--from"),
        (["run", "--parallel", "0"], "0"),
        (["run", "--parallel", "many"], "--parallel"),
        (["plan", "day1", "day2"], "day2"),
        (["outputs", "--format", "yml"], "--format"),
        (["sandbox"], "Missing command"),
        (["day1"], "muvi plan day1"),
        (["-e"], "'-e' requires"),
        (["plan", "-e", "uta"], 'did you mean "uat"?'),
        (["plan", "-e", "nowhere.yaml"], "nowhere.yaml"),
        (["plan", "--region", "eu-centrl-1"], 'did you mean "eu-central-1"?'),
        (["run", "--step-by-step", "--sandbox"], "--step-by-step"),
        (["status", "--watch", "--json"], "--watch"),
        (["doctor"], "`muvi doctor` is not written yet; today there are: init, plan, run"),
        (["cost", "day1", "--json"], "`muvi cost` is not written yet"),
    ],
)
def test_wrong_words(run: Run, words: list[str], expected: str) -> None:
    ended = run(*words)
    refused(ended, 2, expected)
    assert ended.out == "" or "--json" in words


def test_wrong_words_for_a_program(run: Run) -> None:
    ended = run("plna", "--json")
    assert ended.code == 2
    valid(ended.document, "error")


def test_every_complaint_about_a_file_at_once(run: Run, small: Path) -> None:
    small.write_text(small.read_text().replace("zones: [a, b]", "zones: [a, bb]\n  zoness: 1"), encoding="utf-8")
    ended = run("config", "validate")
    refused(ended, 2, "uat.yaml:", "zoness", '"bb"')
    assert run("plan").code == 2


@pytest.mark.parametrize("command", ["plan", "run", "drift", "verify", "status --live"])
def test_nobody_is_signed_in(run: Run, command: str, tmp_path: Path) -> None:
    ended = run(*command.split(), "--yes", env={"HTTPS_PROXY": "http://127.0.0.1:9"})
    refused(ended, 4, "MUVI-4001", "aws configure")
    assert not list((tmp_path / "state").glob("*.json"))


def test_a_profile_there_is_not(run: Run) -> None:
    refused(run("plan", "-p", "nobody"), 4, "nobody")
    refused(run("plan", env={"AWS_PROFILE": "nobody"}), 4, "nobody")


@pytest.mark.usefixtures("small")
def test_the_sandbox_asks_for_no_profile(run: Run, cloud: Running) -> None:
    ended = run("plan", "--sandbox", "-p", "prod", env={"AWS_PROFILE": "nobody", "HTTP_PROXY": "http://127.0.0.1:9"})
    assert ended.code == 0, ended.err
    assert f"SANDBOX  nothing here is real: {cloud.endpoint}" in ended.err


@pytest.mark.usefixtures("small")
def test_an_expired_sign_in(run: Run, cloud: Running, aws: dict[str, str]) -> None:
    control(cloud, "settings", {"faults": {"expire_credentials_after": 0}})
    refused(run("plan", env=aws), 4, "MUVI-4002", "aws sso login")
    ended = run("plan", "--json", env=aws)
    valid(ended.document, "error")
    control(cloud, "settings", {"faults": {"expire_credentials_after": 12}})
    ended = run("run", "day1", "--yes", "--json", env=aws)
    assert ended.code == 4
    valid(ended.events[-1], "event")
    assert ended.events[-1]["error"]["code"] == "MUVI-4002"


@pytest.mark.usefixtures("small")
def test_an_endpoint_override_is_loud(run: Run, cloud: Running, aws: dict[str, str]) -> None:
    ended = run("plan", env=aws)
    assert ended.code == 0, ended.err
    assert "NOT AWS" in ended.err
    assert cloud.endpoint in ended.err


def test_the_wrong_account(run: Run, small: Path, aws: dict[str, str]) -> None:
    text = small.read_text()
    small.write_text(text + '\naccount: "999988887777"\n', encoding="utf-8")
    refused(run("run", "--yes", env=aws), 5, "MUVI-5010", "999988887777")
    small.write_text(text.replace("  ranges:", '  accounts: ["000011112222"]\n  ranges:'), encoding="utf-8")
    refused(run("run", "--yes", env=aws), 5, "MUVI-5011")
    refused(run("run", "--yes", env=aws | {"AWS_PROFILE": "acme-production"}), 5, "acme-production")


NOWHERE = "http://127.0.0.1:9"


@pytest.mark.usefixtures("small")
def test_the_profile_that_will_really_be_used_is_looked_at_before_any_call(run: Run, aws: dict[str, str]) -> None:
    there = aws | {"AWS_ENDPOINT_URL": NOWHERE}
    refused(run("plan", env=there | {"AWS_DEFAULT_PROFILE": "acme-production"}), 5, "acme-production")
    both = {"AWS_DEFAULT_PROFILE": "acme-production", "AWS_PROFILE": "uat"}
    refused(run("plan", env=there | both), 5, "acme-production")
    refused(run("plan", "-p", "acme-production", env=there), 5, "acme-production")
    refused(run("plan", env=aws | {"AWS_DEFAULT_PROFILE": "nobody"}), 4, "nobody")


@pytest.mark.usefixtures("small")
def test_a_role_that_says_production(run: Run, aws: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from muvi_provision.aws import identity

    arn = "arn:aws:sts::000011112222:assumed-role/acme-production/ada"
    monkeypatch.setattr(identity, "who_am_i", lambda _: identity.Identity("000011112222", arn))
    refused(run("plan", env=aws), 5, "MUVI-5011", "acme-production")
    assert run("plan", "--sandbox").code == 0


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    "service",
    [
        *("STS", "EC2", "ELASTIC_LOAD_BALANCING_V2", "ACM", "SECRETS_MANAGER", "IAM", "RDS", "ELASTICACHE", "SSM"),
        *("ECR", "ECS", "CLOUDWATCH_LOGS", "SERVICEDISCOVERY", "SERVICE_QUOTAS", "RESOURCE_GROUPS_TAGGING_API"),
    ],
)
def test_one_service_somewhere_else(run: Run, aws: dict[str, str], service: str) -> None:
    refused(run("plan", env=aws | {f"AWS_ENDPOINT_URL_{service}": NOWHERE}), 5, NOWHERE, "same place")


@pytest.mark.usefixtures("small")
def test_one_service_somewhere_else_by_the_config_file(run: Run, aws: dict[str, str], tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.write_text(f"[default]\nservices = mine\n[services mine]\niam =\n  endpoint_url = {NOWHERE}\n")
    keys = {name: value for name, value in aws.items() if name != "AWS_ENDPOINT_URL"}
    refused(run("run", "--yes", env=keys | {"AWS_CONFIG_FILE": str(config)}), 5, NOWHERE, "sts to AWS")
    config.write_text(f"[default]\nendpoint_url = {aws['AWS_ENDPOINT_URL']}\n")
    assert "NOT AWS" in run("plan", env=keys | {"AWS_CONFIG_FILE": str(config)}).err


def test_an_account_that_nothing_tells_from_production(run: Run, small: Path, aws: dict[str, str]) -> None:
    asked = run("run", "--step", "1.1", typed="n\n", env=aws)
    assert asked.code == 3
    assert asked.err.index("WHOSE ACCOUNT IS THIS?") < asked.err.index("Make it?")
    text = small.read_text()
    small.write_text(text.replace("  ranges:", '  accounts: ["999988887777"]\n  ranges:'), encoding="utf-8")
    assert "WHOSE ACCOUNT" not in run("run", "--step", "1.1", typed="n\n", env=aws).err
    small.write_text(text + '\naccount: "000011112222"\n', encoding="utf-8")
    assert "WHOSE ACCOUNT" not in run("run", "--step", "1.1", typed="y\n", env=aws).err
    small.write_text(text, encoding="utf-8")
    assert "WHOSE ACCOUNT" not in run("run", "--step", "1.2", typed="y\n", env=aws).err  # the state pins it


def test_a_copied_file_whose_name_was_forgotten(run: Run, small: Path) -> None:
    (small.parent / "demo.yaml").write_text(small.read_text(), encoding="utf-8")
    said = "demo.yaml says name: uat, so this is the state of uat"
    ended = run("status", "-e", "demo", "--json")
    assert ended.err.count(said) == 1
    assert ended.document["warnings"] == [said]
    assert "says name" not in run("status").err


@pytest.mark.usefixtures("small")
def test_the_account_and_region_are_remembered(run: Run, aws: dict[str, str], tmp_path: Path) -> None:
    assert run("run", "--step", "1.1", "--yes", env=aws).code == 0
    header = json.loads((tmp_path / "state" / "uat.json").read_text())["header"]
    assert (header["account"], header["region"]) == ("000011112222", "eu-central-1")
    refused(run("plan", "--region", "eu-west-1", env=aws), 2, "eu-central-1")


@pytest.mark.usefixtures("small")
def test_the_first_run_asks(run: Run, aws: dict[str, str], tmp_path: Path) -> None:
    refused(run("run", env=aws), 2, "--yes")
    refused(run("run", typed="n\n", env=aws), 3, "next:  muvi run\n")
    assert run("run", typed="", env=aws).code == 3
    assert not (tmp_path / "state" / "uat.json").exists()
    asked = run("run", "--until", "1.2", typed="y\n", env=aws)
    assert asked.code == 0, asked.err
    assert "Make it? [y/N]" in asked.err
    assert "this adds nothing to the bill" in asked.err
    assert "USD" in run("run", "--until", "1.4", typed="", env=aws).err
    assert run("run", "--until", "1.3", env=aws).code == 0  # a day that was begun goes on without a question


@pytest.mark.usefixtures("small", "cloud")
def test_step_by_step(run: Run) -> None:
    ended = run("run", "--step-by-step", "--sandbox", typed="\n\nq\n")
    assert ended.code == 0, ended.err
    steps = run("status", "--sandbox", "--json").document["data"]["days"][0]["steps"]
    assert [step["done"] == step["total"] for step in steps[:3]] == [True, True, False]


@pytest.mark.usefixtures("small", "cloud")
@pytest.mark.parametrize(
    ("typed", "made"),
    [("n\n", 0), ("no\n", 0), ("quit\n", 0), ("yes\nN\n", 1), ("maybe\nnever\nn\n", 0), ("what?\ny\nq\n", 1)],
)
def test_only_enter_or_yes_makes_a_step(run: Run, typed: str, made: int) -> None:
    ended = run("run", "--step-by-step", "--until", "1.2", "--sandbox", typed=typed)
    assert ended.code == 0, ended.err
    assert ("neither" in ended.err) == (typed[0] in "mw")
    steps = run("status", "--sandbox", "--json").document["data"]["days"][0]["steps"]
    assert sum(step["done"] for step in steps) == made


@pytest.mark.usefixtures("small", "cloud")
def test_a_teardown_wants_the_name(run: Run) -> None:
    assert run("run", "--step", "1.1", "--sandbox").code == 0
    refused(run("teardown", "--sandbox", "--yes"), 2, "--confirm")
    assert run("teardown", "--sandbox", "--confirm", "UAT").code == 3
    refused(
        run("teardown", "--sandbox", "--confirm", "UAT"), 3, '"UAT" is not "uat"', "next:  muvi teardown --sandbox\n"
    )
    declined = run("teardown", "--sandbox", typed="yes\n")
    refused(declined, 3, "Type uat to go on:", "next:  muvi teardown --sandbox\n")
    refused(run("teardown", "--sandbox", "--only", "vpc/mian"), 2, 'did you mean "vpc/main"?')
    assert run("teardown", "--sandbox", typed="uat\n").code == 0
    assert "0 of 1" in run("status", "--sandbox").out


@pytest.mark.usefixtures("small", "cloud")
def test_a_failure_of_a_step_is_told_and_run_goes_on(run: Run, cloud: Running) -> None:
    control(cloud, "settings", {"faults": {"deny": ["ec2:CreateSubnet"]}})
    ended = run("run", "day1", "--sandbox")
    assert ended.code == 1
    assert "UnauthorizedOperation" in ended.err
    ended = run("run", "day1", "--sandbox", "--json")
    assert ended.code == 1
    for event in ended.events:
        valid(event, "event")
    assert ended.events[-1]["failed"]
    assert "request" in next((Path("state") / "sandbox").glob("uat.log")).read_text()
    failed = run("verify", "--sandbox", "--json")
    assert failed.code == 1
    valid(failed.document, "verify")
    control(cloud, "settings", {"faults": {}})
    assert run("run", "day1", "--sandbox").code == 0


@pytest.mark.usefixtures("small", "cloud")
def test_drift_is_seen_and_mended(run: Run) -> None:
    assert run("run", "--until", "1.2", "--sandbox").code == 0
    state = json.loads((Path("state") / "sandbox" / "uat.json").read_text())
    gone = next(record for record in state["records"] if record["address"] == "subnet/app-a")
    import boto3

    endpoint = json.loads((Path("state") / "sandbox" / "server.json").read_text())["endpoint"]
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
    boto3.client("ec2", region_name="eu-central-1", endpoint_url=endpoint, **keys).delete_subnet(SubnetId=gone["id"])
    ended = run("drift", "--sandbox", "--exit-code", "--json")
    assert ended.code == 3
    valid(ended.document, "drift")
    assert ended.document["data"]["vanished"] == ["subnet/app-a"]
    assert "subnet/app-a" in run("drift", "--sandbox").out
    planned = run("plan", "--until", "1.2", "--sandbox", "--exit-code", "--json")
    assert planned.code == 3
    assert planned.document["data"]["vanished"] == ["subnet/app-a"]
    assert run("run", "--until", "1.2", "--sandbox").code == 0
    assert run("drift", "--sandbox", "--exit-code").code == 0


@pytest.mark.usefixtures("small", "cloud")
def test_a_damaged_state_is_mended_or_refused(run: Run) -> None:
    run("run", "--until", "1.1", "--sandbox")
    run("run", "--until", "1.2", "--sandbox")  # the second one keeps the file of the first as a backup
    folder = Path("state") / "sandbox"
    (folder / "uat.json").write_text("{}")
    mended = run("status", "--sandbox", "--json")
    assert mended.code == 0
    assert mended.err.count("restored from its backup") == 1
    assert mended.document["warnings"]
    (folder / "uat.json.backup").write_text("nonsense")
    ended = run("status", "--sandbox")
    assert ended.code == 1
    assert "MUVI-1021" in ended.err


@pytest.mark.usefixtures("small", "cloud")
def test_a_state_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("")
    refused(run("run", "--sandbox", "--state-dir", "occupied/state"), 1, "MUVI-1023", "occupied")


@pytest.mark.usefixtures("small", "cloud")
def test_a_full_disk_stops_the_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from muvi_provision.state.disk import Disk

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    assert run("run", "--step", "1.1", "--sandbox").code == 0
    monkeypatch.setattr(Disk, "append", full)
    refused(run("run", "--step", "1.2", "--sandbox"), 1, "MUVI-1023", "No space left")


@pytest.mark.usefixtures("small", "cloud")
def test_two_runs_at_once(run: Run) -> None:
    lock = Lock(Files(Path("state") / "sandbox", "uat").lock, SystemClock())
    lock.take("muvi run day1")
    try:
        refused(run("run", "--sandbox"), 6, "muvi run day1", str(os.getpid()))
        assert run("status", "--sandbox", "--json").document["data"]["holder"]
        assert "a command is at work" in run("status", "--sandbox").out
        refused(run("sandbox", "reset", "--yes"), 6, "MUVI-6001")
        refused(run("state", "unlock", "--sandbox", "--yes"), 6, "alive")
        lock.abandon()
        assert "no lock" in run("state", "unlock", "--sandbox").out
        ended = run("run", "--step", "1.1", "--sandbox")
        assert "ended without saying so" in ended.err
    finally:
        lock.release()


@pytest.mark.usefixtures("small")
def test_the_lock_of_another_machine(run: Run, tmp_path: Path) -> None:
    held = {"who": "ada", "host": f"not-{socket.gethostname()}", "pid": 1, "since": "now", "command": "muvi run"}
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "uat.lock").write_text(json.dumps(held))
    refused(run("run", "--yes"), 6, "ada")
    refused(run("state", "unlock"), 2, "--yes")
    assert run("state", "unlock", typed="n\n").code == 3
    ended = run("state", "unlock", "--yes", "--json")
    assert ended.code == 0, ended.err
    valid(ended.document, "state-unlock")


def test_a_mistake_of_ours_shows_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from muvi_provision.cli import session

    def broken(_: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr(session, "load_environment", broken)
    refused(run("status"), 1, "MUVI-1000", "by nought", "--debug", "uat.log")
    log = tmp_path / "state" / "uat.log"
    assert "Traceback" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert "Traceback" in run("status", "--debug").err
    valid(run("status", "--json").document, "error")


@pytest.mark.usefixtures("small", "cloud")
def test_what_stands_on_nothing_is_not_begun(run: Run) -> None:
    for words, following in (
        (("day2",), "muvi run day1 --sandbox"),
        (("day3",), "muvi run day1 --sandbox"),
        (("--step", "1.4"), "muvi run --until 1.3 --sandbox"),
    ):
        refused(run("run", *words, "--sandbox"), 2, "this stands on what steps", following, "muvi run all --sandbox")
        planned = run("plan", *words, "--sandbox", "--json")
        assert planned.code == 0
        assert planned.document["next"] == [following]
        assert planned.document["warnings"]
    assert not Path("state/sandbox/uat.json").exists()
    assert run("run", "--until", "1.3", "--sandbox").code == 0
    assert run("run", "--step", "1.4", "--sandbox").code == 0
