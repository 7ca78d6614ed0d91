"""The note of a running server."""

from __future__ import annotations

from pathlib import Path

from muvi_provision.sandbox import note

ONE = note.Note(1, "http://127.0.0.1:1", "abc", "2026-11-22T00:00:00+00:00", "0.1.0", 100, "000011112222")


def test_it_is_written_and_read(tmp_path: Path) -> None:
    assert note.read(tmp_path) is None
    note.write(tmp_path, ONE)
    assert note.read(tmp_path) == ONE
    assert (tmp_path / note.NAME).stat().st_mode & 0o077 == 0
    assert [one.name for one in tmp_path.iterdir()] == [note.NAME]


def test_what_is_torn_is_none(tmp_path: Path) -> None:
    for text in ("", "{", "[]", '{"pid": 1}'):
        (tmp_path / note.NAME).write_text(text)
        assert note.read(tmp_path) is None


def test_somebody_else_s_is_not_forgotten(tmp_path: Path) -> None:
    note.write(tmp_path, ONE)
    note.forget(tmp_path, "another")
    assert note.read(tmp_path) == ONE
    note.forget(tmp_path, "abc")
    note.forget(tmp_path, "abc")
    assert note.read(tmp_path) is None
