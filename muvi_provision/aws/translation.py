"""AWS's and botocore's errors in the product's words: where, what, why, and the next command."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

from muvi_provision.aws.patience import error_of
from muvi_provision.errors import (
    AwsRefused,
    MuviError,
    NameTaken,
    NotSignedIn,
    QuotaTooLow,
    RegionUnusable,
    SignInExpired,
    SignInRejected,
    StepFailed,
)


@dataclass(frozen=True)
class Reading:
    """What a wire code means, where the message has the ``phrase``, and what to type then."""

    code: str
    error: type[MuviError]
    why: str
    next: tuple[str, ...] = ()
    phrase: str = ""

    def covers(self, code: str, message: str) -> bool:
        return fnmatch.fnmatchcase(code, self.code) and self.phrase in message


SLOWER = "AWS asked to be called less often, for longer than we tried"
WHO = ("aws sts get-caller-identity",)
SIGN_IN = ("aws sso login", "aws configure", "muvi plan")

# aws-reality.md 13; the first row that matches counts
READINGS = (
    Reading("ExpiredToken*", SignInExpired, "temporary credentials last some hours", SIGN_IN),
    Reading("RequestExpired", SignInExpired, "the credentials ended, or this machine's clock is wrong", SIGN_IN),
    Reading("OptInRequired", RegionUnusable, "the region is not switched on for the account", ("muvi config show",)),
    Reading("InvalidClientTokenId", SignInRejected, "AWS does not know these keys, or not in this region", SIGN_IN),
    Reading("UnrecognizedClientException", SignInRejected, "AWS does not know these keys", SIGN_IN),
    Reading("AuthFailure", SignInRejected, "AWS could not validate the credentials", SIGN_IN),
    Reading("SignatureDoesNotMatch", SignInRejected, "a wrong secret key, or a wrong clock", SIGN_IN),
    Reading("UnauthorizedOperation", AwsRefused, "the signed-in user or role lacks a permission", WHO),
    Reading(
        "AccessDenied", AwsRefused,
        "AWS gives a new account nothing of CloudFront before it has verified it: send the words above to AWS Support, "
        "and go on when it is done; it is no permission that is lacking", ("muvi run day4",),
        phrase="account must be verified",
    ),
    Reading(
        "OperationNotPermitted", AwsRefused,
        "AWS gives some new accounts no load balancers before it has looked at them: ask AWS Support",
        ("muvi run day1",), phrase="does not support creating load balancers",
    ),
    Reading("AccessDenied*", AwsRefused, "the signed-in user or role lacks a permission", WHO),
    Reading("RequestLimitExceeded", AwsRefused, SLOWER, ("muvi run",)),
    Reading("TooManyRequests*", AwsRefused, SLOWER, ("muvi run",)),
    Reading("Throttl*", AwsRefused, SLOWER, ("muvi run",)),
    Reading("*LimitExceeded*", QuotaTooLow, "the account may not have more of these", ("muvi status",)),
    Reading("*LimitsExceeded*", QuotaTooLow, "the account may not have more of these", ("muvi status",)),
    Reading("*Quota*Exceeded*", QuotaTooLow, "the account may not have more of these", ("muvi status",)),
    Reading("TooMany*", QuotaTooLow, "the account may not have more of these", ("muvi status",)),
    Reading("Insufficient*Capacity*", AwsRefused, "AWS has none left in that zone just now", ("muvi run",)),
    Reading(
        "CNAMEAlreadyExists", NameTaken,
        "a CNAME record of one of the names leads to another distribution: delete it where the domain is kept, and go "
        "on once nobody remembers it any more", ("muvi run day4",), phrase="incorrectly configured DNS record",
    ),
    Reading(
        "CNAMEAlreadyExists", NameTaken,
        "a public name belongs to one distribution in all the world, and one of another account, such as production, "
        "has it: take another host or domain, or have its owner let go of it", ("muvi config show", "muvi run day4"),
    ),
    Reading(
        "InvalidViewerCertificate", AwsRefused,
        "CloudFront takes an issued certificate of us-east-1 that covers each of the names", ("muvi run day4",),
    ),
    Reading("DependencyViolation", AwsRefused, "something still stands on it", ("muvi drift", "muvi run")),
    Reading("SandboxNotImplemented", AwsRefused, "the sandbox does not know this call", ("muvi sandbox status",)),
)  # fmt: skip

# Service Quotas codes that a newcomer can raise (aws-reality.md 10)
QUOTAS = {
    "AddressLimitExceeded": "ec2 L-0263D0A3 (Elastic IPs, 5 a region)",
    "VpcLimitExceeded": "vpc L-F678F1CE (VPCs, 5 a region)",
    "InternetGatewayLimitExceeded": "vpc L-A4707A72 (internet gateways, 5 a region)",
    "NatGatewayLimitExceeded": "vpc L-FE5A380F (NAT gateways, 5 a zone)",
    "RulesPerSecurityGroupLimitExceeded": "vpc L-0EA8095F (rules a security group, 60 each way)",
    "VpcEndpointLimitExceeded": "vpc L-1B52E74A (gateway endpoints, 20 a region)",
    "TooManyLoadBalancers": "elasticloadbalancing L-53DA6B97 (load balancers, 50 a region)",
    "TooManyTargetGroups": "elasticloadbalancing L-B22855CB (target groups, 3,000 a region)",
    "DBClusterQuotaExceededFault": "rds L-952B80B8 (database clusters, 40 a region)",
    "InstanceQuotaExceeded": "rds L-7B6409FD (database machines, 40 a region)",
    "DBSubnetGroupQuotaExceeded": "rds L-48C6BF61 (database subnet groups, 50 a region)",
    "DBParameterGroupQuotaExceeded": "rds L-E4C808A8 (database parameter groups, 50 a region)",
    "DBProxyQuotaExceededFault": "rds L-D94C7EA3 (database proxies, 20 a region)",
    "NodeQuotaForCustomerExceeded": "elasticache L-DFE45DF3 (cache nodes, 300 a region)",
}


def translated(error: BaseException, where: str = "") -> MuviError:
    """The product's error for anything that AWS, botocore or a mistake of ours raised, which stays its cause."""
    if isinstance(error, MuviError):
        return error
    told = _told(error, where)
    told.__cause__ = error
    return told


