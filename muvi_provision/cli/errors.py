"""How errors are told: to a person in five labelled parts, to a program as one document, and as an exit code."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from muvi_provision.cli.invocation import Invocation, fitted
from muvi_provision.cli.options import Options, suggestion
from muvi_provision.errors import MuviError, UsageError

if TYPE_CHECKING:
    from muvi_provision.engine.site import Report

USAGE: type[Exception] = typer.BadParameter.__mro__[1]
"""The parser's own complaint about a command line, wherever this version of typer keeps it."""
GATES = 9
COPY = "muvi images copy"


def in_words_of(call: Invocation, command: str) -> str:
    """An advised command in the words of the one at work: what goes on with a teardown is a teardown."""
    if call.command == "images copy" and command in ("muvi run", COPY):
        return call.command_line  # where to copy from is said by its options
    if call.command == "images copy" and command.startswith(f"{COPY} --"):
        return call.command_line + command.removeprefix(COPY)
    goes_on = call.command in ("run", "teardown", "leftovers")
    is_the_same = command in ("muvi run", f"muvi {call.command}") and goes_on
    return call.again if is_the_same and call.again else command


def lines(error: MuviError, options: Options) -> list[str]:
    """The headline and the parts that there are; a part of several lines is indented."""
    parts = [("where", error.where), ("what", error.what), ("why", error.why)]
    told = [f"{f'{name}:':<7}" + text.replace("\n", "\n       ") for name, text in parts if text]
    told += [f"next:  {options.again(command)}" for command in error.next]
    return [f"error {error.code}: {error.summary}", *told]


def document(error: MuviError, call: Invocation) -> dict[str, Any]:
    """The error for a program, as the whole of a command's answer."""
    part = error_part(error)
    part["next"] = [call.options.again(command) for command in error.next]
    return {"schema": "muvi/error/1", "ok": False, "env": call.env or call.options.env, "error": part}


def error_part(error: MuviError) -> dict[str, Any]:
    """The error for a program, as part of an answer."""
    return {
        "code": error.code,
        "summary": error.summary,
        "where": error.where,
        "what": error.what,
        "why": error.why,
        "next": list(error.next),
    }


def tell(error: MuviError, call: Invocation) -> None:
    """Says it on stderr, and with ``--json`` on stdout, unless a stream of events has said it already."""
    error.next = tuple(in_words_of(call, command) for command in error.next)
    if call.options.json and not call.is_streaming:
        print(json.dumps(document(error, call)), file=call.out, flush=True)
    said = fitted("\n".join(lines(error, call.options)), call.err, plain=call.options.plain)
    print(said, file=call.err, flush=True)


def exit_code(report: Report, stopped: int = 130) -> int:
    """What a run ends with: the code its failures share, 1 when they share none; 9 when only gates are closed."""
    if report.interrupted:
        return stopped
    codes = {error.exit_code for error in report.errors.values()}
    if codes:
        return codes.pop() if len(codes) == 1 else 1
    return GATES if report.gates else 0


def misused(error: Exception) -> UsageError:
    """The parser's complaint in the product's shape, with the word that was probably meant."""
    context: Any = getattr(error, "ctx", None)
    path = context.command_path if context else "muvi"
    option = str(getattr(error, "option_name", "") or "")
    hint = suggestion(option, _spellings(context)) if option and "No such option" in str(error) else ""
    text = _format(error).rstrip(".")
    return UsageError(f"{text}{hint}", next=(f"{path} --help",))


def _format(error: Exception) -> str:
    made = getattr(error, "format_message", None)
    # the parser adds suggestions of its own in brackets
    return str(made() if made else error).partition(" (Possible options")[0]


def _spellings(context: Any) -> Iterable[str]:
    while context is not None:
        for parameter in context.command.get_params(context):
            yield from (name for name in parameter.opts if name.startswith("--"))
        context = context.parent


def unexpected(error: BaseException, call: Invocation) -> MuviError:
    """A mistake of ours, or of the machine: the traceback is in the log."""
    from muvi_provision.cli.journal import Journal

    journal = call.journal or Journal(Path(call.options.state_dir) / f"{Path(call.options.env).stem}.log", call.clock)
    kept = journal.trouble(error)
    where = f"the traceback is in {journal.path}" if kept else ""
    again = f"{call.command_line} --debug"
    return MuviError(f"{type(error).__name__}: {error}", where=where, why="run again with --debug", next=(again,))
