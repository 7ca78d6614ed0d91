"""Every command once, from an empty folder to nothing left."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from muvi_provision.cli.overview import LISTS
from muvi_provision.sandbox import Running
from tests.cli.conftest import Ended, Run

SCHEMAS = Path(__file__).parents[2] / "muvi_provision" / "cli" / "schemas"


def valid(document: object, name: str) -> None:
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker()).validate(document)


def told(ended: Ended, name: str) -> dict[str, object]:
    """The data of a document that is as its schema says."""
    assert ended.code == 0, ended.err
    valid(ended.document, name)
    assert ended.document["schema"] == f"muvi/{name}/1"
    return dict(ended.document["data"])


def test_a_bare_call_says_what_to_do_next_in_twelve_lines(run: Run) -> None:
    ended = run()
    assert ended.code == 0
    assert len(ended.out.splitlines()) == 12
    assert "muvi plan day1 --sandbox" in ended.out


@pytest.mark.usefixtures("cloud", "small")
def test_a_bare_call_after_a_run_says_how_to_go_on(run: Run) -> None:
    run("run", "--step", "1.1", "--sandbox")
    ended = run()
    assert len(ended.out.splitlines()) == 12
    assert "muvi status --sandbox" in ended.out


@pytest.mark.usefixtures("cloud", "small")
def test_a_whole_day_and_back(run: Run, tmp_path: Path) -> None:
    planned = told(run("plan", "day1", "--sandbox", "--json"), "plan")
    assert planned["create"]
    assert not planned["same"]
    assert planned["cost"]["per_hour"] > 0  # type: ignore[index]

    assert run("plan", "--sandbox", "--out", "made/plan.json").code == 0
    assert json.loads((tmp_path / "made" / "plan.json").read_text())["create"] == planned["create"]

    made = run("run", "day1", "--sandbox", "--json")
    assert made.code == 0, made.err
    for event in made.events:
        valid(event, "event")
    end = made.events[-1]
    assert end["type"] == "run.end"
    assert end["created"] == len(planned["create"])  # type: ignore[arg-type]

    again = run("run", "day1", "--sandbox")
    assert again.code == 0
    assert "nothing to do" in again.err
    assert told(run("plan", "day1", "--sandbox", "--json"), "plan")["empty"]
    for _ in range(4):  # the second to the fifth day: only what a person has to give is left
        further = run("run", "--sandbox", "--json")
        assert further.code == 9, further.err
        for event in further.events:
            valid(event, "event")
    gates = {event["resource"]: event for event in further.events if event["type"] == "gate.closed"}
    assert set(gates) == set(LISTS)
    assert "muvi secrets set gateway/api-key --sandbox" in gates["gate/secrets"]["instructions"].splitlines()
    assert told(run("plan", "--sandbox", "--json"), "plan")["gates"] == list(LISTS)

    seen = told(run("status", "--sandbox", "--json"), "status")
    left = [thing for day in seen["days"] for step in day["steps"] for thing in step["resources"]]  # type: ignore[attr-defined]
    unready = {thing["address"]: thing["status"] for thing in left if thing["status"] not in ("ready", "not yet")}
    assert unready == dict.fromkeys(LISTS, "waiting")
    resting = {thing["kind"] for thing in left if thing["status"] == "not yet"}
    assert {"function", "delegation", "metric-filter", "scalable-target"} <= resting
    told(run("status", "day1", "--live", "--sandbox", "--json"), "status")
    assert not told(run("drift", "--sandbox", "--json"), "drift")["vanished"]
    checked = run("verify", "--sandbox", "--json")
    assert checked.code == 9, checked.err
    valid(checked.document, "verify")
    assert all(check["ok"] or check["waits"] for check in checked.document["data"]["checks"])
    assert checked.document["next"] == [f"{command} --sandbox" for command in LISTS.values()]
    assert told(run("outputs", "--sandbox", "--json"), "outputs")["vpc/main.id"].startswith("vpc-")  # type: ignore[attr-defined]
    told(run("state", "show", "--sandbox", "--json"), "state-show")
    told(run("state", "show", "vpc/main", "--sandbox", "--json"), "state-show")
    going = told(run("teardown", "--dry-run", "--sandbox", "--json"), "teardown")
    assert {"image/gateway", "service-linked-role/ecs"} <= set(going["forget"])  # type: ignore[call-overload]

    gone = run("teardown", "--sandbox", "--confirm", "uat", "--json")
    assert gone.code == 0, gone.err
    for event in gone.events:
        valid(event, "event")
    assert gone.events[-1]["deleted"] == len(going["delete"])  # type: ignore[arg-type]
    assert not json.loads((tmp_path / "state" / "sandbox" / "uat.json").read_text())["records"]
    told(run("teardown", "--sandbox", "--json"), "teardown")


@pytest.mark.usefixtures("cloud")
def test_calls_are_few(run: Run) -> None:
    assert run("plan", "day1", "--sandbox", "--json").document["stats"]["api_calls"] <= 25
    made = run("run", "day1", "--sandbox", "--json").events
    end = made[-1]
    assert end["api_calls"] <= 1.6 * end["created"]
    again = run("run", "day1", "--sandbox", "--json").events[-1]
    assert (again["created"], again["writes"]) == (0, 0)
    groups = {event["resource"] for event in made if str(event["resource"]).startswith("target-group/")}
    # a run also asks each target group how long it lets go of a copy, which no listing tells
    assert again["api_calls"] <= 26 + len(groups)


@pytest.mark.usefixtures("cloud", "small")
def test_the_same_for_people(run: Run) -> None:
    for words, expected in (
        (("plan",), "1.4   NAT gateway"),
        (("run", "--dry-run"), "Plan:"),
        (("status",), "0 of"),
        (("run", "day1"), ""),
        (("status",), "1 of 1"),
        (("status", "--live"), "1 of 1"),
        (("drift",), "No difference"),
        (("verify",), "hold"),
        (("outputs",), "vpc/main.id"),
        (("outputs", "-v"), "route/public.id"),
        (("outputs", "--format", "dotenv"), "VPC_MAIN_ID=vpc-"),
        (("outputs", "--format", "json"), '"vpc/main.id": "vpc-'),
        (("outputs", "vpc/main.id"), "vpc-"),
        (("state", "show"), "ready     vpc/main"),
        (("state", "show", "vpc/main"), "cidr: 10.241.0.0/16"),
        (("teardown", "--dry-run"), "would be deleted"),
        (("teardown", "--confirm", "uat"), ""),
        (("teardown",), "nothing to delete"),
    ):
        ended = run(*words, "--sandbox")
        assert ended.code == 0, (words, ended.err)
        assert expected in ended.out, words
        assert ended.out.isascii() or "✓" in ended.out or "·" in ended.out


def test_the_environment_file(run: Run, tmp_path: Path) -> None:
    assert "valid: " in run("config", "validate").out
    assert told(run("config", "validate", "--json"), "config-validate")["valid"]
    assert "region: me-central-1" in run("config", "show").out
    assert "region: eu-west-1" in run("config", "show", "--region", "eu-west-1").out
    assert told(run("config", "show", "--json", "--region", "eu-west-1"), "config-show")["region"] == "eu-west-1"
    assert json.loads(run("config", "schema").out)["properties"]["region"]
    told(run("config", "schema", "--json"), "config-schema")
    assert run("config", "schema", "--out", "made/schema.json").code == 0
    assert json.loads((tmp_path / "made" / "schema.json").read_text())["properties"]


def test_init_writes_once_and_keeps_the_comments(run: Run, tmp_path: Path) -> None:
    words = ("init", "-e", "demo", "--account", "012345678901", "--region", "eu-central-1", "--range", "10.77.0.0/16")
    made = told(run(*words, "--json"), "init")
    text = (tmp_path / str(made["file"])).read_text()
    assert 'account: "012345678901"' in text
    assert "public: [10.77.1.0/24, 10.77.2.0/24]" in text
    assert "ranges: [10.230.0.0/16]" in text
    assert "# what no command may ever touch" in text
    assert told(run("config", "show", "-e", "demo", "--json"), "config-show")["domain"] == "demo.cinema.example"
    refused = run(*words)
    assert refused.code == 2
    assert "--force" in refused.err
    assert run(*words, "--force").code == 0


def test_init_asks(run: Run, tmp_path: Path) -> None:
    answers = "demo\nnonsense\n111122223333\neu-central-9\neu-central-1\n\n10.78.0.0/16\n"
    answers += (
        "444455556666 77778888999\n444455556666 777788889999\n10.1.0.0/16, 10.2.0.0/300\n10.1.0.0/16, 10.2.0.0/16\n"
    )
    ended = run("init", typed=answers)
    assert ended.code == 0, ended.err
    assert "is not an account id" in ended.err
    assert "is not an AWS region" in ended.err
    text = (tmp_path / "runbook" / "environments" / "demo.yaml").read_text()
    assert "name: demo" in text
    assert "domain: demo.cinema.example" in text
    assert "Whoever tells where production is" in ended.err
    assert '  accounts: ["444455556666", "777788889999"]' in text
    assert "  ranges: [10.1.0.0/16, 10.2.0.0/16]" in text


def test_init_is_told_where_production_is(run: Run, tmp_path: Path) -> None:
    accounts = ("--production-account", "111122223333", "--production-account", "444455556666")
    ended = run("init", "-e", "demo", *accounts, "--production-range", "10.1.0.0/16")
    assert ended.code == 0, ended.err
    shown = run("config", "show", "-e", "demo", "--json").document["data"]["production"]
    assert shown["accounts"] == ["111122223333", "444455556666"]
    assert shown["ranges"] == ["10.1.0.0/16"]
    for option, value in (("--production-account", "12"), ("--production-range", "x")):
        wrong = run("init", "-e", "other", option, value)
        assert wrong.code == 2
        assert option in wrong.err


@pytest.mark.parametrize("like", ["uat", "prodlike"])
def test_what_init_writes_speaks_of_itself(run: Run, tmp_path: Path, like: str) -> None:
    assert run("init", "-e", "demo", "--from", like, "--range", "10.99.0.0/16").code == 0
    folder = tmp_path / "runbook" / "environments"
    comments = [line.partition("#")[2] for line in (folder / "demo.yaml").read_text().splitlines()]
    assert not any("UAT" in comment or "-e prodlike" in comment for comment in comments)
    assert comments[0].strip() == "yaml-language-server: $schema=./schema.json"
    schema = json.loads((folder / "schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load((folder / "demo.yaml").read_text()))
    (folder / "schema.json").write_text("{}")
    assert run("init", "-e", "other").code == 0
    assert (folder / "schema.json").read_text() == "{}"


def test_init_leaves_nothing_invalid(run: Run, tmp_path: Path) -> None:
    ended = run("init", "-e", "demo", "--range", "10.230.0.0/16")
    assert ended.code == 2
    assert "10.230.0.0/16" in ended.err
    assert not list((tmp_path / "runbook" / "environments").iterdir())


def test_the_sandbox(run: Run, tmp_path: Path) -> None:
    assert told(run("sandbox", "status", "--json"), "sandbox-status") == {"running": False, "endpoint": None}
    try:
        started = told(run("sandbox", "start", "--json"), "sandbox-start")
        assert str(started["endpoint"]).startswith("http://127.0.0.1:")
        assert run("run", "--step", "1.1", "--sandbox").code == 0
        assert told(run("sandbox", "start", "--speed", "50", "--json"), "sandbox-start")["speed"] == 50
        assert told(run("sandbox", "status", "--json"), "sandbox-status")["speed"] == 50
        assert run("sandbox", "reset").code == 2
        assert "uat.json" in told(run("sandbox", "reset", "--yes", "--json"), "sandbox-reset")["forgotten"]  # type: ignore[operator]
        assert told(run("plan", "--sandbox", "--json"), "plan")["vanished"] == []
    finally:
        stopped = told(run("sandbox", "stop", "--json"), "sandbox-stop")
    assert stopped["was_running"]
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("small")
def test_one_thing_alone(run: Run, cloud: Running) -> None:
    assert run("run", "--until", "1.3", "--sandbox").code == 0
    refused = run("teardown", "--only", "vpc/main", "--confirm", "uat", "--sandbox")
    assert refused.code == 2
    assert "stand" in refused.err
    kept = run("teardown", "--keep", "subnet/app-a", "--confirm", "uat", "--sandbox")
    assert kept.code == 0, kept.err
    left = run("state", "show", "--sandbox").out
    assert "vpc/main" in left
    assert "subnet/app-a" in left
    assert "subnet/app-b" not in left
    forgot = run("state", "forget", "vpc/main", "--yes", "--sandbox")
    assert forgot.code == 2
    assert run("state", "forget", "subnet/app-a", "--yes", "--sandbox", "--json").code == 0
    assert "subnet/app-a" not in run("state", "show", "--sandbox").out


@pytest.mark.usefixtures("small", "cloud")
def test_one_thing_with_all_that_stands_on_it(run: Run) -> None:
    assert run("run", "--until", "1.4", "--sandbox").code == 0
    words = ("teardown", "--only", "internet-gateway/main", "--with-users", "--sandbox")
    shown = run(*words, "--dry-run")
    assert shown.code == 0, shown.err
    assert "2 things would be deleted" in shown.out
    assert "internet-gateway/main" in shown.out
    assert "nat-gateway/a" in shown.out
    nothing = run(*words, "--keep", "nat-gateway/a", "--dry-run")
    assert nothing.code == 0, nothing.err
    assert "what is kept stands on it (nat-gateway/a)" in nothing.out
    below = ("teardown", "--only", "vpc/main", "--only", "elastic-ip/nat-a", "--with-users", "--keep", "subnet/app-a")
    deleted = run(*below, "--dry-run", "--sandbox", "--json").document["data"]["delete"]
    assert deleted == ["nat-gateway/a", "elastic-ip/nat-a"]
    assert run(*words, "--confirm", "uat").code == 0
    left = run("state", "show", "--sandbox").out
    assert "internet-gateway" not in left
    assert "nat-gateway" not in left
    assert "elastic-ip/nat-a" in left


@pytest.mark.usefixtures("small", "cloud")
def test_outputs_are_what_people_need_in_the_order_of_the_runbook(run: Run) -> None:
    assert run("run", "--until", "1.5", "--sandbox").code == 0
    addresses = [line.partition(".")[0] for line in run("outputs", "--sandbox").out.splitlines()]
    kinds = list(dict.fromkeys(address.partition("/")[0] for address in addresses))
    assert kinds == ["vpc", "subnet", "elastic-ip"]
    everything = run("outputs", "--sandbox", "-v").out
    assert "route-table-association/" in everything
    assert everything.index("subnet/") < everything.index("internet-gateway/") < everything.index("route-table/")
    assert run("outputs", "internet-gateway/main", "--sandbox").out.startswith("internet-gateway/main.id  igw-")
