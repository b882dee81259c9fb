"""A certificate as it is written: who holds it, who issued it, its digests and its time (X.509, RFC 5280)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SCOPE_OID: Final = x509.ObjectIdentifier("2.25.117593838562208443936921829634137512403")
"""Marks a certificate of our tool: an extension whose value is `connector` as UTF8String (an OID of a UUID, X.667)."""
SCOPE: Final = b"\x0c\x09connector"
ORGANISATION_IDENTIFIER: Final = x509.ObjectIdentifier("2.5.4.97")
"""Where a certificate holds its holder's company number (ITU-T X.520, organizationIdentifier)."""


DAMAGED: Final = (
    ValueError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What is raised by parts of a certificate that break the rules of their form."""


class CertificateNotReadable(ValueError):
    """What was given is no X.509 certificate; says by a code what is wrong: `nothing_in_it`, `no_pem`, `damaged`."""


@dataclass(frozen=True)
class ReadCertificate:
    """
    A certificate with what the rules look at.

    Args:
        der: the certificate itself.
        fingerprint: SHA-256 of `der`, 32 bytes.
        key_digest: SHA-256 of SubjectPublicKeyInfo, 32 bytes: the same for a renewal with the same key.
        subject, issuer: RFC 4514 texts.
        names: organisation and common name of the holder, and given name with surname.
        company_number: of the holder, Czech IČO, from organizationIdentifier `NTRCZ-…` (ETSI EN 319 412-1); else `""`.
        serial: hexadecimal.
        not_before, not_after: UTC; the certificate is valid through both.
        self_signed: its own key signed it.
        by_our_tool: it carries the mark of our tool.
        for_clients: its purposes, where it names any, let a client authenticate.

    """

    der: bytes
    fingerprint: bytes
    key_digest: bytes
    subject: str
    issuer: str
    names: tuple[str, ...]
    company_number: str
    serial: str
    not_before: datetime
    not_after: datetime
    self_signed: bool
    by_our_tool: bool
    for_clients: bool


def read_certificate(text: str) -> ReadCertificate:
    """Read one certificate in PEM; raises `CertificateNotReadable`."""
    return described(parsed(text))


def parsed(text: str) -> x509.Certificate:
    """The first certificate of a PEM text; raises `CertificateNotReadable`."""
    found = all_parsed(text)
    if not found:
        raise CertificateNotReadable("nothing_in_it")
    return found[0]


def all_parsed(text: str) -> list[x509.Certificate]:
    """Every certificate of a PEM text, in order; none of an empty one. Raises `CertificateNotReadable`."""
    if not text.strip():
        return []
    try:
        return x509.load_pem_x509_certificates(text.encode())
    except ValueError as bad:
        raise CertificateNotReadable("no_pem") from bad


def described(certificate: x509.Certificate) -> ReadCertificate:
    """What the rules look at; raises `CertificateNotReadable` where the certificate contradicts its own format."""
    try:
        der = certificate.public_bytes(Encoding.DER)
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return ReadCertificate(
            der=der,
            fingerprint=hashlib.sha256(der).digest(),
            key_digest=hashlib.sha256(key).digest(),
            subject=certificate.subject.rfc4514_string(),
            issuer=certificate.issuer.rfc4514_string(),
            names=_names(certificate.subject),
            company_number=_company_number(certificate.subject),
            serial=f"{certificate.serial_number:x}",
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
            self_signed=_self_signed(certificate),
            by_our_tool=_scope(certificate) == SCOPE,
            for_clients=_for_clients(certificate),
        )
    except DAMAGED as bad:
        raise CertificateNotReadable("damaged") from bad


def _texts(name: x509.Name, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(part.value).strip() for part in name.get_attributes_for_oid(oid) if str(part.value).strip()]


def _names(subject: x509.Name) -> tuple[str, ...]:
    first, last = _texts(subject, NameOID.GIVEN_NAME), _texts(subject, NameOID.SURNAME)
    whole = [f"{first[0]} {last[0]}"] if first and last else []
    return (*_texts(subject, NameOID.ORGANIZATION_NAME), *_texts(subject, NameOID.COMMON_NAME), *whole)


def _company_number(subject: x509.Name) -> str:
    for text in _texts(subject, ORGANISATION_IDENTIFIER):
        if text.upper().startswith("NTRCZ-"):
            return text[len("NTRCZ-") :].strip()
    return ""


def _self_signed(certificate: x509.Certificate) -> bool:
    if certificate.subject != certificate.issuer:
        return False
    try:
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, TypeError, ValueError):
        return False
    return True


def _scope(certificate: x509.Certificate) -> bytes | None:
    try:
        extension = certificate.extensions.get_extension_for_oid(SCOPE_OID)
    except x509.ExtensionNotFound:
        return None
    return extension.value.public_bytes()


def _for_clients(certificate: x509.Certificate) -> bool:
    extensions = certificate.extensions
    try:
        purposes = set(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        purposes = {ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        usage = None
    return bool(purposes & {ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}) and (
        usage is None or usage.digital_signature or usage.key_agreement
    )
