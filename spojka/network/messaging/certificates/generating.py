"""Our tool: a key and a self-signed certificate for the connectors, made where the key will be used (o2/6.1, 6.5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from spojka.network.messaging.certificates.reading import ORGANISATION_IDENTIFIER, SCOPE, SCOPE_OID

KeyType = Literal["ec", "rsa"]
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
RSA_BITS: Final = 3072
CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""How much earlier a certificate begins, so that a clock that is behind takes it too."""
LONGEST_NAME: Final = 64
"""Bytes of a common name or an organisation: RFC 5280 (A.1) says characters, libraries count those of UTF-8."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Whom a certificate names: the program, its subscriber, and the subscriber's company number (`""` without one)."""

    common_name: str
    organisation: str
    company_number: str = ""


def new_key(kind: KeyType) -> Key:
    """A new private key: P-256, or RSA for programs that know nothing newer."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def _cut(name: str) -> str:
    """As many whole characters of a name as a certificate can hold."""
    return name.encode()[:LONGEST_NAME].decode(errors="ignore")


def self_signed(key: Key, holder: Holder, *, now: datetime, days: int) -> x509.Certificate:
    """A certificate of a key by itself, for clients alone, marked for the connectors, valid for days from now."""
    subject = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, _cut(holder.organisation)),
        x509.NameAttribute(NameOID.COMMON_NAME, _cut(holder.common_name)),
    ]
    if holder.company_number:
        subject.append(x509.NameAttribute(ORGANISATION_IDENTIFIER, f"NTRCZ-{holder.company_number}"))
    name, public = x509.Name(subject), key.public_key()
    whole = now.replace(microsecond=0)
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(whole - CLOCKS_DIFFER)
        .not_valid_after(whole + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.UnrecognizedExtension(SCOPE_OID, SCOPE), critical=False)
        .sign(key, hashes.SHA256())
    )


def certificate_pem(certificate: x509.Certificate) -> str:
    """A certificate as PEM."""
    return certificate.public_bytes(Encoding.PEM).decode()


def key_pem(key: Key) -> bytes:
    """A private key as unencrypted PEM (PKCS#8): for a file that its owner alone may read."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_store(key: Key, certificate: x509.Certificate, *, name: str, password: str) -> bytes:
    """A key and its certificate as PKCS#12 under a password, as Java and .NET take them."""
    assert password
    encryption = BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, None, encryption)


def server_certificate(key: Key, host: str, *, now: datetime, days: int) -> x509.Certificate:
    """A certificate by itself for a server under a name, for machines that no authority knows; valid from yesterday."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    whole = now.replace(microsecond=0)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(whole - timedelta(days=1))
        .not_valid_after(whole + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
