"""Examples of what day 4 puts before the load balancers: the firewall, rules of listeners, distributions."""

from __future__ import annotations

from typing import Any

from muvi_provision.day2_data.secrets import Secret
from muvi_provision.day4_edge.distributions import Distribution
from muvi_provision.day4_edge.firewall import IpSet, WebAcl
from muvi_provision.day4_edge.listener_rules import ListenerRule
from muvi_provision.day4_edge.managed_policies import ManagedPolicy
from muvi_provision.day4_edge.origin_access import OriginAccessControl
from muvi_provision.resource import Unknown
from tests.resources import examples_balancing as balancing
from tests.resources.contract import Example
from tests.resources.examples_balancing import at

ALLOWED = IpSet("allow-list", addresses=("198.51.100.0/24", "10.0.0.0/8"))
BLOCKED = IpSet("block-list", addresses=())
RULES: tuple[dict[str, Any], ...] = (
    {"name": "limit", "limit": 2000, "window_s": 300},
    {"name": "limit-otp", "limit": 100, "window_s": 60, "path": "/otp", "count": True},
    {"name": "allow-list", "allow": Unknown(ALLOWED.address, "arn")},
    {"name": "block-list", "block": Unknown(BLOCKED.address, "arn")},
    {"name": "sql", "group": "AWSManagedRulesSQLiRuleSet", "count_rules": ("SQLi_BODY", "SQLi_COOKIE")},
    {"name": "linux", "group": "AWSManagedRulesLinuxRuleSet", "count": True},
    {"name": "far-away", "outside": ("AE", "SA")},
    {"name": "large-body", "larger_than": 8192, "count": True},
)
ACL = WebAcl("edge", rules=RULES)

SECRET = Secret("edge/origin-header", kind="password", description="What CloudFront shows load balancers")
MARKED: dict[str, Any] = {"secret": at(SECRET.address), "secret_version": Unknown(SECRET.address, "version")}
BALANCING = (*balancing.GROUND, balancing.PUBLIC, balancing.GATEWAY, balancing.WEBSITE, balancing.HTTP, SECRET)
PASSED_ON = ListenerRule(
    "gateway-from-cloudfront",
    listener=at(balancing.HTTP.address),
    priority=1,
    target_group=at(balancing.GATEWAY.address),
    **MARKED,
)
TURNED_AWAY = ListenerRule("gateway-others", listener=at(balancing.HTTP.address), priority=50000)

CONTROL = OriginAccessControl("buckets")
UNKEPT = ManagedPolicy("caching-disabled", sort="cache", title="CachingDisabled")
KEPT = ManagedPolicy("caching-optimized", sort="cache", title="Managed-CachingOptimized")
VIEWER = ManagedPolicy("all-viewer", sort="origin-request", title="AllViewer")
API = Distribution(
    "api",
    origins=(
        {
            "id": "api",
            "domain": Unknown(balancing.PUBLIC.address, "dns_name"),
            "reach": "http",
            "header": "X-Muvi-Origin",
        },
    ),
    behaviours=(
        {
            "path": "*",
            "origin": "api",
            "cache": Unknown(UNKEPT.address, "id"),
            "request": Unknown(VIEWER.address, "id"),
            "methods": "all",
        },
    ),
    aliases=("api.uat.cinema.example",),
    **MARKED,
)
FILES: dict[str, Any] = {
    "id": "media",
    "domain": "uat-media-000011112222.s3.me-central-1.amazonaws.com",
    "reach": "bucket",
    "access": Unknown(CONTROL.address, "id"),
}
OTHERS: dict[str, Any] = {"id": "go", "domain": "short-links.cinema.example", "reach": "https"}
LONG: dict[str, Any] = {"path": "*", "origin": "media", "cache": Unknown(KEPT.address, "id"), "methods": "read"}
MEDIA = Distribution("media", origins=(FILES,), behaviours=(LONG,), root="index.html")

EXAMPLES = [
    Example(ALLOWED, (), {"addresses": ("203.0.113.0/24",)}),
    Example(ACL, (ALLOWED, BLOCKED), {"rules": RULES[:2]}, unseen=frozenset({"otherwise"})),  # by hand
    Example(
        PASSED_ON,
        BALANCING,
        {"priority": 2, "target_group": at(balancing.WEBSITE.address), "header": "X-Other"},
        unseen=frozenset({"secret_version", "plain"}),  # another value, or a change by hand
    ),
    Example(TURNED_AWAY, BALANCING, {"priority": 100}),
    Example(CONTROL, (), unseen=frozenset({"signing"})),  # only a change by hand makes another of it
    Example(UNKEPT),
    Example(VIEWER),
    Example(
        API,
        (*BALANCING, UNKEPT, VIEWER, ALLOWED, BLOCKED, ACL),
        {
            "web_acl": Unknown(ACL.address, "arn"),
            "enabled": False,
            "edges": "PriceClass_100",
            "protocols": "http2",
            "ipv6": False,
        },
        unseen=frozenset({"secret_version", "certificate", "aliases", "tls", "named"}),  # a certificate; by hand
    ),
    Example(
        MEDIA,
        (CONTROL, KEPT),
        {
            "origins": {"origins": (FILES, OTHERS), "behaviours": (LONG, {**LONG, "path": "/go/*", "origin": "go"})},
            "behaviours": ({**LONG, "cache": "as the origin says", "methods": "ask"},),
            "single_page": True,
        },
        unseen=frozenset({"root"}),  # only a thorough look tells it
    ),
]