def _told(error: BaseException, where: str) -> MuviError:
    operation, code, message, status = error_of(error)
    if not code:
        return _without_answer(error, where)
    request = getattr(error, "response", {}).get("ResponseMetadata", {}).get("RequestId", "")
    reading = next((row for row in READINGS if row.covers(code, message)), None)
    what = f"{operation} answered {code}: {message}" + (f" (request {request})" if request else "")
    if reading is None:
        why = "AWS had a fault" if status >= 500 else ""
        return AwsRefused(what, where=where, why=why, next=("muvi run", "muvi drift"))
    quota = f"; the quota is {QUOTAS[code]}" if code in QUOTAS else ""
    shown = _shown_by(QUOTAS[code]) if code in QUOTAS else ()
    return reading.error(what, where=where, why=reading.why + quota, next=(*shown, *reading.next))


def _shown_by(quota: str) -> tuple[str, ...]:
    """What shows the limit as it is for this account: ``ec2 L-0263D0A3 (Elastic IPs, ...)`` in a command."""
    service, code = quota.split(" ")[:2]
    return (f"aws service-quotas get-service-quota --service-code {service} --quota-code {code}",)


def _without_answer(error: BaseException, where: str) -> MuviError:
    name = type(error).__name__
    match name:
        case "NoCredentialsError" | "PartialCredentialsError" | "CredentialRetrievalError" | "NoAuthTokenError":
            return NotSignedIn(
                str(error),
                where=where,
                why="AWS was not asked anything yet",
                next=("aws configure", "muvi plan --sandbox"),
            )
        case "ProfileNotFound" | "ConfigNotFound" | "InvalidConfigError":
            return NotSignedIn(str(error), where=where, next=("aws configure list-profiles",))
        case "TokenRetrievalError" | "UnauthorizedSSOTokenError" | "SSOTokenLoadError" | "RefreshUnauthorizedException":
            return SignInExpired(str(error), where=where, next=SIGN_IN)
        case "EndpointConnectionError" | "ConnectTimeoutError" | "ProxyConnectionError" | "SSLError":
            why = "no network, a proxy, or the region does not answer"
            return RegionUnusable(str(error), where=where, why=why, next=("muvi config show", "muvi sandbox status"))
        case "InvalidRegionError" | "NoRegionError" | "UnknownRegionError" | "UnknownEndpointError":
            return RegionUnusable(str(error), where=where, next=("muvi config show",))
    return StepFailed(f"{name}: {error}", where=where, next=("muvi run",))


def is_fatal(error: BaseException) -> bool:
    """Whether nothing more should be begun: the state cannot be written, or nobody is signed in any more."""
    from muvi_provision.aws.clients import WriteRefused
    from muvi_provision.errors import StateError

    return isinstance(error, (StateError, NotSignedIn, RegionUnusable, WriteRefused))
