"""CloudFront's distributions: what the world sees of the stack, from a place near whoever asks.

Facts: aws-reality 6.5, 6.6 and 6.7. A change replaces the whole configuration and takes minutes to reach all places;
one that is to be deleted must be switched off everywhere first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError

from muvi_provision.aws import tag_index, tags
from muvi_provision.aws.clients import Aws
from muvi_provision.aws.tag_index import tags_of
from muvi_provision.day1_network.tagged import unless_gone
from muvi_provision.day2_data.secrets import Secret
from muvi_provision.day4_edge import distribution_config, origin_secret
from muvi_provision.day4_edge.distribution_config import Words
from muvi_provision.day4_edge.origin_secret import VERSION
from muvi_provision.errors import NameTaken
from muvi_provision.naming import ADDRESS, ENVIRONMENT, physical
from muvi_provision.resource import Change, Handle, Live, Resource, is_known

TAKEN = "CNAMEAlreadyExists"


class Distribution(
    Resource,
    region="us-east-1",
    ready="distribution_deployed",
    releases=True,
    mutable={
        "origins", "behaviours", "aliases", "certificate", "web_acl", "secret_version", "single_page", "root",
        "enabled", "edges", "protocols", "ipv6", "tls", "named",
    },
    outputs={"domain_name", "arn"},
    name_limit=128,
    actions={
        "cloudfront:CreateDistribution", "cloudfront:CreateDistributionWithTags", "cloudfront:DeleteDistribution",
        "cloudfront:GetDistributionConfig", "cloudfront:ListDistributions", "cloudfront:ListTagsForResource",
        "cloudfront:TagResource", "cloudfront:UpdateDistribution", "wafv2:GetWebACL", origin_secret.ACTION,
        tag_index.ACTION,
    },
    card="cloudfront",
):  # fmt: skip
    """One address of CloudFront's, and the public names (``aliases``) it answers to once there is a ``certificate``.

    origins, behaviours: where its pages come from, and which path comes from where (``distribution_config``).
    certificate, web_acl: ARNs of us-east-1, "" while there is none. secret, secret_version: whose value the origins
    that have a header are sent; the version is kept as a tag. single_page, root: index.html answers for what is not
    there, and for the address itself. edges: how many of CloudFront's places serve it, by AWS's word.
    named: whether its comment is its name, by which it is found when nobody knows its id.
    Outputs: ``domain_name`` (``d….cloudfront.net``), ``arn``.
    """

    origins: tuple[Words, ...]
    behaviours: tuple[Words, ...]
    aliases: tuple[str, ...] = ()
    certificate: str = ""
    web_acl: str = ""
    secret: Handle[Secret] | None = None
    secret_version: str = ""
    single_page: bool = False
    root: str = ""
    enabled: bool = True
    edges: str = "PriceClass_200"  # with the Middle East; not with South America, which costs more
    protocols: str = "http2and3"
    ipv6: bool = True
    tls: str = "TLSv1.2_2021"
    named: bool = True

    def wanted(self) -> dict[str, Any]:
        """CloudFront takes no name before there is a certificate for it (6.6 e)."""
        wanted = super().wanted()
        del wanted["secret"]
        origins = tuple(sorted(wanted["origins"], key=lambda words: str(words["id"])))
        return {**wanted, "origins": origins, "aliases": self._names()}

    def _names(self) -> tuple[str, ...]:
        return tuple(sorted(self.aliases)) if not is_known(self.certificate) or self.certificate else ()

    def find(self, aws: Aws, known_id: str | None) -> Live | None:
        """By id if known, else among those with its comment the one tagged with this address, ours before others."""
        found = listing(aws)
        if known_id:
            return next((self._live(aws, each) for each in found if each["Id"] == known_id), None)
        named = (self._live(aws, each) for each in found if each.get("Comment") == aws.physical(self))
        tagged = [live for live in named if live.tags.get(ADDRESS) == self.address]
        return max(tagged, key=lambda live: aws.ownership.owns(live.tags, self.address), default=None)

    def _live(self, aws: Aws, summary: Mapping[str, Any]) -> Live:
        def ask() -> dict[str, str]:
            return _tags(aws, summary["ARN"])

        found = tags_of(aws.worldwide, summary["ARN"], self.address, ask)
        if self.secret and is_known(self.secret_version) and found.get(VERSION, "") != self.secret_version:
            found = ask()  # the index lags
        if aws.thorough and not aws.shallow:
            with unless_gone():
                told = aws.worldwide.read("cloudfront", "get_distribution_config", Id=summary["Id"])
                raw = origin_secret.without_values({**told["DistributionConfig"], **summary})
                return Live(summary["Id"], raw, found)
        return Live(summary["Id"], origin_secret.without_values(summary), found)

    def before(self, aws: Aws) -> None:
        """Raises NameTaken when another distribution of this account has one of its names."""
        for each in listing(aws):
            taken = {name.lower() for name in distribution_config.items(each, "Aliases")} & set(self.aliases)
            if taken and not aws.ownership.owns(self._live(aws, each).tags, self.address):
                raise NameTaken(
                    f"{', '.join(sorted(taken))} already belongs to distribution {each['Id']} ({each['Comment']})",
                    where=self.address,
                    why="a public name belongs to one distribution in all the world",
                    next=(f"aws cloudfront get-distribution --id {each['Id']}", "muvi config show"),
                )

    def create(self, aws: Aws) -> str:
        said = {"CallerReference": aws.token, **self._said(aws, {})}
        marks: Any = {"Items": [*aws.tag_pairs(self), *self._remembered()]}
        with _naming(self._names()):
            made = aws.cloudfront.create_distribution_with_tags(
                DistributionConfigWithTags={"DistributionConfig": said, "Tags": marks}  # type: ignore[typeddict-item]
            )
        return made["Distribution"]["Id"]

    def _said(self, aws: Aws, there: Mapping[str, Any]) -> dict[str, Any]:
        """The whole configuration: what is there already, and what is ours in its place."""
        value = origin_secret.current(aws, self.secret.id, self.secret_version) if self.secret else ""
        ours = {
            "Comment": aws.physical(self),
            "Enabled": self.enabled,
            "Aliases": distribution_config.listed(self._names()),
            "ViewerCertificate": distribution_config.viewer_certificate(self.certificate, self.tls),
            "WebACLId": self.web_acl,
            "DefaultRootObject": self.root,
            "CustomErrorResponses": distribution_config.error_pages(single_page=self.single_page),
            "PriceClass": self.edges,
            "HttpVersion": self.protocols,
            "IsIPV6Enabled": self.ipv6,
        }
        origins = distribution_config.with_value(self.origins, value)
        return distribution_config.merged(there, ours, origins, self.behaviours)

    def _remembered(self) -> list[Any]:
        return tags.pairs({VERSION: self.secret_version}) if self.secret else []

    def observe(self, live: Live) -> dict[str, Any]:
        """The header's value is in nothing that is told."""
        raw = live.raw
        certificate = raw["ViewerCertificate"]
        arn = certificate.get("ACMCertificateArn", "")
        return {
            "origins": distribution_config.read_origins(raw),
            "behaviours": distribution_config.read_behaviours(raw),
            "aliases": tuple(sorted(distribution_config.items(raw, "Aliases"))),
            "certificate": arn,
            "web_acl": raw.get("WebACLId", ""),
            "single_page": distribution_config.has_error_pages(raw),
            "enabled": raw["Enabled"],
            "edges": raw["PriceClass"],
            "protocols": raw["HttpVersion"].lower(),
            "ipv6": raw["IsIPV6Enabled"],
            "named": raw.get("Comment") == self._name(live.tags),
            **({"tls": certificate.get("MinimumProtocolVersion", "")} if arn else {}),
            **({"root": raw["DefaultRootObject"]} if "DefaultRootObject" in raw else {}),
            **({"secret_version": live.tags.get(VERSION, "")} if self.secret else {}),
        }

    def _name(self, found: Mapping[str, str]) -> str:
        return physical(found.get(ENVIRONMENT, ""), self.name, self.declared.name_limit)

    def update(self, aws: Aws, live: Live, changes: tuple[Change, ...]) -> None:
        """Read, changed and written; the tag that vouches for the header's value goes last."""
        told = aws.cloudfront.get_distribution_config(Id=live.id)
        said: Any = self._said(aws, told["DistributionConfig"])
        with _naming(self._names()):
            aws.cloudfront.update_distribution(Id=live.id, IfMatch=told["ETag"], DistributionConfig=said)
        if self.secret and any(change.field == "secret_version" for change in changes):
            marks: Any = {"Items": self._remembered()}
            aws.cloudfront.tag_resource(Resource=live.raw["ARN"], Tags=marks)

    def release(self, aws: Aws, live: Live) -> None:
        """Switches it off, which takes minutes in which other things can go."""
        _switched_off(aws, live.id)

    def delete(self, aws: Aws, live: Live) -> None:
        """DistributionNotDisabled rises until it is switched off everywhere, and for minutes after."""
        with unless_gone():
            aws.cloudfront.delete_distribution(Id=live.id, IfMatch=_switched_off(aws, live.id))

    def outputs(self, live: Live) -> dict[str, str]:
        return {"domain_name": live.raw["DomainName"], "arn": live.raw["ARN"]}


