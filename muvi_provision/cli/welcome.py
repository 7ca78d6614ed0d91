"""What a bare ``muvi`` says: twelve lines, ending in what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from muvi_provision.cli.invocation import Invocation
from muvi_provision.cli.options import Options

if TYPE_CHECKING:
    from muvi_provision.state.loading import Files

WIDTH = 80
TOP = (
    "muvi-provision builds a copy of a cinema company's AWS stack, day by day, and",
    "takes it down again. Nothing is made before you have seen a plan.",
)
BOTTOM = ("Every command explains itself:  muvi COMMAND --help", "All commands:                   muvi --help")
Hints = Sequence[tuple[str, str]]
REHEARSE: Hints = (
    ("muvi plan day1", "what the first day would make"),
    ("muvi run day1", "make it, in a sandbox on this machine"),
)
BEGIN: Hints = (
    ("muvi init", "describe your environment by answering questions"),
    ("muvi plan day1", "what would be made, and what it costs"),
)
AFTERWARDS: Hints = (
    ("muvi verify", "read everything back and check it"),
    ("muvi teardown", "take it down again, nothing left that costs"),
)
SEE = ("muvi status", "how far it is, and what it costs now")
GO_ON = ("muvi run", "go on where it stopped")
GO_ON_DELETING = ("muvi teardown", "go on taking it down")
WATCH = ("muvi status --watch", "a command is at work: look on")


def greet(call: Invocation) -> None:
    """Twelve lines: what this is, what to do next, where to read on."""
    options, (real, rehearsed) = call.options, _folders(call.options)
    if begun := _begun(real, options):
        middle = _go_on(begun, replace(options, env=_env(begun, options)))
    elif not options.sandbox and (begun := _begun(rehearsed, options)):
        middle = _go_on(begun, replace(options, env=_env(begun, options), sandbox=True))
    else:
        middle = _fresh(real, options)
    call.show("\n".join([*TOP, "", *middle, "", *BOTTOM]))


def _folders(options: Options) -> tuple[Path, Path]:
    """Where the state of these options is, and where that of the sandbox is."""
    sandbox = options.state_dir / "sandbox"
    return (sandbox if options.sandbox else options.state_dir), sandbox


def _begun(folder: Path, options: Options) -> Files | None:
    """The state that remembers something: of the environment that was asked for, or of another one."""
    from muvi_provision.state.loading import Files

    names = {
        file.stem for file in folder.glob("*.*") if file.suffix in (".json", ".wal") and file.name != "server.json"
    }
    states = [Files(folder, name) for name in sorted(names, key=lambda name: (name != Path(options.env).stem, name))]
    return next((files for files in states if _statuses(files)), None)


def _statuses(files: Files) -> set[str]:
    """What the records of a state say of their things; a state that cannot be read is one to look at."""
    from muvi_provision.errors import MuviError
    from muvi_provision.state.disk import Disk
    from muvi_provision.state.loading import load

    try:
        found, _ = load(files, Disk())
    except (MuviError, OSError):
        return {"unreadable"}
    return {record.status for record in found.records.values()} if found else set()


def _env(files: Files, options: Options) -> str:
    return options.env if Path(options.env).stem == files.env else files.env


def _go_on(files: Files, options: Options) -> list[str]:
    from muvi_provision.clock import SystemClock
    from muvi_provision.state.lock import Lock
    from muvi_provision.state.records import DELETING

    next_one = GO_ON_DELETING if DELETING in _statuses(files) else GO_ON
    if Lock(files.lock, SystemClock()).is_held():
        next_one = WATCH
    where = " in the sandbox" if options.sandbox else ""
    return [
        f"There is something already{where}:",
        *_listed((SEE, next_one), options),
        "And then:",
        *_listed(AFTERWARDS, options),
    ]


def _fresh(folder: Path, options: Options) -> list[str]:
    sandbox = replace(options, sandbox=True)
    after = ("And then:", AFTERWARDS) if options.sandbox else ("When you are ready for AWS:", BEGIN)
    return [
        _nothing_in(folder.absolute()),
        *_listed(REHEARSE, sandbox),
        after[0],
        *_listed(after[1], options),
    ]


def _nothing_in(folder: Path) -> str:
    """Where it was looked: from another folder one looks at another state. A long path loses its beginning."""
    before, after = "Nothing is recorded in ", ". To rehearse without AWS:"
    room, path = WIDTH - len(before + after), str(folder)
    return before + (path if len(path) <= room else f"...{path[3 - room :]}") + after


def _listed(hints: Hints, options: Options) -> list[str]:
    """Commands with the options that lead to the same place, and what they do where there is room to say it."""
    commands = [options.again(command) for command, _ in hints]
    column = max(28, *map(len, commands))
    lines = [f"  {command:<{column}}  {text}" for command, (_, text) in zip(commands, hints, strict=True)]
    return [line if len(line) <= WIDTH else f"  {command}" for line, command in zip(lines, commands, strict=True)]
