"""Whom a trust policy names: only who exists, and whom IAM has heard of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_TRUST = {"CreateRole": "AssumeRolePolicyDocument", "UpdateAssumeRolePolicy": "PolicyDocument"}
_KNOWN = (  # those that this stack, or one beside it, hands roles to; IAM knows some 300
    "apigateway application-autoscaling autoscaling backup batch cloudformation cloudfront cloudtrail codebuild"
    " codedeploy codepipeline cognito-idp config delivery.logs dms dynamodb ec2 ec2.application-autoscaling ecr"
    " ecs ecs-tasks ecs.application-autoscaling edgelambda elasticache elasticloadbalancing es events export.rds"
    " firehose glue kinesis kms lambda logger.cloudfront logs mediaconvert monitoring monitoring.rds pipes"
    " ops.apigateway rds redshift replicator.lambda resource-groups route53 s3 sagemaker scheduler secretsmanager"
    " servicediscovery ses sns spotfleet sqs ssm states sts synthetics transfer vpc-flow-logs waf wafv2 xray"
)
_SERVICES = frozenset(_KNOWN.split())
_REGION = re.compile(r"\.[a-z]{2}(-[a-z]+)+-\d$")


@rule(
    "iam", tuple(_TRUST), "MalformedPolicyDocument", "whoever is trusted by name exists, and not only just",
    source="5.2 e",
)  # fmt: skip
def unknown_role(call: Call, view: View) -> str | None:
    for arn in _named(call, "AWS"):
        ours = arn.startswith(f"arn:aws:iam::{view.account}:role/")
        if ours and (roles.find(view, arn) is None or not roles.settled(view, arn)):
            return f'Invalid principal in policy: "AWS":"{arn}"'
    return None


@rule(
    "iam", tuple(_TRUST), "MalformedPolicyDocument", "a service that is trusted is one of AWS's",
    source="5.2 e",
)  # fmt: skip
def unknown_service(call: Call, view: View) -> str | None:
    for name in _named(call, "Service"):
        short = _REGION.sub("", name.removesuffix(".amazonaws.com"))
        if not name.endswith(".amazonaws.com") or short not in _SERVICES:
            return f'Invalid principal in policy: "SERVICE":"{name}"'
    return None


def _named(call: Call, kind: str) -> Iterator[str]:
    """The principals of a kind, of all statements."""
    for statement in roles.statements(call.params[_TRUST[call.operation]]):
        principal = statement.get("Principal")
        said = principal.get(kind, []) if isinstance(principal, Mapping) else []
        yield from map(str, [said] if isinstance(said, str) else said)
