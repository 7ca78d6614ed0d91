"""``muvi sandbox``: the embedded AWS on this machine."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from muvi_provision.cli.commands import sandbox_rules
from muvi_provision.cli.invocation import Invocation, invocation
from muvi_provision.cli.options import COMMON, Commands, suggestion
from muvi_provision.cli.prompts import confirm
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.sandbox import Running

PLAYED = {
    "delegate": ("muvi outputs name-servers", "muvi run day4"),
    "authorise": ("muvi outputs connections", "muvi run day5"),
}
"""By what a person does, the command that tells of what, and the run that makes it."""

FAULTS = (
    "Words of --fault: latency=50ms, throttle=ec2:10/30, error-before=5,9 or =3%, lost-answer=5,9 or =3%, cut, "
    "time-out=5,9 or =3%, deny=ec2:CreateVpc, expire-after=120, never-ready=nat_gateway, fails=db_cluster, "
    "unseen-reads=3, unseen-seconds=10, crash=uat-menu/exit, seed=7; none ends them all. docs/commands.md tells more."
)

app = typer.Typer(cls=Commands, rich_markup_mode=None, help="The embedded AWS: rehearse without an account.")


@app.command(epilog=f"{FAULTS}\n\n{COMMON}")
def start(
    ctx: typer.Context,
    speed: Annotated[
        float | None,
        typer.Option(
            min=0, metavar="N", help="How much faster than AWS: 1 as slow, 100 quicker, 0 (so it begins) no waiting."
        ),
    ] = None,
    quota: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=N", help="A limit of the account, such as fargate_vcpus=6. May be given again."),
    ] = None,
    fault: Annotated[
        list[str] | None,
        typer.Option(metavar="WORD", help="What goes wrong on purpose, such as time-out=2%. May be given again."),
    ] = None,
) -> None:
    """Start it, if it is not running. It goes on after this command, until you stop it."""
    from muvi_provision.cli import fault_words
    from muvi_provision.cli.connection import start_sandbox

    call = invocation(ctx)
    faults = fault_words.settings(fault) if fault else None
    running = start_sandbox(call, speed, dict(map(_limit, quota or ())), faults)
    if not running.speed and {"unseen_seconds", "unseen_reads"} & set(faults or ()):
        call.warn("at speed 0 the program takes it that everything shows at once: say a --speed too, such as 100")
    _tell(call, running)


def _limit(text: str) -> tuple[str, int]:
    """``fargate_vcpus=6``. Raises UsageError."""
    from muvi_provision.sandbox.quotas import DEFAULTS

    name, _, number = text.partition("=")
    advice = ("muvi sandbox start --help",)
    if name not in DEFAULTS:
        near = suggestion(name, DEFAULTS) or f"; there are {', '.join(DEFAULTS)}"
        raise UsageError(f"there is no limit {name}{near}", where="--quota", next=advice)
    if not re.fullmatch(r"[0-9]{1,9}", number):
        raise UsageError(f'"{text}" is not NAME=N, such as {name}={DEFAULTS[name]}', where="--quota", next=advice)
    return name, int(number)


@app.command(epilog=COMMON)
def stop(ctx: typer.Context) -> None:
    """Stop it. What it holds is kept for the next start."""
    from muvi_provision import sandbox

    call = invocation(ctx)
    was_running = sandbox.stop(call.options.state_dir)
    if call.options.json:
        call.document({"running": False, "was_running": was_running})
    else:
        call.show("the sandbox is stopped" if was_running else "the sandbox was not running")


@app.command(epilog=COMMON)
def status(ctx: typer.Context) -> None:
    """Is it running, and where?"""
    from muvi_provision import sandbox

    call = invocation(ctx)
    _tell(call, sandbox.status(call.options.state_dir))


@app.command(epilog=COMMON)
def reset(ctx: typer.Context) -> None:
    """Empty it, and forget what was made in it."""
    from muvi_provision import sandbox

    call = invocation(ctx)
    confirm(call, "Empty the sandbox, and forget what was made in it?")
    with contextlib.ExitStack() as locks:
        for name in _environments(call):
            locks.enter_context(_locked(call, name))
        forgotten = _forgotten(call)
        emptied = sandbox.reset(call.options.state_dir)
    if call.options.json:
        call.document({"emptied": emptied, "forgotten": forgotten})
    else:
        call.show("the sandbox is empty" if emptied or forgotten else "the sandbox was empty already")


@app.command(epilog=COMMON)
def delegate(
    ctx: typer.Context,
    domain: Annotated[str, typer.Argument(help="The environment's domain, such as uat.cinema.example.")],
) -> None:
    """Do what a person does where a domain is registered: let it lead to this stack's zone. Only in the sandbox."""
    call = invocation(ctx)
    servers = [str(one) for one in _played(call, "delegate", {"domain": domain})["servers"]]
    if call.options.json:
        return call.document({"domain": domain, "servers": servers}, next=(_rehearsed(call, "muvi run day4"),))
    call.show(f"{domain} leads to {', '.join(servers)}")
    return call.advise(_rehearsed(call, "muvi run day4"))


