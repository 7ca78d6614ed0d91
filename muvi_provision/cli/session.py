"""Everything a command works with, opened in the right order: environment, lock, state, cloud, guards."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from muvi_provision.cli.invocation import Invocation
from muvi_provision.clock import SystemChance
from muvi_provision.errors import UsageError

if TYPE_CHECKING:
    from muvi_provision.aws.identity import Identity
    from muvi_provision.cli.connection import Connection, Way
    from muvi_provision.cli.drawing.sheet import Sheet
    from muvi_provision.engine.events import Listener
    from muvi_provision.engine.guards import Forbidden
    from muvi_provision.engine.site import Site
    from muvi_provision.engine.stack import Stack
    from muvi_provision.environment import Environment
    from muvi_provision.state.lock import Lock
    from muvi_provision.state.store import State

THREADS = 16
UNKNOWN = f"""{"!" * 9} WHOSE ACCOUNT IS THIS? {"!" * 9}
nothing tells account {{account}} from production: it has no alias, or you may not read it (iam:ListAccountAliases), \
the environment file names no account, and no production.accounts; look at the id before you go on"""


def environment_file(call: Invocation) -> Path:
    """The file of the environment that was asked for. Raises EnvironmentMissing."""
    from muvi_provision import runbook
    from muvi_provision.environment import find_environment

    return find_environment(call.options.env, runbook.environments())


def load_environment(call: Invocation) -> Environment:
    """The environment with the options put over it. Raises EnvironmentMissing, EnvironmentInvalid, UsageError."""
    from muvi_provision.environment import load

    path = environment_file(call)
    environment = load(path)
    call.env = environment.name
    _warn_of_another_name(call, path, environment.name)
    region = call.options.region
    return environment.model_copy(update={"region": valid_region(region)}) if region else environment


def _warn_of_another_name(call: Invocation, path: Path, name: str) -> None:
    """A copied file whose name was forgotten would silently act on what the first one made."""
    said = f"{path.name} says name: {name}, so this is the state of {name}"
    if path.stem != name and said not in call.warnings:
        call.warn(said)


def valid_region(region: str) -> str:
    """The region, if AWS has it. Raises UsageError with the nearest one."""
    from pydantic import TypeAdapter, ValidationError

    from muvi_provision.environment.names import Region

    try:
        checked: str = TypeAdapter(Region).validate_python(region)
    except ValidationError as error:
        said = error.errors()[0].get("ctx", {}).get("error", error)
        raise UsageError(str(said), where="--region", next=("muvi config show",)) from error
    return checked


def state_folder(call: Invocation) -> Path:
    """Where this command's state is: the sandbox has one of its own."""
    return call.options.state_dir / "sandbox" if call.options.sandbox else call.options.state_dir


def made(folder: Path) -> Path:
    """The folder, private to its owner if it is new. Raises StateNotWritten."""
    from muvi_provision.state.disk import not_written

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise not_written(error, folder, again=("muvi status",)) from error
    return folder


