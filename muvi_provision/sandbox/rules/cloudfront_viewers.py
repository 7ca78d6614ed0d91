"""How viewers reach a distribution: its aliases, its certificate, its web ACL."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from muvi_provision.sandbox import distributions, firewall, lifecycles, resolver
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.distributions import items, sent, shelf
from muvi_provision.sandbox.rules.acm import algorithm
from muvi_provision.sandbox.rules.cloudfront import WRITES
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_ALIAS = re.compile(r"(?=.{1,253}$)(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_MORE = (
    "For more details, see: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html"
    "#alternate-domain-names-requirements"
)


def _aliases(call: Call) -> list[str]:
    return [str(one).lower() for one in items(sent(call), "Aliases")]


def _certificate(call: Call) -> dict[str, Any]:
    return dict(sent(call).get("ViewerCertificate") or {})


@rule(
    "cloudfront",
    WRITES,
    "InvalidArgument",
    "an alias is a domain name, and listed once",
    source="CloudFront API: Aliases",
)
def names(call: Call, view: View) -> str | None:
    found = _aliases(call)
    bad = len(set(found)) < len(found) or not all(_ALIAS.fullmatch(one) for one in found)
    return "The parameter CNAME contains one or more parameters that are not valid." if bad else None


@rule("cloudfront", WRITES, "TooManyDistributionCNAMEs", "100 aliases a distribution", source="6.6 i")
def alias_count(call: Call, view: View) -> str | None:
    return "Your request contains more CNAMEs than are allowed per distribution." if len(_aliases(call)) > 100 else None


@rule("cloudfront", WRITES, "InvalidViewerCertificate", "aliases want a certificate", source="6.6 e")
def without_certificate(call: Call, view: View) -> str | None:
    bare = _aliases(call) and not any(
        _certificate(call).get(name) for name in ("ACMCertificateArn", "IAMCertificateId")
    )
    said = "To add an alternate domain name (CNAME) to a CloudFront distribution, you must attach a trusted certificate"
    return f"{said} that validates your authorization to use the domain name. {_MORE}" if bare else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidViewerCertificate",
    "one of us-east-1, issued, and heard of by CloudFront",
    source="1.6",
)
def certificate_missing(call: Call, view: View) -> str | None:
    arn = str(_certificate(call).get("ACMCertificateArn") or "")
    said = "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include"
    return f"{said} a valid certificate chain." if arn and _usable(view, arn) is None else None


@rule("cloudfront", WRITES, "InvalidViewerCertificate", "with a key that CloudFront can use", source="6.6 e")
def certificate_key(call: Call, view: View) -> str | None:
    found = _usable(view, str(_certificate(call).get("ACMCertificateArn") or ""))
    kind = algorithm(found._key) if found is not None else "RSA_2048"
    large = kind in ("RSA_3072", "RSA_4096") and getattr(found, "type", "") != "IMPORTED"
    unknown = kind.startswith("EC_") and kind != "EC_prime256v1"
    return "The specified SSL certificate has a key that is too large or not supported." if large or unknown else None


@rule("cloudfront", WRITES, "InvalidViewerCertificate", "that covers every alias", source="6.6 e")
def not_covered(call: Call, view: View) -> str | None:
    found = _usable(view, str(_certificate(call).get("ACMCertificateArn") or ""))
    if found is None:
        return None
    held = {str(one).lower() for one in (*found.sans, found.common_name)}
    bare = [one for one in _aliases(call) if not any(covers(name, one) for name in held)]
    said = "The certificate that is attached to your distribution doesn't cover the alternate domain name (CNAME) that"
    return f"{said} you're trying to add. {_MORE}" if bare else None


def covers(name: str, alias: str) -> bool:
    """Whether a certificate's name is good for an alias: a star stands for one label."""
    return name == alias or (name.startswith("*.") and name[1:] == alias[alias.find(".") :])


def _usable(view: View, arn: str) -> Any:
    """The certificate, if CloudFront sees it and can use it."""
    there = replace(view, region=distributions.CERTIFICATES)
    if not arn.startswith(f"arn:aws:acm:{there.region}:{view.account}:"):
        return None
    lifecycles.advance(there)
    found = there.certificates.get(arn)
    usable = found is not None and found.status == "ISSUED" and there.phase(arn) != "making"
    return found if usable else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidArgument",
    "a certificate, with how it is served",
    source="CloudFront API: ViewerCertificate",
)
def served(call: Call, view: View) -> str | None:
    said = _certificate(call)
    if not said.get("ACMCertificateArn"):
        return None
    if said.get("CloudFrontDefaultCertificate"):
        return "The parameter ViewerCertificate names a certificate and the default one."
    return None if said.get("SSLSupportMethod") else "The parameter SSLSupportMethod is required."


@rule(
    "cloudfront",
    WRITES,
    "CNAMEAlreadyExists",
    "an alias is on one distribution in the whole world",
    409,
    source="6.6 a, e",
)
def alias_taken(call: Call, view: View) -> str | None:
    own = call.params.get("Id")
    taken = {name for _, one in distributions.everywhere(view) if one.id != own for name in one.aliases}
    foreign = {
        name for account, one in distributions.everywhere(view) if account != view.account for name in one.aliases
    }
    foreign |= {name.lower() for name in view.books.foreign_aliases}
    bad = any(one in taken or any(_overlap(one, other) for other in foreign) for one in _aliases(call))
    said = "One or more of the CNAMEs you provided are already associated with a different resource."
    return said if bad else None


def _overlap(one: str, other: str) -> bool:
    """Another account's name and ours, with or without a star."""
    return covers(one, other) or covers(other, one)


@rule(
    "cloudfront",
    WRITES,
    "CNAMEAlreadyExists",
    "an alias's name does not lead to another distribution",
    409,
    source="6.6 e",
)
def alias_leads_elsewhere(call: Call, view: View) -> str | None:
    """By a CNAME: where an alias of Route 53 leads nobody outside can tell."""
    there = shelf(view).distributions.get(str(call.params.get("Id")))
    own = there.domain if there is not None else ""
    led = [name for alias in _aliases(call) for name in resolver.look_up(view, alias, "CNAME")]
    said = "One or more aliases specified for the distribution includes an incorrectly configured DNS record that"
    wrong = any(name.endswith(".cloudfront.net") and name != own for name in led)
    return f"{said} points to another CloudFront distribution." if wrong else None


@rule(
    "cloudfront",
    WRITES,
    "InvalidProtocolSettings",
    "who goes by the name is not served SSLv3",
    source="CloudFront API: CreateDistribution",
)
def protocol(call: Call, view: View) -> str | None:
    said = _certificate(call)
    old = said.get("SSLSupportMethod") == "sni-only" and said.get("MinimumProtocolVersion") == "SSLv3"
    words = "You cannot specify SSLv3 as the minimum protocol version if you only want to support only clients that"
    return f"{words} support Server Name Indication (SNI)." if old else None


@rule("cloudfront", WRITES, "InvalidWebACLId", "the ARN of a web ACL that is CloudFront's", source="6.6 e, 0.13")
def web_acl(call: Call, view: View) -> str | None:
    arn = str(sent(call).get("WebACLId") or "")
    said = "Web ACL is not accessible by the requester."
    return said if arn and firewall.acl_by_arn(view, arn) is None else None
