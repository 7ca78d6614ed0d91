"""What the cloud holds, kept in a file while no process serves it.

Everything goes into one dump, because the objects of one service point into another's. It is read by the same
version only: anything else starts empty, and says so.
"""

from __future__ import annotations

import io
import marshal
import os
import pickle
import sys
import threading
from collections import OrderedDict, defaultdict
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import CellType, FunctionType
from typing import Any
from weakref import ReferenceType

from muvi_provision.clock import Clock
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.emulator import LOCK

DUMP = "cloud.pickle"
_FORMAT = 4


def keep(cloud: Cloud, folder: Path) -> None:
    """Write the dump, whole or not at all; what fails is said on standard error."""
    try:
        content = dumped(cloud)
    except Exception as error:  # noqa: BLE001 (any object may refuse to be dumped; the server must still stop)
        _say(f"the sandbox's contents cannot be kept: {error!r}")
        return
    if not folder.is_dir():  # removed under a running server
        return
    draft = folder / f"{DUMP}.{os.getpid()}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(folder / DUMP)


def restore(cloud: Cloud, folder: Path) -> bool:
    """Read the dump back into ``cloud``; False when there is none, or none that can be used."""
    try:
        content = (folder / DUMP).read_bytes()
    except FileNotFoundError:
        return False
    try:
        load(cloud, content)
    except Exception as error:  # noqa: BLE001 (whatever is wrong with the dump, the sandbox must start)
        cloud.reset()
        _say(f"what was kept of the sandbox cannot be read, so it starts empty: {error!r}")
        return False
    return True


def forget(folder: Path) -> None:
    """Remove what was kept."""
    with suppress(FileNotFoundError):
        (folder / DUMP).unlink()


class Keeper:
    """Keeps a served cloud every few seconds when something was written, so that a killed process loses little."""

    def __init__(self, cloud: Cloud, folder: Path, clock: Clock, every_s: float = 5) -> None:
        self._cloud, self._folder, self._clock, self._every_s = cloud, folder, clock, every_s
        self._lock = threading.Lock()
        self._kept = 0
        self._complaint = ""

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def keep(self) -> None:
        """Now, when something was written since; a disk that refuses is said in the log, and tried again later."""
        with self._lock:
            written = self._cloud.log.writes
            if written != self._kept:
                try:
                    keep(self._cloud, self._folder)
                except OSError as error:
                    self._complain(f"the sandbox's contents cannot be kept: {error}")
                else:
                    self._kept = written

    def _complain(self, text: str) -> None:
        """Once, not every few seconds."""
        if text != self._complaint:
            _say(text)
        self._complaint = text

    def forget(self) -> None:
        """The cloud was emptied."""
        with self._lock:
            forget(self._folder)
            self._kept = self._cloud.log.writes

    def _run(self) -> None:
        while True:
            self._clock.sleep(self._every_s)
            self.keep()


def dumped(cloud: Cloud) -> bytes:
    """The cloud's objects, its books and its time. A service whose objects cannot be dumped is left out, and said."""
    with LOCK:
        held = cloud.world.everything()
        said = {"for": _for(), "account": cloud.account, "books": cloud.books, "elapsed": cloud.seconds()}
        said |= {"at": cloud.clock.now()}
        try:
            return _pickled(said | {"held": held})
        except Exception:  # noqa: BLE001 (found out below, service by service)
            return _pickled(said | {"held": {name: one for name, one in held.items() if _can_be_kept(name, one)}})


def _can_be_kept(name: str, objects: Any) -> bool:
    try:
        _pickled(objects)
    except Exception as error:  # noqa: BLE001 (whatever it is, the other services are kept)
        _say(f"what is in {name} cannot be kept: {error!r}")
        return False
    return True


def _pickled(one: Any) -> bytes:
    file = io.BytesIO()
    _Pickler(file, protocol=pickle.HIGHEST_PROTOCOL).dump(one)
    return file.getvalue()


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def load(cloud: Cloud, content: bytes) -> None:
    """Raises ValueError for a dump of another version or account."""
    said = pickle.loads(content)  # noqa: S301 (our own file, readable by its owner only)
    if (said["for"], said["account"]) != (_for(), cloud.account):
        raise ValueError(f"it was kept by {said['for']} for account {said['account']}")
    with LOCK:
        cloud.world.clear()
        for service, accounts in said["held"].items():
            for account, regions in accounts.items():
                for region, backend in regions.items():
                    cloud.world.put(service, account, region, backend)
        cloud.books = said["books"]
        cloud.elapsed = said["elapsed"] + max(0.0, (cloud.clock.now() - said["at"]).total_seconds())


def _for() -> tuple[int, str, str]:
    return _FORMAT, version("moto"), sys.version  # functions are kept as this Python's code


class _Pickler(pickle.Pickler):
    """Also takes keys, certificates, locks, and functions without a name."""

    def reducer_override(self, one: Any) -> Any:
        from cryptography.x509 import Certificate

        if hasattr(one, "private_bytes") and not isinstance(one, type):
            return _key, (_key_pem(one),)
        if isinstance(one, Certificate):
            return _certificate, (one.public_bytes(_pem()),)
        if isinstance(one, _LOCKS):
            return (threading.RLock if isinstance(one, _LOCKS[1]) else threading.Lock), ()
        if isinstance(one, FunctionType) and "<locals>" in one.__qualname__:
            cells = tuple(cell.cell_contents for cell in one.__closure__ or ())
            return _function, (marshal.dumps(one.__code__), one.__module__, one.__defaults__, cells)
        if isinstance(one, ReferenceType):
            return _reference, (one(),)
        if isinstance(one, dict) and type(one) not in _PLAIN:
            state = (dict(vars(one)), getattr(one, "default_factory", None), list(dict.items(one)))
            return _bare, (type(one),), state, None, None, _fill
        return NotImplemented


_PLAIN = (dict, defaultdict, OrderedDict)


def _reference(one: Any) -> Any:
    return ReferenceType(one) if one is not None else _nothing


def _nothing() -> None:
    """A reference to something that had gone."""


def _bare(kind: Any) -> Any:
    """The emulator's own dictionaries want arguments that are not known any more."""
    return kind.__new__(kind)


def _fill(one: Any, state: tuple[dict[str, Any], Any, list[tuple[Any, Any]]]) -> None:
    attributes, factory, items = state
    vars(one).update(attributes)
    if isinstance(one, defaultdict):
        one.default_factory = factory
    for key, value in items:
        dict.__setitem__(one, key, value)


def _function(code: bytes, module: str, defaults: Any, cells: tuple[Any, ...]) -> Any:
    """The emulator's tables have defaults like ``lambda: []``."""
    found = vars(import_module(module))
    return FunctionType(marshal.loads(code), found, "kept", defaults, tuple(CellType(one) for one in cells))  # noqa: S302


_LOCKS = (type(threading.Lock()), type(threading.RLock()))


def _pem() -> Any:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Encoding.PEM


def _key_pem(key: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import NoEncryption, PrivateFormat

    return bytes(key.private_bytes(_pem(), PrivateFormat.PKCS8, NoEncryption()))


def _key(pem: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    return load_pem_private_key(pem, None)


def _certificate(pem: bytes) -> Any:
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(pem)
