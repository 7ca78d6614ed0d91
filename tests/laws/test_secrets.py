"""Law 10: no secret is ever in the state, the events, a report, a plan, an error or a log."""

from __future__ import annotations

import base64
import dataclasses
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from muvi_provision.cli.journal import Journal
from muvi_provision.day1_network.authority import CertificateAuthority
from muvi_provision.engine.site import Report
from muvi_provision.errors import MuviError
from muvi_provision.sandbox.answers import Answer, ConnectionCut, Refused, error_answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from tests.laws.hands import client, users_of
from tests.world import World

Worlds = Callable[..., World]
KEY = "PRIVATE KEY-----"
SENDS = {"CreateSecret", "PutSecretValue", "ImportCertificate"}
PASSWORDS = {"CreateDBCluster", "ModifyDBCluster"}
NO_SECRET = {"username", "engine", "port", "dbname"}  # what else is in the secret of a database


class Ear:
    """Listens at the wire, so that it knows what must be found nowhere else."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()

    def put_on(self, cloud: Cloud) -> None:
        answer = cloud.answer

        def heard(call: Call) -> Answer:
            if call.operation in SENDS | PASSWORDS:
                self.secrets.update(_pieces(sent(call)))
            return answer(call)

        cloud.answer = heard  # type: ignore[method-assign]

    def found_in(self, text: str) -> list[str]:
        """What of it is in a text, however it is quoted."""
        spelled = (text, unquote_plus(text), text.encode().decode("unicode_escape", "ignore"))
        return [secret for secret in {KEY, *self.secrets} if any(secret in one for one in spelled)]


def sent(call: Call) -> str:
    fields = ("SecretString", "PrivateKey", "MasterUserPassword")
    value = next((call.params[field] for field in fields if call.params.get(field)), "")
    return value.decode() if isinstance(value, bytes) else str(value)


def _pieces(text: str) -> Iterator[str]:
    """What of a value must be found nowhere: the lines of keys and certificates, passwords whole."""
    if text.startswith("{"):
        said = json.loads(text)
        for name in said.keys() - NO_SECRET:
            yield from _pieces(said[name])
    elif "BEGIN" in text or len(text) > 200:
        pem = text if "BEGIN" in text else base64.b64decode(text).decode()
        yield from (line for line in pem.splitlines() if len(line) > 40 and "BEGIN" not in line)
    elif text:
        yield text


@pytest.fixture
def ear() -> Ear:
    return Ear()


def everything_said(one: World, caplog: pytest.LogCaptureFixture, *said: object) -> str:
    files = (path.read_text(errors="replace") for path in sorted(one.folder.rglob("*")) if path.is_file())
    spoken = [*one.heard, *said, *caplog.records]
    return "\n".join([*files, caplog.text, *(f"{thing!r}\n{thing}" for thing in spoken)])


def listening(one: World, ear: Ear, caplog: pytest.LogCaptureFixture) -> World:
    """With the program's own log file beside the state, as a command keeps it."""
    caplog.set_level(logging.DEBUG, "muvi_provision")
    ear.put_on(one.cloud)
    border, journal = one.border(), Journal(one.folder / f"{one.environment.name}.log", one.clock)
    to_cloud = border.sign_in.attach
    assert to_cloud is not None

    def attach(events: Any) -> None:
        to_cloud(events)
        journal.attach(events)

    border.sign_in = dataclasses.replace(border.sign_in, attach=attach)
    return one


def troubled(one: World, report: Report) -> None:
    """Notes errors in the log file, tracebacks and all, as a command does."""
    for error in report.errors.values():
        Journal(one.folder / f"{one.environment.name}.log", one.clock).trouble(error)


