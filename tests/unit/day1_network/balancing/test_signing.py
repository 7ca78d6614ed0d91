"""What the authority makes is what strict clients accept, and nothing more."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import verification
from cryptography.x509.oid import ExtendedKeyUsageOID

from muvi_provision.day1_network.signing import BACK_DATED, Signed, new_authority, new_leaf

NOW = datetime(2026, 11, 2, 9, 30, 15, tzinfo=UTC)
NAMES = ("uat.microservices.internal", "*.uat.microservices.internal")


@pytest.fixture(scope="module")
def authority() -> Signed:
    return new_authority("uat internal authority", 10, NOW)


@pytest.fixture(scope="module")
def leaf(authority: Signed) -> Signed:
    return new_leaf(authority, NAMES, 365, NOW)


def read(signed: Signed) -> x509.Certificate:
    return x509.load_pem_x509_certificate(signed.certificate.encode())


def verifier(trusted: Signed, name: str, at: datetime = NOW) -> verification.ServerVerifier:
    store = verification.Store([read(trusted)])
    return verification.PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName(name))


@pytest.mark.parametrize("name", ["uat.microservices.internal", "main.uat.microservices.internal"])
def test_a_client_that_trusts_the_authority_accepts_the_leaf(authority: Signed, leaf: Signed, name: str) -> None:
    assert verifier(authority, name).verify(read(leaf), []) == [read(leaf), read(authority)]


@pytest.mark.parametrize(
    ("name", "at"),
    [
        ("other.internal", NOW),
        ("a.b.uat.microservices.internal", NOW),
        ("uat.microservices.internal", NOW - BACK_DATED - timedelta(seconds=1)),
        ("uat.microservices.internal", NOW + timedelta(days=365, seconds=1)),
    ],
)
def test_not_for_other_names_or_times(authority: Signed, leaf: Signed, name: str, at: datetime) -> None:
    with pytest.raises(verification.VerificationError):
        verifier(authority, name, at).verify(read(leaf), [])


def test_not_with_another_authority(leaf: Signed) -> None:
    with pytest.raises(verification.VerificationError):
        verifier(new_authority("uat internal authority", 10, NOW), NAMES[0]).verify(read(leaf), [])


def test_the_authority_is_no_server() -> None:
    named_like_one = new_authority(NAMES[0], 10, NOW)
    with pytest.raises(verification.VerificationError):
        verifier(named_like_one, NAMES[0]).verify(read(named_like_one), [])


def test_a_leaf_signs_nothing(authority: Signed, leaf: Signed) -> None:
    below = new_leaf(leaf, ["evil.uat.microservices.internal"], 10, NOW)
    with pytest.raises(verification.VerificationError):
        verifier(authority, "evil.uat.microservices.internal").verify(read(below), [read(leaf)])


def test_the_authority_may_sign_leaves_but_no_authority(authority: Signed) -> None:
    certificate = read(authority)
    limits = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert (limits.critical, limits.value.ca, limits.value.path_length) == (True, True, 0)
    assert (usage.critical, usage.value.key_cert_sign, usage.value.crl_sign) == (True, True, True)
    assert not usage.value.digital_signature
    assert certificate.subject == certificate.issuer
    certificate.verify_directly_issued_by(certificate)


def test_what_a_leaf_says(authority: Signed, leaf: Signed) -> None:
    extensions = read(leaf).extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    purposes = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    issuer_id = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    own_id = read(authority).extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    assert names == list(NAMES)
    assert purposes == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert issuer_id == own_id
    assert usage.digital_signature and not usage.key_cert_sign
    assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert read(leaf).subject.rfc4514_string() == f"CN={NAMES[0]}"


def test_dates(authority: Signed, leaf: Signed) -> None:
    assert read(authority).not_valid_before_utc == read(leaf).not_valid_before_utc == NOW - BACK_DATED
    assert authority.ends() == NOW + timedelta(days=3652)  # ten years with two or three leap days
    assert leaf.ends() == NOW + timedelta(days=365)


def test_a_leaf_never_outlives_its_authority() -> None:
    short = new_authority("short", 1, NOW)
    assert new_leaf(short, NAMES, 825, NOW).ends() == short.ends()


@pytest.mark.parametrize("kind", ["authority", "leaf"])
def test_keys_are_p256_and_fit_their_certificate(request: pytest.FixtureRequest, kind: str) -> None:
    signed: Signed = request.getfixturevalue(kind)
    key = load_pem_private_key(signed.private_key.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.curve.name == "secp256r1"
    assert key.public_key() == read(signed).public_key()


def test_every_key_and_serial_is_new(authority: Signed) -> None:
    made = [new_leaf(authority, NAMES, 365, NOW) for _ in range(3)]
    assert len({one.private_key for one in made}) == len({read(one).serial_number for one in made}) == 3


def test_a_name_too_long_for_a_subject_stands_in_the_alternatives_alone(authority: Signed) -> None:
    long = ".".join(["service" * 8, "uat", "microservices", "internal"])
    leaf = new_leaf(authority, [long], 365, NOW)
    assert not list(read(leaf).subject)
    assert verifier(authority, long).verify(read(leaf), [])


def test_it_goes_through_a_secret_and_shows_no_key(authority: Signed) -> None:
    assert Signed.from_secret(authority.to_secret()) == authority
    assert "PRIVATE" not in repr(authority) + str(authority)
    assert "PRIVATE" in authority.to_secret()


def test_a_key_of_another_sort_is_refused(authority: Signed) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    other = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="elliptic"):
        new_leaf(Signed(authority.certificate, other.decode()), NAMES, 365, NOW)
