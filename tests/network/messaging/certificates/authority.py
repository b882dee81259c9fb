"""Certificates for tests: an authority, what it issues, and what signs itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from spojka.network.messaging.certificates.generating import certificate_pem, key_pem
from spojka.network.messaging.certificates.reading import ORGANISATION_IDENTIFIER, ReadCertificate, described

STARTS = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = datetime(2028, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """A certificate and its key."""

    key: ec.EllipticCurvePrivateKey
    whole: x509.Certificate

    @property
    def pem(self) -> str:
        return certificate_pem(self.whole)

    @property
    def key_pem(self) -> bytes:
        return key_pem(self.key)

    @property
    def read(self) -> ReadCertificate:
        return described(self.whole)

    @property
    def hex(self) -> str:
        return self.read.fingerprint.hex()


def new_key():
    return ec.generate_private_key(ec.SECP256R1())


def name_of(organisation="", common_name="program", company=""):
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organisation:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation))
    if company:
        parts.append(x509.NameAttribute(ORGANISATION_IDENTIFIER, company))
    return x509.Name(parts)


def issue(by=None, *, subject=None, key=None, starts=STARTS, ends=ENDS, ca=False, purposes=None):
    """A certificate issued by an authority, or signed by itself."""
    own = key or new_key()
    named = subject or name_of()
    purposes = purposes or [ExtendedKeyUsageOID.CLIENT_AUTH]
    builder = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(by.whole.subject if by else named)
        .public_key(own.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own.public_key()), critical=False)
    )
    if by:
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(by.key.public_key())
        builder = builder.add_extension(above, critical=False)
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    builder = builder.add_extension(
        x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **usage), critical=True
    )
    if not ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return Made(own, builder.sign(by.key if by else own, hashes.SHA256()))


def authority(common_name="I.CA Root", by=None, starts=STARTS - timedelta(days=3650), ends=ENDS + timedelta(days=3650)):
    return issue(by, subject=name_of("První certifikační autorita", common_name), starts=starts, ends=ends, ca=True)
