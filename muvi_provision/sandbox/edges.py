"""How CloudFront answers: a distribution's behaviours and origins, and what it says when they fail."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from muvi_provision.aws.outside import Answered
from muvi_provision.sandbox import buckets, firewall, front_doors, resolver, verdicts
from muvi_provision.sandbox.distributions import Distribution, items
from muvi_provision.sandbox.front_doors import Request
from muvi_provision.sandbox.view import View

_ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"  # 6.7: the only managed ones that forward what the viewer sent
_ALL_BUT_HOST = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
_BLOCKED = "The request could not be satisfied. Request blocked."
_CLOUDFRONT = "cloudfront.amazonaws.com"


def answer(view: View, site: Distribution, request: Request) -> Answered:
    """What the edges answer. The firewall comes before all else, and pages for errors stand for its answer as well."""
    if request.host not in (site.domain, *site.aliases) and not _is_wild(site, request.host):
        return _said(403, "The request could not be satisfied", "Error from cloudfront")
    if _is_kept_out(view, site, request):
        return _with_pages(view, site, request, _said(403, _BLOCKED, "Error from cloudfront"))
    behaviour = _behaviour(site, request.path)
    allowed = (behaviour.get("AllowedMethods") or {}).get("Items") or ("GET", "HEAD")
    if request.method not in allowed:
        return _said(403, "This distribution does not allow the method of the request", "Error from cloudfront")
    if request.scheme == "http" and behaviour["ViewerProtocolPolicy"] != "allow-all":
        return _not_plain(behaviour, request)
    if request.path == "/" and site.config.get("DefaultRootObject"):
        request = replace(request, path=f"/{site.config['DefaultRootObject'].lstrip('/')}")
    return _with_pages(view, site, request, _of_origin(view, site, request))


def _is_kept_out(view: View, site: Distribution, request: Request) -> bool:
    home = replace(view, account=site.arn.split(":")[4])
    acl = firewall.acl_by_arn(home, site.web_acl) if site.web_acl else None
    return acl is not None and verdicts.blocks(home, acl, request)


def _with_pages(view: View, site: Distribution, request: Request, answered: Answered) -> Answered:
    """The answer, or the page that a distribution shows for it."""
    for one in items(site.config, "CustomErrorResponses"):
        if int(one["ErrorCode"]) == answered.status and one.get("ResponsePagePath"):
            page = _of_origin(view, site, replace(request, path=one["ResponsePagePath"]))
            status = int(one.get("ResponseCode") or answered.status)
            return _seen(page._replace(status=status) if page.status == 200 else answered)
    return _seen(answered)


def _not_plain(behaviour: Mapping[str, Any], request: Request) -> Answered:
    if behaviour["ViewerProtocolPolicy"] != "redirect-to-https":
        return _said(403, "Forbidden", "Error from cloudfront")
    query = f"?{request.query}" if request.query else ""
    place = {"location": f"https://{request.host}{request.path}{query}"}
    return Answered(301, {"server": "CloudFront", "x-cache": "Redirect from cloudfront"} | place, b"")


def _is_wild(site: Distribution, host: str) -> bool:
    return f"*.{host.partition('.')[2]}" in site.aliases


def _behaviour(site: Distribution, path: str) -> Mapping[str, Any]:
    for one in items(site.config, "CacheBehaviors"):
        if fnmatch.fnmatchcase(path.lstrip("/"), str(one["PathPattern"]).lstrip("/").replace("[", "[[]")):
            return dict(one)
    return dict(site.config["DefaultCacheBehavior"])


def _of_origin(view: View, site: Distribution, request: Request) -> Answered:
    behaviour = _behaviour(site, request.path)
    origin = next(one for one in items(site.config, "Origins") if one["Id"] == behaviour["TargetOriginId"])
    asked = replace(request, path=f"{origin.get('OriginPath') or ''}{request.path}")
    if "S3OriginConfig" in origin:
        if behaviour.get("OriginRequestPolicyId") == _ALL_VIEWER:  # 6.7: the viewer's host is not what was signed
            return _xml(403, "SignatureDoesNotMatch", "The request signature we calculated does not match")
        return _of_bucket(view, site, origin, asked)
    return _of_server(view, origin, behaviour, asked)


def _of_server(view: View, origin: Mapping[str, Any], behaviour: Mapping[str, Any], request: Request) -> Answered:
    """6.7: it is sent the secret header, and its own name as the host unless a policy forwards the viewer's."""
    found = resolver.load_balancer(view, resolver.destination(view, origin["DomainName"]))
    if found is None:
        return _said(502, "The origin's name cannot be resolved", "Error from cloudfront")
    custom = origin["CustomOriginConfig"]
    secure = {"http-only": False, "https-only": True}.get(custom["OriginProtocolPolicy"], request.scheme == "https")
    policy = behaviour.get("OriginRequestPolicyId")
    headers = dict(request.headers) if policy in (_ALL_VIEWER, _ALL_BUT_HOST) else {}
    headers["host"] = request.host if policy == _ALL_VIEWER else origin["DomainName"]
    headers |= {one["HeaderName"].lower(): one["HeaderValue"] for one in items(dict(origin), "CustomHeaders")}
    asked = replace(
        request,
        scheme="https" if secure else "http",
        host=headers["host"],
        port=int(custom["HTTPSPort"] if secure else custom["HTTPPort"]),
        headers=headers,
    )
    try:
        return front_doors.answer(*found, asked, by_edges=True)
    except TimeoutError:
        return _said(504, "Gateway Timeout", "Error from cloudfront")
    except OSError:
        return _said(502, "Bad Gateway", "Error from cloudfront")


