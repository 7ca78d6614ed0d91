"""A whole world in one process: an embedded account, a disk, a clock that leaps, and runs that can be killed."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import boto3

from muvi_provision import environment, runbook
from muvi_provision.aws.clients import Aws, Border, SignIn
from muvi_provision.aws.waits import Pace
from muvi_provision.engine import events
from muvi_provision.engine.applier import Applier
from muvi_provision.engine.drift import Drift, find_drift
from muvi_provision.engine.planner import Plan, Planner
from muvi_provision.engine.site import Report, Site
from muvi_provision.engine.stack import Stack
from muvi_provision.engine.undoing import Undoer
from muvi_provision.environment import Environment
from muvi_provision.naming import Ownership
from muvi_provision.sandbox.answers import Answer, ConnectionCut
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.lag import Lag
from muvi_provision.sandbox.outside import Outside
from muvi_provision.sandbox.transport import Around, InProcess
from muvi_provision.state.disk import Disk
from muvi_provision.state.store import State
from tests.dying import DeadDisk, Fuse, FusedDisk, Killed
from tests.leaping import LeapingClock, SeededChance

ENVIRONMENTS = Path(__file__).parents[1] / "runbook" / "environments"
SMALL = Path(__file__).parent / "environments"


def _with_code(loaded: Environment, folder: Path) -> Environment:
    """Every function has code, but the last of the small environment, which goes on waiting for it."""
    place = folder.parent / "code"
    place.mkdir(parents=True, exist_ok=True)
    (place / "index.js").write_text("exports.handler = async () => ({statusCode: 200});\n")
    waits = [*loaded.functions][-1:] if loaded.name == "tiny" else []
    coded = {
        name: plan if name in waits else plan.model_copy(update={"code": str(place)})
        for name, plan in loaded.functions.items()
    }
    return loaded.model_copy(update={"functions": coded})


@functools.cache
def _session() -> boto3.Session:
    """One for all worlds: it keeps the services' models, which take long to read."""
    return boto3.Session(aws_access_key_id="sandbox", aws_secret_access_key="sandbox")


