"""Functions from their code to their answer: packed or copied, made, called, read, and what goes wrong."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest

from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from tests.cli.conftest import Ended, Run
from tests.cli.test_every_command import told, valid
from tests.cli.test_refusals import refused

OTHER = "444455556666"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}


def client(cloud: Running, service: str, account: str = "x") -> Any:
    keys = {"aws_access_key_id": account, "aws_secret_access_key": "x"}
    return boto3.client(service, region_name="eu-central-1", endpoint_url=cloud.endpoint, **keys)


def seen(run: Run) -> dict[str, dict[str, Any]]:
    listed: Any = told(run("functions", "list", "--sandbox", "--json"), "functions-list")["functions"]
    return {one["function"]: one for one in listed}


def coded(folder: str, text: str = "export const handler = async (event) => event;\n") -> Path:
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    (place / "index.mjs").write_text(text)
    return place


@pytest.fixture
def theirs(cloud: Running) -> Iterator[bytes]:
    """A function of another account, ``sync-films-live``: its zip."""
    written = BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("index.mjs", "export const handler = async () => 'theirs';\n")
    iam, functions = client(cloud, "iam", OTHER), client(cloud, "lambda", OTHER)
    role = iam.create_role(RoleName="cinema", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    functions.create_function(
        FunctionName="sync-films-live", Runtime="nodejs22.x", Role=role, Handler="index.handler",
        Code={"ZipFile": written.getvalue()}, MemorySize=512, Timeout=60,
    )  # fmt: skip
    yield written.getvalue()
    iam.close()
    functions.close()


@pytest.mark.usefixtures("small")
def test_from_no_code_to_an_answer(run: Run, cloud: Running) -> None:
    assert run("run", "all", "--sandbox").code == 9
    waiting = seen(run)
    assert {one["state"] for one in waiting.values()} == {"waiting for code"}
    assert waiting["sync-films"]["command"] == "muvi functions package sync-films FOLDER --sandbox"
    assert len(waiting["clean-orders"]["next_runs"]) == 5
    assert {datetime.fromisoformat(each).hour for each in waiting["clean-orders"]["next_runs"]} == {0}
    shown = run("functions", "list", "--next", "--sandbox", "--plain")
    assert "its code: muvi functions package sync-films FOLDER --sandbox; if it were switched on now: " in shown.out
    assert "next: muvi functions package sync-films FOLDER --sandbox" in shown.err
    refused(run("invoke", "sync-films", "--sandbox"), 2, "waits for its code", "muvi functions package sync-films")
    refused(run("invoke", "sync-fims", "--sandbox"), 2, 'did you mean "sync-films"?')

    Path("functions/sync-films").mkdir(parents=True)
    Path("functions/sync-films/main.py").write_text("pass\n")
    refused(run("invoke", "sync-films", "--sandbox"), 2, "its code cannot be used", "there is no index.js", "list")
    Path("functions/sync-films/main.py").unlink()
    coded("functions/sync-films")
    packed = told(run("functions", "package", "clean-orders", str(coded("src")), "--sandbox", "--json"),
                  "functions-package")  # fmt: skip
    assert (packed["place"], packed["changed"]) == ("functions/clean-orders.zip", True)
    assert seen(run)["clean-orders"]["state"] == "to be made"
    assert run("run", "day5", "--sandbox").code == 9  # the audit trail and the connection
    there = seen(run)
    assert {one["state"] for one in there.values()} == {"in AWS"}
    assert there["clean-orders"]["code"]["sha256"] == packed["sha256"]
    _invoked(run)
    _failing(run, cloud)
    coded("functions/sync-films", "export const handler = async () => 2;\n")
    assert seen(run)["sync-films"]["state"] == "other code in AWS"
    _not_ours(run, cloud)


def _invoked(run: Run) -> None:
    answered = told(run("invoke", "sync-films", "--payload", '{"day": 1}', "--sandbox", "--json"), "invoke")
    assert answered["answer"] == {"statusCode": 200, "body": '{"day": 1}'}
    assert (answered["how"], answered["error"]) == ("answered", None)
    Path("day.json").write_text('{"day": 2}')
    assert '"day\\": 2' in run("invoke", "sync-films", "--payload", "@day.json", "--sandbox").out
    begun = run("invoke", "sync-films", "--async", "--sandbox")
    assert "runs by itself" in begun.out
    assert "next: muvi logs sync-films --sandbox" in begun.err
    asked = told(run("invoke", "sync-films", "--dry-run", "--sandbox", "--json"), "invoke")
    assert (asked["how"], asked["status"], asked["answer"]) == ("may be called", 204, None)
    lines = run("logs", "sync-films", "--sandbox", "--json").events
    assert sum(line["message"].startswith("START") for line in lines) == 3  # the dry run ran nothing
    valid(lines[0], "logs")
    refused(run("invoke", "sync-films", "--payload", "{day", "--sandbox"), 2, "the payload is not JSON")
    refused(run("invoke", "sync-films", "--payload", "@nowhere.json", "--sandbox"), 2, "nowhere.json cannot be read")
    refused(run("invoke", "sync-films", "--async", "--dry-run", "--sandbox"), 2, "take one")


def _failing(run: Run, cloud: Running) -> None:
    for fate, words in (("exit", "Runtime.ExitError"), ("timeout", "functions.sync-films.timeout_s")):
        control(cloud, "settings", {"faults": {"crash": {"function:uat-sync-films": fate}}})
        failed = run("invoke", "sync-films", "--sandbox")
        assert failed.code == 1
        assert "it was called and failed: " in failed.out
        assert words in failed.out + failed.err
        assert "the end of its log:" in failed.err
        assert "START RequestId" in failed.err
        assert "next: muvi logs sync-films --sandbox" in failed.err
    document = run("invoke", "sync-films", "--sandbox", "--json")
    assert document.code == 1
    valid(document.document, "invoke")
    assert document.document["ok"] is False
    assert "timed out" in document.document["data"]["problem"]
    control(cloud, "settings", {"faults": {}})
    assert seen(run)["sync-films"]["failed_in_a_day"] == 3
    assert "next: muvi logs sync-films --sandbox" in run("functions", "list", "--sandbox").err


def _not_ours(run: Run, cloud: Running) -> None:
    functions = client(cloud, "lambda")
    arn = functions.get_function_configuration(FunctionName="uat-sync-films")["FunctionArn"]
    functions.tag_resource(Resource=arn, Tags={"muvi:lineage": "another"})
    refused(run("invoke", "sync-films", "--sandbox"), 5, "MUVI-5014")
    functions.delete_function(FunctionName="uat-clean-orders")
    assert seen(run)["clean-orders"]["state"] == "gone"
    refused(run("invoke", "clean-orders", "--sandbox"), 1, "AWS shows no uat-clean-orders")
    functions.close()


@pytest.mark.usefixtures("cloud")
def test_code_of_another_account_is_copied_and_nothing_there_is_changed(
    run: Run, small: Path, theirs: bytes, cloud: Running
) -> None:
    refused(run("functions", "copy", "--sandbox"), 2, "function_source", "muvi functions package")
    refused(run("functions", "copy", "--from-profile", "live", "--sandbox"), 2, "the sandbox knows no profile live")
    source = f'\nfunction_source: {{profile: "{OTHER}", region: eu-central-1, suffix: -live}}\n'
    production = f'production:\n  accounts: ["{OTHER}"]'
    text = small.read_text().replace("production:", production, 1).replace("zones: [a, b]", "zones: [a, b]")
    small.write_text(text + source, encoding="utf-8")
    assert seen(run)["sync-films"]["command"] == "muvi functions copy sync-films --sandbox"

    copied = run("functions", "copy", "sync-films", "--sandbox", "--json")
    document: Any = told(copied, "functions-copy")
    assert document["account"] == OTHER
    assert [(one["original"], one["was_there"]) for one in document["copied"]] == [("sync-films-live", False)]
    assert Path("functions/sync-films.zip").read_bytes() == theirs
    assert copied.document["stats"]["writes"] == 0
    assert "this is production, and it is only read" in copied.err
    assert any("memory is 512 there and 256 here" in each for each in copied.document["warnings"])

    again = run("functions", "copy", "sync-films", "--sandbox")
    assert "there already" in again.out
    some = run("functions", "copy", "--sandbox", "--json")  # clean-orders is not there
    assert some.code == 1
    valid(some.document, "functions-copy")
    assert list(some.document["data"]["errors"]) == ["clean-orders"]
    assert "there is no function clean-orders-live" in run("functions", "copy", "--sandbox").out

    Path("functions/sync-films.zip").write_bytes(b"mine")
    assert "is not the code of sync-films-live" in run("functions", "copy", "sync-films", "--sandbox").out
    assert Path("functions/sync-films.zip").read_bytes() == b"mine"
    assert run("functions", "copy", "sync-films", "--force", "--sandbox").code == 0
    assert Path("functions/sync-films.zip").read_bytes() == theirs


@pytest.mark.usefixtures("small", "cloud")
def test_what_is_packed_is_the_same_each_time_and_nothing_is_lost(run: Run) -> None:
    def package(*words: str) -> Ended:
        return run("functions", "package", "sync-films", *words, "--sandbox")

    refused(package(), 2, "there is no functions/sync-films", "FOLDER")
    source = coded("src")
    first = told(package(str(source), "--json"), "functions-package")
    (source / "index.mjs").touch()
    again = told(package(str(source), "--json"), "functions-package")
    assert (first["sha256"], again["sha256"], again["changed"]) == (again["sha256"], first["sha256"], False)
    coded("src", "export const handler = async () => 3;\n")
    refused(package(str(source)), 1, "is another zip", "muvi functions package sync-films --force")
    assert package(str(source), "--force").code == 0
    coded("functions/sync-films")
    refused(package(str(source)), 1, "there is a folder functions/sync-films")
    (source / "index.mjs").rename(source / "main.mjs")
    listed = run("functions", "package", "clean-orders", str(source), "--sandbox")
    refused(listed, 1, "there is no index.js or index.mjs", "functions list")