@contextmanager
def _naming(names: tuple[str, ...]) -> Iterator[None]:
    """AWS does not say which name it is that somebody else has."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] == TAKEN:
            error.response["Error"]["Message"] += f" (the names are {', '.join(names)})"
        raise


def listing(aws: Aws) -> list[dict[str, Any]]:
    """Every distribution of the account."""
    found = aws.worldwide.listing("cloudfront", "list_distributions", "DistributionList.Items")
    return [each for each in found if each]  # where there is none, CloudFront shows no list


def _tags(aws: Aws, arn: str) -> dict[str, str]:
    """None of any when it went away meanwhile."""
    with unless_gone():
        told = aws.worldwide.seen_from(aws.written).read("cloudfront", "list_tags_for_resource", Resource=arn)
        return tags.read(told["Tags"].get("Items"))
    return {}


def _switched_off(aws: Aws, distribution: str) -> str:
    """The ETag of it, switched off."""
    told = aws.cloudfront.get_distribution_config(Id=distribution)
    if not told["DistributionConfig"]["Enabled"]:
        return told["ETag"]
    off: Any = {**told["DistributionConfig"], "Enabled": False}
    return aws.cloudfront.update_distribution(Id=distribution, IfMatch=told["ETag"], DistributionConfig=off)["ETag"]
