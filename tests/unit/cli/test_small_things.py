"""The log, interruptions, shell variables, and what a thing stands on."""

from __future__ import annotations

import io
import os
import signal
from pathlib import Path

import pytest

from muvi_provision.cli.commands.outputs import quoted, variable
from muvi_provision.cli.commands.sandbox import _limit
from muvi_provision.cli.commands.teardown import standing_under
from muvi_provision.cli.connection import forget_credentials
from muvi_provision.cli.drawing.place import Place
from muvi_provision.cli.interrupts import Interrupts
from muvi_provision.cli.invocation import fitted
from muvi_provision.cli.journal import LIMIT, Journal
from muvi_provision.cli.options import Options
from muvi_provision.clock import SystemClock
from muvi_provision.errors import UsageError
from muvi_provision.state.records import Record


def test_the_log_is_private_and_does_not_grow_for_ever(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "new" / "uat.log", SystemClock())
    assert not journal.note("nowhere")
    journal.path.parent.mkdir()
    assert journal.note("one\ntwo")
    assert journal.path.stat().st_mode & 0o777 == 0o600
    assert [line.partition(" ")[2] for line in journal.path.read_text().splitlines()] == ["one", "two"]
    journal.path.write_bytes(b"x" * (LIMIT + 1))
    journal.note("three")
    assert journal.path.read_text().endswith("three\n")
    assert journal.path.stat().st_size < 100
    assert (tmp_path / "new" / "uat.log.1").exists()


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not Journal(tmp_path / "file" / "uat.log", SystemClock()).trouble(ValueError())


def test_the_second_signal_leaves() -> None:
    stopped, left = [], []
    with Interrupts(lambda: stopped.append(1), left.append) as interrupts:
        os.kill(os.getpid(), signal.SIGTERM)
        assert interrupts.code == 143
        assert not left
        os.kill(os.getpid(), signal.SIGINT)
    assert left == [130]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_nothing_is_left_of_real_credentials() -> None:
    environ = {"AWS_ACCESS_KEY_ID": "AKIA", "AWS_PROFILE": "prod", "BOTO_CONFIG": "x", "HOME": "h", "NO_PROXY": "corp"}
    forget_credentials(environ)
    assert "AKIA" not in environ.values()
    assert "AWS_PROFILE" not in environ
    assert environ["AWS_SHARED_CREDENTIALS_FILE"] == os.devnull
    assert environ["NO_PROXY"] == "corp,127.0.0.1"


@pytest.mark.parametrize(
    ("text", "expected"), [("vpc-1", "vpc-1"), ("a b", '"a b"'), ('$x"y', r'"\$x\"y"'), ("", ""), ("a\nb", r'"a\nb"')]
)
def test_values_for_dotenv(text: str, expected: str) -> None:
    assert quoted(text) == expected


def test_names_for_dotenv() -> None:
    assert variable("security-group-rule/a:80-from-b.id") == "SECURITY_GROUP_RULE_A_80_FROM_B_ID"


def test_what_is_kept_keeps_what_it_stands_on() -> None:
    def record(address: str, *needs: str) -> Record:
        return Record(address, "x", "1.1", "ready", id=address, needs=needs)

    records = [record("vpc/a"), record("subnet/a", "vpc/a"), record("nat/a", "subnet/a", "ip/a"), record("ip/a")]
    assert standing_under(records, ["subnet/a"]) == {"subnet/a", "vpc/a"}
    assert standing_under(records, ["nat/a"]) == {"nat/a", "subnet/a", "vpc/a", "ip/a"}


class Tube(io.StringIO):
    """A stream that may claim to be a terminal."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


def test_talk_is_wrapped_to_a_terminal_and_commands_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    command = "next:  muvi run day1 --from 1.2 --until 1.5 --sandbox"
    text = f"why:   one two three four five six seven\n{command}"
    assert fitted(text, Tube(terminal=True)) == f"why:   one two three four\n       five six seven\n{command}"
    assert fitted(text, Tube(terminal=False)) == text
    assert fitted(text, Tube(terminal=True), plain=True) == text


def test_commands_in_instructions_lead_to_the_same_place() -> None:
    place = Place(again=Options(sandbox=True, env="demo").again)
    said = "Copy them with `muvi images copy`, or:\n  ns-1.example\nmuvi secrets set a/b\n\nmuvi as a word"
    assert place.told(said)[:3] == [
        "Copy them with `muvi images copy -e demo --sandbox`, or:",
        "  ns-1.example",
        "muvi secrets set a/b -e demo --sandbox",
    ]


def test_a_limit_of_the_sandbox_is_one_that_there_is() -> None:
    assert _limit("fargate_vcpus=6") == ("fargate_vcpus", 6)
    for wrong, said in (("fargate_vcpu=6", 'did you mean "fargate_vcpus"'), ("vpcs", "NAME=N"), ("vpcs=-1", "NAME=N")):
        with pytest.raises(UsageError, match=said):
            _limit(wrong)
