"""Who am I: the one question before anything else, and every way in which it may not be answered."""

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError

from muvi_provision.aws.clients import Aws
from muvi_provision.aws.identity import Identity, aliases, who_am_i
from muvi_provision.errors import MuviError, NotSignedIn, RegionUnusable, SignInExpired, SignInRejected
from tests.unit.aws.conftest import Reply, Wire, query_error

ME = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::000011112222:user/anna</Arn>"
    "<UserId>A</UserId><Account>000011112222</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
ALIASES = (
    "<ListAccountAliasesResponse><ListAccountAliasesResult><AccountAliases><member>muvi-uat</member></AccountAliases>"
    "<IsTruncated>false</IsTruncated></ListAccountAliasesResult></ListAccountAliasesResponse>"
)


def test_who_am_i(aws: Aws, wire: Wire) -> None:
    wire.replies = [(200, ME)]
    assert who_am_i(aws) == Identity("000011112222", "arn:aws:iam::000011112222:user/anna")
    assert wire.sent == ["GetCallerIdentity"]
    assert aws.border.tally.writes == 0


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        (query_error("ExpiredToken", 403), SignInExpired),
        (query_error("InvalidClientTokenId", 403), SignInRejected),
        (query_error("SignatureDoesNotMatch", 403), SignInRejected),
        (EndpointConnectionError(endpoint_url="https://sts.nowhere.test"), RegionUnusable),
    ],
)
def test_it_may_not_be_answered(aws: Aws, wire: Wire, reply: Reply, wanted: type[MuviError]) -> None:
    wire.replies = [reply]
    with pytest.raises(wanted) as caught:
        who_am_i(aws)
    assert caught.value.where == "sts:GetCallerIdentity"
    assert caught.value.__cause__ is not None


def test_without_credentials_nothing_is_sent(aws: Aws, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    from muvi_provision.aws.clients import Border, SignIn
    from tests.unit.aws.conftest import Half, Timed

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    nobody = Border(SignIn("eu-central-1", attach=wire.attach), Timed(), Half())
    with pytest.raises(NotSignedIn) as caught:
        who_am_i(Aws(nobody, aws.ownership, "eu-central-1"))
    assert "muvi plan --sandbox" in caught.value.next
    assert wire.sent == []


def test_aliases(aws: Aws, wire: Wire) -> None:
    wire.replies = [(200, ALIASES)]
    assert aliases(aws) == ("muvi-uat",)


def test_aliases_where_we_may_not_ask(aws: Aws, wire: Wire) -> None:
    wire.replies = [query_error("AccessDenied", 403)]
    assert aliases(aws) == ()


def test_aliases_once_the_sign_in_has_expired(aws: Aws, wire: Wire) -> None:
    """Not being answered is no reason to believe that there are none."""
    wire.replies = [query_error("ExpiredToken", 403)]
    with pytest.raises(SignInExpired):
        aliases(aws)
