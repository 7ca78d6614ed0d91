"""What the edge looks like: public and internal names, who is let in, and where each distribution's pages come from.

Nothing here looks at AWS. Facts: aws-reality 6.5 to 6.7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from muvi_provision.day1_network import chain
from muvi_provision.day1_network.load_balancers import LoadBalancer
from muvi_provision.day2_data.secrets import Secret
from muvi_provision.day4_edge.buckets import Bucket
from muvi_provision.day4_edge.distribution_config import AS_TOLD, HTTP
from muvi_provision.day4_edge.distributions import Distribution
from muvi_provision.day4_edge.firewall import WebAcl
from muvi_provision.day4_edge.listener_rules import ListenerRule
from muvi_provision.day4_edge.managed_policies import ManagedPolicy
from muvi_provision.day4_edge.origin_access import OriginAccessControl
from muvi_provision.day4_edge.origin_secret import HEADER
from muvi_provision.day4_edge.public_certificates import IssuedCertificate
from muvi_provision.engine.stack import Stack
from muvi_provision.environment import Environment
from muvi_provision.environment.edge import Distribution as Plan
from muvi_provision.resource import Handle

ORIGIN_HEADER = "edge/origin-header"
PAGE = "index.html"
FIRST, LAST = 1, 50000
_UNKEPT, _KEPT, _BY_ORIGIN = "caching-disabled", "caching-optimized", "use-origin-cache-control-headers-query-strings"
_VIEWER, _VIEWER_BUT_HOST, _SHARED = "all-viewer", "all-viewer-except-host-header", "cors-s3-origin"


@dataclass(frozen=True)
class PolicyPlan:
    """One of CloudFront's own policies: ``caching-disabled``, by AWS's name ``CachingDisabled``."""

    name: str
    sort: Literal["cache", "origin-request"]
    title: str


@dataclass(frozen=True)
class NamePlan:
    """A name of the stack: of a distribution, or of a service inside (``main.uat.microservices.internal``)."""

    name: str
    host: str
    of: str


@dataclass(frozen=True)
class DoorPlan:
    """The two rules of a listener that only CloudFront may pass: who is let through, and who is turned away."""

    service: str
    let_through: str
    turned_away: str
    first: int = FIRST
    last: int = LAST


POLICIES = (
    PolicyPlan(_UNKEPT, "cache", "CachingDisabled"),
    PolicyPlan(_KEPT, "cache", "CachingOptimized"),
    PolicyPlan(_BY_ORIGIN, "cache", "UseOriginCacheControlHeaders-QueryStrings"),
    PolicyPlan(_VIEWER, "origin-request", "AllViewer"),
    PolicyPlan(_VIEWER_BUT_HOST, "origin-request", "AllViewerExceptHostHeader"),
    PolicyPlan(_SHARED, "origin-request", "CORS-S3Origin"),
)


def host(environment: Environment, distribution: str) -> str:
    """The public name of a distribution: ``api.uat.cinema.example``, or the domain itself."""
    said = environment.distributions[distribution].host or distribution
    return environment.domain if said == "@" else f"{said}.{environment.domain}"


def public_names(environment: Environment) -> tuple[NamePlan, ...]:
    """One for each distribution."""
    return tuple(NamePlan(name, host(environment, name), name) for name in environment.distributions)


def internal_names(environment: Environment) -> tuple[NamePlan, ...]:
    """One for each service behind an internal load balancer, which is where callers look for it."""
    return tuple(
        NamePlan(f"internal-{name}", f"{name}.{environment.internal_domain}", plan.load_balancer)
        for name, plan in environment.services.items()
        if plan.load_balancer and environment.load_balancers[plan.load_balancer].scheme == "internal"
    )


def doors(environment: Environment) -> tuple[DoorPlan, ...]:
    """Those of public load balancers, where only CloudFront may come in."""
    if environment.network.public_ingress != "cloudfront":
        return ()
    return tuple(
        DoorPlan(each.service, f"{each.service}-from-cloudfront", f"{each.service}-others")
        for each in chain.listeners(environment)
        if environment.load_balancers[each.load_balancer].scheme != "internal"
    )


def policies(environment: Environment) -> tuple[PolicyPlan, ...]:
    """CloudFront's policies that some distribution goes by."""
    used = {name for plan in environment.distributions.values() for name in _policies_of(environment, plan)}
    return tuple(each for each in POLICIES if each.name in used)


def has_buckets(environment: Environment) -> bool:
    """Whether any distribution shows files of a bucket."""
    return any(plan.bucket or plan.paths for plan in environment.distributions.values())


def readers(stack: Stack, bucket: str) -> tuple[Any, ...]:
    """The ARNs of the distributions that show a bucket's files."""
    plans = stack.environment.distributions.items()
    return tuple(
        stack.get(Distribution, name).arn for name, plan in plans if bucket in (plan.bucket, *plan.paths.values())
    )


