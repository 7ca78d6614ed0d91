"""Signing in: to AWS as whoever the machine says we are, or to the sandbox as nobody."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from muvi_provision.cli.invocation import Invocation
from muvi_provision.clock import SystemChance

if TYPE_CHECKING:
    from muvi_provision.aws.clients import Aws, SignIn
    from muvi_provision.aws.identity import Identity
    from muvi_provision.aws.outside import Outside
    from muvi_provision.aws.waits import Pace
    from muvi_provision.environment import Environment
    from muvi_provision.sandbox import Running
    from muvi_provision.state.store import State

SERVICES = (
    "sts", "ec2", "elbv2", "acm", "secretsmanager", "iam", "rds", "elasticache", "ssm", "ecr", "ecs", "logs",
    "servicediscovery", "service-quotas", "resourcegroupstaggingapi", "s3", "route53", "cloudfront", "wafv2", "lambda",
    "events", "application-autoscaling", "cloudwatch", "stepfunctions", "codepipeline", "codebuild", "codeconnections",
    "ce",
)  # fmt: skip
OURS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn")

GRANTED = {"fargate_vcpus": 200}
"""What AWS grants who asks: a new account's 6 would keep whoever rehearses from seeing production's shape."""


@dataclass(frozen=True)
class Way:
    """The way to a cloud that nobody has called yet. ``sandbox``: the one it leads to, if it does."""

    aws: Aws
    sandbox: Running | None = None

    def profile(self) -> str:
        """The profile that will really be used, wherever it was named, also where there is none of that name."""
        from botocore.exceptions import ProfileNotFound

        try:
            return str(self.aws.border.session().profile_name)
        except ProfileNotFound as error:
            return str(error.kwargs["profile"])

    def endpoints(self) -> dict[str, str | None]:
        """Where each service's calls go, None for AWS's own. Only asked where something says otherwise."""
        from muvi_provision.aws.translation import translated

        try:
            first = SERVICES if self._is_overridden() else SERVICES[:1]
            return {service: self._endpoint(service) for service in first}
        except Exception as error:
            profile = self.aws.border.sign_in.profile
            raise translated(error, f"profile {profile}" if profile else "") from error

    def _is_overridden(self) -> bool:
        config: Mapping[str, Any] = self.aws.border.session()._session.get_scoped_config()
        is_in_config = "endpoint_url" in config or "services" in config
        return is_in_config or any(name.upper().startswith("AWS_ENDPOINT_URL") for name in os.environ)

    def _endpoint(self, service: str) -> str | None:
        url = str(self.aws.border.client(service, self.aws.region).meta.endpoint_url)
        return None if (urlsplit(url).hostname or "").endswith(OURS) else url


@dataclass(frozen=True)
class Connection:
    """A cloud that has told us who we are there."""

    aws: Aws
    identity: Identity
    pace: Pace
    sandbox: Running | None = None


def way(call: Invocation, environment: Environment, state: State) -> Way:
    """The way to AWS, or to the sandbox, which is started; AWS is asked nothing. Raises SandboxError."""
    from muvi_provision.aws.clients import Aws, Border
    from muvi_provision.naming import Ownership

    running = start_sandbox(call) if call.options.sandbox else None
    sign_in = _rehearsing(environment.region, running) if running else _signing_in(call, environment.region)
    if call.journal:
        sign_in = _journalled(sign_in, call)
    border = Border(sign_in, call.clock, SystemChance(), _outside(running))
    return Way(Aws(border, Ownership(environment.name, state.header.lineage), environment.region), running)


def _outside(running: Running | None) -> Outside:
    """The internet; in a rehearsal what stands for it, so that no request leaves this machine."""
    if running is None:
        from muvi_provision.aws.outside import Internet

        return Internet()
    from muvi_provision.sandbox.outside import OutsideOf

    return OutsideOf(running)


def connect(call: Invocation, along: Way, override: str | None) -> Connection:
    """Says where calls go and asks who we are there, before anything else. Raises NotSignedIn, RegionUnusable.

    override: where all services' calls go, if that is not AWS.
    """
    from muvi_provision.aws.identity import who_am_i
    from muvi_provision.aws.waits import Pace
    from muvi_provision.cli.fault_words import words

    pace = Pace()
    if running := along.sandbox:
        call.say(f"SANDBOX  nothing here is real: {running.endpoint}")
        if running.faults:
            call.say(f"faults on purpose: {' '.join(words(running.faults))}")
        pace = Pace(scale=1 / running.speed if running.speed else 0)
    elif override:
        call.say(f"{'!' * 9} NOT AWS {'!' * 9}\nan endpoint override is set: calls go to {override}")
        pace = Pace(known=False)
    identity = who_am_i(along.aws)
    return Connection(replace(along.aws, account=identity.account), identity, pace, along.sandbox)


def start_sandbox(
    call: Invocation,
    speed: float | None = None,
    quotas: Mapping[str, int] | None = None,
    faults: Mapping[str, Any] | None = None,
) -> Running:
    """The sandbox of the state folder, started if it is not running. Raises SandboxError, StateNotWritten.

    ``quotas``: limits that differ from what a rehearsal is granted. ``faults``: settings that replace those of before,
    none of which go on when it is empty.
    """
    from muvi_provision import sandbox
    from muvi_provision.cli.session import made
    from muvi_provision.sandbox.process import control

    forget_credentials(os.environ)
    folder = made(call.options.state_dir)
    made(folder / "sandbox")
    running = sandbox.status(folder)
    if running is None:
        call.say("starting the sandbox ...")
        return sandbox.start(folder, speed=speed or 0, quotas=GRANTED | dict(quotas or {}), faults=faults)
    if quotas:
        control(running, "settings", {"quotas": dict(quotas)})
    if speed is not None and speed != running.speed:
        control(running, "settings", {"speed": speed})
        running = replace(running, speed=speed)
    if faults is not None:
        running = replace(running, faults=control(running, "settings", {"faults": dict(faults)})["faults"])
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
