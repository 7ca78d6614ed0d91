"""The process behind ``--sandbox``: ``python -m muvi_provision.sandbox.serve --folder state/sandbox``."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from muvi_provision.errors import SandboxError
from muvi_provision.sandbox import connections, note, outside, persistence
from muvi_provision.sandbox.cloud import ACCOUNT, Cloud
from muvi_provision.sandbox.faults import Faults
from muvi_provision.sandbox.server import Listener


class Server:
    """One cloud being served, and what the control address can do with it."""

    def __init__(self, folder: Path, settings: Mapping[str, Any], identity: str) -> None:
        self.folder = folder
        self.watch_s = float(settings.get("watch_s", 2))
        self.identity = identity
        self.cloud = Cloud(
            speed=float(settings.get("speed", 1)),
            faults=Faults.of(settings.get("faults", {})),
            quotas=settings.get("quotas", {}),
            account=str(settings.get("account", ACCOUNT)),
            lag_s=float(settings.get("lag_s", 0)),
        )
        self.keeper = persistence.Keeper(self.cloud, folder, self.cloud.clock)
        self.listener = Listener(self.cloud, self.control, int(settings.get("port", 0)))
        self.started = datetime.now(UTC)

    def control(self, verb: str, said: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        verbs: dict[str, Any] = {"health": self._health, "reset": self._reset, "stats": self._stats}
        verbs |= {"settings": self._settings, "rules": self._rules, "snapshot": self._snapshot, "stop": self._stop}
        verbs |= outside.answers(self.cloud) | {"authorise": self._authorise}
        if verb not in verbs:
            return 404, {"error": f"no such address; there are {', '.join(sorted(verbs))}"}
        try:
            return 200, verbs[verb](said)
        except (TypeError, ValueError, KeyError, OSError, SandboxError) as wrong:
            return 400, {"error": wrong.what if isinstance(wrong, SandboxError) else str(wrong)}

    def run(self) -> None:
        """Serve until stopped, then keep what there is."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._stop({}))
        persistence.restore(self.cloud, self.folder)
        note.write(self.folder, self.noted())
        threading.Thread(target=self._warm, daemon=True).start()
        self.keeper.start()
        threading.Thread(target=self._watch, daemon=True).start()
        self.listener.serve_forever(poll_interval=0.1)
        if self._noted():
            self.keeper.keep()
        note.forget(self.folder, self.identity)

    def noted(self) -> note.Note:
        return note.Note(
            pid=os.getpid(),
            endpoint=self.listener.endpoint,
            identity=self.identity,
            started=self.started.isoformat(),
            version=_version(),
            speed=self.cloud.speed,
            account=self.cloud.account,
        )

    def _noted(self) -> bool:
        found = note.read(self.folder)
        return found is not None and found.identity == self.identity

    def _watch(self) -> None:
        """A server whose folder was removed can be found by nobody: it ends."""
        missing = 0
        while missing < 2:
            self.cloud.clock.sleep(self.watch_s)
            missing = 0 if self._noted() else missing + 1
        self._stop({})

    def _warm(self) -> None:
        """Load the slow parts while the first caller is still on its way."""
        self.cloud.warm()

    def _health(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        said = {"identity": self.identity, "pid": os.getpid(), "version": _version()}
        return said | {"faults": self.cloud.faults.plain()}

    def _reset(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        self.cloud.reset()
        self.keeper.forget()
        return {"reset": True}

    def _stats(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.cloud.log.stats() | {"injected": dict(self.cloud.injector.injected)}

    def _snapshot(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        return self.cloud.snapshot()

    def _settings(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        if "speed" in said:
            self.cloud.speed = float(said["speed"])
            note.write(self.folder, self.noted())
        if "quotas" in said:
            self.cloud.quotas |= {str(name): int(limit) for name, limit in said["quotas"].items()}
        if "faults" in said:
            self.cloud.faults = Faults.of(said["faults"])  # counting from one again
        return {"speed": self.cloud.speed, "account": self.cloud.account, "faults": self.cloud.faults.plain()}

    def _authorise(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a person does in the console to a connection of that name."""
        return {"authorised": connections.authorise(self.cloud, said["name"])}

    def _rules(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        from muvi_provision.sandbox.rules import refusals

        return {"rules": [refusal._asdict() for refusal in refusals()]}

    def _stop(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        threading.Thread(target=self.listener.shutdown, daemon=True).start()
        return {"stopping": True}


def _version() -> str:
    try:
        return version("muvi-provision")
    except PackageNotFoundError:
        return "source"


def _detach() -> None:
    """Leave the caller's process group and its list of children (POSIX; elsewhere the caller's flags do it)."""
    if hasattr(os, "fork"):
        if os.fork():
            os._exit(0)
        os.setsid()


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where server.json and cloud.pickle are")
    parser.add_argument("--identity", required=True, help="what the health address answers, to be recognised by")
    parser.add_argument("--settings", type=json.loads, default={}, help="JSON: speed, faults, quotas, account, port")
    parser.add_argument("--detach", action="store_true", help="outlive the caller")
    options = parser.parse_args(argv)
    if options.detach:
        _detach()
    try:
        server = Server(options.folder, options.settings, options.identity)
    except OSError as error:
        print(f"cannot listen: {error}", file=sys.stderr, flush=True)  # noqa: T201
        return 1
    server.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
