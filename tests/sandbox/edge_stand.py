"""CloudFront, WAF and certificates, and what a distribution is made of."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import authority, refused

EAST = "us-east-1"
TAGS = [{"Key": "muvi:address", "Value": "distribution/web"}]
DISABLED, OPTIMIZED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
SECURE = "67f7725c-6f97-4210-82d7-5512b31e9d03"
NOTHING: dict[str, Any] = {"Quantity": 0}


def listed(*items: Any) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": list(items)} if items else {"Quantity": 0}


def custom(**more: Any) -> dict[str, Any]:
    """A load balancer over HTTP."""
    said = {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "http-only",
        "OriginSslProtocols": listed("TLSv1.2"),
    }
    return {"Id": "alb", "DomainName": "web.me-central-1.elb.amazonaws.com", "CustomOriginConfig": said | more}


def bucket(control: str = "", **more: Any) -> dict[str, Any]:
    said = {"Id": "files", "DomainName": "uat-files.s3.me-central-1.amazonaws.com", "OriginAccessControlId": control}
    return said | {"S3OriginConfig": {"OriginAccessIdentity": ""}} | more


def behaviour(origin: str = "alb", **more: Any) -> dict[str, Any]:
    said = {"TargetOriginId": origin, "ViewerProtocolPolicy": "redirect-to-https", "CachePolicyId": DISABLED}
    return said | more


def config(reference: str = "r1", **more: Any) -> dict[str, Any]:
    said = {
        "CallerReference": reference,
        "Comment": "uat web",
        "Enabled": True,
        "Origins": listed(custom()),
        "DefaultCacheBehavior": behaviour(),
    }
    return said | more


class Stand:
    """Clients of one cloud. CloudFront is spoken to from a region that is not its own."""

    def __init__(self, cloud: Cloud, connect: Connect, clock: Leaping) -> None:
        self.cloud, self.clock = cloud, clock
        self.edge = connect(cloud, "cloudfront")
        self.waf, self.acm = connect(cloud, "wafv2", EAST), connect(cloud, "acm", EAST)
        self.index = connect(cloud, "resourcegroupstaggingapi", EAST)

    def make(self, reference: str = "r1", **more: Any) -> dict[str, Any]:
        said = {"DistributionConfig": config(reference, **more), "Tags": {"Items": TAGS}}
        return dict(self.edge.create_distribution_with_tags(DistributionConfigWithTags=said)["Distribution"])

    def refusing(self, reference: str = "refused", **more: Any) -> str:
        said = {"DistributionConfig": config(reference, **more), "Tags": {"Items": TAGS}}
        return refused(self.edge.create_distribution_with_tags, DistributionConfigWithTags=said)

    def status(self, wanted: str) -> str:
        return str(self.edge.get_distribution(Id=wanted)["Distribution"]["Status"])

    def read(self, wanted: str) -> tuple[dict[str, Any], str]:
        """The configuration, and its ETag."""
        told = self.edge.get_distribution_config(Id=wanted)
        return deepcopy(told["DistributionConfig"]), str(told["ETag"])

    def change(self, wanted: str, **more: Any) -> dict[str, Any]:
        """Read, modify, write."""
        said, etag = self.read(wanted)
        return dict(self.edge.update_distribution(Id=wanted, IfMatch=etag, DistributionConfig=said | more))

    def remove(self, wanted: str) -> None:
        self.change(wanted, Enabled=False)
        self.clock.sleep(331)
        self.edge.delete_distribution(Id=wanted, IfMatch=self.read(wanted)[1])

    def control(self, name: str = "files", **more: Any) -> str:
        made = self.edge.create_origin_access_control(OriginAccessControlConfig=self.controlling(name, **more))
        return str(made["OriginAccessControl"]["Id"])

    def controlling(self, name: str = "files", **more: Any) -> dict[str, Any]:
        said = {"Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always"}
        return said | {"OriginAccessControlOriginType": "s3"} | more

    def certificate(self, name: str = "*.uat.example.com", key: Any = None) -> dict[str, Any]:
        """What a viewer certificate says; it is imported, and CloudFront has heard of it."""
        arn = self.acm.import_certificate(**authority().issue(name, key))["CertificateArn"]
        self.clock.sleep(20)
        return {"ACMCertificateArn": arn, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}

    def ip_set(self, name: str = "office", *addresses: str, **more: Any) -> str:
        said = {"Scope": "CLOUDFRONT", "IPAddressVersion": "IPV4", "Addresses": list(addresses or ("192.0.2.0/24",))}
        return str(self.waf.create_ip_set(Name=name, **said | more)["Summary"]["ARN"])

    def acl(self, name: str = "web", *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
        return dict(self.waf.create_web_acl(**self.guarding(name, *rules, **more))["Summary"])

    def guarding(self, name: str = "web", *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
        said = {"Name": name, "Scope": "CLOUDFRONT", "DefaultAction": {"Allow": {}}, "Rules": list(rules)}
        return said | {"VisibilityConfig": seen(name)} | more


def seen(name: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}


def rule(priority: int, statement: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Blocking, or a group's own actions."""
    grouped = "ManagedRuleGroupStatement" in statement
    action: dict[str, Any] = {"OverrideAction": {"None": {}}} if grouped else {"Action": {"Block": {}}}
    said = {"Name": f"rule-{priority}", "Priority": priority, "Statement": statement}
    return said | {"VisibilityConfig": seen(f"rule-{priority}")} | action | more


def group(name: str = "AWSManagedRulesCommonRuleSet", **more: Any) -> dict[str, Any]:
    return {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name, **more}}


def rate(limit: int = 2000, **more: Any) -> dict[str, Any]:
    return {"RateBasedStatement": {"Limit": limit, "AggregateKeyType": "IP", **more}}


def from_set(arn: str) -> dict[str, Any]:
    return {"IPSetReferenceStatement": {"ARN": arn}}


def starts(text: str = "/admin", *transformations: str, how: str = "STARTS_WITH") -> dict[str, Any]:
    changed = [{"Priority": number, "Type": kind} for number, kind in enumerate(transformations or ("NONE",))]
    said = {"SearchString": text.encode(), "FieldToMatch": {"UriPath": {}}, "PositionalConstraint": how}
    return {"ByteMatchStatement": said | {"TextTransformations": changed}}