def test_the_ear_hears(world: Worlds, ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    """Else the others would prove nothing."""
    one = listening(world("tiny"), ear, caplog)
    one.run()
    assert "iam:CreateRole" in (one.folder / "tiny.log").read_text(), "the log file is kept"
    password = master_password(one)
    assert len(ear.secrets) > 5
    assert {password, text_of(one, "tiny/gateway/jwt")} <= ear.secrets
    (one.folder / "tiny.json.backup").write_text(f"oh: {password}")
    assert ear.found_in(everything_said(one, caplog)) == [password]


def text_of(one: World, name: str) -> str:
    return str(client(one, "secretsmanager").get_secret_value(SecretId=name)["SecretString"])


def master_password(one: World) -> str:
    return str(json.loads(text_of(one, f"{one.environment.name}/main/rds"))["password"])


@pytest.mark.parametrize("env", ["tiny", "uat"])
def test_run_plan_renewal_and_teardown(world: Worlds, ear: Ear, caplog: pytest.LogCaptureFixture, env: str) -> None:
    """Also what a person gave, what a run sends again because it changed, and what is made up anew."""
    one = listening(world(env), ear, caplog)
    said: list[object] = [one.plan(), one.run(), one.plan(), one.drift()]
    given = next(name for name, secret in one.environment.secrets.items() if secret.kind == "given")
    by_hand, changed = client(one, "secretsmanager"), {"username": "muvi", "password": "chosen-by-hand-0123456789"}
    by_hand.put_secret_value(SecretId=f"{env}/{given}", SecretString="given-by-hand-0123456789")
    by_hand.put_secret_value(SecretId=f"{env}/main/rds", SecretString=json.dumps(changed))
    said += [one.plan(), one.run(), one.drift()]
    assert {"given-by-hand-0123456789", "chosen-by-hand-0123456789"} <= ear.secrets
    before = len(ear.secrets)
    one.clock.sleep(340 * 86400)
    said += [one.plan(), one.run()]
    assert len(ear.secrets) > before, "a new key was sent"
    said += [one.site().state.contents(), one.stack().nodes]
    text = everything_said(one, caplog, *said)
    said.append(one.teardown())
    assert ear.found_in(text + everything_said(one, caplog, *said)) == []


@pytest.mark.parametrize("how", ["before", "after"])
def test_kills(world: Worlds, ear: Ear, caplog: pytest.LogCaptureFixture, how: str) -> None:
    """Killed around each call of the steps that make keys and passwords; what is on disk then is all there is."""
    one = listening(world("tiny", threads=1), ear, caplog)
    point, texts = 0, []
    while one.killed_at_call(lambda disk: one.run(disk, ["1.10", "2.1"]), point, how):
        point += how == "before"
        texts.append(everything_said(one, caplog))
    texts += [everything_said(one, caplog, one.run(steps=["1.10", "2.1"]))]
    texts += [everything_said(one, caplog, one.run())]
    assert len(texts) > 5
    assert ear.found_in("\n".join(texts)) == []


@pytest.mark.parametrize("operation", sorted(SENDS | {"CreateDBCluster"}))
@pytest.mark.parametrize("trouble", ["refused", "denied", "lost"])
def test_errors_of_calls_that_send_a_secret(
    world: Worlds, ear: Ear, caplog: pytest.LogCaptureFixture, operation: str, trouble: str
) -> None:
    one = listening(world("tiny"), ear, caplog)
    refusals = {
        "refused": Refused("ValidationException", "1 validation error detected"),
        "denied": Refused("AccessDeniedException", f"User is not authorized to perform: {operation}"),
    }

    def around(call: Call, go: Callable[[], Answer]) -> Answer:
        answer = go()
        if call.operation != operation:
            return answer
        if trouble == "lost":
            raise ConnectionCut
        return error_answer(call.protocol, refusals[trouble], call.service)

    one._around = around
    report = one.run()
    troubled(one, report)
    told = everything_said(one, caplog, report, *report.errors.values(), *_causes(report.errors.values()))
    assert ear.found_in(told) == []
    if trouble != "lost" and operation != "PutSecretValue":
        assert report.errors


def _causes(errors: Any) -> Iterator[BaseException]:
    for error in errors:
        cause: BaseException | None = error
        while cause is not None:
            yield cause
            cause = cause.__cause__ or cause.__context__


@pytest.mark.parametrize("operation", ["CreateSecret", "ImportCertificate", "CreateDBCluster"])
def test_an_error_that_echoes_what_was_sent(
    world: Worlds, ear: Ear, caplog: pytest.LogCaptureFixture, operation: str
) -> None:
    """AWS says "Value '…' at 'secretString' failed to satisfy constraint": the value must not be said again."""
    one = listening(world("tiny"), ear, caplog)

    def around(call: Call, go: Callable[[], Answer]) -> Answer:
        answer = go()
        if call.operation != operation:
            return answer
        refused = Refused("ValidationException", f"Value '{sent(call)}' at 'value' failed to satisfy constraint")
        return error_answer(call.protocol, refused, call.service)

    one._around = around
    report = one.run()
    assert report.errors
    assert all(isinstance(error, MuviError) for error in report.errors.values())
    troubled(one, report)
    assert ear.found_in(everything_said(one, caplog, report, *_causes(report.errors.values()))) == []


def test_a_changed_password_that_aws_repeats(world: Worlds, ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    one = listening(world("tiny"), ear, caplog)
    assert not one.run().errors
    password = "chosen-by-hand/0123456789"
    said = json.dumps({"username": "muvi", "password": password})
    client(one, "secretsmanager").put_secret_value(SecretId="tiny/main/rds", SecretString=said)

    def around(call: Call, go: Callable[[], Answer]) -> Answer:
        if call.operation != "ModifyDBCluster":
            return go()
        ear.secrets.update(_pieces(sent(call)))
        message = f"The parameter MasterUserPassword is not a valid password: '{sent(call)}' has a slash"
        return error_answer(call.protocol, Refused("InvalidParameterValue", message), call.service)

    one._around = around
    report = one.run()
    assert set(report.errors) == {"aurora-cluster/main"}
    assert "not a valid password" in str(report.errors["aurora-cluster/main"])
    assert password in ear.secrets
    troubled(one, report)
    assert ear.found_in(everything_said(one, caplog, report, *_causes(report.errors.values()))) == []


def test_the_files_of_the_state_are_all_looked_at(world: Worlds, tmp_path: Path) -> None:
    one = world("tiny")
    one.run()
    kinds = {record.kind for record in one.site().state.records()}
    assert CertificateAuthority.declared.kind in kinds
    names = {path.name for path in one.folder.iterdir()}
    assert {"tiny.json", "tiny.json.backup", "tiny.wal.backup"} <= names


HEADER = "tiny/edge/origin-header"
SHOWN = {
    "CreateDistributionWithTags": "distribution/api",
    "UpdateDistribution": "distribution/api",
    "CreateRule": "listener-rule/gateway-from-cloudfront",
    "ModifyRule": "listener-rule/gateway-from-cloudfront",
}


@pytest.mark.parametrize("operation", sorted(SHOWN))
def test_the_header_that_cloudfront_shows_and_aws_repeats(
    finished: Worlds, ear: Ear, caplog: pytest.LogCaptureFixture, operation: str
) -> None:
    """CloudFront and the load balancer are told its value in plain, and both name what they refuse."""
    one, address = listening(finished(), ear, caplog), SHOWN[operation]
    ear.secrets.add(text_of(one, HEADER))
    if operation.startswith("Create"):
        assert not one.teardown(only=users_of(one, address)).errors
    else:
        client(one, "secretsmanager").put_secret_value(SecretId=HEADER, SecretString="rotated-by-hand-0123456789")
    repeated: list[str] = []

    def around(call: Call, go: Callable[[], Answer]) -> Answer:
        if call.operation != operation or not ear.found_in(str(call.params)):
            return go()
        repeated.append(str(call.params))
        refused = Refused("ValidationError", f"1 validation error detected: {call.params} is not valid")
        return error_answer(call.protocol, refused, call.service)

    one._around = around
    said: list[object] = [one.plan(), one.drift()]
    report = one.run()
    assert repeated
    assert set(report.errors) == {address}
    assert "validation error" in str(report.errors[address])
    troubled(one, report)
    one._around = None
    said += [report, *_causes(report.errors.values()), one.plan(), one.run(), one.drift()]
    said += [one.plan(), one.site().state.contents(), one.stack().nodes]
    assert one.run().counts.writes == 0, "the new value is everywhere"
    assert ear.found_in(everything_said(one, caplog, *said)) == []
