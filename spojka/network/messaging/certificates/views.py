"""A certificate as other rooms, pages and programs see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import CertificateId, ServiceId
from spojka.network.messaging.certificates.pins import Pin, Pins
from spojka.network.messaging.certificates.rules import Validity
from spojka.network.messaging.certificates.store import pin_rows, root_rows, version_of
from spojka.network.messaging.certificates.terms import CertificateTerms, UnbindingTerms
from spojka.trade.publications.shelf import shelf_of

Status = Literal["active", "revocation_requested", "revoked", "expired"]


def _fingerprint(text: str) -> str:
    plain = text.replace(":", "").replace(" ", "").lower()
    if len(plain) != 64 or set(plain) - set("0123456789abcdef"):
        raise ValueError("a SHA-256 fingerprint has 64 hexadecimal digits; colons may part them")
    return plain


Fingerprint = Annotated[str, AfterValidator(_fingerprint)]
"""SHA-256 of a certificate in lower-case hexadecimal digits; given with colons or without."""


@dataclass(frozen=True, slots=True)
class CertificateView:
    """
    A certificate registered for an application.

    Args:
        status: `active`, `revocation_requested` (works until its block), `revoked`, `expired`.
        fingerprint, key_digest: SHA-256 of the certificate and of its SubjectPublicKeyInfo, hexadecimal.
        not_before, not_after: both instants are in its time.
        owner_proof: by what the subscriber is seen to hold it: `by` and, approved by hand, the evidence.
        closes_at: since when or from when it is refused; `None` where nobody reported it.
        scope: `connector` for our tool's, else empty.

    """

    id: CertificateId
    application: ServiceId
    kind: str
    status: Status
    subject: str
    issuer: str
    serial: str
    fingerprint: str
    key_digest: str
    not_before: datetime
    not_after: datetime
    owner_proof: dict[str, Any]
    registered_at: datetime
    registered_by: str
    closes_at: datetime | None
    scope: str


def closes_at(row: Row) -> datetime | None:
    """From when a certificate is refused: its block, or the last instant of one that was asked for."""
    known = [at for at in (row["blocked_at"], row["block_due_at"]) if at is not None]
    return min(known, default=None)


def status_of(row: Row, now: datetime) -> Status:
    """How a certificate stands at an instant."""
    closing = closes_at(row)
    if closing is not None and closing <= now:
        return "revoked"
    if row["not_after"] < now:
        return "expired"
    return "active" if closing is None else "revocation_requested"


def view(row: Row, now: datetime) -> CertificateView:
    """A certificate's row as a view at an instant."""
    return CertificateView(
        id=row["id"],
        application=row["service_id"],
        kind=row["kind"],
        status=status_of(row, now),
        subject=row["subject"],
        issuer=row["issuer"],
        serial=row["serial"],
        fingerprint=bytes(row["fingerprint"]).hex(),
        key_digest=bytes(row["key_digest"]).hex(),
        not_before=row["not_before"],
        not_after=row["not_after"],
        owner_proof=row["owner_proof"],
        registered_at=row["registered_at"],
        registered_by=row["registered_by"],
        closes_at=closes_at(row),
        scope="connector" if row["kind"] == "O2APP" else "",
    )


def pins_of(ctx: Context) -> Pins:
    """
    Everything a gateway needs to judge connections of the tenant in scope, read at once.

    The version is read first: what is changed in between is in the pins already, and its higher version has them read
    again.
    """
    version = version_of(ctx.db, ctx.tenant)
    by_fingerprint: dict[bytes, list[Pin]] = {}
    anchors: dict[bytes, None] = {bytes(row["der"]): None for row in root_rows(ctx)}
    kept = timedelta(hours=shelf_of(ctx).sheet(UnbindingTerms, ctx.today).mo_retention_hours.value)
    for row in pin_rows(ctx):
        fingerprint = bytes(row["fingerprint"])
        validity = Validity(row["not_before"], row["not_after"], row["closes_at"])
        unbound_at = None if row["ended_at"] is None else row["ended_at"] + kept
        if unbound_at is not None and unbound_at <= ctx.now:
            continue
        key_digest = bytes(row["key_digest"])
        pin = Pin(row["id"], row["service_id"], row["kind"], fingerprint, key_digest, validity, unbound_at)
        by_fingerprint.setdefault(fingerprint, []).append(pin)
        anchors[bytes(row["der"])] = None
    terms = shelf_of(ctx).sheet(CertificateTerms, ctx.today)
    return Pins(ctx.tenant, version, by_fingerprint, tuple(anchors), terms)


def known_as(id_: UUID) -> str:
    """The subject under which deadlines of a certificate are listed."""
    return f"certificate:{id_}"
