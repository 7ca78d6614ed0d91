"""What a bare ``muvi`` says: twelve lines, ending in what to do next."""

from __future__ import annotations

from pathlib import Path

from muvi_provision.cli.invocation import Invocation

TOP = """\
muvi-provision builds a copy of a cinema company's AWS stack, one day of the runbook at a time,
explains what it makes, and takes it down again. Nothing is made before you have seen a plan."""
FRESH = """\
Nothing has been made yet. To rehearse without an AWS account and without cost:
  muvi plan day1 --sandbox      what the first day would make
  muvi run day1 --sandbox       make it, in a sandbox on this machine
When you are ready for AWS:
  muvi init                     describe your environment by answering questions
  muvi plan day1                what would be made, how long it takes, what it costs"""
BEGUN = """\
There is something already{where}:
  muvi status                   how far it is, and what it costs now
  muvi run                      go on where it stopped
  muvi verify                   read everything back and check it
When you have finished:
  muvi teardown                 take it down again, nothing left that costs money"""
BOTTOM = """\
Every command explains itself:  muvi COMMAND --help
All commands:                   muvi --help"""


def greet(call: Invocation) -> None:
    """Twelve lines: what this is, what to do next, where to read on."""
    real, rehearsed = _has_state(call.options.state_dir), _has_state(call.options.state_dir / "sandbox")
    where = " (in the sandbox: add --sandbox)" if rehearsed and not real else ""
    middle = BEGUN.format(where=where) if real or rehearsed else FRESH
    call.show("\n".join([TOP, "", *middle.splitlines(), "", *BOTTOM.splitlines()]))


def _has_state(folder: Path) -> bool:
    """Whether some environment's state is there; a log alone is one that was interrupted early."""
    return any(file.suffix in (".json", ".wal") and file.name != "server.json" for file in folder.glob("*.*"))