def distribution(stack: Stack, name: str) -> dict[str, Any]:
    """What a distribution is made of, by the words of its class."""
    environment = stack.environment
    plan = environment.distributions[name]
    return {
        "origins": _origins(stack, name, plan),
        "behaviours": tuple(_behaviours(stack, name, plan)),
        "aliases": (host(environment, name),),
        "certificate": stack.get(IssuedCertificate, "edge").arn,
        "web_acl": stack.get(WebAcl, "edge").arn if plan.firewall and environment.firewall else "",
        "single_page": plan.single_page,
        "root": PAGE if plan.bucket or plan.single_page else "",
        **_marked(stack, plan),
    }


def first(stack: Stack, name: str) -> tuple[Handle[Any], ...]:
    """The rules that must know a new header before the distribution sends it."""
    environment = stack.environment
    if not _is_marked(environment, environment.distributions[name]):
        return ()
    balancer = environment.distributions[name].load_balancer
    inside = [each for each in doors(environment) if environment.services[each.service].load_balancer == balancer]
    return tuple(stack.get(ListenerRule, each.let_through) for each in inside)


def _is_marked(environment: Environment, plan: Plan) -> bool:
    balanced = {environment.services[each.service].load_balancer for each in doors(environment)}
    return plan.load_balancer is not None and plan.load_balancer in balanced


def _marked(stack: Stack, plan: Plan) -> dict[str, Any]:
    if not _is_marked(stack.environment, plan):
        return {}
    secret = stack.get(Secret, ORIGIN_HEADER)
    return {"secret": secret, "secret_version": secret.version}


def _origins(stack: Stack, name: str, plan: Plan) -> tuple[dict[str, Any], ...]:
    """The first, and the buckets of single paths. Plain http to load balancers, whose certificate is not public."""
    others = dict.fromkeys(bucket for bucket in plan.paths.values() if bucket != plan.bucket)
    return (_origin(stack, name, plan), *(_files(stack, bucket) for bucket in others))


def _origin(stack: Stack, name: str, plan: Plan) -> dict[str, Any]:
    if plan.bucket:
        return _files(stack, plan.bucket)
    if plan.address:
        return {"id": name, "domain": plan.address, "reach": "https"}
    balancer, port = stack.get(LoadBalancer, str(plan.load_balancer)), _port(stack.environment, plan)
    said = {"id": f"alb-{plan.load_balancer}", "domain": balancer.dns_name, "reach": "http"}
    marked = {"header": HEADER} if _is_marked(stack.environment, plan) else {}
    return {**said, **marked, **({} if port == HTTP else {"port": port})}


def _port(environment: Environment, plan: Plan) -> int:
    """The usual one, or the first that its load balancer listens on."""
    found = [each.port for each in chain.listeners(environment) if each.load_balancer == plan.load_balancer]
    return HTTP if HTTP in found or not found else found[0]


def _files(stack: Stack, bucket: str) -> dict[str, Any]:
    control = stack.get(OriginAccessControl, "buckets")
    domain = stack.get(Bucket, bucket).domain
    return {"id": _of_bucket(bucket), "domain": domain, "reach": "bucket", "access": control.id}


def _of_bucket(bucket: str) -> str:
    return f"s3-{bucket}"


def _behaviours(stack: Stack, name: str, plan: Plan) -> Iterator[dict[str, Any]]:
    environment = stack.environment
    yield {"path": "*", "origin": _id_of(name, plan), **_kept(stack, *_of_plan(environment, plan))}
    for path, bucket in plan.paths.items():
        yield {"path": path, "origin": _of_bucket(bucket), **_kept(stack, *_of_files(environment, bucket, _KEPT))}


def _id_of(name: str, plan: Plan) -> str:
    if plan.bucket:
        return _of_bucket(plan.bucket)
    return f"alb-{plan.load_balancer}" if plan.load_balancer else name


def _kept(stack: Stack, methods: str, cache: str, request: str) -> dict[str, Any]:
    said = {"cache": cache if cache == AS_TOLD else stack.get(ManagedPolicy, cache).id, "methods": methods}
    return {**said, "request": stack.get(ManagedPolicy, request).id} if request else said


def _policies_of(environment: Environment, plan: Plan) -> set[str]:
    found = [_of_plan(environment, plan), *(_of_files(environment, bucket, _KEPT) for bucket in plan.paths.values())]
    return {name for _, *names in found for name in names if name}


def _of_plan(environment: Environment, plan: Plan) -> tuple[str, str, str]:
    """(methods, cache policy, origin request policy).

    The program behind a load balancer is sent the name it was called by, which plain http lets it have; a server of
    somebody else's would be asked for a page it does not have, and a bucket would refuse the signature.
    """
    if plan.bucket:
        return _of_files(environment, plan.bucket, _UNKEPT if plan.cache == "off" else _KEPT)
    if plan.cache == "long":
        return "read", _KEPT, ""
    if plan.address:
        return ("all", _UNKEPT, _VIEWER_BUT_HOST) if plan.cache == "off" else ("all", AS_TOLD, "")
    return "all", _UNKEPT if plan.cache == "off" else _BY_ORIGIN, _VIEWER


def _of_files(environment: Environment, bucket: str, cache: str) -> tuple[str, str, str]:
    """Pages of other websites may ask first whether they may read (CORS)."""
    shared = bool(environment.buckets[bucket].origins)
    return ("ask", cache, _SHARED) if shared else ("read", cache, "")
