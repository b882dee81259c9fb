"""Certificates over a given connection: registered, reported, blocked, and read in one piece for gateways."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Connection, Row
from spojka.access.database.lines import Later
from spojka.access.operations.context import Context
from spojka.kernel.ids import CaseId, CertificateId, PartyId, ServiceId, uuid7
from spojka.network.messaging.certificates.reading import ReadCertificate

CHANNEL: Final = "spojka_pins"
"""NOTIFY's channel: the payload is the tenant whose register changed."""

_COLUMNS: Final = (
    "SELECT c.id, c.service_id, c.party_id, c.kind, c.subject, c.issuer, c.serial, c.fingerprint, c.key_digest,"
    " c.not_before, c.not_after, c.owner_proof, c.registered_at, c.registered_by, c.block_due_at,"
    " c.revocation_asked_at, c.blocked_at, c.blocked_by FROM connector_certificate c"
)


def change_register(ctx: Context) -> int:
    """
    Announce a change of the register; returns its new version.

    Whoever changes it does this first: the row's lock lets changes come one after another, and gateways that read the
    version see everything that belongs to it.
    """
    row = ctx.db.execute(
        "INSERT INTO certificate_version (tenant_id, version) VALUES (%s, 1)"
        " ON CONFLICT (tenant_id) DO UPDATE SET version = certificate_version.version + 1 RETURNING version",
        [ctx.tenant],
    ).fetchone()
    assert row is not None
    ctx.db.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(ctx.tenant)])
    return int(row["version"])


def version_of(db: Connection, tenant: UUID) -> int:
    """The register's version; 0 before anything was registered."""
    row = db.execute("SELECT version FROM certificate_version WHERE tenant_id = %s", [tenant]).fetchone()
    return 0 if row is None else int(row["version"])


def add_certificate(
    ctx: Context,
    *,
    application: ServiceId,
    party: PartyId,
    kind: str,
    certificate: ReadCertificate,
    owner_proof: dict[str, Any],
) -> CertificateId:
    """Register a certificate that the application does not have."""
    made = CertificateId(uuid7())
    ctx.db.execute(
        "INSERT INTO connector_certificate (tenant_id, id, service_id, party_id, kind, subject, issuer, serial,"
        " fingerprint, key_digest, der, not_before, not_after, owner_proof, registered_at, registered_by, blocked_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, '')",
        [
            ctx.tenant,
            made,
            application,
            party,
            kind,
            certificate.subject,
            certificate.issuer,
            certificate.serial,
            certificate.fingerprint,
            certificate.key_digest,
            certificate.der,
            certificate.not_before,
            certificate.not_after,
            Jsonb(owner_proof),
            ctx.now,
            ctx.actor.name,
        ],
    )
    return made


def certificates_of(ctx: Context, application: UUID) -> list[Row]:
    """Every certificate of an application, oldest first."""
    return ctx.db.execute(
        f"{_COLUMNS} WHERE c.tenant_id = %s AND c.service_id = %s ORDER BY c.registered_at, c.id",
        [ctx.tenant, application],
    ).fetchall()


def certificate_rows(ctx: Context, fingerprint: bytes) -> list[Row]:
    """A certificate at every application it is registered for; a customer sees its own alone."""
    return ctx.db.execute(
        f"{_COLUMNS} WHERE c.tenant_id = %s AND c.fingerprint = %s AND (%s::uuid IS NULL OR c.party_id = %s)"
        " ORDER BY c.id",
        [ctx.tenant, fingerprint, ctx.actor.party, ctx.actor.party],
    ).fetchall()


def certificate_by_id(ctx: Context, certificate: UUID) -> Row | None:
    """One registration of a certificate, or none."""
    return ctx.db.execute(f"{_COLUMNS} WHERE c.tenant_id = %s AND c.id = %s", [ctx.tenant, certificate]).fetchone()


def closed_key(ctx: Context, key_digest: bytes) -> datetime | None:
    """Since when, or from when, no certificate with a key is accepted; `None` for a key that nobody reported."""
    row = ctx.db.execute(
        "SELECT min(least(blocked_at, block_due_at)) AS at FROM connector_certificate"
        " WHERE tenant_id = %s AND key_digest = %s",
        [ctx.tenant, key_digest],
    ).fetchone()
    return None if row is None else row["at"]


def closed_among(ctx: Context, fingerprints: Collection[bytes]) -> Later[dict[bytes, datetime]]:
    """Those certificates that are blocked by now, or are to be by now, and since when (o2/6.2)."""
    if not fingerprints:
        return dict
    asked = ctx.db.execute(
        "SELECT fingerprint, min(least(blocked_at, block_due_at)) AS at FROM connector_certificate"
        " WHERE tenant_id = %s AND fingerprint = ANY(%s) AND least(blocked_at, block_due_at) <= %s"
        " GROUP BY fingerprint",
        [ctx.tenant, list(fingerprints), ctx.now],
    )
    return lambda: {bytes(row["fingerprint"]): row["at"] for row in asked.fetchall()}


