"""How a load balancer answers: from where it can be reached, its listeners, their rules, the health behind them."""

from __future__ import annotations

import fnmatch
import json
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from muvi_provision.aws.outside import Answered
from muvi_provision.sandbox import permissions
from muvi_provision.sandbox.effects import ecs_records
from muvi_provision.sandbox.effects.listener_rules import rank
from muvi_provision.sandbox.view import View

ANYWHERE = ("0.0.0.0/0", "::/0")
EDGES = "cloudfront.origin-facing"  # aws-reality 6.7: the list of CloudFront's own addresses


@dataclass(frozen=True)
class Request:
    """What a browser sends; of the body only a firewall reads. ``headers`` by lower-case name."""

    scheme: str
    host: str
    port: int
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes = b""


def answer(view: View, balancer: Any, request: Request, *, by_edges: bool = False) -> Answered:
    """What the load balancer answers; ``view`` is of its account and region.

    Raises:
        TimeoutError: no security group of it lets the caller in.
        ConnectionRefusedError: it listens on no such port.
        ssl.SSLError: it does not speak TLS there, or its certificate is not of that name, or no browser knows it.
    """
    if balancer.scheme != "internet-facing" or not admits(view, balancer, request.port, by_edges=by_edges):
        raise TimeoutError(f"{request.host}:{request.port} did not answer in time")
    listener = next((one for one in balancer.listeners.values() if int(one.port) == request.port), None)
    if listener is None:
        raise ConnectionRefusedError(f"nothing listens on {request.host}:{request.port}")
    _greet(view, listener, request)
    for action in _actions(listener, request):
        answered = _act(view, action, request)
        if answered is not None:
            return answered
    return _said(503, "Service Temporarily Unavailable")


def admits(view: View, balancer: Any, port: int, *, by_edges: bool = False) -> bool:
    """Whether a security group lets the internet in, or at least CloudFront."""
    for wanted in balancer.security_groups:
        group = view.find("security_group", wanted)
        for rule in group.ingress_rules if group is not None else ():
            protocol, first, last, peer = permissions.key_of(rule)
            if protocol not in ("tcp", "-1") or not (first is None or last is None or first <= port <= last):
                continue
            if peer in ANYWHERE or (by_edges and _is_edges(view, peer)):
                return True
    return False


def _is_edges(view: View, peer: str) -> bool:
    held = view.ec2.managed_prefix_lists.get(peer)
    return held is not None and str(held.prefix_list_name).endswith(EDGES)


def _greet(view: View, listener: Any, request: Request) -> None:
    """Both speak HTTP, or both TLS, with a certificate that everybody trusts."""
    secure = listener.protocol == "HTTPS"
    if secure != (request.scheme == "https"):
        if secure:  # it answers with 400, having understood nothing
            return
        raise ssl.SSLError("[SSL: WRONG_VERSION_NUMBER] wrong version number")
    if secure:
        held = [view.certificates.get(arn) for arn in listener.certificates]
        good = [one for one in held if one is not None and one.type == "AMAZON_ISSUED" and covers(one, request.host)]
        if not good:
            why = f"certificate verify failed: no trusted certificate for '{request.host}'"
            raise ssl.SSLCertVerificationError(f"[SSL: CERTIFICATE_VERIFY_FAILED] {why}")


def covers(certificate: Any, host: str) -> bool:
    """aws-reality 6.1 a: a wildcard stands for one label."""
    wild = f"*.{host.partition('.')[2]}"
    return host in certificate.sans or wild in certificate.sans


def _actions(listener: Any, request: Request) -> list[dict[str, Any]]:
    """The actions of the first rule that fits, the default one last."""
    if listener.protocol == "HTTPS" and request.scheme != "https":
        return [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "400"}}]
    ranked = sorted(listener.rules.values(), key=lambda one: rank(one.priority))
    found = next(one for one in ranked if all(_fits(item, request) for item in one.conditions))
    return [action.data for action in sorted(found.actions, key=lambda one: one.data.get("Order") or 1)]


