"""Service Quotas: the limits that this cloud really enforces."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.quotas import CODES, DEFAULTS
from muvi_provision.sandbox.view import View


@instead("service-quotas", "GetServiceQuota")
def applied(call: Call, view: View) -> Any:
    """aws-reality 9: NoSuchResourceException where no applied value exists."""
    return {"Quota": _quota(call.params["ServiceCode"], call.params["QuotaCode"], view.quotas)}


@instead("service-quotas", "GetAWSDefaultServiceQuota")
def default(call: Call, view: View) -> Any:
    return {"Quota": _quota(call.params["ServiceCode"], call.params["QuotaCode"], DEFAULTS)}


@instead("service-quotas", "ListServiceQuotas")
def all_applied(call: Call, view: View) -> Any:
    return {"Quotas": [_quota(*key, view.quotas) for key in CODES if key[0] == call.params["ServiceCode"]]}


@instead("service-quotas", "ListAWSDefaultServiceQuotas")
def all_defaults(call: Call, view: View) -> Any:
    return {"Quotas": [_quota(*key, DEFAULTS) for key in CODES if key[0] == call.params["ServiceCode"]]}


def _quota(service: str, code: str, limits: Any) -> dict[str, Any]:
    if (service, code) not in CODES:
        raise Refused("NoSuchResourceException", f"The quota {code} of {service} was not found")
    name, title = CODES[service, code]
    return {
        "ServiceCode": service,
        "QuotaCode": code,
        "QuotaName": title,
        "Value": float(limits[name]),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
