"""Signing in: to AWS as whoever the machine says we are, or to the sandbox as nobody."""

from __future__ import annotations

import os
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from muvi_provision.cli.invocation import Invocation
from muvi_provision.clock import SystemChance

if TYPE_CHECKING:
    from muvi_provision.aws.clients import Aws, SignIn
    from muvi_provision.aws.identity import Identity
    from muvi_provision.aws.waits import Pace
    from muvi_provision.environment import Environment
    from muvi_provision.sandbox import Running
    from muvi_provision.state.store import State

OURS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn")


@dataclass(frozen=True)
class Connection:
    """A cloud that has told us who we are there."""

    aws: Aws
    identity: Identity
    pace: Pace
    sandbox: Running | None = None


def connect(call: Invocation, environment: Environment, state: State) -> Connection:
    """Signs in and asks who we are, before anything else is asked. Raises NotSignedIn, RegionUnusable, SandboxError."""
    from muvi_provision.aws.clients import Aws, Border
    from muvi_provision.aws.identity import who_am_i
    from muvi_provision.aws.translation import translated
    from muvi_provision.aws.waits import Pace
    from muvi_provision.naming import Ownership

    running = start_sandbox(call) if call.options.sandbox else None
    sign_in = _rehearsing(environment.region, running) if running else _signing_in(call, environment.region)
    if call.journal:
        sign_in = _journalled(sign_in, call)
    border = Border(sign_in, call.clock, SystemChance())
    aws = Aws(border, Ownership(environment.name, state.header.lineage), environment.region)
    try:
        endpoint = aws.sts.meta.endpoint_url
    except Exception as error:
        raise translated(error, f"profile {sign_in.profile}" if sign_in.profile else "") from error
    pace = Pace()
    if running:
        call.say(f"SANDBOX  nothing here is real: {running.endpoint}")
        pace = Pace(scale=1 / running.speed if running.speed else 0)
    elif not (urlsplit(endpoint).hostname or "").endswith(OURS):
        call.say(f"{'!' * 9} NOT AWS {'!' * 9}\nan endpoint override is set: calls go to {endpoint}")
        pace = Pace(known=False)
    return Connection(aws, who_am_i(aws), pace, running)


def start_sandbox(call: Invocation, speed: float | None = None) -> Running:
    """The sandbox of the state folder, started if it is not running. Raises SandboxError, StateNotWritten."""
    from muvi_provision import sandbox
    from muvi_provision.cli.session import made
    from muvi_provision.sandbox.process import control

    forget_credentials(os.environ)
    folder = made(call.options.state_dir)
    made(folder / "sandbox")
    running = sandbox.status(folder)
    if running is None:
        call.say("starting the sandbox ...")
        return sandbox.start(folder, speed=speed or 0)
    if speed is not None and speed != running.speed:
        control(running, "settings", {"speed": speed})
        running = replace(running, speed=speed)
    return running


def forget_credentials(environ: MutableMapping[str, str]) -> None:
    """Leaves nothing in this process by which a call could reach the real AWS."""
    for name in [name for name in environ if name.upper().startswith(("AWS_", "BOTO_"))]:
        del environ[name]
    environ["AWS_CONFIG_FILE"] = environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    environ["AWS_EC2_METADATA_DISABLED"] = "true"
    direct = ",".join(filter(None, (environ.get("NO_PROXY") or environ.get("no_proxy"), "127.0.0.1")))
    environ["NO_PROXY"] = environ["no_proxy"] = direct


def _rehearsing(region: str, running: Running) -> SignIn:
    from muvi_provision.aws.clients import SignIn

    keys = running.credentials
    return SignIn(
        region,
        endpoint=running.endpoint,
        access_key=keys["aws_access_key_id"],
        secret_key=keys["aws_secret_access_key"],
    )


def _signing_in(call: Invocation, region: str) -> SignIn:
    from muvi_provision.aws.clients import SignIn

    return SignIn(region, profile=call.options.profile or None)


def _journalled(sign_in: SignIn, call: Invocation) -> SignIn:
    assert call.journal is not None
    return replace(sign_in, attach=call.journal.attach)