@dataclass
class Session:
    """One environment and its state; the cloud is spoken to only once ``connect`` is called."""

    call: Invocation
    environment: Environment
    state: State
    lock: Lock

    @property
    def is_sandbox(self) -> bool:
        return self.call.options.sandbox

    @cached_property
    def stack(self) -> Stack:
        """What all days' steps ask for."""
        from muvi_provision import runbook
        from muvi_provision.engine.stack import Stack

        stack = Stack(self.environment)
        stack.record(runbook.steps())
        return stack

    @cached_property
    def forbidden(self) -> Forbidden:
        from muvi_provision.engine.guards import Forbidden

        production = self.environment.production
        return Forbidden(production.accounts, production.names, tuple(str(each) for each in production.ranges))

    @cached_property
    def connection(self) -> Connection:
        """The cloud, once somebody has said who we are there and no guard refused.

        Raises NotSignedIn, GuardRefused, SandboxError, UsageError.
        """
        from muvi_provision.cli import connection

        self._guard_before_signing_in()
        along = connection.way(self.call, self.environment, self.state)
        found = connection.connect(self.call, along, self._guard_way(along))
        self._guard(found.identity)
        return found

    @property
    def identity(self) -> Identity:
        return self.connection.identity

    def site(self, listen: Listener | None = None, threads: int = THREADS) -> Site:
        """What the engine works with. Connects on first use."""
        from muvi_provision.engine import events
        from muvi_provision.engine.site import Site

        found = self.connection
        return Site(
            state=self.state,
            aws=found.aws,
            clock=self.call.clock,
            chance=found.aws.border.chance,
            listen=listen or events.nobody,
            pace=found.pace,
            threads=threads,
        )

    def _guard_before_signing_in(self) -> None:
        from muvi_provision.engine import guards

        guards.confirm_region(self.environment.region, self.state.header.region if self.state.records() else "")
        guards.refuse_production_range(str(self.environment.network.range), self.forbidden)

    def _guard_way(self, along: Way) -> str | None:
        """What can be told before AWS is asked anything: whose profile, and where calls would go if not to AWS."""
        from muvi_provision.engine import guards

        if self.is_sandbox:
            return None
        guards.refuse_production_profile(along.profile(), self.forbidden)
        endpoints = along.endpoints()
        guards.refuse_mixed_endpoints(endpoints)
        return endpoints["sts"]

    def _guard(self, identity: Identity) -> None:
        from muvi_provision.engine import guards

        # the sandbox's account is nobody's, so a file pinned to a real one may rehearse there
        pinned = None if self.is_sandbox else self.environment.account
        remembered = self.state.header.account
        guards.confirm_account(identity.account, self.forbidden, pinned=pinned, remembered=remembered)
        if not self.is_sandbox:
            guards.refuse_production_identity(identity.arn, self.forbidden)

    def guard_writes(self) -> None:
        """The last question before a write: does the account's alias say production? Loud when nothing tells."""
        from muvi_provision.aws.identity import aliases
        from muvi_provision.engine import guards

        if self.is_sandbox:
            return
        known = aliases(self.connection.aws)
        guards.refuse_production_aliases(known, self.forbidden)
        if not (known or self.environment.account or self.state.header.account or self.forbidden.accounts):
            self.call.say(UNKNOWN.format(account=self.identity.account))

    def sheet(self, stream: TextIO | None = None) -> Sheet:
        """Where results are drawn: stdout, or another stream."""
        return sheet_of(self.call, stream)

    def count(self) -> None:
        """Notes what was asked of AWS so far, for the document."""
        if "connection" in self.__dict__:
            tally = self.connection.aws.border.tally
            self.call.stats.api_calls, self.call.stats.writes = tally.calls, tally.writes


def sheet_of(call: Invocation, stream: TextIO | None = None) -> Sheet:
    """Where a command draws that has no session: stdout, or another stream."""
    from muvi_provision.cli.drawing.display import console
    from muvi_provision.cli.drawing.sheet import Sheet

    options, environ = call.options, call.environ
    plain = {**environ, "TERM": "dumb"} if options.plain else environ
    return Sheet(console(stream or call.out, plain, no_color=options.no_color), options.again)


@contextlib.contextmanager
def opened(call: Invocation, *, writes: bool = False) -> Iterator[Session]:
    """The session of a command; one that writes holds the lock until it is over.

    Raises UsageError and its kinds, Locked, StateError.
    """
    from muvi_provision.cli.journal import Journal
    from muvi_provision.state.lock import Lock
    from muvi_provision.state.store import Files, State

    environment = load_environment(call)
    folder = state_folder(call)
    call.journal = Journal(folder / f"{environment.name}.log", call.clock)
    lock = Lock(Files(folder, environment.name).lock, call.clock)
    if writes:
        made(call.options.state_dir)
        _take(lock, call)
    try:
        state = State.open(folder, environment.name, call.clock, SystemChance())
        if state.mended and (writes or not lock.is_held()):  # a writer may be between two renames
            call.warn(state.mended)
        session = Session(call, environment, state, lock)
        yield session
        session.count()
    finally:
        if writes:
            lock.release()


def _take(lock: Lock, call: Invocation) -> None:
    before = lock.take(call.command_line)
    if before:
        call.say(f"an earlier command ended without saying so: {before}; going on from its last record")
