"""A distribution's configuration as CloudFront tells it: what was sent, and AWS's defaults for what was not."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from muvi_provision.sandbox.distributions import behaviours, items

Config = dict[str, Any]
_NOTHING: Config = {"Quantity": 0}
_OF_ALL: Config = {
    "Aliases": _NOTHING,
    "DefaultRootObject": "",
    "OriginGroups": _NOTHING,
    "CacheBehaviors": _NOTHING,
    "CustomErrorResponses": _NOTHING,
    "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
    "PriceClass": "PriceClass_All",
    "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
    "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
    "WebACLId": "",
    "HttpVersion": "http2",
    "IsIPV6Enabled": False,
    "ContinuousDeploymentPolicyId": "",
    "Staging": False,
}
_OF_AN_ORIGIN: Config = {
    "OriginPath": "",
    "CustomHeaders": _NOTHING,
    "ConnectionAttempts": 3,
    "ConnectionTimeout": 10,
    "OriginShield": {"Enabled": False},
    "OriginAccessControlId": "",
}
_OF_A_CUSTOM_ORIGIN: Config = {
    "OriginSslProtocols": {"Quantity": 3, "Items": ["TLSv1", "TLSv1.1", "TLSv1.2"]},
    "OriginReadTimeout": 30,
    "OriginKeepaliveTimeout": 5,
}
_OF_A_BEHAVIOUR: Config = {
    "TrustedSigners": {"Enabled": False, "Quantity": 0},
    "TrustedKeyGroups": {"Enabled": False, "Quantity": 0},
    "AllowedMethods": {"Quantity": 2, "Items": ["HEAD", "GET"]},
    "SmoothStreaming": False,
    "Compress": False,
    "LambdaFunctionAssociations": _NOTHING,
    "FunctionAssociations": _NOTHING,
    "FieldLevelEncryptionId": "",
    "GrpcConfig": {"Enabled": False},
}
_METHODS = ("HEAD", "DELETE", "POST", "GET", "OPTIONS", "PUT", "PATCH")
_OF_AN_OLD_BEHAVIOUR: Config = {"MinTTL": 0, "DefaultTTL": 86400, "MaxTTL": 31536000}
# what UpdateDistribution wants to have said again, though CreateDistribution did not need it
REPEATED = (
    "Aliases",
    "DefaultRootObject",
    "CacheBehaviors",
    "CustomErrorResponses",
    "Logging",
    "PriceClass",
    "ViewerCertificate",
    "Restrictions",
    "WebACLId",
)
REPEATED_OF_AN_ORIGIN = ("OriginPath", "CustomHeaders")
REPEATED_OF_A_CUSTOM_ORIGIN = ("OriginSslProtocols", "OriginReadTimeout", "OriginKeepaliveTimeout")
REPEATED_OF_A_BEHAVIOUR = (
    "AllowedMethods",
    "SmoothStreaming",
    "Compress",
    "LambdaFunctionAssociations",
    "FieldLevelEncryptionId",
)


def complete(sent: Config) -> Config:
    """A copy with every default; nothing that was sent is lost."""
    config = _filled(_without_empty_lists(sent), _OF_ALL)
    for origin in items(config, "Origins"):
        _fill(origin, _OF_AN_ORIGIN)
        if "CustomOriginConfig" in origin:
            _fill(origin["CustomOriginConfig"], _OF_A_CUSTOM_ORIGIN)
    for behaviour in behaviours(config):
        _complete_behaviour(behaviour)
    _complete_certificate(config["ViewerCertificate"])
    return config


def _complete_behaviour(behaviour: Config) -> None:
    """Methods are told in an order of AWS's own."""
    _fill(behaviour, _OF_A_BEHAVIOUR)
    allowed = behaviour["AllowedMethods"]
    allowed.setdefault("CachedMethods", {"Quantity": 2, "Items": ["HEAD", "GET"]})
    for methods in (allowed, allowed["CachedMethods"]):
        methods["Items"] = sorted(methods["Items"], key=_METHODS.index)
    if "ForwardedValues" in behaviour:
        _fill(behaviour, _OF_AN_OLD_BEHAVIOUR)
        _fill(behaviour["ForwardedValues"], {"Headers": _NOTHING, "QueryStringCacheKeys": _NOTHING})


def _complete_certificate(certificate: Config) -> None:
    """``Certificate`` and ``CertificateSource`` are old spellings, told beside the new one."""
    arn = certificate.get("ACMCertificateArn")
    if arn:
        _fill(certificate, {"CloudFrontDefaultCertificate": False, "MinimumProtocolVersion": "TLSv1"})
        certificate |= {"Certificate": arn, "CertificateSource": "acm"}
    else:
        shown = {"SSLSupportMethod": "vip", "MinimumProtocolVersion": "TLSv1"}
        certificate |= {"CloudFrontDefaultCertificate": True, "CertificateSource": "cloudfront"} | shown


def _filled(config: Config, defaults: Config) -> Config:
    _fill(config, defaults)
    return config


def _fill(config: Config, defaults: Config) -> None:
    for name, value in defaults.items():
        if name not in config:
            config[name] = deepcopy(value)


def _without_empty_lists(value: Any) -> Any:
    """A copy. AWS tells no items where there are none."""
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if name != "Items" or one}
        return {name: _without_empty_lists(one) for name, one in kept.items()}
    return [_without_empty_lists(one) for one in value] if isinstance(value, list) else value
