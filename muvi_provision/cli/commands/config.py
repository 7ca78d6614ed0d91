"""``muvi config``: the environment file, judged and shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from muvi_provision.cli.files import written
from muvi_provision.cli.invocation import invocation
from muvi_provision.cli.options import COMMON, Commands

app = typer.Typer(cls=Commands, rich_markup_mode=None, help="The environment file: is it valid, and what does it say?")


@app.command(epilog=COMMON)
def validate(ctx: typer.Context) -> None:
    """Check the environment file; every complaint at once, with line and column."""
    from muvi_provision.cli.session import environment_file, load_environment

    call = invocation(ctx)
    path = environment_file(call)
    load_environment(call)
    if call.options.json:
        call.document({"valid": True, "file": str(path)})
    else:
        call.show(f"valid: {path}")


@app.command(epilog=COMMON)
def schema(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write it to this file instead.")] = None,
) -> None:
    """The JSON Schema of environment files, for editors."""
    from muvi_provision.environment import schema as made

    call = invocation(ctx)
    if out:
        written(out, json.dumps(made(), indent=2) + "\n")
        call.say(f"written: {out}")
    elif call.options.json:
        call.document(made())
    else:
        call.show(json.dumps(made(), indent=2))


@app.command(epilog=COMMON)
def show(ctx: typer.Context) -> None:
    """The environment as it is used: every default filled in, options applied."""
    from muvi_provision.cli.session import load_environment
    from muvi_provision.environment.written import dump

    call = invocation(ctx)
    effective = dump(load_environment(call))
    if call.options.json:
        call.document(effective)
        return
    import yaml

    call.show(yaml.safe_dump(effective, sort_keys=False, allow_unicode=True).rstrip())
