"""One call of the program: its options, its streams, and the few ways to say something."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TextIO

from muvi_provision.cli.options import Options
from muvi_provision.clock import Clock, SystemClock

if TYPE_CHECKING:
    import typer

    from muvi_provision.cli.journal import Journal

NARROWEST = 20
LABEL = re.compile(r"(next|where|what|why): +")


@dataclass
class Stats:
    """What the command asked of AWS: calls, and how many of them wrote."""

    api_calls: int = 0
    writes: int = 0


@dataclass
class Invocation:
    """What every command is handed. Results go to ``out``, all talk to ``err``.

    env: the environment's own name, once its file is read. is_streaming: the document is a stream of events, which
    tells its own end. is_told: the command has told its own. again: how it is gone on with, steps and all.
    """

    words: Sequence[str]
    options: Options = field(default_factory=Options)
    clock: Clock = field(default_factory=SystemClock)
    command: str = ""
    again: str = ""
    env: str = ""
    journal: Journal | None = None
    stats: Stats = field(default_factory=Stats)
    warnings: list[str] = field(default_factory=list)
    began: float = 0.0
    is_streaming: bool = False
    is_told: bool = False

    def __post_init__(self) -> None:
        self.began = self.clock.monotonic()

    @property
    def out(self) -> TextIO:
        return sys.stdout

    @property
    def err(self) -> TextIO:
        return sys.stderr

    @property
    def command_line(self) -> str:
        """As it was typed, for the lock."""
        return " ".join(["muvi", *self.words])

    @property
    def environ(self) -> Mapping[str, str]:
        return os.environ

    def can_ask(self) -> bool:
        """Whether somebody is there to answer a question."""
        somebody = sys.stdin is not None and sys.stdin.isatty() and self.err.isatty()
        is_watched = self.environ.get("CI", "").lower() in ("", "0", "false")
        return somebody and is_watched and not self.options.no_input

    def say(self, text: str) -> None:
        """Talk, on stderr; nothing with ``--quiet``."""
        if not self.options.quiet:
            print(fitted(text, self.err, plain=self.options.plain), file=self.err, flush=True)

    def warn(self, text: str) -> None:
        """Something to know that is no error: said at once, and in the document."""
        self.warnings.append(text)
        self.say(f"warning: {text}")

    def show(self, text: str) -> None:
        """A result, on stdout."""
        print(text, file=self.out, flush=True)

    def document(self, content: Mapping[str, Any], *, ok: bool = True, next: Sequence[str] = ()) -> None:  # noqa: A002
        """The one document of a command with ``--json``."""
        whole = {
            "schema": f"muvi/{self.command.replace(' ', '-')}/1",
            "ok": ok,
            "env": self.env or self.options.env,
            "data": content,
            "warnings": self.warnings,
            "next": [self.options.again(command) for command in next],
            "stats": {
                "api_calls": self.stats.api_calls,
                "writes": self.stats.writes,
                "elapsed_s": round(self.clock.monotonic() - self.began, 3),
            },
        }
        self.show(json.dumps(whole, indent=2, default=str))

    def advise(self, *commands: str) -> None:
        """What to type next, on stderr."""
        for command in commands:
            self.say(f"next: {self.options.again(command)}")


def fitted(text: str, stream: TextIO, *, plain: bool = False) -> str:
    """Wrapped to a terminal between words, under what a label begins; a command stays whole, to be pasted."""
    if plain or not stream.isatty():
        return text
    width = max(NARROWEST, shutil.get_terminal_size().columns - 1)
    return "\n".join(_wrapped(line, width) for line in text.split("\n"))


def _wrapped(line: str, width: int) -> str:
    label = LABEL.match(line)
    if len(line) <= width or (label and label[1] == "next"):
        return line
    hang = " " * (label.end() if label else len(line) - len(line.lstrip()))
    return textwrap.fill(line, width, subsequent_indent=hang, break_on_hyphens=False, break_long_words=False)


def invocation(ctx: typer.Context) -> Invocation:
    """The invocation a command belongs to, told which command it is."""
    found = ctx.find_root().obj
    assert isinstance(found, Invocation)
    names = []
    level: Any = ctx
    while level is not None and level.parent is not None:
        names.append(str(level.info_name))
        level = level.parent
    found.command = " ".join(reversed(names))
    return found
