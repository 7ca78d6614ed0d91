"""Roles: AWS's own ones, who has heard of a new one, and all of them at once."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, instead
from muvi_provision.sandbox.view import View

# aws-reality 5.3 a: the service-linked roles that this stack meets, by the service they are for
SERVICE_LINKED = {
    "ecs.amazonaws.com": "AWSServiceRoleForECS",
    "elasticloadbalancing.amazonaws.com": "AWSServiceRoleForElasticLoadBalancing",
    "rds.amazonaws.com": "AWSServiceRoleForRDS",
    "elasticache.amazonaws.com": "AWSServiceRoleForElastiCache",
    "ecs.application-autoscaling.amazonaws.com": "AWSServiceRoleForApplicationAutoScaling_ECSService",
    "ops.apigateway.amazonaws.com": "AWSServiceRoleForAPIGateway",
    "autoscaling.amazonaws.com": "AWSServiceRoleForAutoScaling",
    "replicator.lambda.amazonaws.com": "AWSServiceRoleForLambdaReplicator",
    "logger.cloudfront.amazonaws.com": "AWSServiceRoleForCloudFrontLogger",
    "wafv2.amazonaws.com": "AWSServiceRoleForWAFV2Logging",
}
_PAGE = 100


@after("iam", "CreateRole")
def role_made(call: Call, view: View, result: Any) -> None:
    roles.settle(view, call.params["RoleName"], assumable=True)


@after("iam", ("PutRolePolicy", "AttachRolePolicy"))
def policy_changed(call: Call, view: View, result: Any) -> None:
    roles.settle(view, call.params["RoleName"])


@after("iam", "UpdateAssumeRolePolicy")
def trust_changed(call: Call, view: View, result: Any) -> None:
    roles.settle(view, call.params["RoleName"], assumable=True)


@after("iam", "DeleteRole")
def role_gone(call: Call, view: View, result: Any) -> None:
    view.books.settling.pop(call.params["RoleName"], None)


@instead("iam", "AttachRolePolicy")
def attached_again(call: Call, view: View) -> Any:
    """aws-reality 5.2 e: to attach a policy again is no error; the emulator would count it twice."""
    role = next((one for one in _all(view) if one.name == call.params["RoleName"]), None)
    return {} if role is not None and call.params["PolicyArn"] in role.managed_policies else None


@instead("iam", "CreateServiceLinkedRole")
def service_linked(call: Call, view: View) -> Any:
    """aws-reality 5.3 a: under its fixed name, which the emulator guesses."""
    service = call.params["AWSServiceName"]
    trust = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
    made = view.backend("iam", "aws").create_role(
        SERVICE_LINKED[service],
        json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        f"/aws-service-role/{service}/",
        permissions_boundary=None,
        description=call.params.get("Description", ""),
        tags=[],
        max_session_duration=3600,
        linked_service=service,
    )
    return {"Role": _role(made)}


@instead("iam", "GetAccountAuthorizationDetails")
def everything(call: Call, view: View) -> Any:
    """Roles with their policies and tags, a page at a time; the emulator has neither pages nor the documents' shape."""
    if set(call.params.get("Filter", ())) != {"Role"}:
        return None
    found = sorted(_all(view), key=lambda one: str(one.arn))
    first, size = int(call.params.get("Marker", 0)), int(call.params.get("MaxItems", _PAGE))
    page = found[first : first + size]
    answer: dict[str, Any] = {"RoleDetailList": [_detail(one) for one in page], "IsTruncated": False}
    if first + size < len(found):
        answer |= {"IsTruncated": True, "Marker": str(first + size)}
    return answer


def _all(view: View) -> list[Any]:
    return list(view.backend("iam", "aws").roles.values())


def _detail(role: Any) -> dict[str, Any]:
    inline = [{"PolicyName": name, "PolicyDocument": quote(text)} for name, text in role.policies.items()]
    return _role(role) | {
        "InstanceProfileList": [],
        "RolePolicyList": inline,
        "AttachedManagedPolicies": role.attached_managed_policies,
        "Tags": list(role.tags),
    }


def _role(role: Any) -> dict[str, Any]:
    return {
        "Path": role.path,
        "RoleName": role.name,
        "RoleId": role.id,
        "Arn": role.arn,
        "CreateDate": role.create_date,
        "AssumeRolePolicyDocument": quote(role.assume_role_policy_document),
    }
