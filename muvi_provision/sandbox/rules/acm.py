"""Certificates."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.letting_go import lingers, users
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View


@rule(
    "acm",
    "DeleteCertificate",
    "ResourceInUseException",
    "a certificate that a listener or a distribution uses stays, and for a while after",
    source="6.1 f, 8.3",
)
def certificate_in_use(call: Call, view: View) -> str | None:
    arn = call.params["CertificateArn"]
    return f"Certificate {arn} is in use." if users(view, arn) or lingers(view, arn) else None


@rule("acm", "ImportCertificate", "ValidationException", "tags only with the first import", source="6.2")
def tags_again(call: Call, view: View) -> str | None:
    again = call.params.get("CertificateArn") and call.params.get("Tags")
    return "Tagging is not permitted on re-import." if again else None


@rule("acm", "ImportCertificate", "LimitExceededException", "a region holds 2,500 certificates", source="6.1 i, 10")
def too_many(call: Call, view: View) -> str | None:
    full = not call.params.get("CertificateArn") and len(view.certificates) >= view.quotas["certificates"]
    return "Cannot import certificate. The limit for the number of certificates has been reached." if full else None


@rule(
    "acm",
    "ImportCertificate",
    "ValidationException",
    "what is imported again is a certificate that was imported",
    source="6.2; ACM user guide: reimport a certificate",
)
def not_imported(call: Call, view: View) -> str | None:
    there = view.certificates.get(call.params.get("CertificateArn", ""))
    if there is None or there.type == "IMPORTED":
        return None
    return f"Certificate {there.arn} was not imported, and cannot be imported again."


@rule(
    "acm", "ImportCertificate", "ValidationException", "an unencrypted PEM key that fits the certificate", source="6.2"
)
def key_matches(call: Call, view: View) -> str | None:
    leaf, key = _certificates(call.params.get("Certificate")), _key(call.params.get("PrivateKey"))
    if len(leaf) != 1:
        return "The certificate field must contain exactly one certificate."
    if key is None:
        return "The private key is not PEM-encoded or is not valid."
    return None if _public(key) == _public(leaf[0]) else "The certificate and private key do not match."


@rule("acm", "ImportCertificate", "ValidationException", "RSA 1024-4096 or EC P-256, P-384, P-521", source="6.2")
def key_kind(call: Call, view: View) -> str | None:
    return (
        None
        if algorithm(_key(call.params["PrivateKey"])) in ALGORITHMS
        else "The private key algorithm is not supported."
    )


@rule("acm", "ImportCertificate", "ValidationException", "no signature by MD5 or SHA-1", source="6.2")
def signature(call: Call, view: View) -> str | None:
    leaf = _certificates(call.params["Certificate"])[0]
    used = getattr(leaf.signature_hash_algorithm, "name", "")
    return f"The signature algorithm with {used.upper()} is not supported." if used in ("md5", "sha1") else None


@rule("acm", "ImportCertificate", "ValidationException", "a certificate that is valid now, by the clock", source="6.2")
def dates(call: Call, view: View) -> str | None:
    leaf, now = _certificates(call.params["Certificate"])[0], view.today
    if leaf.not_valid_after_utc < now:
        return "The certificate has expired, is not valid."
    return "The certificate is not in effect yet, is not valid." if leaf.not_valid_before_utc > now else None


@rule(
    "acm",
    "ImportCertificate",
    "ValidationException",
    "the chain, in order, without the leaf; none for a self-signed one",
    source="6.2",
)
def chain(call: Call, view: View) -> str | None:
    from cryptography.exceptions import InvalidSignature

    below = _certificates(call.params["Certificate"])[0]
    above = _certificates(call.params.get("CertificateChain"))
    if not above:
        alone = "Provided certificate is not a valid self signed. Please provide either a valid self-signed certificate"
        return None if below.issuer == below.subject else f"{alone} or certificate chain."
    for one in above:
        try:
            below.verify_directly_issued_by(one)
        except (InvalidSignature, ValueError, TypeError):
            return "Could not validate the certificate with the certificate chain."
        below = one
    return None


@rule("acm", "ImportCertificate", "ValidationException", "a re-import keeps the key's type and size", source="6.2")
def same_kind(call: Call, view: View) -> str | None:
    there = view.certificates.get(call.params.get("CertificateArn", ""))
    changed = there is not None and algorithm(there._key) != algorithm(_key(call.params["PrivateKey"]))
    return "The key algorithm of the certificate cannot be changed by a re-import." if changed else None


@rule("acm", "ImportCertificate", "ValidationException", "a re-import keeps one of the names at least", source="6.2")
def same_names(call: Call, view: View) -> str | None:
    there = view.certificates.get(call.params.get("CertificateArn", ""))
    old = _names(there._cert) if there is not None else set()
    lost = old and old.isdisjoint(_names(_certificates(call.params["Certificate"])[0]))
    return "All of the domain names of a certificate cannot be removed by a re-import." if lost else None


@rule(
    "acm",
    "ImportCertificate",
    "ValidationException",
    "a re-import keeps what the key may be used for",
    source="6.2; ACM user guide: reimport a certificate",
)
def same_usages(call: Call, view: View) -> str | None:
    there = view.certificates.get(call.params.get("CertificateArn", ""))
    old = usages(there._cert) if there is not None else set()
    lost = old - usages(_certificates(call.params["Certificate"])[0])
    return f"The key usage values {sorted(lost)} cannot be removed by a re-import." if lost else None


@rule(
    "acm",
    "GetCertificate",
    "RequestInProgressException",
    "a certificate is told once it is issued",
    source="ACM API: GetCertificate",
)
def not_issued(call: Call, view: View) -> str | None:
    found = view.certificates.get(call.params["CertificateArn"])
    if found is None or found.status != "PENDING_VALIDATION":
        return None
    return f"The certificate {found.arn} is not issued yet."


_USAGES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign"),
)
ALGORITHMS = {"RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"}


def algorithm(key: Any) -> str:
    """As ACM names it."""
    size = getattr(key, "curve", None)
    if size is not None:
        return "EC_" + {"secp256r1": "prime256v1"}.get(str(size.name), str(size.name))
    return f"RSA_{key.key_size}" if hasattr(key, "private_numbers") and hasattr(key, "decrypt") else "other"


def _certificates(pem: Any) -> list[Any]:
    from cryptography import x509

    try:
        return list(x509.load_pem_x509_certificates(_bytes(pem))) if pem else []
    except ValueError:
        return []


def _names(certificate: Any) -> set[str]:
    """The alternative names, or the subject where there are none."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    try:
        said = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return set(said.get_values_for_type(x509.DNSName))
    except x509.ExtensionNotFound:
        return {str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)}


def usages(certificate: Any) -> set[str]:
    """What a certificate says its key is for, by RFC 5280's names and object identifiers."""
    from cryptography import x509

    found: set[str] = set()
    for kind in (x509.KeyUsage, x509.ExtendedKeyUsage):
        try:
            said = certificate.extensions.get_extension_for_class(kind).value
        except x509.ExtensionNotFound:
            continue
        if kind is x509.ExtendedKeyUsage:
            found |= {one.dotted_string for one in said}
        else:
            found |= {name for name in _USAGES if getattr(said, name)}
    return found


def _key(pem: Any) -> Any:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(_bytes(pem), password=None)
    except (ValueError, TypeError):
        return None


def _bytes(pem: Any) -> bytes:
    return pem if isinstance(pem, bytes) else str(pem).encode()


def _public(one: Any) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return bytes(one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
