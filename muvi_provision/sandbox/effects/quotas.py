"""Service Quotas: the limits that this cloud really enforces, and requests for more, which a person decides on."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import instead
from muvi_provision.sandbox.pages import page
from muvi_provision.sandbox.quotas import CODES, DEFAULTS, DOCUMENTED
from muvi_provision.sandbox.view import View

_SERVICE = "service-quotas"
_NAMES = {
    "acm": "AWS Certificate Manager (ACM)",
    "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)",
    "elasticache": "Amazon ElastiCache",
    "elasticloadbalancing": "Elastic Load Balancing (ELB)",
    "events": "Amazon EventBridge (CloudWatch Events)",
    "fargate": "AWS Fargate",
    "iam": "AWS Identity and Access Management (IAM)",
    "lambda": "AWS Lambda",
    "rds": "Amazon Relational Database Service (Amazon RDS)",
    "route53": "Amazon Route 53",
    "s3": "Amazon Simple Storage Service (Amazon S3)",
    "vpc": "Amazon Virtual Private Cloud (Amazon VPC)",
}


@instead(_SERVICE, "ListServices")
def services(call: Call, view: View) -> Any:
    """Only those with a quota that is enforced here."""
    known = sorted({service for service, _ in CODES})
    return _page(call, "Services", [{"ServiceCode": one, "ServiceName": _NAMES.get(one, one)} for one in known])


@instead(_SERVICE, "GetServiceQuota")
def applied(call: Call, view: View) -> Any:
    """aws-reality 9: NoSuchResourceException where no applied value exists."""
    return {"Quota": _quota(view, _known(call), view.quotas)}


@instead(_SERVICE, "GetAWSDefaultServiceQuota")
def default(call: Call, view: View) -> Any:
    """What the documents say: a new account may have less (aws-reality 9)."""
    return {"Quota": _quota(view, _known(call), DEFAULTS | DOCUMENTED)}


@instead(_SERVICE, "ListServiceQuotas")
def all_applied(call: Call, view: View) -> Any:
    return _page(call, "Quotas", [_quota(view, key, view.quotas) for key in _of_service(call)])


@instead(_SERVICE, "ListAWSDefaultServiceQuotas")
def all_defaults(call: Call, view: View) -> Any:
    return _page(call, "Quotas", [_quota(view, key, DEFAULTS | DOCUMENTED) for key in _of_service(call)])


@instead(_SERVICE, "RequestServiceQuotaIncrease")
def asked_for_more(call: Call, view: View) -> Any:
    """It stays open here: approval takes minutes to days (aws-reality 9), and the sandbox's quotas are options."""
    key, wanted = _known(call), float(call.params["DesiredValue"])
    if wanted <= float(view.quotas[CODES[key][0]]):
        raise Refused("IllegalArgumentException", "The desired value must be greater than the current quota value.")
    held = _requests(view)
    if any((one["ServiceCode"], one["QuotaCode"]) == key for one in held):
        raise Refused("ResourceAlreadyExistsException", "Only one open service quota increase request is allowed.")
    quota = _quota(view, key, view.quotas)
    made = {name: quota[name] for name in ("ServiceCode", "ServiceName", "QuotaCode", "QuotaName", "QuotaArn", "Unit")}
    now = view.today.timestamp()
    made |= {"Id": f"{len(held) + 1:032x}", "DesiredValue": wanted, "Status": "PENDING", "GlobalQuota": False}
    made |= {"Created": now, "LastUpdated": now, "Requester": f'{{"accountId":"{view.account}"}}'}
    held.append(made)
    return {"RequestedQuota": made}


@instead(_SERVICE, "ListRequestedServiceQuotaChangeHistory")
def requested(call: Call, view: View) -> Any:
    wanted = {
        name: call.params[key]
        for name, key in (("ServiceCode", "ServiceCode"), ("Status", "Status"))
        if key in call.params
    }
    found = [one for one in _requests(view) if all(one[name] == value for name, value in wanted.items())]
    return _page(call, "RequestedQuotas", found)


def _requests(view: View) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = vars(view.backend(_SERVICE)).setdefault("asked", [])
    return found


def _known(call: Call) -> tuple[str, str]:
    """Raises ``Refused``."""
    key = (str(call.params["ServiceCode"]), str(call.params["QuotaCode"]))
    _of_service(call)
    if key not in CODES:
        raise Refused("NoSuchResourceException", f"The quota {key[1]} of {key[0]} was not found")
    return key


def _of_service(call: Call) -> list[tuple[str, str]]:
    found = [key for key in CODES if key[0] == call.params["ServiceCode"]]
    if not found:
        raise Refused("NoSuchResourceException", f"The service {call.params['ServiceCode']} was not found")
    return found


def _page(call: Call, member: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    kept, token = page(found, call.params.get("NextToken"), int(call.params.get("MaxResults", 100)))
    return {member: kept} | ({"NextToken": token} if token else {})


def _quota(view: View, key: tuple[str, str], limits: Any) -> dict[str, Any]:
    service, code = key
    name, title = CODES[key]
    return {
        "ServiceCode": service,
        "ServiceName": _NAMES.get(service, service),
        "QuotaArn": f"arn:aws:servicequotas:{view.region}:{view.account}:{service}/{code}",
        "QuotaCode": code,
        "QuotaName": title,
        "Value": float(limits[name]),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": False,
    }
