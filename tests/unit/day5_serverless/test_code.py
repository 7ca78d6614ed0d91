"""Where code is looked for, and which it is: in a folder, in a zip, in a bucket, or nowhere yet."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path
from typing import Any

import pytest

from muvi_provision.day5_serverless import code
from muvi_provision.day5_serverless.code import FunctionCode
from muvi_provision.errors import StepFailed
from muvi_provision.resource import Live
from tests.resources.contract import REGION, Bench

PLACE = "s3://codes/sync-films.zip"


def wanted(place: str = "") -> FunctionCode:
    return FunctionCode("sync-films", entry="index.handler", runtime="nodejs22.x", code=place)


def told(bench: Bench, place: str = "") -> dict[str, str]:
    resource = wanted(place)
    live = resource.find(bench.aws, None)
    assert isinstance(live, Live)
    return resource.outputs(live)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def folder(here: Path, place: str = "functions/sync-films") -> Path:
    found = here / place
    found.mkdir(parents=True)
    (found / "index.js").write_text("exports.handler = 1")
    return found


def zipped(here: Path, place: str = "functions/sync-films.zip") -> Path:
    found = here / place
    found.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr("index.js", "exports.handler = 2")
    return found


def test_without_code_it_is_found_and_empty(bench: Bench, here: Path) -> None:
    live = wanted().find(bench.aws, None)
    assert live
    assert live.id == "sync-films: functions/sync-films"
    assert told(bench) == {"sha256": "", "place": ""}
    (here / "functions/sync-films").mkdir(parents=True)
    assert told(bench)["sha256"] == "", "an empty folder is none"


def test_a_folder_goes_before_a_zip(bench: Bench, here: Path) -> None:
    zipped(here)
    assert told(bench)["place"] == "functions/sync-films.zip"
    folder(here)
    assert told(bench)["place"] == "functions/sync-films", "relative: the record means the same on another machine"


@pytest.mark.parametrize("place", ["elsewhere/films", "elsewhere/films.zip"])
def test_what_the_file_says_comes_first_and_nothing_else(bench: Bench, here: Path, place: str) -> None:
    folder(here)
    assert told(bench, place) == {"sha256": "", "place": ""}
    (zipped if place.endswith(".zip") else folder)(here, place)
    assert told(bench, place)["place"] == place


def test_what_lambda_would_refuse_is_refused_while_looking(bench: Bench, here: Path) -> None:
    (folder(here) / "index.js").rename(here / "functions/sync-films/main.js")
    with pytest.raises(StepFailed, match=r"there is no index\.js"):
        told(bench)


def test_what_is_sent_is_what_was_looked_at(bench: Bench, here: Path) -> None:
    place = folder(here)
    seen = told(bench)
    sent = code.sent(seen["place"], seen["sha256"], "index.handler", "nodejs22.x")["ZipFile"]
    assert base64.b64encode(hashlib.sha256(sent).digest()).decode() == seen["sha256"]
    (place / "index.js").write_text("exports.handler = 3")
    with pytest.raises(StepFailed, match="changed while it was being sent"):
        code.sent(seen["place"], seen["sha256"], "index.handler", "nodejs22.x")


def put(bench: Bench, content: bytes, **more: Any) -> None:
    aws = bench.aws
    with aws.writing("somebody"):
        if not aws.s3.list_buckets()["Buckets"]:
            aws.s3.create_bucket(Bucket="codes", CreateBucketConfiguration={"LocationConstraint": REGION})  # type: ignore[typeddict-item]
        aws.s3.put_object(Bucket="codes", Key="sync-films.zip", Body=content, **more)


def test_an_object_in_a_bucket(bench: Bench) -> None:
    assert told(bench, PLACE) == {"sha256": "", "place": ""}, "neither bucket nor object"
    put(bench, b"one")
    first = told(bench, PLACE)
    assert first["place"] == PLACE
    put(bench, b"two")
    assert told(bench, PLACE)["sha256"] != first["sha256"]
    assert code.sent(PLACE, first["sha256"], "index.handler", "nodejs22.x") == {
        "S3Bucket": "codes",
        "S3Key": "sync-films.zip",
    }


def test_a_bucket_that_knows_the_sha_256_says_what_lambda_will_say(bench: Bench) -> None:
    put(bench, b"one", ChecksumAlgorithm="SHA256")
    digest = base64.b64encode(hashlib.sha256(b"one").digest()).decode()
    assert told(bench, PLACE)["sha256"] == digest


@pytest.mark.parametrize("place", ["s3://codes", "s3:///key", "s3://codes/"])
def test_half_a_place_in_a_bucket(bench: Bench, place: str) -> None:
    with pytest.raises(StepFailed, match="is no object in a bucket"):
        told(bench, place)
