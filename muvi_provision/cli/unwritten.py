"""Commands that are spoken of and do not exist yet: whoever types one is told so, not sent to another."""

from __future__ import annotations

from typing import Any

from muvi_provision.cli.options import Program
from muvi_provision.errors import UsageError

UNWRITTEN = frozenset(
    {"doctor", "open", "diagram", "report", "events", "transcript", "explain", "learn", "glossary", "cost", "pause"}
    | {"wake", "loadtest", "policy", "export", "completion"}
)


class WrittenSoFar(Program):
    """The whole program, which knows what it will be able to do one day."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        word = args[0]
        there = self.list_commands(ctx)
        if word in UNWRITTEN - {*there}:
            raise UsageError(
                f"`{ctx.command_path} {word}` is not written yet; today there are: {', '.join(there)}",
                next=(f"{ctx.command_path} --help",),
            )
        return super().resolve_command(ctx, args)