@app.command(epilog=COMMON)
def authorise(
    ctx: typer.Context,
    connection: Annotated[str, typer.Argument(help="The connection's name in AWS, such as uat-gitlab.")],
) -> None:
    """Do what a person does in the console: say yes to a connection to a provider of code. Only in the sandbox."""
    call = invocation(ctx)
    arns = [str(one) for one in _played(call, "authorise", {"name": connection})["authorised"]]
    if call.options.json:
        return call.document({"connection": connection, "arns": arns}, next=(_rehearsed(call, "muvi run day5"),))
    call.show(f"{connection} is open")
    return call.advise(_rehearsed(call, "muvi run day5"))


for _told in (sandbox_rules.rules, sandbox_rules.durations, sandbox_rules.quotas):
    app.command(epilog=COMMON)(_told)


def _played(call: Invocation, verb: str, said: dict[str, str]) -> dict[str, Any]:
    """What somebody outside does, played to the running sandbox.

    Raises SandboxError where there is none, UsageError with what tells the right name and what makes it.
    """
    from urllib.error import HTTPError

    from muvi_provision import sandbox
    from muvi_provision.errors import SandboxError
    from muvi_provision.sandbox.process import control

    running = sandbox.status(call.options.state_dir)
    if running is None:
        raise SandboxError("the sandbox is not running", next=("muvi sandbox start",))
    try:
        return control(running, verb, said)
    except SandboxError as error:
        if not isinstance(error.__cause__, HTTPError):
            raise
        advice = tuple(_rehearsed(call, command) for command in PLAYED[verb])
        raise UsageError(error.why, next=advice) from error


def _rehearsed(call: Invocation, command: str) -> str:
    """Also for who did not say ``--sandbox``: it would lead to the real AWS."""
    return command if call.options.sandbox else f"{command} --sandbox"


def _tell(call: Invocation, running: Running | None) -> None:
    from muvi_provision.cli.fault_words import words

    if call.options.json:
        call.document(_described(running))
    elif running is None:
        call.show("the sandbox is not running")
        call.advise("muvi sandbox start")
    else:
        pace = f"{running.speed:g} times as fast as AWS" if running.speed else "without waiting"
        call.show(f"the sandbox is running at {running.endpoint}")
        call.show(f"account {running.account}, {pace}")
        call.show(f"process {running.pid}, since {running.started:%Y-%m-%d %H:%M} UTC")
        if running.faults:
            call.show(f"faults: {' '.join(words(running.faults))}")


def _described(running: Running | None) -> dict[str, Any]:
    from muvi_provision.cli.fault_words import words

    if running is None:
        return {"running": False, "endpoint": None}
    return {
        "running": True,
        "endpoint": running.endpoint,
        "account": running.account,
        "speed": running.speed,
        "pid": running.pid,
        "started": running.started.isoformat(),
        "faults": words(running.faults),
    }


def _environments(call: Invocation) -> list[str]:
    """Those that have a state in the sandbox: every one that wrote has a lock file."""
    names = {file.name.removesuffix(".lock") for file in _folder(call).glob("*.lock")}
    return sorted(names - {"start"})


def _states(call: Invocation) -> list[Path]:
    """Their state files. A reset cloud with an old state would look vanished."""
    found = [file for name in _environments(call) for file in _folder(call).glob(f"{name}.*")]
    return sorted(file for file in found if file.suffix not in (".lock", ".log"))


def _forgotten(call: Invocation) -> list[str]:
    """Takes the state files away, and names them. Raises StateNotWritten."""
    from muvi_provision.state.disk import not_written

    states = _states(call)
    for file in states:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            why = "an empty sandbox would look as if everything had vanished; it is as it was"
            raise not_written(error, file, why=why, again=("muvi sandbox reset",)) from error
    return [file.name for file in states]


def _folder(call: Invocation) -> Path:
    return call.options.state_dir / "sandbox"


@contextlib.contextmanager
def _locked(call: Invocation, name: str) -> Iterator[None]:
    """Raises Locked while a run is using the sandbox."""
    from muvi_provision.state.lock import Lock
    from muvi_provision.state.store import Files

    lock = Lock(Files(_folder(call), name).lock, call.clock)
    lock.take(call.command_line)
    try:
        yield
    finally:
        lock.release()
