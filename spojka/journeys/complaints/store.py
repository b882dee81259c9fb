"""Complaints, warnings and claims over a given connection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.outcome import plain
from spojka.journeys.complaints.rules import AFTER, BEFORE, Ground, Kind, Logged, MatchedBy
from spojka.kernel.ids import CaseId, PartyId, ServiceId, uuid7
from spojka.network.messaging.messages.numbered import days_between, to_number
from spojka.network.messaging.messages.partitions import first_id_at

_CHANNELS: Final = ("email", "contact:sms")
"""Notices of a warning whose networks prove that they were taken; the portal proves nothing."""

MOST_LOGGED: Final = 1000
_LOGGED_TO: Final = f"""
SELECT m.id, m.application_id, m.accepted_at, CASE WHEN m.coding NOT IN ('octets', 'mms') THEN m.body END AS body
FROM {
    to_number(
        [
            "m.accepted_at >= %(from)s AND m.accepted_at <= %(to)s",
            "(%(application)s::uuid IS NULL OR m.application_id = %(application)s)",
        ]
    )
}
ORDER BY m.id DESC LIMIT %(limit)s
"""  # noqa: S608  # our own words


def logged_to(ctx: Context, number: str, *, happened_at: datetime, application: ServiceId | None) -> list[Logged]:
    """Messages to a number around an instant, of all subscribers or of one application."""
    first, last = happened_at - BEFORE, happened_at + AFTER
    rows = ctx.db.execute(
        _LOGGED_TO,
        {
            "tenant": ctx.tenant,
            "recipient": number,
            "from": first,
            "to": last,
            "application": application,
            "limit": MOST_LOGGED,
            **days_between(ctx, first_id_at(first), first_id_at(last + timedelta(milliseconds=1))),
        },
    ).fetchall()
    return [logged(row) for row in rows]


def logged(row: Row) -> Logged:
    """A message's row as rules see it."""
    text = None if row["body"] is None else bytes(row["body"]).decode(errors="replace")
    return Logged(row["id"], row["application_id"], row["accepted_at"], text)


@dataclass(frozen=True, slots=True)
class NewCase:
    """A case to be opened; `evidence` names messages with their digests."""

    service: ServiceId
    party: PartyId
    ground: Ground
    complainant: str
    phone: str
    text: str
    happened_at: datetime | None
    matched_by: MatchedBy
    evidence: Mapping[str, object]


def add_case(ctx: Context, case: NewCase) -> CaseId:
    """Write an open case."""
    made = CaseId(uuid7())
    ctx.db.execute(
        "INSERT INTO complaint (tenant_id, id, service_id, party_id, ground, complainant, phone, text, happened_at,"
        " matched_by, evidence, state, opened_at, opened_by, decided_by, decision)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, 'open', %s, %s, '', '')",
        [
            ctx.tenant,
            made,
            case.service,
            case.party,
            case.ground,
            case.complainant,
            case.phone,
            case.text,
            case.happened_at,
            case.matched_by,
            Jsonb(plain(dict(case.evidence))),
            ctx.now,
            ctx.actor.name,
        ],
    )
    return made


def case_row(ctx: Context, case: UUID) -> Row | None:
    """One case, locked, or none."""
    return ctx.db.execute(
        "SELECT * FROM complaint WHERE tenant_id = %s AND id = %s FOR UPDATE", [ctx.tenant, case]
    ).fetchone()


def case_rows(
    ctx: Context, *, case: UUID | None = None, service: UUID | None = None, state: str | None = None
) -> list[Row]:
    """One case, those of a service, or all, the latest first."""
    return ctx.db.execute(
        "SELECT * FROM complaint WHERE tenant_id = %(tenant)s AND (%(service)s::uuid IS NULL OR service_id ="
        " %(service)s) AND (%(state)s::text IS NULL OR state = %(state)s) AND (%(case)s::uuid IS NULL OR id = %(case)s)"
        " ORDER BY opened_at DESC, id DESC LIMIT 500",
        {"tenant": ctx.tenant, "service": service, "state": state, "case": case},
    ).fetchall()


def decide(ctx: Context, case: UUID, *, state: str, decision: str) -> None:
    """A case is in a state from now on."""
    ctx.db.execute(
        "UPDATE complaint SET state = %s, decided_at = %s, decided_by = %s, decision = %s"
        " WHERE tenant_id = %s AND id = %s",
        [state, ctx.now, ctx.actor.name, decision, ctx.tenant, case],
    )