def _fits(condition: Mapping[str, Any], request: Request) -> bool:
    kind = condition.get("Field")
    if kind == "path-pattern":
        return any(_like(request.path, one) for one in _values(condition, "PathPatternConfig"))
    if kind == "host-header":
        host = request.headers.get("host", request.host).lower()
        return any(_like(host, one.lower()) for one in _values(condition, "HostHeaderConfig"))
    if kind == "http-header":
        config = condition["HttpHeaderConfig"]
        value = request.headers.get(str(config["HttpHeaderName"]).lower())
        return value is not None and any(_like(value.lower(), str(one).lower()) for one in config["Values"])
    if kind == "http-request-method":
        return request.method in _values(condition, "HttpRequestMethodConfig")
    if kind == "query-string":
        return any(_asked(one, request) for one in condition["QueryStringConfig"]["Values"])
    return True  # source-ip: whoever it is


def _values(condition: Mapping[str, Any], member: str) -> list[str]:
    return [str(one) for one in condition.get(member, condition).get("Values", ())]


def _like(text: str, pattern: str) -> bool:
    """``*`` and ``?``; brackets mean themselves."""
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _asked(wanted: Mapping[str, str], request: Request) -> bool:
    pairs = parse_qsl(request.query, keep_blank_values=True)
    return any(wanted.get("Key") in (None, key) and _like(value, wanted["Value"]) for key, value in pairs)


def _act(view: View, action: Mapping[str, Any], request: Request) -> Answered | None:
    if action["Type"] == "fixed-response":
        said = action["FixedResponseConfig"]
        body = str(said.get("MessageBody") or "").encode()
        return Answered(int(said["StatusCode"]), {"server": "awselb/2.0", "content-type": _kind(said)}, body)
    if action["Type"] == "redirect":
        return _redirect(action["RedirectConfig"], request)
    if action["Type"] != "forward":  # it signs people in
        return _said(401, "Unauthorized")
    good = [arn for arn in _groups(action) if _is_served(view, arn)]
    return Answered(200, {"content-type": "application/json"}, json.dumps({}).encode()) if good else None


def _kind(said: Mapping[str, Any]) -> str:
    return str(said.get("ContentType") or "text/plain")


def _redirect(said: Mapping[str, str], request: Request) -> Answered:
    parts = {"protocol": request.scheme, "host": request.host, "port": str(request.port)}
    parts |= {"path": request.path.lstrip("/"), "query": request.query}
    filled = {}
    for name, standard in (
        ("Protocol", "#{protocol}"),
        ("Host", "#{host}"),
        ("Port", "#{port}"),
        ("Path", "/#{path}"),
        ("Query", "#{query}"),
    ):
        text = said.get(name) or standard
        for part, value in parts.items():
            text = text.replace(f"#{{{part}}}", value)
        filled[name] = text
    query = f"?{filled['Query']}" if filled["Query"] else ""
    place = f"{filled['Protocol'].lower()}://{filled['Host']}:{filled['Port']}{filled['Path']}{query}"
    code = int(str(said["StatusCode"]).removeprefix("HTTP_"))
    return Answered(code, {"server": "awselb/2.0", "location": place}, b"")


def _groups(action: Mapping[str, Any]) -> Iterator[str]:
    if action.get("TargetGroupArn"):
        yield str(action["TargetGroupArn"])
    for one in (action.get("ForwardConfig") or {}).get("TargetGroups", ()):
        if int(one.get("Weight", 1)) > 0:
            yield str(one["TargetGroupArn"])


def _is_served(view: View, arn: str) -> bool:
    """Whether a healthy target is in a group: one that a person registered counts as healthy."""
    group = view.find("target_group", arn)
    if group is None:
        return False
    tasks = {one.address: one for one in ecs_records.unstopped(view) if any(at == arn for at, _ in one.registered)}
    return any(target not in tasks or tasks[target].healthy for target in group.targets)


def _said(status: int, title: str) -> Answered:
    body = f"<html><head><title>{status} {title}</title></head></html>".encode()
    return Answered(status, {"server": "awselb/2.0", "content-type": "text/html"}, body)
