"""The common options: before or after the command, from the command line or from ``MUVI_*``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from muvi_provision.errors import UsageError

PANELS = ("START", "BUILD", "SEE", "OPERATE", "TEST", "CLEAN UP", "ADVANCED")
COMMON = (
    "Common options go before or after the command: -e/--env NAME, -p/--profile, --region, --sandbox, --json, --plain, "
    "-q, -v, -y/--yes, --debug, --no-color, --no-input, --state-dir. `muvi --help` explains them."
)


@dataclass(frozen=True)
class Options:
    """What every command may be told. ``region`` and ``profile`` are empty unless somebody gave them."""

    env: str = "uat"
    profile: str = ""
    region: str = ""
    sandbox: bool = False
    json: bool = False
    plain: bool = False
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    no_color: bool = False
    no_input: bool = False
    yes: bool = False
    state_dir: Path = Path("state")

    def again(self, command: str) -> str:
        """A ``muvi …`` command to paste, with the options that lead to the same environment."""
        words = command.split()
        if self.sandbox and words[:1] == ["aws"] and words[1:2] not in (["configure"], ["sso"]):
            # as it stands it would go to the real AWS
            return "muvi sandbox start --help" if "service-quotas" in words else "muvi sandbox status"
        if words[:1] != ["muvi"]:
            return command
        more = [] if {"-e", "--env"} & set(words) or self.env == Options.env else ["-e", _quoted(self.env)]
        if self.state_dir != Options.state_dir and "--state-dir" not in command:
            more += ["--state-dir", _quoted(str(self.state_dir))]
        if self.region and "--region" not in words:
            more += ["--region", self.region]
        if self.profile and not self.sandbox and not {"-p", "--profile"} & set(words):
            more += ["-p", _quoted(self.profile)]
        if self.sandbox and "--sandbox" not in words:
            more.append("--sandbox")
        return " ".join([command, *more])


def _quoted(value: str) -> str:
    return f'"{value}"' if " " in value else value


def suggestion(word: str, among: Iterable[str]) -> str:
    """``: did you mean "status"?``, or nothing when no word is near."""
    found = get_close_matches(word, list(among), n=1, cutoff=0.6)
    return f': did you mean "{found[0]}"?' if found else ""


def hoisted(words: Iterable[str], takes_value: Mapping[str, bool]) -> tuple[list[str], list[str]]:
    """The common options of a command line, and the rest.

    ``takes_value`` has every spelling of one and whether a value follows. What comes after ``--`` is the rest's.
    """
    front: list[str] = []
    rest: list[str] = []
    words = iter(words)
    for word in words:
        name = word.partition("=")[0] if word.startswith("--") else word
        if word == "--":
            return front, [*rest, word, *words]
        if name not in takes_value and not _clustered(word, takes_value):
            rest.append(word)
            continue
        front.append(word)
        if takes_value.get(word, False):
            front += [value for value in [next(words, None)] if value is not None]
    return front, rest


def _clustered(word: str, takes_value: Mapping[str, bool]) -> bool:
    """``-qy``, or ``-eprodlike``."""
    if len(word) < 3 or word[0] != "-" or word[1] == "-":
        return False
    return takes_value.get(word[:2], False) or all(f"-{letter}" in takes_value for letter in word[1:])


class Commands(TyperGroup):
    """A group of commands that suggests the nearest word for one it does not know."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        word = args[0]
        if self.get_command(ctx, word) is None and not word.startswith("-"):
            path = ctx.command_path
            near = suggestion(word, self.list_commands(ctx))
            days = (f"muvi plan {word}", f"muvi run {word}") if re.fullmatch(r"day[1-7]", word) else ()
            raise UsageError(f'there is no command "{path} {word}"{near}', next=(*days, f"{path} --help"))
        return super().resolve_command(ctx, args)


def _innermost(ctx: Any, words: Iterable[str]) -> Any:
    """The context of the command that these words lead to."""
    for word in words:
        command = ctx.command.get_command(ctx, word) if isinstance(ctx.command, TyperGroup) else None
        if command is not None:
            ctx = type(ctx)(command, info_name=word, parent=ctx)
    return ctx


class Program(Commands):
    """The whole program: finds the common options wherever they stand, and lists commands by what they are for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        spellings = {name: not (getattr(p, "is_flag", False)) for p in self.params for name in p.opts}
        front, rest = hoisted(args, spellings)
        asked = rest[: rest.index("--")] if "--" in rest else rest
        if {"-h", "--help"} & set(asked):
            # before any value is parsed, which loads what takes longer than all of the help
            print(_innermost(ctx, asked).get_help())
            raise typer.Exit
        return super().parse_args(ctx, [*front, *rest])

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        shown = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        for panel in PANELS:
            rows = [
                (name, command.get_short_help_str(90))
                for name, command in shown
                if command is not None and not command.hidden and getattr(command, "rich_help_panel", "") == panel
            ]
            if rows:
                with formatter.section(panel):
                    formatter.write_dl(rows)
