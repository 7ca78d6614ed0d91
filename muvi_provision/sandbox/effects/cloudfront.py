"""CloudFront's distributions, in place of the emulator's."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import distributions, letting_go, lifecycles
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.distribution_defaults import complete
from muvi_provision.sandbox.distributions import Distribution, Shelf, at_home, sent, shelf
from muvi_provision.sandbox.effects import tagging
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.view import View

_PLACE = "https://cloudfront.amazonaws.com/2020-05-31"
_SUMMARY = (
    "Aliases",
    "Origins",
    "OriginGroups",
    "DefaultCacheBehavior",
    "CacheBehaviors",
    "CustomErrorResponses",
    "Comment",
    "PriceClass",
    "Enabled",
    "ViewerCertificate",
    "Restrictions",
    "WebACLId",
    "HttpVersion",
    "IsIPV6Enabled",
    "Staging",
)


@instead("cloudfront", ("CreateDistribution", "CreateDistributionWithTags"))
def made(call: Call, view: View) -> Any:
    wanted, tags = distributions.new_id(), (call.params.get("DistributionConfigWithTags") or {}).get("Tags")
    one = Distribution(
        id=wanted,
        arn=distributions.arn_of(view, wanted),
        domain=distributions.new_domain(),
        config=complete(sent(call)),
        tags=_pairs(tags),
        etag=distributions.new_id(),
        changed=view.today,
    )
    held = shelf(view)
    held.distributions[wanted] = one
    lifecycles.begin_making(at_home(view), "distribution", wanted)
    return _answer(held, one) | {"Location": f"{_PLACE}/distribution/{wanted}"}


@instead("cloudfront", "GetDistribution")
def told(call: Call, view: View) -> Any:
    held = shelf(view)
    return _answer(held, held.distributions[call.params["Id"]])


@instead("cloudfront", "GetDistributionConfig")
def told_config(call: Call, view: View) -> Any:
    one = shelf(view).distributions[call.params["Id"]]
    return {"DistributionConfig": one.config, "ETag": one.etag}


@instead("cloudfront", "UpdateDistribution")
def changed(call: Call, view: View) -> Any:
    """The whole configuration is replaced."""
    held = shelf(view)
    one, new = held.distributions[call.params["Id"]], complete(sent(call))
    if one.web_acl != new["WebACLId"]:
        distributions.release(view, one.web_acl)
    one.config, one.etag, one.changed = new, distributions.new_id(), view.today
    lifecycles.begin_making(at_home(view), "distribution", one.id)
    deployed = view.books.phases[distributions.HOME, one.id].until
    one.gone_from = deployed + view.seconds(distributions.LINGER_S)
    return _answer(held, one)


@instead("cloudfront", "DeleteDistribution")
def gone(call: Call, view: View) -> Any:
    held = shelf(view)
    one = held.distributions.pop(call.params["Id"])
    held.deleted.add(one.domain)
    distributions.release(view, one.web_acl)
    letting_go.gone_from_the_edge(view, one)
    for wanted in [item.id for item in held.invalidations.values() if item.distribution == one.id]:
        del held.invalidations[wanted]
    return {}


def _answer(held: Shelf, one: Distribution) -> dict[str, Any]:
    running = [item for item in held.invalidations.values() if item.distribution == one.id]
    return {
        "Distribution": {
            "Id": one.id,
            "ARN": one.arn,
            "Status": one.status,
            "LastModifiedTime": one.changed,
            "InProgressInvalidationBatches": sum(item.status == "InProgress" for item in running),
            "DomainName": one.domain,
            "ActiveTrustedSigners": {"Enabled": False, "Quantity": 0},
            "ActiveTrustedKeyGroups": {"Enabled": False, "Quantity": 0},
            "DistributionConfig": one.config,
            "AliasICPRecordals": _recordals(one),
        },
        "ETag": one.etag,
    }


@instead("cloudfront", "ListDistributions")
def listed(call: Call, view: View) -> Any:
    found = list(shelf(view).distributions.values())
    return {"DistributionList": paged(call, found, _summary)}


def _summary(one: Distribution) -> dict[str, Any]:
    shown = {"Id": one.id, "ARN": one.arn, "Status": one.status, "LastModifiedTime": one.changed}
    told = {name: one.config[name] for name in _SUMMARY}
    told["HttpVersion"] = told["HttpVersion"].replace("http", "HTTP")  # spelt in capitals in listings only
    return shown | {"DomainName": one.domain, "AliasICPRecordals": _recordals(one)} | told


def _recordals(one: Distribution) -> list[dict[str, str]]:
    return [{"CNAME": alias, "ICPRecordalStatus": "APPROVED"} for alias in one.aliases]


def paged(call: Call, found: list[Any], show: Any) -> dict[str, Any]:
    """CloudFront's pages: 100 unless asked for fewer, and no items where there are none."""
    marker, size = call.params.get("Marker") or "", int(call.params.get("MaxItems") or 100)
    kept, token = page(found, marker, size)
    told = {"Marker": marker, "MaxItems": size, "IsTruncated": token is not None, "Quantity": len(kept)}
    return told | ({"Items": [show(one) for one in kept]} if kept else {}) | ({"NextMarker": token} if token else {})


@instead("cloudfront", "ListTagsForResource")
def tags(call: Call, view: View) -> Any:
    held = _tagged(call, view).tags
    return {"Tags": {"Items": [{"Key": key, "Value": value} for key, value in held.items()]}}


@instead("cloudfront", "TagResource")
def tagged(call: Call, view: View) -> Any:
    _tagged(call, view).tags |= _pairs(call.params["Tags"])
    return {}


@instead("cloudfront", "UntagResource")
def untagged(call: Call, view: View) -> Any:
    held = _tagged(call, view).tags
    for key in call.params["TagKeys"].get("Items") or ():
        held.pop(key, None)
    return {}


def _tagged(call: Call, view: View) -> Distribution:
    found = distributions.by_arn(view, call.params["Resource"])
    if found is None:
        raise Refused("NoSuchResource", f"The specified resource does not exist: {call.params['Resource']}", 404)
    return found


def _pairs(tags: dict[str, Any] | None) -> dict[str, str]:
    return {one["Key"]: one.get("Value") or "" for one in (tags or {}).get("Items") or ()}


def _index(view: View) -> dict[str, dict[str, str]]:
    """Shown in one region only (aws-reality 1.3). Looking must not make anything."""
    held = view.world.everything().get("cloudfront", {}).get(view.account, {})
    if view.region != distributions.CERTIFICATES or not held:
        return {}
    return {one.arn: one.tags for one in shelf(view).distributions.values()}


tagging.register("cloudfront:distribution", _index)
