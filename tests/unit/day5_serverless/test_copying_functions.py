"""Code from another account: the whole of it, only once, and nothing written there or over other code here."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from muvi_provision import sandbox
from muvi_provision.aws.clients import Aws, WriteRefused
from muvi_provision.day5_serverless import copying_functions, packaging
from muvi_provision.day5_serverless.copying_functions import Original, copied, looked_at, reading
from muvi_provision.environment import Environment
from muvi_provision.environment.serverless import FunctionSource
from muvi_provision.errors import NameTaken, StepFailed, UsageError
from muvi_provision.sandbox import Running
from muvi_provision.sandbox.process import control
from tests.registry import HERE, OTHER, OURS, THERE, Registry

SOURCE = FunctionSource(profile="cinema-readonly", region=THERE, suffix="-live")
TRUST = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, '
    '"Action": "sts:AssumeRole"}]}'
)


def zipped(text: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("index.js", text)
    return written.getvalue()


CODE = zipped("exports.handler = async () => 'live'")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("theirs")
    yield sandbox.start(folder, speed=0)
    sandbox.stop(folder)


@pytest.fixture
def cloud(running: Running) -> Running:
    """Empty, behind real HTTP."""
    control(running, "reset")
    return running


@pytest.fixture
def theirs(cloud: Running) -> Any:
    """Another account's ``sync-films-live``."""
    owner = Registry(cloud.endpoint, OTHER, THERE)
    with owner.aws.writing("somebody"):
        role = owner.aws.iam.create_role(RoleName="theirs", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        owner.aws.lambda_.create_function(
            FunctionName="sync-films-live",
            Runtime="nodejs20.x",
            Role=role,
            Handler="index.handler",
            MemorySize=512,
            Code={"ZipFile": CODE},
        )
    yield owner
    for client in owner.border._clients.values():
        client.close()


@pytest.fixture
def there(theirs: Any, cloud: Running) -> Any:
    """The way to it that a rehearsal takes."""
    mine = Registry(cloud.endpoint, "sandbox", HERE)
    found = reading(Aws(mine.border, OURS, HERE), SOURCE, mine.border.clock, OTHER)
    yield found
    for client in found.border._clients.values():
        client.close()


@pytest.fixture
def original(there: Aws, tiny: Environment) -> Original:
    return looked_at(there, tiny, "sync-films", SOURCE)


def test_it_is_looked_at(original: Original) -> None:
    assert original.there == "sync-films-live"
    assert original.sha256 == packaging.digest(CODE)
    assert original.size == len(CODE)
    assert original.differs == {
        "runtime": ("nodejs20.x", "nodejs22.x"),
        "memory": ("512", "256"),
        "timeout_s": ("3", "60"),
    }
    assert original.layers == ()


def test_it_is_copied_and_only_once(there: Aws, original: Original, tmp_path: Path) -> None:
    found = copied(there, original, folder=tmp_path)
    assert found.place == tmp_path / "functions" / "sync-films.zip"
    assert found.place.read_bytes() == CODE
    assert not found.was_there
    assert [each.name for each in found.place.parent.iterdir()] == ["sync-films.zip"]
    again = copied(there, replace(original, location="http://nowhere.invalid/"), folder=tmp_path)
    assert again.was_there, "nothing is fetched for what is there"


def test_other_code_is_not_overwritten_without_force(there: Aws, original: Original, tmp_path: Path) -> None:
    place = tmp_path / "functions" / "sync-films.zip"
    place.parent.mkdir()
    place.write_bytes(b"mine")
    with pytest.raises(NameTaken, match="is not the code of sync-films-live") as caught:
        copied(there, original, folder=tmp_path)
    assert caught.value.next[0] == "muvi functions copy sync-films --force"
    assert place.read_bytes() == b"mine"
    copied(there, original, force=True, folder=tmp_path)
    assert place.read_bytes() == CODE


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_would_hide_the_copy(there: Aws, original: Original, tmp_path: Path, force: bool) -> None:
    (tmp_path / "functions" / "sync-films").mkdir(parents=True)
    with pytest.raises(NameTaken, match="there is a folder"):
        copied(there, original, force=force, folder=tmp_path)


def test_bytes_that_are_not_what_lambda_said(there: Aws, original: Original, tmp_path: Path) -> None:
    other = packaging.digest(b"other")
    with pytest.raises(StepFailed, match=r"arrived with the SHA-256") as caught:
        copied(there, replace(original, sha256=other), folder=tmp_path)
    assert "nothing was written" in caught.value.why
    assert not (tmp_path / "functions").exists()


def test_an_address_that_is_over(there: Aws, original: Original, tmp_path: Path) -> None:
    gone = replace(original, location=original.location + "x")
    with pytest.raises(StepFailed, match="could not be fetched"):
        copied(there, gone, folder=tmp_path)


def test_more_than_lambda_takes_back(there: Aws, original: Original, tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="is too large"):
        copied(there, replace(original, size=packaging.DIRECT + 1), folder=tmp_path)


def test_there_nothing_can_be_written(there: Aws) -> None:
    with pytest.raises(WriteRefused):
        there.lambda_.delete_function(FunctionName="sync-films-live")
    assert there.border.tally.writes == 0


def test_a_function_there_is_not(there: Aws, tiny: Environment) -> None:
    with pytest.raises(StepFailed, match="there is no function clean-orders-live in eu-central-1") as caught:
        looked_at(there, tiny, "clean-orders", SOURCE)
    assert "function_source.suffix" in caught.value.why


def test_code_that_comes_from_elsewhere_anyway(there: Aws, tiny: Environment) -> None:
    plan = tiny.functions["sync-films"].model_copy(update={"code": "elsewhere"})
    said = tiny.model_copy(update={"functions": {**tiny.functions, "sync-films": plan}})
    with pytest.raises(UsageError, match="comes from elsewhere"):
        looked_at(there, said, "sync-films", SOURCE)


def test_an_environment_that_does_not_say_where_from(tiny: Environment) -> None:
    with pytest.raises(UsageError, match="nothing says where"):
        copying_functions.source_of(tiny)
    said = tiny.model_copy(update={"function_source": SOURCE})
    assert copying_functions.source_of(said) == SOURCE


def test_on_aws_it_is_the_profile_that_reads(there: Aws) -> None:
    found = reading(there, SOURCE, there.border.clock)
    assert found.border.sign_in.profile == "cinema-readonly"
    assert found.region == found.border.sign_in.region == THERE


def test_the_digest_is_the_one_lambda_tells() -> None:
    assert len(packaging.digest(b"")) == 44
    assert packaging.digest(b"") != hashlib.sha256(b"").hexdigest()
