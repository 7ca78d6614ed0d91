"""What firewall rules take of a web ACL's capacity, and the names of the rules in the groups that AWS keeps. Pure.

Sources: aws-reality 6.8; the names are those of the WAF developer guide, "AWS Managed Rules rule groups list", in the
versions that are AWS's default. AWS takes a name that no rule has without a word and overrides nothing, so a wrong one
has to be found here.
"""

from __future__ import annotations

from dataclasses import dataclass

INCLUDED = 1500
"""Capacity units that a web ACL may take before AWS bills each request for more."""

INSPECTED = 16384
"""Bytes of a body that the firewall of CloudFront looks at, unless one pays for more."""

RATE_RULES = 10
"""Rules with a limit that one web ACL may have."""

_RATE, _CONTAINS, _SET, _COUNTRIES, _SIZE = 2, 10, 1, 1, 1
_PLAIN = {"allow": _SET, "block": _SET, "outside": _COUNTRIES, "larger_than": _SIZE}


@dataclass(frozen=True)
class ManagedGroup:
    """One group of rules that AWS keeps: its capacity units, and the names of its rules."""

    units: int
    rules: tuple[str, ...]


GROUPS: dict[str, ManagedGroup] = {
    "AWSManagedRulesCommonRuleSet": ManagedGroup(
        700,
        (
            "NoUserAgent_HEADER", "UserAgent_BadBots_HEADER", "SizeRestrictions_QUERYSTRING",
            "SizeRestrictions_Cookie_HEADER", "SizeRestrictions_BODY", "SizeRestrictions_URIPATH",
            "EC2MetaDataSSRF_BODY", "EC2MetaDataSSRF_COOKIE", "EC2MetaDataSSRF_URIPATH",
            "EC2MetaDataSSRF_QUERYARGUMENTS", "GenericLFI_QUERYARGUMENTS", "GenericLFI_URIPATH", "GenericLFI_BODY",
            "RestrictedExtensions_URIPATH", "RestrictedExtensions_QUERYARGUMENTS", "GenericRFI_QUERYARGUMENTS",
            "GenericRFI_BODY", "GenericRFI_URIPATH", "CrossSiteScripting_COOKIE",
            "CrossSiteScripting_QUERYARGUMENTS", "CrossSiteScripting_BODY", "CrossSiteScripting_URIPATH",
        ),
    ),
    "AWSManagedRulesAdminProtectionRuleSet": ManagedGroup(100, ("AdminProtection_URIPATH",)),
    "AWSManagedRulesKnownBadInputsRuleSet": ManagedGroup(
        200,
        (
            "JavaDeserializationRCE_HEADER", "JavaDeserializationRCE_BODY", "JavaDeserializationRCE_URIPATH",
            "JavaDeserializationRCE_QUERYSTRING", "Host_localhost_HEADER", "PROPFIND_METHOD",
            "ExploitablePaths_URIPATH", "Log4JRCE_HEADER", "Log4JRCE_QUERYSTRING", "Log4JRCE_BODY",
            "Log4JRCE_URIPATH",
        ),
    ),
    "AWSManagedRulesSQLiRuleSet": ManagedGroup(
        200,
        (
            "SQLi_QUERYARGUMENTS", "SQLiExtendedPatterns_QUERYARGUMENTS", "SQLi_BODY", "SQLiExtendedPatterns_BODY",
            "SQLi_COOKIE",
        ),
    ),
    "AWSManagedRulesLinuxRuleSet": ManagedGroup(200, ("LFI_URIPATH", "LFI_QUERYSTRING", "LFI_HEADER")),
    "AWSManagedRulesAmazonIpReputationList": ManagedGroup(
        25, ("AWSManagedIPReputationList", "AWSManagedReconnaissanceList", "AWSManagedIPDDoSList")
    ),
    "AWSManagedRulesAnonymousIpList": ManagedGroup(50, ("AnonymousIPList", "HostingProviderIPList")),
}  # fmt: skip


def units(sort: str, *, path: bool = False, group: str = "") -> int:
    """What a rule takes. ``sort``: limit, allow, block, group, outside or larger_than; ``path``: only some requests.

    Raises KeyError for a group that is not in ``GROUPS``.
    """
    if sort == "group":
        return GROUPS[group].units
    if sort == "limit":
        return _RATE + (_CONTAINS if path else 0)
    return _PLAIN[sort]
