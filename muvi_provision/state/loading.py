"""Reading a state back: checkpoint or backup, then the log lines with a later serial."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from muvi_provision.clock import Clock
from muvi_provision.errors import StateCorrupt, StateError, StateTooNew
from muvi_provision.state import records
from muvi_provision.state.disk import Disk, looks
from muvi_provision.state.records import SCHEMA, Contents, Header


@dataclasses.dataclass(frozen=True)
class Files:
    """The files of one environment's state."""

    folder: Path
    env: str

    @property
    def checkpoint(self) -> Path:
        return self.folder / f"{self.env}.json"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.env}.wal"

    @property
    def fresh(self) -> Path:
        return self.folder / f"{self.env}.json.new"

    @property
    def lock(self) -> Path:
        return self.folder / f"{self.env}.lock"

    def all(self) -> tuple[Path, ...]:
        """Those that hold what is remembered; one of them is there once anything was written."""
        known = (self.log, self.checkpoint)
        return (*known, *map(self.backup, known))

    def backup(self, path: Path) -> Path:
        return path.with_name(path.name + ".backup")


def read_settled(files: Files, disk: Disk, clock: Clock) -> tuple[Contents | None, str]:
    """Loads, and again when something is amiss: a reader may come between two renames of a running writer."""
    for _ in range(2):
        try:
            found, mended = _readable(files, disk)
        except StateCorrupt:
            mended = "unread"
        if not mended:
            return found, mended
        clock.sleep(0.05)
    return _readable(files, disk)


def _readable(files: Files, disk: Disk) -> tuple[Contents | None, str]:
    try:
        return load(files, disk)
    except OSError as error:
        where = Path(error.filename or files.folder)
        why = "without it nobody knows what was made; nothing was done in AWS"
        again = (*looks(error, where), "muvi status")
        raise StateError(error.strerror or str(error), where=str(where), why=why, next=again) from error


def load(files: Files, disk: Disk) -> tuple[Contents | None, str]:
    """The contents on disk (None when there are none) and a sentence when they had to be mended.

    Raises StateCorrupt when neither checkpoint, backup nor log give the whole, StateTooNew.
    """
    base, mended = _base(files, disk)
    older = _lines(files.backup(files.log), disk) if mended or base is None else []
    lines = [*older, *_lines(files.log, disk)]
    if base is None and not lines:
        if mended:
            raise _corrupt(files, "neither the file, its backup nor its log can be read")
        return None, ""
    contents = base or Contents(Header(files.env, ""), serial=-1)
    for entry in lines:
        if entry["serial"] <= contents.serial:
            continue
        if entry["serial"] != contents.serial + 1:
            raise _corrupt(files, f"changes {contents.serial + 1} to {entry['serial'] - 1} are missing")
        contents = _applied(files, contents, entry)
    problems = list(contents.complaints())
    if problems or not contents.header.lineage:
        raise _corrupt(files, "; ".join(problems) or "it does not say whose it is")
    return contents, mended


def _applied(files: Files, contents: Contents, entry: dict[str, Any]) -> Contents:
    schema = entry.get("header", {}).get("schema", SCHEMA) if isinstance(entry.get("header"), dict) else SCHEMA
    if schema > SCHEMA:
        raise _too_new(schema, files.log)
    try:
        return records.applied(contents, entry)
    except (KeyError, TypeError) as error:
        raise _corrupt(files, f"change {entry['serial']} makes no sense: {error}") from error


def _too_new(schema: int, path: Path) -> StateTooNew:
    what = f"schema {schema}; this version reads up to {SCHEMA}"
    return StateTooNew(what, where=str(path), next=("pip install --upgrade muvi-provision",))


def _base(files: Files, disk: Disk) -> tuple[Contents | None, str]:
    """The newest sound checkpoint, and what was wrong with the newest."""
    backup = files.backup(files.checkpoint)
    wrong = ""
    for path in (files.checkpoint, backup):
        file = disk.read(path)
        if file is None:
            wrong = wrong or ("missing" if path != backup and disk.read(backup) is not None else "")
            continue
        if (schema := records.schema_of(file)) > SCHEMA:
            raise _too_new(schema, path)
        if contents := records.contents_of(file):
            return contents, f"{files.checkpoint} was {wrong}; restored from its backup and log" if wrong else ""
        wrong = wrong or "damaged"
    if disk.read(files.backup(files.log)) is not None:
        wrong = wrong or "missing"
    return None, f"{files.checkpoint} was {wrong}; restored from its log" if wrong else ""


def _lines(path: Path, disk: Disk) -> list[dict[str, Any]]:
    """The entries of a log; a torn last line is dropped, damage before it is refused."""
    log = disk.read(path) or b""
    entries = [records.entry_of(text) for text in log.split(b"\n")[:-1]]
    if entries and entries[-1] is None:
        entries.pop()
    if None in entries:
        why = "nothing in AWS was touched, and its tags say whose it is"
        raise StateCorrupt(f"line {entries.index(None) + 1} is damaged", where=str(path), why=why, next=_REMEDIES)
    return [entry for entry in entries if entry is not None]


_REMEDIES = ("muvi state recover",)


def _corrupt(files: Files, what: str) -> StateCorrupt:
    why = "what it remembered is still there: nothing in AWS was touched, and its tags say whose it is"
    return StateCorrupt(what, where=str(files.checkpoint), why=why, next=_REMEDIES)
