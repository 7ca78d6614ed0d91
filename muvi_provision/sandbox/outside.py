"""The internet as anybody sees it, where the AWS is a sandbox: names looked up, pages fetched, domains delegated."""

from __future__ import annotations

import base64
import socket
import ssl
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from muvi_provision.aws.outside import Answered
from muvi_provision.errors import SandboxError
from muvi_provision.sandbox import distributions, edges, front_doors, hearing, lifecycles, resolver, zones
from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.emulator import LOCK
from muvi_provision.sandbox.front_doors import Request
from muvi_provision.sandbox.process import Running, control
from muvi_provision.sandbox.view import View

_PORTS = {"http": 80, "https": 443}
_RAISED: tuple[type[OSError], ...] = (
    socket.gaierror,
    ssl.SSLCertVerificationError,
    ssl.SSLError,
    TimeoutError,
    ConnectionRefusedError,
)  # the narrower first


class Outside:
    """In the process of the cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        """The values of a name's records of a kind ("NS", "A", "CNAME", "TXT"); none when there are none."""
        with LOCK:
            return resolver.look_up(_now(self._cloud), name, kind)

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        body: bytes = b"",
    ) -> Answered:
        """As CloudFront or a load balancer answers.

        Raises:
            OSError: the name does not resolve (``socket.gaierror``), nobody answers (``TimeoutError``), nobody
                listens (``ConnectionRefusedError``), or TLS fails (``ssl.SSLError``).
        """
        with LOCK:
            answered = _fetched(_now(self._cloud), _request(url, headers or {}, method, body))
        return answered._replace(body=b"") if method == "HEAD" else answered


class OutsideOf:
    """In another process than the cloud: the same, by its control address."""

    def __init__(self, running: Running) -> None:
        self._running = running

    def look_up(self, name: str, kind: str) -> tuple[str, ...]:
        said = control(self._running, "dns", {"name": name, "kind": kind})
        return tuple(str(one) for one in said["values"])

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        method: str = "GET",
        body: bytes = b"",
    ) -> Answered:
        """Raises as ``Outside.get`` does."""
        asked = {"url": url, "headers": dict(headers or {}), "method": method, "body": base64.b64encode(body).decode()}
        said = control(self._running, "web", asked)
        if "error" in said:
            raised = next(one for one in _RAISED if one.__name__ == said["error"])
            raise raised(*said["said"])
        return Answered(int(said["status"]), dict(said["headers"]), base64.b64decode(said["body"]))


def delegate(cloud: Cloud, domain: str, servers: Iterable[str] = ()) -> tuple[str, ...]:
    """What a person does at the registrar of a domain: name the servers of a zone, of the newest public one of that
    name unless others are given. Tells them.

    Raises:
        SandboxError: there is no such zone, and no servers were given.
    """
    with LOCK:
        view = _now(cloud)
        told = tuple(servers)
        if not told:
            found = [one for one in zones.everywhere(view) if one.name == zones.stored(domain) and not one.private_zone]
            if not found:
                raise SandboxError(f"there is no public zone {domain} to delegate to")
            told = zones.name_servers(found[-1])
        cloud.books.delegated[zones.spoken(domain)] = told
        _now(cloud)
        return told


def arrive(cloud: Cloud, address: str = "", country: str = "") -> None:
    """Whence pages are asked for from now on: firewalls look at it. Nobody knows unless it is said."""
    with LOCK:
        cloud.books.visitor = (address, country)


def answers(cloud: Cloud) -> dict[str, Any]:
    """The control address's verbs, by name: plain values in, plain values out."""

    def dns(said: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"values": list(Outside(cloud).look_up(str(said["name"]), str(said["kind"])))}

    def web(said: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            method, sent = str(said.get("method") or "GET"), base64.b64decode(str(said.get("body") or ""))
            got = Outside(cloud).get(str(said["url"]), dict(said.get("headers") or {}), method=method, body=sent)
        except OSError as error:
            raised = next(one for one in _RAISED if isinstance(error, one))
            return {"error": raised.__name__, "said": list(error.args)}
        body = base64.b64encode(got.body).decode()
        return {"status": got.status, "headers": dict(got.headers), "body": body}

    def delegated(said: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"servers": list(delegate(cloud, str(said["domain"]), said.get("servers") or ()))}

    def visitor(said: Mapping[str, Any]) -> Mapping[str, Any]:
        arrive(cloud, str(said.get("address") or ""), str(said.get("country") or ""))
        return {}

    return {"dns": dns, "web": web, "delegate": delegated, "visitor": visitor}


def _now(cloud: Cloud) -> View:
    """The cloud once everything has happened that is due."""
    hearing.install()
    for region in cloud.world.existing("ec2", cloud.account) | cloud.world.existing("acm", cloud.account):
        lifecycles.advance(cloud.view(region))
    view = cloud.view(distributions.CERTIFICATES)
    for account in {account for account, _ in distributions.everywhere(view)}:
        distributions.shelf(cloud.view(distributions.CERTIFICATES, account))
    return view


def _request(url: str, headers: Mapping[str, str], method: str, body: bytes) -> Request:
    """Raises ValueError for what is no address of a page."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url} is not the address of a page")
    sent = {name.lower(): value for name, value in headers.items()}
    port = parts.port or _PORTS[parts.scheme]
    return Request(parts.scheme, parts.hostname, port, parts.path or "/", parts.query, sent, method.upper(), body)


def _fetched(view: View, request: Request) -> Answered:
    """The name is resolved by who is called; the host that is asked for may be another."""
    place = resolver.destination(view, request.host)
    host = request.headers.get("host", request.host).lower().partition(":")[0]
    site = resolver.distribution(view, place)
    if site is not None:
        return edges.answer(view, resolver.serving(view, host) or site, _as(request, host))
    found = resolver.load_balancer(view, place)
    if found is None or found[1].state != "active":
        raise socket.gaierror(socket.EAI_NONAME, f"{request.host}: Name or service not known")
    return front_doors.answer(*found, _as(request, request.host))


def _as(request: Request, host: str) -> Request:
    headers = dict(request.headers) | {"host": request.headers.get("host", request.host)}
    return replace(request, host=host, headers=headers)
