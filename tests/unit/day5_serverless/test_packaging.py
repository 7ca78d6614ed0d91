"""Code becomes a zip: always the same one for the same files, and never one that Lambda would refuse."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import zipfile
from pathlib import Path

import pytest

from muvi_provision.day5_serverless import entries, packaging
from muvi_provision.day5_serverless.packaging import Package, packed
from muvi_provision.errors import StepFailed

NODE, ENTRY = "nodejs22.x", "index.handler"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "sync-films"
    (place / "lib").mkdir(parents=True)
    (place / "index.js").write_text("exports.handler = async () => 1;\n")
    (place / "lib" / "a.js").write_text("module.exports = 1;\n")
    return place


def names(package: Package) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        return archive.namelist()


def refused(place: Path, entry: str = ENTRY, runtime: str = NODE) -> StepFailed:
    with pytest.raises(StepFailed) as caught:
        packed(place, entry, runtime)
    assert caught.value.where == str(place)
    assert caught.value.next
    return caught.value


def test_the_same_files_make_the_same_zip(folder: Path, tmp_path: Path) -> None:
    """Whenever they were written, in whichever order, by whomever."""
    twin = tmp_path / "elsewhere"
    (twin / "lib").mkdir(parents=True)
    for name in ("lib/a.js", "index.js"):
        (twin / name).write_bytes((folder / name).read_bytes())
        os.utime(twin / name, (0, 1_000_000_000))
        (twin / name).chmod(0o600)
    assert packed(folder, ENTRY, NODE) == packed(twin, ENTRY, NODE)


def test_what_it_holds(folder: Path) -> None:
    package = packed(folder, ENTRY, NODE)
    assert names(package) == ["index.js", "lib/a.js"]
    assert package.sha256 == base64.b64encode(hashlib.sha256(package.content).digest()).decode()
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        for one in archive.infolist():
            assert one.date_time == (1980, 1, 1, 0, 0, 0)
            assert one.external_attr >> 16 == 0o100755, "Lambda reads it as somebody else"
            assert one.compress_type == zipfile.ZIP_DEFLATED
        assert archive.testzip() is None


def test_another_letter_is_another_zip(folder: Path) -> None:
    before = packed(folder, ENTRY, NODE)
    (folder / "lib" / "a.js").write_text("module.exports = 2;\n")
    assert packed(folder, ENTRY, NODE).sha256 != before.sha256


def test_what_is_not_code_is_left_out(folder: Path) -> None:
    before = packed(folder, ENTRY, NODE)
    for name in (".git/HEAD", "lib/__pycache__/a.pyc", ".DS_Store", "lib/.DS_Store"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("x")
    assert packed(folder, ENTRY, NODE) == before


@pytest.mark.parametrize("inside", ["index.js", "lib"])
def test_a_link_is_refused(folder: Path, inside: str) -> None:
    (folder / "link").symlink_to(folder / inside)
    assert refused(folder).what == "link is a symbolic link"


def test_a_zip_is_taken_as_it_is(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "sync-films.zip"
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("index.mjs", "export const handler = 1")
    assert packed(place, ENTRY, NODE).content == place.read_bytes()


def test_what_is_no_zip(tmp_path: Path) -> None:
    place = tmp_path / "sync-films.zip"
    place.write_bytes(b"PK, but not really")
    assert "no zip" in refused(place).what
    with zipfile.ZipFile(place, "w"):
        pass
    assert refused(place).what == "there is no file in it"


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert "FileNotFoundError" in refused(tmp_path / "nowhere.zip").why


def test_fifty_megabytes_and_no_more(tmp_path: Path) -> None:
    place = tmp_path / "large.zip"
    with place.open("wb") as file:
        file.truncate(packaging.DIRECT + 1)
    error = refused(place)
    assert error.what == "the code is 50.0 MiB as a zip, Lambda takes 50"
    assert "s3://" in error.why


def test_a_folder_that_does_not_shrink_is_too_large_as_well(folder: Path) -> None:
    (folder / "noise").write_bytes(os.urandom(packaging.DIRECT))
    assert "as a zip, Lambda takes 50" in refused(folder).what


def test_what_is_too_large_unzipped(folder: Path, tmp_path: Path) -> None:
    with (folder / "empty").open("wb") as file:
        file.truncate(packaging.UNZIPPED)
    assert "unzipped, Lambda takes 250" in refused(folder).what
    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("index.js", bytes(packaging.UNZIPPED + 1))
    assert "unzipped, Lambda takes 250" in refused(bomb).what


@pytest.mark.parametrize(
    ("entry", "runtime", "there"),
    [
        ("index.handler", "nodejs22.x", "index.js"),
        ("index.handler", "nodejs24.x", "index.mjs"),
        ("src/main.run", "nodejs22.x", "src/main.cjs"),
        ("app.handler", "python3.13", "app.py"),
        ("pkg.app.handler", "python3.13", "pkg/app.py"),
        ("pkg/app.handler", "python3.13", "pkg/app.py"),
        ("pkg.handler", "python3.13", "pkg/__init__.py"),
        ("app.handler", "ruby3.4", "app.rb"),
        ("whatever", "provided.al2023", "bootstrap"),
        ("example.Handler::handleRequest", "java21", "anything.class"),
        ("Assembly::Class::Method", "dotnet10", "Assembly.dll"),
    ],
)
def test_the_file_of_the_entry(entry: str, runtime: str, there: str) -> None:
    assert entries.complaint(entry, runtime, {there, "node_modules/x/index.js"}) == ""


def test_an_entry_that_is_not_there() -> None:
    assert entries.complaint(ENTRY, NODE, {"main.js"}) == "there is no index.js or index.mjs or index.cjs in it"
    deeper = entries.complaint(ENTRY, NODE, {"sync-films/index.js", "sync-films/lib/a.js"})
    assert "but at sync-films/index.js: pack what is in that folder" in deeper
    assert "pack" not in entries.complaint(ENTRY, NODE, {"main.js", "node_modules/index.js"})


def test_it_is_told_where_and_what(folder: Path) -> None:
    error = refused(folder, "app.handler", "python3.13")
    assert error.what.startswith("there is no app.py")
    assert error.why == "its entry is app.handler and its runtime python3.13"