def others_suspend(ctx: Context, case: UUID, *, service: UUID, kind: Kind) -> bool:
    """Whether another case of the same kind keeps a service suspended."""
    return (
        ctx.db.execute(
            "SELECT 1 FROM complaint WHERE tenant_id = %s AND service_id = %s AND id <> %s AND state = 'suspended'"
            " AND (ground = 'SPAM') = %s LIMIT 1",
            [ctx.tenant, service, case, kind == "spam"],
        ).fetchone()
        is not None
    )


def warning_key(warning: UUID) -> str:
    """The key under which a warning's notices are written."""
    return f"complaint-warning:{warning}"


def add_warning(ctx: Context, *, case: UUID, service: UUID, kind: Kind) -> UUID | None:
    """Write the warning of a case; `None` when it has one."""
    made = uuid7()
    row = ctx.db.execute(
        "INSERT INTO complaint_warning (tenant_id, id, case_id, service_id, kind, written_at, written_by, proof)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT (tenant_id, case_id) DO NOTHING RETURNING id",
        [ctx.tenant, made, case, service, kind, ctx.now, ctx.actor.name],
    ).fetchone()
    return None if row is None else made


_WARNINGS: Final = """
SELECT w.id, w.case_id, w.kind, w.written_at, w.written_by, w.proof, w.delivered_at AS proved_at,
    least(w.delivered_at, n.sent_at) AS delivered_at, n.proofs
FROM complaint_warning w
CROSS JOIN LATERAL (SELECT min(n.sent_at) AS sent_at, jsonb_agg(jsonb_build_object('channel', n.channel, 'recipient',
    n.recipient, 'sent_at', n.sent_at, 'proof', n.proof) ORDER BY n.sent_at, n.channel) AS proofs
    FROM notice n WHERE n.tenant_id = w.tenant_id AND n.state = 'sent'
    AND n.key = ANY(SELECT %(prefix)s || w.id || ':' || c FROM unnest(%(channels)s::text[]) c)) n
WHERE w.tenant_id = %(tenant)s AND w.service_id = %(service)s AND (%(kind)s::text IS NULL OR w.kind = %(kind)s)
ORDER BY w.written_at, w.id
"""


def warnings_of(ctx: Context, service: UUID, *, kind: Kind | None = None) -> list[Row]:
    """The warnings to a service's subscriber, with the earliest proved delivery of each and all its proofs."""
    return ctx.db.execute(
        _WARNINGS,
        {
            "tenant": ctx.tenant,
            "service": service,
            "kind": kind,
            "prefix": "complaint-warning:",
            "channels": list(_CHANNELS),
        },
    ).fetchall()


def first_delivery(ctx: Context, service: UUID, kind: Kind) -> datetime | None:
    """When the first warning of a kind to a service's subscriber was delivered, or none."""
    found = [row["delivered_at"] for row in warnings_of(ctx, service, kind=kind) if row["delivered_at"] is not None]
    return min(found, default=None)


def prove_delivery(ctx: Context, case: UUID, *, delivered_at: datetime, proof: str) -> None:
    """The warning of a case was delivered otherwise than by its notices."""
    ctx.db.execute(
        "UPDATE complaint_warning SET delivered_at = %s, proof = %s WHERE tenant_id = %s AND case_id = %s",
        [delivered_at, proof, ctx.tenant, case],
    )


def add_claim(ctx: Context, *, case: UUID, amount_micros: int, calculation: str, due_on: date) -> UUID:
    """Write a claim that is not asserted yet."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO damages_claim (tenant_id, id, case_id, amount_micros, calculation, due_on, claimed_at, claimed_by,"
        " asserted_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '')",
        [ctx.tenant, made, case, amount_micros, calculation, due_on, ctx.now, ctx.actor.name],
    )
    return made


def claim_row(ctx: Context, claim: UUID) -> Row | None:
    """One claim with its case, locked, or none."""
    return ctx.db.execute(
        "SELECT d.*, c.service_id, c.party_id, c.ground FROM damages_claim d JOIN complaint c"
        " ON c.tenant_id = d.tenant_id AND c.id = d.case_id WHERE d.tenant_id = %s AND d.id = %s FOR UPDATE OF d",
        [ctx.tenant, claim],
    ).fetchone()


def claims_of(ctx: Context, case: UUID) -> list[Row]:
    """The claims of a case, oldest first."""
    return ctx.db.execute(
        "SELECT * FROM damages_claim WHERE tenant_id = %s AND case_id = %s ORDER BY claimed_at, id",
        [ctx.tenant, case],
    ).fetchall()


def assert_claim(ctx: Context, claim: UUID) -> None:
    """The claim is asserted now."""
    ctx.db.execute(
        "UPDATE damages_claim SET asserted_at = %s, asserted_by = %s WHERE tenant_id = %s AND id = %s",
        [ctx.now, ctx.actor.name, ctx.tenant, claim],
    )