def _of_bucket(view: View, site: Distribution, origin: Mapping[str, Any], request: Request) -> Answered:
    """6.5: by the bucket's policy, which names the distribution; what is missing is forbidden to who may not list."""
    if request.method not in ("GET", "HEAD"):
        return _xml(403, "AccessDenied", "Access Denied")
    name = str(origin["DomainName"]).partition(".s3.")[0]
    bucket = _bucket(view, name)
    if bucket is None:
        return _xml(404, "NoSuchBucket", "The specified bucket does not exist")
    policy = buckets.policy(bucket)
    granted = {
        action
        for action in ("s3:GetObject", "s3:ListBucket")
        if origin.get("OriginAccessControlId") and _grants(policy, action, bucket.arn, site.arn)
    }
    key = bucket.keys.get(request.path.lstrip("/"))
    if "s3:GetObject" not in granted or (not _is_there(key) and "s3:ListBucket" not in granted):
        return _xml(403, "AccessDenied", "Access Denied")
    if not _is_there(key):
        return _xml(404, "NoSuchKey", "The specified key does not exist.")
    kind = str(key.metadata.get("Content-Type") or key.metadata.get("content-type") or "binary/octet-stream")
    return Answered(200, {"content-type": kind, "etag": str(key.etag)}, bytes(key.value))


def _is_there(key: Any) -> bool:
    return key is not None and hasattr(key, "value")  # a delete marker has none


def _bucket(view: View, name: str) -> Any:
    for regions in view.world.everything().get("s3", {}).values():
        for backend in regions.values():
            if name in backend.buckets:
                return backend.buckets[name]
    return None


def _grants(policy: Mapping[str, Any], action: str, bucket: str, site: str) -> bool:
    resource = f"{bucket}/object" if action == "s3:GetObject" else bucket
    return any(_allows(one, action, resource, site) for one in buckets.statements(policy))


def _allows(statement: Mapping[str, Any], action: str, resource: str, site: str) -> bool:
    principal = statement.get("Principal")
    services = buckets.listed(principal.get("Service")) if isinstance(principal, dict) else []
    return (
        statement.get("Effect") == "Allow"
        and _CLOUDFRONT in services
        and any(
            fnmatch.fnmatchcase(action.lower(), str(one).lower()) for one in buckets.listed(statement.get("Action"))
        )
        and any(fnmatch.fnmatchcase(resource, str(one)) for one in buckets.listed(statement.get("Resource")))
        and _names(statement, site)
    )


def _names(statement: Mapping[str, Any], site: str) -> bool:
    """Every condition is met: on the distribution's ARN, or its account's."""
    for test, pairs in (statement.get("Condition") or {}).items():
        for key, wanted in pairs.items():
            told = {"aws:sourcearn": site, "aws:sourceaccount": site.split(":")[4]}.get(key.lower(), "")
            likes = test.lower() in ("stringlike", "arnlike", "arnequals")
            met = [fnmatch.fnmatchcase(told, str(one)) if likes else told == one for one in buckets.listed(wanted)]
            if not any(met):
                return False
    return True


def _seen(answered: Answered) -> Answered:
    told = "Miss from cloudfront" if answered.status < 400 else "Error from cloudfront"
    return answered._replace(headers=dict(answered.headers) | {"via": "1.1 cloudfront", "x-cache": told})


def _said(status: int, title: str, cache: str) -> Answered:
    headers = {"server": "CloudFront", "content-type": "text/html", "x-cache": cache}
    return Answered(status, headers, f"<html><head><title>ERROR: {title}</title></head></html>".encode())


def _xml(status: int, code: str, message: str) -> Answered:
    body = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    return Answered(status, {"server": "AmazonS3", "content-type": "application/xml"}, body)
