"""Law 10: no secret is ever in the state, the events, a report, a plan, an error or a log."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus

import pytest

from muvi_provision.day1_network.authority import CertificateAuthority
from muvi_provision.errors import MuviError
from muvi_provision.sandbox.answers import Answer, ConnectionCut, Refused, error_answer
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from tests.world import World

Worlds = Callable[..., World]
KEY = "PRIVATE KEY-----"
SENDS = {"CreateSecret", "PutSecretValue", "ImportCertificate"}


class Ear:
    """Listens at the wire, so that it knows what must be found nowhere else."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()

    def put_on(self, cloud: Cloud) -> None:
        answer = cloud.answer

        def heard(call: Call) -> Answer:
            if call.operation in SENDS:
                self.secrets.update(_lines(sent(call)))
            return answer(call)

        cloud.answer = heard  # type: ignore[method-assign]

    def found_in(self, text: str) -> list[str]:
        """What of it is in a text, however it is quoted."""
        spelled = (text, unquote_plus(text), text.encode().decode("unicode_escape", "ignore"))
        return [secret for secret in {KEY, *self.secrets} if any(secret in one for one in spelled)]


def sent(call: Call) -> str:
    value = call.params.get("SecretString") or call.params.get("PrivateKey") or ""
    return value.decode() if isinstance(value, bytes) else str(value)


def _lines(text: str) -> Iterator[str]:
    """The lines of key and certificate that say something; PEM may come as text, JSON or base64."""
    if text and "BEGIN" not in text:
        text = base64.b64decode(text).decode()
    for line in text.replace("\\n", "\n").splitlines():
        if len(line) > 40 and "BEGIN" not in line:
            yield line.strip('"{}, ')


@pytest.fixture
def ear() -> Ear:
    return Ear()


def everything_said(one: World, caplog: pytest.LogCaptureFixture, *said: object) -> str:
    files = (path.read_text(errors="replace") for path in sorted(one.folder.rglob("*")) if path.is_file())
    spoken = [*one.heard, *said, *caplog.records]
    return "\n".join([*files, caplog.text, *(f"{thing!r}\n{thing}" for thing in spoken)])


def listening(one: World, ear: Ear, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level(logging.DEBUG, "muvi_provision")
    ear.put_on(one.cloud)
    return one


def test_the_ear_hears(world: Worlds, ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    """Else the others would prove nothing."""
    one = listening(world("tiny"), ear, caplog)
    one.run(steps=["1.10"])
    assert len(ear.secrets) > 5
    a_secret = next(iter(ear.secrets))
    (one.folder / "tiny.log").write_text(f"oh: {a_secret}")
    assert ear.found_in(everything_said(one, caplog)) == [a_secret]


def test_run_plan_renewal_and_teardown(world: Worlds, ear: Ear, caplog: pytest.LogCaptureFixture) -> None:
    one = listening(world("tiny"), ear, caplog)
    said: list[object] = [one.plan(), one.run(), one.plan(), one.drift()]
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
    """Killed around each call of the step that makes keys; what is on disk then is all there is."""
    one = listening(world("tiny", threads=1), ear, caplog)
    point, texts = 0, []
    while one.killed_at_call(lambda disk: one.run(disk, ["1.10"]), point, how):
        point += how == "before"
        texts.append(everything_said(one, caplog))
    texts += [everything_said(one, caplog, one.run(steps=["1.10"]))]
    texts += [everything_said(one, caplog, one.run())]
    assert len(texts) > 3
    assert ear.found_in("\n".join(texts)) == []


@pytest.mark.parametrize("operation", sorted(SENDS))
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
    report = one.run(steps=["1.10"])
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


@pytest.mark.parametrize("operation", ["CreateSecret", "ImportCertificate"])
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
    report = one.run(steps=["1.10"])
    assert report.errors
    assert all(isinstance(error, MuviError) for error in report.errors.values())
    assert ear.found_in(everything_said(one, caplog, report)) == []


def test_the_files_of_the_state_are_all_looked_at(world: Worlds, tmp_path: Path) -> None:
    one = world("tiny")
    one.run()
    kinds = {record.kind for record in one.site().state.records()}
    assert CertificateAuthority.declared.kind in kinds
    names = {path.name for path in one.folder.iterdir()}
    assert {"tiny.json", "tiny.json.backup", "tiny.wal.backup"} <= names
