"""Whether the account may run all services at once.

Facts: aws-reality 0.12 and 5.7: too few vCPU is no error in ECS, only tasks that never start; so it is asked before.
"""

from __future__ import annotations

from math import ceil

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import AWS_ERRORS, error_of
from muvi_provision.errors import QuotaTooLow

SERVICE, CODE = "fargate", "L-3032A538"
UNITS = 1024  # cpu units in one vCPU
ACTIONS = ("servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota")


def refuse_if_too_low(aws: Aws, where: str, cpu_in_all: int, maximum_percent: int) -> None:
    """Raises QuotaTooLow when ``cpu_in_all`` units, of all tasks of all services, are more than the account may run.

    maximum_percent: how many may run at once while a new version takes over, which is only told. A quota that cannot
    be read stops nobody.
    """
    allowed = _allowed(aws)
    needed = cpu_in_all / UNITS
    if allowed is None or needed <= allowed:
        return
    peak = needed * maximum_percent / 100
    rolling = f"; while a new version takes over it can be {peak:g}" if peak > needed else ""
    asked = (
        f"aws service-quotas request-service-quota-increase --service-code {SERVICE} --quota-code {CODE} "
        f"--desired-value {ceil(max(needed, peak))} --region {aws.region}"
    )
    raise QuotaTooLow(
        f"all services together run {needed:g} vCPU on Fargate, and this account may run {allowed:g}",
        where=where,
        why=f"AWS starts what fits and says nothing of the rest{rolling}",
        next=(asked, "muvi config show"),
    )


def _allowed(aws: Aws) -> float | None:
    """The account's own value, or AWS's default where it has none of its own (aws-reality 9)."""
    for operation in ("get_service_quota", "get_aws_default_service_quota"):
        try:
            answer = aws.read("service-quotas", operation, ServiceCode=SERVICE, QuotaCode=CODE)
        except AWS_ERRORS as error:
            if error_of(error)[1] != "NoSuchResourceException":
                return None  # who may not read it is not stopped by a guess
        else:
            return float(answer["Quota"]["Value"])
    return None
