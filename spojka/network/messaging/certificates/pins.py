"""What a gateway keeps in memory: which certificates open which applications; each request is judged by it anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from spojka.kernel.ids import CertificateId, ServiceId, TenantId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates.rules import Validity, refuse_state
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.terms.findings import refuse


@dataclass(frozen=True, slots=True)
class Pin:
    """
    One certificate of one application.

    Args:
        certificate: its id in the register.
        application: what it is registered for.
        kind: `VERISIGN`, `ICA`, `O2CA` or `O2APP`.
        fingerprint: SHA-256 of the certificate, 32 bytes: what is compared, and what acts are attributed to (o2/6.3).
        key_digest: SHA-256 of SubjectPublicKeyInfo, 32 bytes.
        validity: from when until when it opens a connection.
        unbound_at: since when it is nobody's, because nothing of its ended application can be picked up any more.

    """

    certificate: CertificateId
    application: ServiceId
    kind: str
    fingerprint: bytes
    key_digest: bytes
    validity: Validity
    unbound_at: datetime | None = None


@dataclass(frozen=True)
class Pins:
    """
    Every pin of a tenant at one version of the register.

    Args:
        tenant: whose.
        version: grows with every change of the register.
        by_fingerprint: the pins of each certificate, one an application.
        anchors: certificates (DER) that TLS lets through, so that they are judged here: all registered ones and roots.
        terms: what refusals rest on.

    """

    tenant: TenantId
    version: int
    by_fingerprint: Mapping[bytes, Sequence[Pin]]
    anchors: Sequence[bytes]
    terms: CertificateTerms = field(repr=False)

    def recognise(
        self, fingerprint: bytes | None, *, now: datetime, application: ServiceId | None = None
    ) -> Pin | Refusal:
        """
        Which application a connection is, or why it is none (o2/6.1).

        Args:
            fingerprint: SHA-256 of the certificate presented; `None` where there was none.
            now: the instant of the request; a block is in force from its own instant on, whether recorded or due.
            application: whom the caller says it is; needed where one certificate serves several.

        Returns:
            The pin, or `CERT_MISSING`, `CERT_UNKNOWN` (also for another application's certificate, or one that ended),
            `CERT_APPLICATION_UNSAID`, `CERT_REVOKED`, `CERT_NOT_YET_VALID`, `CERT_EXPIRED`.

        """
        if fingerprint is None:
            return refuse("CERT_MISSING", self.terms.certificate_kinds)
        figures = {"fingerprint": fingerprint.hex()}
        known = self.by_fingerprint.get(fingerprint, ())
        found = [
            pin
            for pin in known
            if application in (None, pin.application) and (pin.unbound_at is None or now < pin.unbound_at)
        ]
        if not found:
            return refuse("CERT_UNKNOWN", self.terms.certificate_kinds, figures=figures)
        pin = found[0]
        refusal = refuse_state(pin.validity, fingerprint=fingerprint, now=now, terms=self.terms)
        if refusal is not None:
            return refusal
        if len(found) > 1:
            return refuse("CERT_APPLICATION_UNSAID", self.terms.certificate_kinds, figures=figures)
        return pin
