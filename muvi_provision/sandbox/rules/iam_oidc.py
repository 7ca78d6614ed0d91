"""Identity providers of others (OpenID Connect), and roles that trust them (aws-reality 7.10)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from muvi_provision.sandbox import roles
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

GITHUB = "token.actions.githubusercontent.com"
_TRUST = {"CreateRole": "AssumeRolePolicyDocument", "UpdateAssumeRolePolicy": "PolicyDocument"}
_BY_ARN = (
    "GetOpenIDConnectProvider",
    "AddClientIDToOpenIDConnectProvider",
    "RemoveClientIDFromOpenIDConnectProvider",
    "UpdateOpenIDConnectProviderThumbprint",
    "ListOpenIDConnectProviderTags",
    "TagOpenIDConnectProvider",
    "UntagOpenIDConnectProvider",
)
_AUDIENCES, _THUMBPRINTS = 100, 5


@rule(
    "iam",
    "CreateOpenIDConnectProvider",
    "ValidationError",
    "a provider's URL: https, with a host and no query",
    source="7.10 a",
)
def address(call: Call, view: View) -> str | None:
    url = urlsplit(call.params["Url"])
    good = url.scheme == "https" and url.hostname and not url.query and not url.fragment and url.port in (None, 443)
    return None if good else "Invalid Open ID Connect Provider URL"


@rule("iam", "CreateOpenIDConnectProvider", "EntityAlreadyExists", "one provider of a URL", 409, source="7.10 a, c")
def taken(call: Call, view: View) -> str | None:
    """However it is spelt: a slash at the end, or capitals, make it no other."""
    wanted = _bare(call.params["Url"])
    there = any(_bare("https://" + one.url) == wanted for one in _held(view).values())
    return f"Provider with url {call.params['Url']} already exists." if there else None


@rule("iam", "CreateOpenIDConnectProvider", "LimitExceeded", "100 providers an account", 409, source="5.2 i")
def too_many(call: Call, view: View) -> str | None:
    most = view.quotas["oidc_providers"]
    return f"Cannot exceed quota for OpenIdConnectProvidersPerAccount: {most}" if len(_held(view)) >= most else None


@rule("iam", _BY_ARN, "NoSuchEntity", "the provider is there", 404, source="1.1")
def missing(call: Call, view: View) -> str | None:
    arn = call.params["OpenIDConnectProviderArn"]
    return None if arn in _held(view) else f"OpenIDConnect Provider not found for arn {arn}"


@rule(
    "iam",
    "AddClientIDToOpenIDConnectProvider",
    "LimitExceeded",
    "a provider has 100 audiences",
    409,
    source="IAM quotas",
)
def too_many_audiences(call: Call, view: View) -> str | None:
    there = set(_held(view)[call.params["OpenIDConnectProviderArn"]].client_id_list)
    full = len(there | {call.params["ClientID"]}) > _AUDIENCES
    return f"Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: {_AUDIENCES}" if full else None


@rule(
    "iam",
    ("CreateOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint"),
    "InvalidInput",
    "five thumbprints at most, of 40 hexadecimal digits",
    source="IAM API: CreateOpenIDConnectProvider",
)
def thumbprints(call: Call, view: View) -> str | None:
    said = call.params.get("ThumbprintList", ())
    if len(said) > _THUMBPRINTS:
        return f"Thumbprint list must contain fewer than {_THUMBPRINTS} entries."
    wrong = next((one for one in said if not re.fullmatch(r"[0-9A-Fa-f]{40}", one)), None)
    return f"Invalid thumbprint: {wrong}" if wrong is not None else None


@rule(
    "iam", tuple(_TRUST), "MalformedPolicyDocument", "whoever trusts GitHub says which repository", source="7.10"
)  # last row
def github_subject(call: Call, view: View) -> str | None:
    for statement in roles.statements(call.params[_TRUST[call.operation]]):
        if statement.get("Effect") == "Allow" and _trusts_github(statement) and not any(_subjects(statement)):
            return f"Missing or insecure condition on {GITHUB}:sub in the trust policy"
    return None


def _trusts_github(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    named = principal.get("Federated", []) if isinstance(principal, Mapping) else []
    return any(str(one).endswith(f"oidc-provider/{GITHUB}") for one in ([named] if isinstance(named, str) else named))


def _subjects(statement: Mapping[str, Any]) -> Iterator[bool]:
    """For each condition on the subject: whether it says anything. One of wildcards alone does not."""
    for compared in statement.get("Condition", {}).values():
        for key, said in compared.items():
            if key.lower() == f"{GITHUB}:sub":
                texts = [said] if isinstance(said, str) else list(said)
                yield bool(texts) and all(text.strip("*?") for text in texts)


def _bare(url: str) -> str:
    return url.rstrip("/").lower()


def _held(view: View) -> dict[str, Any]:
    found: dict[str, Any] = view.backend("iam", "aws").open_id_providers
    return found
