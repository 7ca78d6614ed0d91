"""Certificates that ACM itself issues."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_NAMES = 10  # aws-reality 6.1 a: 100 on request
_ALGORITHMS = ("RSA_2048", "EC_prime256v1", "EC_secp384r1")


@rule(
    "acm", "RequestCertificate", "ValidationException", "the first name is at most 64 characters long", source="6.1 a"
)
def first_name(call: Call, view: View) -> str | None:
    long = len(call.params["DomainName"]) > 64
    return "The first domain name can be no longer than 64 characters." if long else None


@rule("acm", "RequestCertificate", "LimitExceededException", "ten names a certificate", source="6.1 a")
def too_many_names(call: Call, view: View) -> str | None:
    many = len(names(call)) > _NAMES
    return f"The certificate cannot contain more than {_NAMES} domain names." if many else None


@rule("acm", "RequestCertificate", "LimitExceededException", "a region holds 2,500 certificates", source="6.1 i")
def too_many_certificates(call: Call, view: View) -> str | None:
    full = len(view.certificates) >= view.quotas["certificates"]
    return "You have reached the maximum number of certificates." if full else None


@rule(
    "acm",
    "RequestCertificate",
    "ValidationException",
    "keys of RSA 2048 and of EC P-256 and P-384 are issued",
    source="6.1",
)
def algorithm_issued(call: Call, view: View) -> str | None:
    wanted = call.params.get("KeyAlgorithm", "RSA_2048")
    return None if wanted in _ALGORITHMS else f"The key algorithm {wanted} is not supported for public certificates."


@rule(
    "acm",
    "RequestCertificate",
    "InvalidDomainValidationOptionsException",
    "a validation domain is a name's own, or one above it",
    source="6.1",
)
def validation_domain(call: Call, view: View) -> str | None:
    for one in call.params.get("DomainValidationOptions", ()):
        name, above = one["DomainName"].lower(), one["ValidationDomain"].lower()
        below = name.removeprefix("*.") == above or name.endswith(f".{above}")
        if name not in names(call) or not below:
            return f"The validation domain {above} is not {name} or a superdomain of it, or {name} is not asked for."
    return None


def names(call: Call) -> list[str]:
    """All that are asked for, each once, the first one first."""
    asked = [call.params["DomainName"], *call.params.get("SubjectAlternativeNames", ())]
    return list(dict.fromkeys(one.lower().rstrip(".") for one in asked))
