"""One cloud's objects in the emulator, which keeps them in module-level dictionaries.

So a ``World`` puts its own objects in place before it answers, and any number of clouds can live in one process.
"""

from __future__ import annotations

import io
import sys
from datetime import datetime
from functools import cache
from typing import Any

from muvi_provision.sandbox.answers import Answer
from muvi_provision.sandbox.call import Call, Environ
from muvi_provision.sandbox.emulator import HEARING, Hear, load

_SERVED: list[World] = []  # the one whose objects are in place, if any


class World:
    """One cloud's objects, for every account, service and region."""

    def __init__(self) -> None:
        self.backends: dict[Any, dict[str, Any]] = {}  # by the emulator's dictionary of one service: account -> regions

    def dispatch(self, call: Call, hear: Hear, today: datetime) -> Answer:
        """The emulator's answer; ``hear`` is given the call just before it acts. Hold ``LOCK``."""
        self.enter()
        if call.service == "acm":
            _date_certificates(today)
        HEARING.append(hear)
        try:
            return _forward(call)
        finally:
            HEARING.pop()

    def enter(self) -> None:
        """Put this world's objects in place. Hold ``LOCK``."""
        load()
        from moto.core.base_backend import BackendDict

        if _SERVED and _SERVED[0] is self:
            return
        for world in _SERVED:
            world.backends = {services: dict(dict.items(services)) for services in BackendDict._instances}
        for services in BackendDict._instances:
            services.clear()
        BackendDict._instances[:] = list(self.backends)
        for services, accounts in self.backends.items():
            services.update(accounts)
        _SERVED[:] = [self]
        _list_buckets()

    def clear(self) -> None:
        """Forget every object. Hold ``LOCK``."""
        self.enter()  # first of all: the emulator reads its settings when it is imported
        from moto.core.base_backend import BackendDict

        for services in BackendDict._instances:
            services.clear()
        BackendDict._instances.clear()
        self.backends = {}
        _list_buckets()

    def backend(self, service: str, account: str, region: str) -> Any:
        """The objects of one service in one region (made when there are none yet). Hold ``LOCK``."""
        self.enter()
        services = _services(service)
        found = dict.get(dict.get(services, account, {}), region)  # the emulator's own way takes much longer
        return services[account][region] if found is None else found

    def everything(self) -> dict[str, dict[str, dict[str, Any]]]:
        """service -> account -> region -> objects. Hold ``LOCK``."""
        from moto.core.base_backend import BackendDict

        self.enter()
        return {
            services.service_name: {account: dict(dict.items(regions)) for account, regions in dict.items(services)}
            for services in BackendDict._instances
        }

    def put(self, service: str, account: str, region: str, objects: Any) -> None:
        """Put back the objects of one service in one region. Hold ``LOCK``."""
        from moto import backends

        self.enter()
        dict.__setitem__(backends.get_backend(service)[account], region, objects)
        if service == "s3":
            _list_buckets()

    def existing(self, service: str, account: str) -> dict[str, Any]:
        """The objects of one service by region, only where there are any. Hold ``LOCK``."""
        self.enter()
        return dict(dict.items(dict.get(_services(service), account, {})))


@cache
def _services(service: str) -> Any:
    """The emulator's dictionary of one service: account -> regions. There is one for the life of the process."""
    from moto import backends

    return backends.get_backend(service)


def _list_buckets() -> None:
    """Who owns which bucket is kept beside the objects, and would be another cloud's."""
    models = sys.modules.get("moto.s3.models")
    if models is not None:
        models.s3_backends.bucket_accounts = {
            name: (partition, account)
            for account, regions in dict.items(models.s3_backends)
            for partition, backend in dict.items(regions)
            for name in backend.buckets
        }


def _date_certificates(today: datetime) -> None:
    """Certificates are judged by the cloud's date; the emulator would ask the machine."""
    from moto.acm import models

    models.utcnow = lambda: today.replace(tzinfo=None)


# every operation is answered by ``effects``: the emulator lacks the service altogether, or (Lambda) some of its routes
SUPPLIED = ("codeconnections", "codestar-connections", "lambda")
_DIRECT: dict[str, Any] = {}
_FLASK: list[Any] = []


def _forward(call: Call) -> Answer:
    environ = {**call.environ, "wsgi.input": io.BytesIO(call.body), "HTTP_X_MOTO_ACCOUNT_ID": call.account}
    handler = _direct(call.service)
    return _answered(handler, environ) if handler else _through_flask(environ)


def _direct(service: str) -> Any:
    """The emulator's function for a service with a single address, which needs no routing; else None."""
    if service in SUPPLIED and service not in _DIRECT:
        _DIRECT[service] = _supplied(service)
    if service not in _DIRECT:
        from moto import backends

        regions = backends.get_backend(service)["123456789012"]
        paths = regions["us-east-1" if "us-east-1" in regions else "aws"].flask_paths
        _DIRECT[service] = paths["/"] if set(paths) == {"/"} else None
    return _DIRECT[service]


def _supplied(service: str) -> Any:
    """What reads a call and writes its answer, with no operation of its own."""
    from moto.core.responses import BaseResponse

    def begin(self: Any) -> None:
        BaseResponse.__init__(self, service_name=service)

    bare: Any = type("Bare", (BaseResponse,), {"__init__": begin})
    return bare.dispatch


def _answered(handler: Any, environ: Environ) -> Answer:
    from moto.moto_server.werkzeug_app import BackendRequest

    request = BackendRequest(environ)
    said = handler(request, request.raw_url, dict(request.headers))
    status, headers, body = said if len(said) == 3 else (200, {}, said)
    content = body.encode() if isinstance(body, str) else bytes(body or b"")
    return Answer(int(status), tuple((str(name), str(value)) for name, value in headers.items()), content)


def _through_flask(environ: Environ) -> Answer:
    from moto.server import DomainDispatcherApplication, create_backend_app

    if not _FLASK:
        _FLASK.append(DomainDispatcherApplication(create_backend_app))
    got: list[Any] = []
    body = b"".join(_FLASK[0](environ, lambda status, headers, *_: got.extend((status, headers))))
    return Answer(int(got[0].split()[0]), tuple(got[1]), body)


def known(service: str) -> bool:
    """Whether the sandbox has this service at all."""
    load()
    from moto import backends

    if service in SUPPLIED:
        return True
    try:
        backends.get_backend(service)
    except (ImportError, AttributeError, KeyError):
        return False
    return True
