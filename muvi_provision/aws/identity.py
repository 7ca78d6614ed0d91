"""Who we are: the one question asked before anything else."""

from __future__ import annotations

from dataclasses import dataclass

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.patience import AWS_ERRORS, error_of
from muvi_provision.aws.translation import translated


@dataclass(frozen=True)
class Identity:
    """The account (12 digits) and the user's or role's ARN."""

    account: str
    arn: str


def who_am_i(aws: Aws) -> Identity:
    """STS GetCallerIdentity at the region's own endpoint, which needs no permission (aws-reality.md 9).

    Raises NotSignedIn, SignInExpired, SignInRejected, RegionUnusable.
    """
    try:
        answer = aws.sts.get_caller_identity()
    except AWS_ERRORS as error:
        raise translated(error, "sts:GetCallerIdentity") from error
    return Identity(answer["Account"], answer["Arn"])


def aliases(aws: Aws) -> tuple[str, ...]:
    """The account's aliases; none where we may not ask."""
    try:
        return tuple(aws.iam.list_account_aliases()["AccountAliases"])
    except AWS_ERRORS as error:
        if error_of(error)[1].startswith(("AccessDenied", "Unauthorized", "SandboxNotImplemented")):
            return ()
        raise translated(error, "iam:ListAccountAliases") from error
