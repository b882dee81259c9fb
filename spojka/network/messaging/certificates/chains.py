"""Which supported authority a certificate comes from: a chain to one of the roots configured for it (RFC 5280, 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal

from cryptography import x509
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

Kind = Literal["VERISIGN", "ICA", "O2CA", "O2APP"]
AuthorityKind = Literal["VERISIGN", "ICA", "O2CA"]
OWN_TOOL: Final = "O2APP"
"""Self-signed, made by our tool."""

Roots = Mapping[str, Sequence[bytes]]
"""Certificates of authorities (DER) by kind."""


@lru_cache(maxsize=256)
def _loaded(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


def authority_of(
    certificate: x509.Certificate, between: Sequence[x509.Certificate], roots: Roots, at: datetime
) -> str | None:
    """
    The kind whose roots a certificate chains to, or `None`.

    Args:
        certificate: the holder's.
        between: certificates of authorities between it and a root, in any order.
        roots: what is configured, by kind; the kinds are tried in the order given.
        at: the chain is judged at this instant, moved into the holder's own validity: whether that has ended is another
            question, with an answer of its own.

    """
    judged_at = min(max(at, certificate.not_valid_before_utc), certificate.not_valid_after_utc)
    for kind, ders in roots.items():
        if ders and _chains(certificate, between, [_loaded(der) for der in ders], judged_at):
            return kind
    return None


def _chains(
    certificate: x509.Certificate, between: Sequence[x509.Certificate], roots: list[x509.Certificate], at: datetime
) -> bool:
    verifier = (
        PolicyBuilder()
        .store(Store(roots))
        .time(at)
        .extension_policies(
            ca_policy=ExtensionPolicy.webpki_defaults_ca(),
            ee_policy=ExtensionPolicy.permit_all(),  # holders need no alternative name; purposes are looked at apart
        )
        .build_client_verifier()
    )
    try:
        verifier.verify(certificate, list(between))
    except VerificationError:
        return False
    return True


def is_authority(certificate: x509.Certificate) -> bool:
    """Whether a certificate may sign others: basicConstraints say so."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
