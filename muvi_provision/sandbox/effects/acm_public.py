"""Certificates that ACM itself issues: asked for, proved by DNS, told of bit by bit (aws-reality 6.1)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from muvi_provision.sandbox import validation
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, instead
from muvi_provision.sandbox.rules.acm_public import names
from muvi_provision.sandbox.view import View

_TOKEN_S = 3600  # 6.1 c
_VALID = dt.timedelta(days=198)
_NOT_YET = ("Issuer", "NotAfter", "NotBefore", "Serial", "IssuedAt", "ImportedAt")  # of one that is not issued


@instead("acm", "RequestCertificate")
def asked_for(call: Call, view: View) -> Any:
    """6.1 c: the same token within an hour gives the same one. A private authority's is left to the emulator."""
    if call.params.get("CertificateAuthorityArn"):
        return None
    held = view.backend("acm")
    tokens: dict[tuple[str, ...], tuple[str, float]] = vars(held).setdefault("asked", {})
    key = (str(call.params.get("IdempotencyToken") or ""), *names(call))
    arn, until = tokens.get(key, ("", 0.0))
    if key[0] and arn in view.certificates and view.now < until:
        return {"CertificateArn": arn}
    made = _made(call, view)
    view.certificates[made.arn] = made
    made.tags.add(call.params.get("Tags", []))
    if key[0]:
        tokens[key] = (made.arn, view.now + _TOKEN_S)
    validation.look(view)
    return {"CertificateArn": made.arn}


def _made(call: Call, view: View) -> Any:
    from moto.acm.models import CertBundle

    key = _key(str(call.params.get("KeyAlgorithm", "RSA_2048")))
    leaf, secret = _pem(key, names(call), view.today)
    settings = {"cert_type": "AMAZON_ISSUED", "cert_status": "PENDING_VALIDATION", "region": view.region}
    made = CertBundle(view.account, leaf, secret, **settings)
    made.cert_options |= call.params.get("Options", {})
    made.created_at = view.today.replace(tzinfo=None)
    made.asked, made.seen = view.now, {}
    made.by_dns = call.params.get("ValidationMethod") == "DNS"
    return made


def _key(algorithm: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    curves = {"EC_prime256v1": ec.SECP256R1, "EC_secp384r1": ec.SECP384R1}
    if algorithm in curves:
        return ec.generate_private_key(curves[algorithm]())
    return rsa.generate_private_key(65537, 2048)


def _pem(key: Any, wanted: list[str], today: dt.datetime) -> tuple[bytes, bytes]:
    """A certificate of these names, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.x509.oid import NameOID

    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, wanted[0])])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Amazon RSA 2048 M02")])
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(today).not_valid_after(today + _VALID)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(one) for one in wanted]), critical=False)
    leaf = builder.sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return leaf.public_bytes(pem), key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)


@after("acm", "DescribeCertificate")
def told(call: Call, view: View, result: Any) -> None:
    """6.1 b: the records only after some seconds, the rest once it is issued."""
    one = view.certificates[call.params["CertificateArn"]]
    if not hasattr(one, "seen"):
        return
    shown = result["Certificate"]
    shown["DomainValidationOptions"] = [_option(view, one, name) for name in validation.names(one)]
    if one.status == "ISSUED":
        shown["IssuedAt"] = one.issued.timestamp()
        return
    for member in _NOT_YET:
        shown.pop(member, None)
    if one.status == "FAILED":
        shown["FailureReason"] = one.failure


@after("acm", "ListCertificates")
def summarised(call: Call, view: View, result: Any) -> None:
    """With all names, and without the dates of what is not issued."""
    for shown in result["CertificateSummaryList"]:
        one = view.certificates[shown["CertificateArn"]]
        names_told = {"SubjectAlternativeNameSummaries": list(one.sans), "HasAdditionalSubjectAlternativeNames": False}
        shown.update(names_told | ({"IssuedAt": one.issued.timestamp()} if hasattr(one, "issued") else {}))
        for member in _NOT_YET if hasattr(one, "seen") and one.status != "ISSUED" else ():
            shown.pop(member, None)


def _option(view: View, one: Any, name: str) -> dict[str, Any]:
    good = "SUCCESS" if validation.proved(view, one, name) or one.status == "ISSUED" else "PENDING_VALIDATION"
    status = "FAILED" if one.status in ("FAILED", "VALIDATION_TIMED_OUT") else good
    shown = {"DomainName": name, "ValidationDomain": name, "ValidationStatus": status}
    shown["ValidationMethod"] = "DNS" if one.by_dns else "EMAIL"
    if not one.by_dns or not validation.told(view, one):
        return shown
    cname, value = validation.record(view.account, name)
    return shown | {"ResourceRecord": {"Name": cname, "Type": "CNAME", "Value": value}}
