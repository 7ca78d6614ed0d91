"""A private certificate authority and what it signs, made in memory. Nothing here speaks to AWS or keeps anything.

Keys are elliptic (P-256): small, quick, and taken by load balancers (aws-reality.md 6.2). The profile of the
certificates is that of RFC 5280, sections 4.2.1 and 6.1, which is what strict clients verify.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

KEY_TYPE = "EC_prime256v1"  # as ACM spells it
BACK_DATED = timedelta(minutes=10)  # a client's clock may be behind ours
COMMON_NAME_LIMIT = 64


@dataclass(frozen=True)
class Signed:
    """A certificate (PEM) and its private key (PEM, PKCS#8, not encrypted), which no representation shows."""

    certificate: str
    private_key: str = field(repr=False)

    def to_secret(self) -> str:
        """``{"certificate": …, "private_key": …}``, the form in which it rests in Secrets Manager."""
        return json.dumps({"certificate": self.certificate, "private_key": self.private_key})

    @classmethod
    def from_secret(cls, text: str) -> Signed:
        """The reverse of ``to_secret``. Raises ValueError or KeyError for anything else."""
        said = json.loads(text)
        return cls(certificate=said["certificate"], private_key=said["private_key"])

    def ends(self) -> datetime:
        """When the certificate stops being valid, UTC."""
        return _read_certificate(self.certificate).not_valid_after_utc


def new_authority(common_name: str, years: int, now: datetime) -> Signed:
    """A new key and its self-signed certificate, which may sign servers' certificates but no other authority."""
    from cryptography import x509

    key, name = _new_key(), _named(common_name)
    unsigned = (
        _dated(name, name, key.public_key(), now, now + timedelta(days=round(365.25 * years)))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
    )
    return _signed(unsigned, key, key)


def new_leaf(authority: Signed, names: Sequence[str], days: int, now: datetime) -> Signed:
    """A new key and a server's certificate for ``names`` (the first is its subject), never outliving the authority."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    issuer, issuer_key = _read_certificate(authority.certificate), _read_key(authority.private_key)
    key, subject = _new_key(), _named(names[0])
    until = min(now + timedelta(days=days), issuer.not_valid_after_utc)
    issuer_id = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    unsigned = (
        _dated(subject, issuer.subject, key.public_key(), now, until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=not list(subject))
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer_id), critical=False)
    )
    return _signed(unsigned, key, issuer_key)


def _new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _named(common_name: str) -> x509.Name:
    """A subject; empty when the name is too long for one, for then the alternative names speak alone."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    fits = len(common_name) <= COMMON_NAME_LIMIT
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if fits else [])


def _dated(
    subject: x509.Name, issuer: x509.Name, key: EllipticCurvePublicKey, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    from cryptography import x509

    return (
        x509.CertificateBuilder(issuer_name=issuer, subject_name=subject, public_key=key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACK_DATED)
        .not_valid_after(until)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    """What the key may do: sign certificates and revocation lists, or sign a TLS handshake."""
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(
    unsigned: x509.CertificateBuilder, key: EllipticCurvePrivateKey, issuer_key: EllipticCurvePrivateKey
) -> Signed:
    from cryptography.hazmat.primitives import hashes, serialization

    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = unsigned.sign(issuer_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    return Signed(public.decode(), private.decode())


def _read_certificate(pem: str) -> x509.Certificate:
    from cryptography import x509

    return x509.load_pem_x509_certificate(pem.encode())


def _read_key(pem: str) -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("the authority's key is not an elliptic one")
    return key
