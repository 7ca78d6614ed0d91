"""AWS's errors in the product's words: every reading of the table is reached, and the request id is kept."""

from __future__ import annotations

import pytest
from botocore import exceptions

from muvi_provision.aws.clients import WriteRefused
from muvi_provision.aws.translation import QUOTAS, READINGS, Reading, is_fatal, translated
from muvi_provision.errors import (
    AwsRefused,
    Locked,
    MuviError,
    NotSignedIn,
    QuotaTooLow,
    RegionUnusable,
    SignInExpired,
    SignInRejected,
    StateNotWritten,
    StepFailed,
)
from tests.unit.aws.conftest import client_error

CODES = {
    "ExpiredToken*": "ExpiredTokenException",
    "AccessDenied*": "AccessDeniedException",
    "*LimitExceeded*": "AddressLimitExceeded",
    "*QuotaExceeded*": "ServiceQuotaExceededException",
    "TooMany*": "TooManyTargetGroups",
    "Insufficient*Capacity*": "InsufficientDBInstanceCapacity",
}


@pytest.mark.parametrize("reading", READINGS, ids=lambda reading: reading.code + reading.phrase)
def test_every_reading_can_be_reached(reading: Reading) -> None:
    error = translated(client_error(CODES.get(reading.code, reading.code), f"Your {reading.phrase}."), "vpc/main")
    assert type(error) is reading.error
    assert error.why.startswith(reading.why)
    assert error.next[-len(reading.next) :] == reading.next
    assert error.where == "vpc/main"


@pytest.mark.parametrize("code", QUOTAS)
def test_a_quota_that_is_known_is_shown_by_a_command_first(code: str) -> None:
    error = translated(client_error(code), "vpc/main")
    service, quota = QUOTAS[code].split(" ")[:2]
    assert isinstance(error, QuotaTooLow)
    assert error.next[0] == f"aws service-quotas get-service-quota --service-code {service} --quota-code {quota}"
    assert quota in error.why


def test_the_answer_and_its_request_id_are_kept() -> None:
    error = translated(client_error("UnauthorizedOperation", "You are not authorized", "CreateVpc"), "vpc/main")
    assert error.what == "CreateVpc answered UnauthorizedOperation: You are not authorized (request req-1)"


def test_a_code_that_is_not_in_the_table() -> None:
    error = translated(client_error("InvalidVpc.Range"), "vpc/main")
    assert type(error) is AwsRefused
    assert (error.why, bool(error.next)) == ("", True)
    assert "fault" in translated(client_error("InternalError", status=500)).why


@pytest.mark.parametrize("code", QUOTAS)
def test_a_quota_is_named(code: str) -> None:
    error = translated(client_error(code))
    assert isinstance(error, QuotaTooLow)
    assert QUOTAS[code] in error.why
    assert "L-" in error.why


@pytest.mark.parametrize("code", ["Throttling", "RequestLimitExceeded", "TooManyRequestsException"])
def test_throttling_is_no_quota_that_could_be_raised(code: str) -> None:
    assert not isinstance(translated(client_error(code, "Rate exceeded")), QuotaTooLow)


URL = {"endpoint_url": "https://sts.eu-central-1.amazonaws.com/"}
UNANSWERED = [
    (exceptions.NoCredentialsError(), NotSignedIn),
    (exceptions.PartialCredentialsError(provider="env", cred_var="x"), NotSignedIn),
    (exceptions.CredentialRetrievalError(provider="sso", error_msg="x"), NotSignedIn),
    (exceptions.NoAuthTokenError(), NotSignedIn),
    (exceptions.ProfileNotFound(profile="muvi"), NotSignedIn),
    (exceptions.ConfigNotFound(path="x"), NotSignedIn),
    (exceptions.InvalidConfigError(error_msg="x"), NotSignedIn),
    (exceptions.TokenRetrievalError(provider="sso", error_msg="x"), SignInExpired),
    (exceptions.UnauthorizedSSOTokenError(), SignInExpired),
    (exceptions.SSOTokenLoadError(error_msg="x"), SignInExpired),
    (exceptions.EndpointConnectionError(**URL), RegionUnusable),
    (exceptions.ConnectTimeoutError(**URL), RegionUnusable),
    (exceptions.ProxyConnectionError(proxy_url="http://proxy"), RegionUnusable),
    (exceptions.SSLError(error="x", **URL), RegionUnusable),
    (exceptions.InvalidRegionError(region_name="nowhere"), RegionUnusable),
    (exceptions.NoRegionError(), RegionUnusable),
]


@pytest.mark.parametrize(("error", "wanted"), UNANSWERED, ids=lambda one: getattr(one, "__name__", type(one).__name__))
def test_errors_without_an_answer(error: Exception, wanted: type[MuviError]) -> None:
    told = translated(error, "sts:GetCallerIdentity")
    assert type(told) is wanted
    assert told.what == str(error)
    assert told.where == "sts:GetCallerIdentity"
    assert told.next


@pytest.mark.parametrize("code", ["InvalidClientTokenId", "AuthFailure", "SignatureDoesNotMatch"])
def test_rejected_keys(code: str) -> None:
    error = translated(client_error(code))
    assert type(error) is SignInRejected
    assert error.exit_code == 4


def test_a_mistake_of_ours_is_told_with_its_name() -> None:
    error = translated(ZeroDivisionError("division by zero"), "act/x")
    assert type(error) is StepFailed
    assert error.what == "ZeroDivisionError: division by zero"


def test_an_error_of_ours_stays_as_it_is() -> None:
    error = Locked("held", where="here")
    assert translated(error, "elsewhere") is error
    assert error.where == "here"


@pytest.mark.parametrize(
    "error", [StateNotWritten("x"), NotSignedIn(), SignInExpired(), SignInRejected(), RegionUnusable(), WriteRefused()]
)
def test_after_these_nothing_more_is_begun(error: Exception) -> None:
    assert is_fatal(error)


@pytest.mark.parametrize("error", [AwsRefused(), QuotaTooLow(), StepFailed(), ValueError()])
def test_after_these_the_rest_goes_on(error: Exception) -> None:
    assert not is_fatal(error)
