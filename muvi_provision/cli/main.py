"""The program: what ``muvi`` and ``muvi-provision`` call."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from muvi_provision import __version__
from muvi_provision.cli import errors, welcome
from muvi_provision.cli.commands import (
    caches,
    config,
    databases,
    drift,
    functions,
    images,
    init,
    invalidate,
    invoke,
    leftovers,
    logs,
    outputs,
    plan,
    redeploy,
    run,
    sandbox,
    scale,
    secrets,
    services,
    smoke,
    spend,
    state,
    status,
    teardown,
    verify,
)
from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.options import COMMON, Options
from muvi_provision.cli.streams import fitted
from muvi_provision.cli.unwritten import WrittenSoFar
from muvi_provision.errors import Interrupted, MuviError

app = typer.Typer(
    cls=WrittenSoFar,
    name="muvi",
    help="Builds a copy of a cinema company's AWS stack, day by day, and takes it down again.",
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
for name, command, panel in (
    ("init", init.init, "START"),
    ("plan", plan.plan, "BUILD"),
    ("run", run.run, "BUILD"),
    ("verify", verify.verify, "BUILD"),
    ("status", status.status, "SEE"),
    ("drift", drift.drift, "SEE"),
    ("outputs", outputs.outputs, "SEE"),
    ("services", services.services, "OPERATE"),
    ("logs", logs.logs, "OPERATE"),
    ("scale", scale.scale, "OPERATE"),
    ("redeploy", redeploy.redeploy, "OPERATE"),
    ("databases", databases.databases, "OPERATE"),
    ("caches", caches.caches, "OPERATE"),
    ("invoke", invoke.invoke, "OPERATE"),
    ("invalidate", invalidate.invalidate, "OPERATE"),
    ("spend", spend.spend, "OPERATE"),
    ("smoke", smoke.smoke, "TEST"),
    ("teardown", teardown.teardown, "CLEAN UP"),
    ("leftovers", leftovers.leftovers, "CLEAN UP"),
):
    app.command(name, rich_help_panel=panel, epilog=COMMON)(command)
app.add_typer(sandbox.app, name="sandbox", rich_help_panel="START")
app.add_typer(images.app, name="images", rich_help_panel="BUILD")
app.add_typer(functions.app, name="functions", rich_help_panel="BUILD")
app.add_typer(secrets.app, name="secrets", rich_help_panel="OPERATE")
app.add_typer(state.app, name="state", rich_help_panel="ADVANCED")
app.add_typer(config.app, name="config", rich_help_panel="ADVANCED")


def _version(asked: bool) -> None:
    if asked:
        print(f"muvi-provision {__version__}")
        raise typer.Exit


@app.callback()
def muvi(
    ctx: typer.Context,
    env: Annotated[
        str,
        typer.Option("-e", "--env", envvar="MUVI_ENV", metavar="NAME", help="Under runbook/environments/, or a file."),
    ] = Options.env,
    profile: Annotated[
        str, typer.Option("-p", "--profile", envvar="MUVI_PROFILE", metavar="NAME", help="AWS profile.")
    ] = "",
    region: Annotated[
        str, typer.Option(envvar="MUVI_REGION", metavar="REGION", help="Instead of the file's region.")
    ] = "",
    sandbox: Annotated[bool, typer.Option("--sandbox", envvar="MUVI_SANDBOX", help="Rehearse, without AWS.")] = False,
    json: Annotated[bool, typer.Option("--json", help="One JSON document (or a stream of them).")] = False,
    plain: Annotated[bool, typer.Option("--plain", envvar="MUVI_PLAIN", help="One record a line, no motion.")] = False,
    quiet: Annotated[bool, typer.Option("-q", "--quiet", help="Only results and failures.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Also what was right already.")] = False,
    debug: Annotated[bool, typer.Option("--debug", envvar="MUVI_DEBUG", help="Show tracebacks.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour; NO_COLOR does the same.")] = False,
    no_input: Annotated[bool, typer.Option("--no-input", envvar="MUVI_NO_INPUT", help="Ask nothing.")] = False,
    yes: Annotated[bool, typer.Option("-y", "--yes", help="Yes to every mild question.")] = False,
    state_dir: Annotated[
        Path, typer.Option(envvar="MUVI_STATE_DIR", metavar="FOLDER", help="Where to remember what was made.")
    ] = Options.state_dir,
    version: Annotated[  # noqa: ARG001 (typer calls its callback)
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Builds a copy of a cinema company's AWS stack, day by day, and takes it down again."""
    call = invocation(ctx)
    call.options = Options(
        env, profile, region, sandbox, json, plain, quiet, verbose, debug, no_color, no_input, yes, state_dir
    )  # fmt: skip
    if ctx.invoked_subcommand is None:
        welcome.greet(call)


def main(words: Sequence[str] | None = None) -> int:
    """Runs the program and returns its exit code; never raises."""
    words = sys.argv[1:] if words is None else words
    state_dir = Path(os.environ.get("MUVI_STATE_DIR") or Options.state_dir)
    call = Invocation(words, Options(json="--json" in words, debug="--debug" in words, state_dir=state_dir))
    with fitted():
        try:
            return _run(call)
        except MuviError as error:
            return _failed(error, call)
        except (KeyboardInterrupt, typer.Abort):
            if call.err.isatty():
                print(file=call.err)  # the terminal has written ^C, perhaps behind a question
            return _failed(Interrupted("stopped by Ctrl-C"), call)
        except errors.USAGE as error:
            return _failed(errors.misused(error), call)
        except Exception as error:  # noqa: BLE001 (the last resort: no traceback for a person)
            return _failed(errors.unexpected(error, call), call, error)


def _run(call: Invocation) -> int:
    if not call.words and not any(name.startswith("MUVI_") for name in call.environ):
        # the parser would load much for nothing
        welcome.greet(call)
        return 0
    code = app(list(call.words), prog_name="muvi", obj=call, standalone_mode=False)
    call.out.flush()
    if code == Interrupted.exit_code and not call.is_told:
        raise KeyboardInterrupt  # the parser makes an exit code of it
    return int(code or 0)


def _failed(error: MuviError, call: Invocation, cause: BaseException | None = None) -> int:
    if call.options.debug:
        import traceback

        traceback.print_exception(cause or error, file=call.err)
    if call.journal:
        call.journal.note(str(error))
    errors.tell(error, call)
    return error.exit_code
