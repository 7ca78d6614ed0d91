"""CloudFront's origin access controls, invalidations and managed policies."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import distributions, edge_policies, lifecycles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.distributions import AccessControl, Invalidation, at_home, shelf
from muvi_provision.sandbox.effects.cloudfront import paged
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.view import View

_PLACE = "https://cloudfront.amazonaws.com/2020-05-31"


@instead("cloudfront", "CreateOriginAccessControl")
def control_made(call: Call, view: View) -> Any:
    one = AccessControl(distributions.new_id(), _said(call), distributions.new_id())
    shelf(view).access_controls[one.id] = one
    return _control(one) | {"Location": f"{_PLACE}/origin-access-control/{one.id}"}


@instead("cloudfront", "UpdateOriginAccessControl")
def control_changed(call: Call, view: View) -> Any:
    one = shelf(view).access_controls[call.params["Id"]]
    one.config, one.etag = _said(call), distributions.new_id()
    return _control(one)


@instead("cloudfront", "GetOriginAccessControl")
def control(call: Call, view: View) -> Any:
    return _control(shelf(view).access_controls[call.params["Id"]])


@instead("cloudfront", "GetOriginAccessControlConfig")
def control_config(call: Call, view: View) -> Any:
    one = shelf(view).access_controls[call.params["Id"]]
    return {"OriginAccessControlConfig": one.config, "ETag": one.etag}


@instead("cloudfront", "DeleteOriginAccessControl")
def control_gone(call: Call, view: View) -> Any:
    del shelf(view).access_controls[call.params["Id"]]
    return {}


@instead("cloudfront", "ListOriginAccessControls")
def controls(call: Call, view: View) -> Any:
    found = sorted(shelf(view).access_controls.values(), key=lambda one: one.name)
    return {"OriginAccessControlList": paged(call, found, lambda one: {"Id": one.id} | one.config)}


def _said(call: Call) -> dict[str, str]:
    return {"Description": "", **call.params["OriginAccessControlConfig"]}


def _control(one: AccessControl) -> dict[str, Any]:
    return {"OriginAccessControl": {"Id": one.id, "OriginAccessControlConfig": one.config}, "ETag": one.etag}


@instead("cloudfront", "CreateInvalidation")
def invalidated(call: Call, view: View) -> Any:
    """The same reference with the same paths is the same invalidation."""
    batch, wanted = call.params["InvalidationBatch"], call.params["DistributionId"]
    place = f"{_PLACE}/distribution/{wanted}/invalidation"
    for one in _of(call, view):
        if one.batch == batch:
            return _invalidation(one) | {"Location": f"{place}/{one.id}"}
    made = Invalidation(f"I{distributions.new_id()[1:]}", wanted, batch, view.today)
    shelf(view).invalidations[made.id] = made
    lifecycles.begin_making(at_home(view), "invalidation", made.id)
    return _invalidation(made) | {"Location": f"{place}/{made.id}"}


@instead("cloudfront", "GetInvalidation")
def invalidation(call: Call, view: View) -> Any:
    return _invalidation(shelf(view).invalidations[call.params["Id"]])


@instead("cloudfront", "ListInvalidations")
def invalidations(call: Call, view: View) -> Any:
    """The newest first."""
    found = sorted(_of(call, view), key=lambda one: one.made, reverse=True)
    shown = paged(call, found, lambda one: {"Id": one.id, "CreateTime": one.made, "Status": one.status})
    return {"InvalidationList": shown}


def _of(call: Call, view: View) -> list[Invalidation]:
    held = shelf(view).invalidations.values()
    return [one for one in held if one.distribution == call.params["DistributionId"]]


def _invalidation(one: Invalidation) -> dict[str, Any]:
    shown = {"Id": one.id, "Status": one.status, "CreateTime": one.made, "InvalidationBatch": one.batch}
    return {"Invalidation": shown}


def _policies(name: str, held: edge_policies.Policies) -> Any:
    """A listing: nobody has made any of his own, so only AWS's are in it."""

    def listed(call: Call, view: View) -> Any:
        found = [] if call.params.get("Type") == "custom" else list(held)
        shown = paged(call, found, lambda wanted: {"Type": "managed", name: _policy(view, name, wanted, held)})
        return {f"{name}List": {key: one for key, one in shown.items() if key not in ("Marker", "IsTruncated")}}

    return listed


def _policy(view: View, name: str, wanted: str, held: edge_policies.Policies) -> dict[str, Any]:
    return {"Id": wanted, "LastModifiedTime": view.today, f"{name}Config": held[wanted]}


for _name, _plural, _held in (
    ("CachePolicy", "CachePolicies", edge_policies.CACHE),
    ("OriginRequestPolicy", "OriginRequestPolicies", edge_policies.ORIGIN_REQUEST),
    ("ResponseHeadersPolicy", "ResponseHeadersPolicies", edge_policies.RESPONSE_HEADERS),
):
    instead("cloudfront", f"List{_plural}")(_policies(_name, _held))


@instead("cloudfront", ("CreateFunction", "CreateKeyValueStore", "CreatePublicKey", "CreateKeyGroup"))
def not_shown(call: Call, view: View) -> Any:
    """The emulator would make what nothing here looks after."""
    raise NotImplementedError(call.operation)


def _open_routes() -> None:
    """The emulator has no address for these, and would not let the call in."""
    from moto.cloudfront import urls

    for path in ("cache-policy", "origin-request-policy", "response-headers-policy"):
        urls.url_paths[f"{{0}}/2020-05-31/{path}$"] = urls.CloudFrontResponse.dispatch


_open_routes()
