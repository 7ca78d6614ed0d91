"""The firewall before CloudFront: its web ACL, and the address lists that rules name.

Facts: aws-reality 6.8. All of it is in us-east-1, wherever the stack is, and whoever changes anything shows the token
of the last change.
"""

from __future__ import annotations

from typing import Any, Literal

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import tags_of
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day4_edge import firewall_rules, waf_reads
from muvi_provision.day4_edge.firewall_rules import Words
from muvi_provision.day4_edge.waf_reads import SCOPE
from muvi_provision.resource import Change, Live, Resource


class IpSet(
    Resource,
    region="us-east-1",
    mutable={"addresses"},
    outputs={"arn"},
    name_limit=128,
    actions={
        "wafv2:CreateIPSet", "wafv2:DeleteIPSet", "wafv2:GetIPSet", "wafv2:ListIPSets", "wafv2:ListTagsForResource",
        "wafv2:TagResource", "wafv2:UpdateIPSet", tag_index.ACTION,
    },
    card="waf",
):  # fmt: skip
    """A list of address ranges (``198.51.100.0/24``) that a rule lets in or keeps out. Its id is its ARN."""

    addresses: tuple[str, ...]

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By ARN if known, else by name, which is unique."""
        summary = _chosen(waf_reads.listed(aws, "list_ip_sets", "IPSets"), known_id, aws.physical(self))
        if summary is None:
            return None
        with unless_gone():
            raw = {} if aws.shallow else aws.worldwide.read("wafv2", "get_ip_set", **_named(summary))["IPSet"]
            return _live(aws, self.address, summary, raw)
        return None

    def create(self, aws: Aws) -> str:
        made = aws.wafv2.create_ip_set(
            Name=aws.physical(self),
            Scope=SCOPE,
            IPAddressVersion="IPV4",
            Tags=aws.tag_pairs(self),
            **self._said(),
        )
        return made["Summary"]["ARN"]

    def _said(self) -> dict[str, Any]:
        return {"Description": f"Addresses of the rule {self.name}", "Addresses": list(self.addresses)}

    def wanted(self) -> dict[str, Any]:
        return {"addresses": tuple(sorted(self.addresses))}

    def observe(self, live: Live) -> dict[str, Any]:
        return {"addresses": tuple(sorted(live.raw["Addresses"]))} if "Addresses" in live.raw else {}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """All of it anew: AWS replaces the whole list, and forgets a description that is not repeated."""
        token = aws.wafv2.get_ip_set(**_named(live.raw))["LockToken"]
        aws.wafv2.update_ip_set(**_named(live.raw), **self._said(), LockToken=token)

    def delete(self, aws: Aws, live: Live) -> None:
        """WAFAssociatedItemException rises while a rule names it."""
        with unless_gone():
            token = aws.wafv2.get_ip_set(**_named(live.raw))["LockToken"]
            aws.wafv2.delete_ip_set(**_named(live.raw), LockToken=token)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.id}


class WebAcl(
    Resource,
    region="us-east-1",
    mutable={"rules", "otherwise"},
    outputs={"arn"},
    name_limit=128,
    prices=("waf.acl", "waf.rule"),
    actions={
        "wafv2:CreateWebACL", "wafv2:DeleteWebACL", "wafv2:GetWebACL", "wafv2:ListTagsForResource",
        "wafv2:ListWebACLs", "wafv2:TagResource", "wafv2:UpdateWebACL", tag_index.ACTION,
    },
    card="waf",
):  # fmt: skip
    """The firewall itself: whatever no rule keeps out is let in. Its id is its ARN.

    rules: in words, in the order in which they are asked (``firewall_rules``). otherwise: what becomes of the rest.
    """

    rules: tuple[Words, ...]
    otherwise: Literal["allow"] = "allow"

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By ARN if known, else by name, which is unique."""
        summary = _chosen(waf_reads.listed(aws, "list_web_acls", "WebACLs"), known_id, aws.physical(self))
        if summary is None:
            return None
        with unless_gone():
            raw = {} if aws.shallow else aws.worldwide.read("wafv2", "get_web_acl", **_named(summary))["WebACL"]
            shown = {"InWords": firewall_rules.read(aws.ownership.env, raw["Rules"])} if "Rules" in raw else {}
            return _live(aws, self.address, summary, {**raw, **shown})
        return None

    def create(self, aws: Aws) -> str:
        made = aws.wafv2.create_web_acl(
            Name=aws.physical(self),
            Scope=SCOPE,
            Description=f"What CloudFront lets in to {aws.ownership.env}",
            **self._said(aws),
            Tags=aws.tag_pairs(self),
        )
        return made["Summary"]["ARN"]

    def _said(self, aws: Aws) -> dict[str, Any]:
        return {
            "DefaultAction": {"Allow": {}},
            "Rules": firewall_rules.spelt(aws.ownership.env, self.rules),
            "VisibilityConfig": firewall_rules.visible(aws.physical(self)),
        }

    def observe(self, live: Live) -> dict[str, Any]:
        if "InWords" not in live.raw:
            return {}
        return {"rules": live.raw["InWords"], "otherwise": " and ".join(live.raw["DefaultAction"]).lower()}

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:  # noqa: ARG002
        """All rules anew, and what is not ours to say as it was: AWS keeps nothing that is not repeated."""
        found = aws.wafv2.get_web_acl(**_named(live.raw))
        kept = {key: value for key, value in found["WebACL"].items() if key in _KEPT and value}
        aws.wafv2.update_web_acl(**{**kept, **_named(live.raw), **self._said(aws)}, LockToken=found["LockToken"])

    def delete(self, aws: Aws, live: Live) -> None:
        """WAFAssociatedItemException rises while a distribution names it, and for minutes after."""
        with unless_gone():
            token = aws.wafv2.get_web_acl(**_named(live.raw))["LockToken"]
            aws.wafv2.delete_web_acl(**_named(live.raw), LockToken=token)

    def outputs(self, live: Live) -> dict[str, str]:
        return {"arn": live.id}

    def costs(self) -> tuple[tuple[str, float], ...]:
        """Itself and its rules; requests come on top."""
        return (("waf.acl", 1.0), ("waf.rule", float(len(self.rules))))


_KEPT = (
    "Description", "CustomResponseBodies", "CaptchaConfig", "ChallengeConfig", "TokenDomains", "AssociationConfig",
    "DataProtectionConfig", "OnSourceDDoSProtectionConfig", "ApplicationConfig", "MonetizationConfig",
    "AnalyticsConfig",
)  # fmt: skip


def _chosen(listing: list[dict[str, Any]], known_id: str | None, name: str) -> dict[str, Any] | None:
    by_id = (each for each in listing if known_id and each["ARN"] == known_id)
    by_name = (each for each in listing if each["Name"] == name)
    return next(by_id, None) or next(by_name, None)


def _named(raw: Any) -> Any:
    """How WAF wants to hear of one of its objects: by name and id."""
    return {"Name": raw["Name"], "Scope": SCOPE, "Id": raw["Id"]}


def _live(aws: Aws, address: str, summary: dict[str, Any], raw: dict[str, Any]) -> Live:
    arn, ours = summary["ARN"], aws.worldwide
    ask = lambda: _tags(ours.seen_from(ours.written), arn)  # noqa: E731
    return Live(arn, {**summary, **raw}, tags_of(ours, arn, address, ask))


def _tags(aws: Aws, arn: str) -> dict[str, str]:
    told = aws.read("wafv2", "list_tags_for_resource", ResourceARN=arn, Limit=100)
    return tags.read(told["TagInfoForResource"]["TagList"])