class World:
    """One account and one state folder; every method is a process of its own.

    bare: nothing is in the account before us, also not where the small environment looks for it.
    """

    def __init__(
        self,
        folder: Path,
        env: str = "uat",
        *,
        seed: int = 1,
        threads: int = 8,
        speed: float = 0.0,
        bare: bool = False,
        **cloud: Any,
    ) -> None:
        self.folder, self.seed, self.threads, self.speed = folder, seed, threads, speed
        path = (SMALL if (SMALL / f"{env}.yaml").exists() else ENVIRONMENTS) / f"{env}.yaml"
        self.environment = _with_code(environment.load(path), folder)
        self.clock = LeapingClock()
        self.cloud = Cloud(self.clock, speed=speed, **cloud)
        self.region = self.environment.region
        self.steps = runbook.steps()
        self._processes = 0
        self._border: Border | None = None
        self._around: Around | None = None
        self.heard: list[events.Event] = []
        if env == "tiny" and not bare:
            self._furnished()
        self.empty = self.cloud.snapshot()
        self.cloud.log.clear()

    def _furnished(self) -> None:
        """On a good day, before anything goes wrong on purpose."""
        bad, late = self.cloud.faults, self.cloud.lag
        self.cloud.faults, self.cloud.lag = Faults(), Lag(0, 0)
        self._furnish()
        self.cloud.faults, self.cloud.lag = bad, late
        self.clock.sleep(late.seconds)  # so that it is old news

    def _furnish(self) -> None:
        """What an account may have before we come: the domain above ours, a trail, and GitHub as its guest."""
        border = self._signed_in(InProcess(self.cloud))
        with Aws(border, Ownership("somebody", "else"), self.region).writing("before us"):
            above = self.environment.domain.partition(".")[2]
            border.client("route53", "us-east-1").create_hosted_zone(Name=above, CallerReference="before us")
            trail = self.environment.alarms.audit_log_group
            border.client("logs", self.region).create_log_group(logGroupName=trail)
            taken = {"Url": "https://token.actions.githubusercontent.com", "ClientIDList": ["sts.amazonaws.com"]}
            border.client("iam", self.region).create_open_id_connect_provider(**taken)

    def border(self) -> Border:
        """Clients are kept between processes, since making them is slow; what they remember is not."""
        if self._border is None:
            around = InProcess(self.cloud, lambda call, go: self._around(call, go) if self._around else go())
            self._border = self._signed_in(around)
        from muvi_provision.aws.clients import Tally
        from muvi_provision.aws.inventory import Inventory

        self._border.inventory, self._border.tally = Inventory(), Tally()
        return self._border

    def _signed_in(self, way: InProcess) -> Border:
        keys = SignIn(self.region, access_key="sandbox", secret_key="sandbox", attach=way.attach)
        border = Border(keys, self.clock, SeededChance(self.seed), Outside(self.cloud))
        border._session = _session()
        return border

    def site(self, disk: Disk | None = None) -> Site:
        self._processes += 1
        chance = SeededChance(self.seed * 1000 + self._processes)
        state = State.open(self.folder, self.environment.name, self.clock, chance, disk)
        ownership = Ownership(self.environment.name, state.header.lineage)
        aws = Aws(self.border(), ownership, self.region, self.cloud.account)
        pace = Pace(0 if self.speed == 0 else 1 / self.speed)
        return Site(state, aws, self.clock, chance, self.heard.append, pace, self.threads)

    def stack(self) -> Stack:
        stack = Stack(self.environment)
        stack.record(self.steps)
        return stack

    def numbers(self) -> set[str]:
        return {step.number for step in self.steps}

    def plan(self) -> Plan:
        return Planner(self.site()).plan(self.stack(), self.numbers())

    def run(self, disk: Disk | None = None, steps: Iterable[str] | None = None) -> Report:
        site = self.site(disk)
        site.state.pin(self.cloud.account, self.region)
        return Applier(site).run(self.stack(), set(steps) if steps else self.numbers())

    def teardown(self, disk: Disk | None = None, only: Iterable[str] = ()) -> Report:
        site = self.site(disk)
        chosen = set(only)
        return Undoer(site).run([r for r in site.state.records() if not chosen or r.address in chosen])

    def drift(self) -> Drift:
        site = self.site()
        return find_drift(site.state.records(), site)

    def killed_at_write(self, job: Callable[..., Any], point: int, how: str) -> bool:
        """Runs a process that dies at the state's write number ``point``; False when it got to its end."""
        fuse = Fuse(point)
        return self._survive(fuse, lambda: job(FusedDisk(fuse, how)))

    def killed_at_call(self, job: Callable[..., Any], point: int, how: str) -> bool:
        """Runs a process that dies before or after its mutating call number ``point``; False when it got to its end."""
        fuse = Fuse(point)

        def around(call: Call, go: Callable[[], Answer]) -> Answer:
            fuse.check()
            if not call.mutating or not fuse.burn():
                return go()
            if how == "after":
                go()
            raise Killed

        return self._haunted(fuse, around, job)

    def killed_around(self, job: Callable[..., Any], operation: str, how: str) -> bool:
        """Runs a process that dies before or after its first such call; False when it made none that succeeded."""
        fuse = Fuse()

        def around(call: Call, go: Callable[[], Answer]) -> Answer:
            fuse.check()
            if call.operation != operation:
                return go()
            if how == "after" and not (answer := go()).good:
                return answer
            fuse.dead = True
            raise Killed

        return self._haunted(fuse, around, job)

    def _haunted(self, fuse: Fuse, around: Around, job: Callable[..., Any]) -> bool:
        with self.between(around):
            return self._survive(fuse, lambda: job(DeadDisk(fuse)))

    @contextlib.contextmanager
    def between(self, around: Around) -> Iterator[None]:
        """For so long ``around`` stands between all processes and the cloud."""
        self._around = around
        try:
            yield
        finally:
            self._around = None

    def losing_answers(self, job: Callable[..., Report], points: Iterable[int]) -> Report:
        """Runs a process that does not hear the answers of those mutating calls."""
        lost, fuse = set(points), Fuse()

        def around(call: Call, go: Callable[[], Answer]) -> Answer:
            if call.mutating:
                fuse.burn()
                if fuse.passed - 1 in lost:
                    go()
                    raise ConnectionCut
            return go()

        with self.between(around):
            return job()

    def _survive(self, fuse: Fuse, process: Callable[[], Any]) -> bool:
        try:
            process()
        except Killed:
            return True
        return fuse.dead