def made_by_tool(ctx: Context, *, party: UUID, fingerprint: bytes) -> bool:
    """Whether our tool registered a certificate for an application of a subscriber (o2/6.5)."""
    row = ctx.db.execute(
        "SELECT 1 FROM connector_certificate WHERE tenant_id = %s AND party_id = %s AND fingerprint = %s"
        " AND kind = 'O2APP' LIMIT 1",
        [ctx.tenant, party, fingerprint],
    ).fetchone()
    return row is not None


def add_report(
    ctx: Context,
    *,
    certificate: Row,
    by: str,
    by_contact_person: bool,
    reason: str,
    block_due_at: datetime,
) -> CaseId:
    """Keep a report; returns its case number."""
    case = CaseId(uuid7())
    ctx.db.execute(
        "INSERT INTO certificate_report (tenant_id, id, fingerprint, key_digest, reported_at, reported_by,"
        " by_contact_person, reason, block_due_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            ctx.tenant,
            case,
            certificate["fingerprint"],
            certificate["key_digest"],
            ctx.now,
            by,
            by_contact_person,
            reason,
            block_due_at,
        ],
    )
    return case


def first_report_at(ctx: Context, key_digest: bytes) -> datetime | None:
    """When a key was first reported, or `None`."""
    row = ctx.db.execute(
        "SELECT min(reported_at) AS at FROM certificate_report WHERE tenant_id = %s AND key_digest = %s",
        [ctx.tenant, key_digest],
    ).fetchone()
    return None if row is None else row["at"]


def reports_of(ctx: Context, key_digest: bytes) -> list[Row]:
    """Every report that concerns a key, in order of time."""
    return ctx.db.execute(
        "SELECT id, fingerprint, reported_at, reported_by, by_contact_person, reason, block_due_at"
        " FROM certificate_report WHERE tenant_id = %s AND key_digest = %s ORDER BY reported_at, id",
        [ctx.tenant, key_digest],
    ).fetchall()


def ask_block(ctx: Context, *, key_digest: bytes, due_at: datetime, asked_at: datetime | None) -> None:
    """
    Note by when a key is blocked and when the contact person first asked for it; what stands already stays.

    Args:
        ctx: the call.
        key_digest: whose certificates it concerns, at every application.
        due_at: the last instant; an earlier one stays.
        asked_at: the contact person's request, `None` for a report of somebody else.

    """
    ctx.db.execute(
        "UPDATE connector_certificate SET block_due_at = least(block_due_at, %s),"
        " revocation_asked_at = coalesce(revocation_asked_at, %s::timestamptz)"
        " WHERE tenant_id = %s AND key_digest = %s",
        [due_at, asked_at, ctx.tenant, key_digest],
    )


def block_key(ctx: Context, *, key_digest: bytes) -> list[Row]:
    """Block every certificate with a key from now; returns those that were not blocked."""
    return ctx.db.execute(
        "UPDATE connector_certificate SET blocked_at = %s, blocked_by = %s"
        " WHERE tenant_id = %s AND key_digest = %s AND blocked_at IS NULL"
        " RETURNING id, service_id, party_id, fingerprint, subject, block_due_at",
        [ctx.now, ctx.actor.name, ctx.tenant, key_digest],
    ).fetchall()


def put_root(ctx: Context, *, kind: str, root: ReadCertificate) -> None:
    """Certificates that chain to a root are of a kind."""
    ctx.db.execute(
        "INSERT INTO certificate_root (tenant_id, fingerprint, kind, subject, der, not_after, trusted_at, trusted_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, fingerprint) DO UPDATE"
        " SET kind = excluded.kind",
        [ctx.tenant, root.fingerprint, kind, root.subject, root.der, root.not_after, ctx.now, ctx.actor.name],
    )


def drop_root(ctx: Context, fingerprint: bytes) -> bool:
    """A root is trusted no more; true when it was."""
    row = ctx.db.execute(
        "DELETE FROM certificate_root WHERE tenant_id = %s AND fingerprint = %s RETURNING kind",
        [ctx.tenant, fingerprint],
    ).fetchone()
    return row is not None


def root_rows(ctx: Context) -> list[Row]:
    """The trusted roots, by kind."""
    return ctx.db.execute(
        "SELECT kind, fingerprint, subject, der, not_after, trusted_at, trusted_by FROM certificate_root"
        " WHERE tenant_id = %s ORDER BY kind, subject, fingerprint",
        [ctx.tenant],
    ).fetchall()


def pin_rows(ctx: Context) -> Sequence[Row]:
    """Every registered certificate with what a gateway needs of it; `ended_at`: when its application ended."""
    return ctx.db.execute(
        "SELECT c.id, c.service_id, c.kind, c.fingerprint, c.key_digest, c.der, c.not_before, c.not_after,"
        " least(c.blocked_at, c.block_due_at) AS closes_at, a.closed_at AS ended_at FROM connector_certificate c"
        " LEFT JOIN application a ON a.tenant_id = c.tenant_id AND a.id = c.service_id"
        " WHERE c.tenant_id = %s ORDER BY c.id",
        [ctx.tenant],
    ).fetchall()
