"""Listeners and their rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_WRITES = ("CreateListener", "ModifyListener")
FORWARDS = (*_WRITES, "CreateRule", "ModifyRule")


@rule("elbv2", "CreateListener", "LoadBalancerNotFound", "a listener's load balancer is there", source="13")
def balancer_missing(call: Call, view: View) -> str | None:
    missing = view.find("load_balancer", call.params["LoadBalancerArn"]) is None
    return f"Load balancer '{call.params['LoadBalancerArn']}' not found" if missing else None


@rule("elbv2", "ModifyListener", "ListenerNotFound", "the listener is there", source="13")
def listener_missing(call: Call, view: View) -> str | None:
    return (
        None
        if view.find("listener", call.params["ListenerArn"])
        else f"Listener '{call.params['ListenerArn']}' not found"
    )


@rule("elbv2", "DescribeListeners", "ListenerNotFound", "every listener that is asked for is there", source="13")
def listeners_missing(call: Call, view: View) -> str | None:
    missing = [one for one in call.params.get("ListenerArns", ()) if view.find("listener", one) is None]
    return f"One or more listeners not found: '{missing[0]}'" if missing else None


@rule(
    "elbv2",
    _WRITES,
    "ValidationError",
    "an application load balancer listens for HTTP and HTTPS",
    source="ELBv2 API: CreateListener",
)
def listener_protocol(call: Call, view: View) -> str | None:
    balancer = view.find("load_balancer", balancer_of(call))
    said = call.params.get("Protocol") or (None if call.operation == "CreateListener" else "HTTP")
    if balancer is None or balancer.type != "application" or said in ("HTTP", "HTTPS"):
        return None
    return f"Protocol '{said}' must be one of '[HTTP, HTTPS]'" if said else "A listener protocol must be specified"


@rule("elbv2", FORWARDS, "TargetGroupNotFound", "the target groups of an action are there", source="13")
def target_group_missing(call: Call, view: View) -> str | None:
    missing = [one for one in forwarded(call) if view.find("target_group", one) is None]
    return f"Target groups '{missing[0]}' not found" if missing else None


@rule("elbv2", FORWARDS, "TargetGroupAssociationLimit", "a target group is behind one load balancer", source="3.10 i")
def target_group_elsewhere(call: Call, view: View) -> str | None:
    mine = balancer_of(call)
    for wanted in forwarded(call):
        others = [one for one in behind(view, wanted) if one != mine]
        if others:
            return f"The following target groups cannot be associated with more than one load balancer: {wanted}"
    return None


@rule(
    "elbv2",
    FORWARDS,
    "InvalidConfigurationRequest",
    "a gRPC target group is behind an HTTPS listener only",
    source="3.11, 3.12 e",
)
def grpc_needs_https(call: Call, view: View) -> str | None:
    if protocol_of(call, view) == "HTTPS":
        return None
    for wanted in forwarded(call):
        group = view.find("target_group", wanted)
        if group.protocol_version in ("GRPC", "HTTP2"):
            version = group.protocol_version
            return f"Listener protocol 'HTTP' is not supported with a target group of protocol version '{version}'"
    return None


@rule("elbv2", _WRITES, "ValidationError", "an HTTPS listener has a certificate", source="3.12 e")
def https_needs_certificate(call: Call, view: View) -> str | None:
    there = call.operation == "ModifyListener" and view.find("listener", call.params["ListenerArn"]).certificates
    lacks = protocol_of(call, view) == "HTTPS" and not call.params.get("Certificates") and not there
    return "A certificate must be specified for HTTPS listeners" if lacks else None


@rule("elbv2", _WRITES, "ValidationError", "an HTTP listener has none", source="3.12 e")
def http_with_certificate(call: Call, view: View) -> str | None:
    bad = protocol_of(call, view) == "HTTP" and (call.params.get("Certificates") or call.params.get("SslPolicy"))
    return "Certificates and an SSL policy cannot be specified for HTTP listeners" if bad else None


@rule("elbv2", _WRITES, "ValidationError", "exactly one default certificate is given", source="3.12")
def one_certificate(call: Call, view: View) -> str | None:
    return "Up to one certificate can be specified" if len(call.params.get("Certificates", ())) > 1 else None


@rule(
    "elbv2",
    (*_WRITES, "AddListenerCertificates"),
    "CertificateNotFound",
    "a certificate of this region, some seconds old at least",
    source="3.12 e, 6.2",
)
def certificate_unknown(call: Call, view: View) -> str | None:
    for one in call.params.get("Certificates", ()):
        arn = one.get("CertificateArn", "")
        if ":iam:" not in arn and (arn not in view.certificates or view.phase(arn) == "making"):
            return f"Certificate '{arn}' not found"
    return None


@rule("elbv2", _WRITES, "UnsupportedCertificate", "a certificate that is issued", source="3.12 e")
def certificate_pending(call: Call, view: View) -> str | None:
    for one in call.params.get("Certificates", ()):
        found = view.certificates.get(one.get("CertificateArn", ""))
        if found is not None and found.status != "ISSUED":
            return f"The certificate '{found.arn}' is not issued, or its signature or key size is not supported."
    return None


@rule("elbv2", _WRITES, "SSLPolicyNotFound", "an SSL policy that AWS has", source="3.12 g")
def policy_unknown(call: Call, view: View) -> str | None:
    from moto.elbv2.ssl_policies import SSL_POLICIES

    wanted = call.params.get("SslPolicy")
    return f"SSL policy '{wanted}' not found" if wanted and wanted not in SSL_POLICIES else None


@rule(
    "elbv2",
    _WRITES,
    "DuplicateListener",
    "one listener a port; the same settings again give the same one",
    source="3.12 a, c",
)
def port_taken(call: Call, view: View) -> str | None:
    mine = call.params.get("ListenerArn")
    for one in _neighbours(call, view):
        same_port = int(one.port) == int(call.params.get("Port", 0)) and one.arn != mine
        if same_port and not (call.operation == "CreateListener" and same_listener(call, one)):
            return f"A listener already exists on this port for this load balancer '{one.load_balancer_arn}'"
    return None


@rule(
    "elbv2",
    "AddListenerCertificates",
    "TooManyCertificates",
    "a load balancer has 25 certificates, not counting the default ones",
    source="3.9 i, 10",
)
def too_many_certificates(call: Call, view: View) -> str | None:
    held = {arn for one in _neighbours(call, view) for arn in list(one.certificates)[1:]}
    held |= {one.get("CertificateArn") for one in call.params.get("Certificates", ())}
    full = len(held) > view.quotas["certificates_per_load_balancer"]
    return "The maximum number of certificates has been reached for the load balancer." if full else None


@rule("elbv2", "CreateListener", "TooManyListeners", "a load balancer has 50 listeners", source="3.12 i")
def too_many_listeners(call: Call, view: View) -> str | None:
    others = [one for one in _neighbours(call, view) if int(one.port) != int(call.params.get("Port", 0))]
    full = len(others) >= view.quotas["listeners_per_load_balancer"]
    return "The maximum number of listeners has been reached for the load balancer." if full else None


def forwarded(call: Call) -> list[str]:
    """The target groups that a call's actions name."""
    actions = (*call.params.get("DefaultActions", ()), *call.params.get("Actions", ()))
    return list(dict.fromkeys(arn for action in actions for arn in groups_of(action)))


