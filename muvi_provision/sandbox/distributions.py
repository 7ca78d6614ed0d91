"""What the sandbox holds of CloudFront: the emulator drops half of a distribution's configuration and is never busy.

Everything is of the whole account, whatever region the caller signed for. A configuration is kept as it is told:
complete, with AWS's defaults.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from muvi_provision.sandbox import lifecycles, objects
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

HOME = "aws"  # where the emulator keeps what is in no region
CERTIFICATES = "us-east-1"  # and web ACLs: aws-reality 0.13


@dataclass
class Distribution:
    """``config`` is what GetDistributionConfig tells. ``status``: InProgress or Deployed.

    ``gone_from``: when it can be deleted, if it is switched off (in the cloud's seconds; aws-reality 6.6 f).
    """

    id: str
    arn: str
    domain: str
    config: dict[str, Any]
    tags: dict[str, str]
    etag: str
    changed: datetime
    status: str = "InProgress"
    gone_from: float = 0

    @property
    def enabled(self) -> bool:
        return bool(self.config["Enabled"])

    @property
    def aliases(self) -> list[str]:
        return [one.lower() for one in items(self.config, "Aliases")]

    @property
    def web_acl(self) -> str:
        """An ARN, or nothing."""
        return str(self.config["WebACLId"])

    @property
    def certificate(self) -> str:
        """An ARN, or nothing."""
        return str(self.config["ViewerCertificate"].get("ACMCertificateArn", ""))


@dataclass
class AccessControl:
    """An origin access control."""

    id: str
    config: dict[str, str]
    etag: str

    @property
    def name(self) -> str:
        return self.config["Name"]


@dataclass
class Invalidation:
    """``status``: InProgress or Completed."""

    id: str
    distribution: str
    batch: dict[str, Any]
    made: datetime
    status: str = "InProgress"


@dataclass
class Shelf:
    """One account's. ``released``: web ACLs that a distribution has let go of, and until when WAF holds them still.

    ``deleted``: the domain names of distributions that are no more.
    """

    distributions: dict[str, Distribution] = field(default_factory=dict)
    access_controls: dict[str, AccessControl] = field(default_factory=dict)
    invalidations: dict[str, Invalidation] = field(default_factory=dict)
    released: dict[str, float] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)


def shelf(view: View) -> Shelf:
    """As it is now: what is due has happened."""
    lifecycles.advance(at_home(view), _KINDS)
    return _held(view)


def at_home(view: View) -> View:
    """The same account, seen from where CloudFront is."""
    return view if view.region == HOME else replace(view, region=HOME)


def everywhere(view: View) -> Iterator[tuple[str, Distribution]]:
    """The distributions of every account of this world, with the account: aliases are unique among all of them."""
    for account, regions in view.world.everything().get("cloudfront", {}).items():
        held = vars(regions[HOME]).get("shelf") if HOME in regions else None
        for one in held.distributions.values() if held is not None else ():
            yield account, one


def was_deleted(view: View, domain: str) -> bool:
    """Whether a distribution of any account had this domain name, and no longer has."""
    accounts = view.world.everything().get("cloudfront", {}).values()
    shelves = (vars(regions[HOME]).get("shelf") for regions in accounts if HOME in regions)
    return any(domain in one.deleted for one in shelves if one is not None)


def new_id() -> str:
    """Of anything but a function: E and 13 capitals and digits."""
    return f"E{_letters()}"


def new_domain() -> str:
    return f"d{_letters().lower()}.cloudfront.net"


def _letters() -> str:
    number, found = uuid.uuid4().int, ""
    while len(found) < 13:
        number, rest = divmod(number, 36)
        found += "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[rest]
    return found


def arn_of(view: View, wanted: str) -> str:
    return f"arn:aws:cloudfront::{view.account}:distribution/{wanted}"


def by_arn(view: View, arn: str) -> Distribution | None:
    return next((one for one in shelf(view).distributions.values() if one.arn == arn), None)


def sent(call: Call) -> dict[str, Any]:
    """The configuration in a create or an update; an invalidation's batch."""
    said = call.params.get("DistributionConfigWithTags") or call.params
    found: dict[str, Any] = said["InvalidationBatch"] if "InvalidationBatch" in said else said["DistributionConfig"]
    return found


def items(config: dict[str, Any], member: str) -> list[Any]:
    """CloudFront's lists are a quantity and, unless that is 0, items."""
    return list((config.get(member) or {}).get("Items") or [])


def behaviours(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The default one first."""
    return [config["DefaultCacheBehavior"], *items(config, "CacheBehaviors")]


def users_of_certificate(view: View, arn: str) -> list[str]:
    """The ARNs of the distributions that serve with a certificate."""
    return [one.arn for one in shelf(view).distributions.values() if one.certificate == arn]


def users_of_web_acl(view: View, arn: str) -> list[str]:
    """The ARNs of the distributions that name a web ACL."""
    return [one.arn for one in shelf(view).distributions.values() if one.web_acl == arn]


def users_of_access_control(view: View, wanted: str) -> list[str]:
    """The ARNs of the distributions with an origin that names an origin access control."""
    return [
        one.arn
        for one in shelf(view).distributions.values()
        if wanted in [origin.get("OriginAccessControlId") for origin in items(one.config, "Origins")]
    ]


def release(view: View, web_acl: str) -> None:
    """WAF learns a little later that a distribution has let go of it (aws-reality 6.8 f)."""
    if web_acl:
        _held(view).released[web_acl] = view.now + view.seconds(_RELEASE_S)


def holds(view: View, web_acl: str) -> bool:
    """Whether a distribution names a web ACL, or did a moment ago."""
    return bool(users_of_web_acl(view, web_acl)) or view.now < _held(view).released.get(web_acl, 0)


def _held(view: View) -> Shelf:
    found: Shelf = vars(view.backend("cloudfront", HOME)).setdefault("shelf", Shelf())
    return found


LINGER_S = 30  # aws-reality 6.6 f: it is still said not to be disabled, for up to 3 minutes after it is deployed
_RELEASE_S = 30
_KINDS = frozenset({"distribution", "invalidation"})
objects.register(
    objects.Kind(
        "distribution", ":distribution/", "NoSuchDistribution", lambda view: _held(view).distributions.values()
    )
)
objects.register(
    objects.Kind(
        "invalidation", ":invalidation/", "NoSuchInvalidation", lambda view: _held(view).invalidations.values()
    )
)
lifecycles.register(  # aws-reality 6.6 b: 3 to 10 minutes are typical
    lifecycles.Lifecycle("distribution", "InProgress", "Deployed", 300, failed="InProgress", attribute="status")
)
lifecycles.register(lifecycles.Lifecycle("invalidation", "InProgress", "Completed", 60, attribute="status"))