def groups_of(action: Mapping[str, Any]) -> Iterator[str]:
    if action.get("TargetGroupArn"):
        yield str(action["TargetGroupArn"])
    for one in action.get("ForwardConfig", {}).get("TargetGroups", ()):
        yield str(one["TargetGroupArn"])


def behind(view: View, target_group: str) -> set[str]:
    """The load balancers whose listeners or rules forward to a target group."""
    return {
        listener.load_balancer_arn
        for listener in view.all("listener")
        for one in listener.rules.values()
        for action in one.actions
        if target_group in groups_of(action.data)
    }


def same_listener(call: Call, listener: Any) -> bool:
    """aws-reality 3.12 c; tags are not compared."""
    wanted = [one.get("CertificateArn") for one in call.params.get("Certificates", ())]
    policy = call.params.get("SslPolicy", listener.ssl_policy)
    return (
        listener.protocol == call.params.get("Protocol")
        and wanted == list(listener.certificates)[:1]
        and policy == listener.ssl_policy
        and [_plain(one) for one in call.params.get("DefaultActions", ())]
        == [_plain(one.data) for one in listener.default_actions]
    )


def _plain(action: Mapping[str, Any]) -> tuple[Any, ...]:
    """An action without the spelling: one target group may be named in two ways."""
    rest = {key: str(value) for key, value in action.items() if key not in ("TargetGroupArn", "ForwardConfig", "Order")}
    return tuple(sorted(rest.items())), tuple(dict.fromkeys(groups_of(action)))


def balancer_of(call: Call) -> str:
    arn = call.params.get("LoadBalancerArn") or call.params.get("ListenerArn") or call.params.get("RuleArn") or ""
    return "/".join(
        str(arn).replace(":listener-rule/", ":loadbalancer/").replace(":listener/", ":loadbalancer/").split("/")[:4]
    )


def protocol_of(call: Call, view: View) -> str:
    """The protocol that the listener of this call has or will have."""
    if call.params.get("Protocol"):
        return str(call.params["Protocol"])
    arn = call.params.get("ListenerArn") or _listener_of(call.params.get("RuleArn", ""))
    listener = view.find("listener", arn)
    return str(listener.protocol) if listener is not None else ""


def _listener_of(rule_arn: str) -> str:
    return rule_arn.replace(":listener-rule/", ":listener/").rpartition("/")[0]


def _neighbours(call: Call, view: View) -> list[Any]:
    balancer = view.find("load_balancer", balancer_of(call))
    return list(balancer.listeners.values()) if balancer is not None else []
