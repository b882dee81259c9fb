"""Messages claimed for sending; what must not leave any more is cancelled then, and not paid (o2/8.1, 9.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates import refusals as _certificates  # noqa: F401  # CERT_REVOKED
from spojka.network.messaging.certificates.store import closed_among
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.network.messaging.consents.rules import refuse_withdrawn
from spojka.network.messaging.consents.standing import Standing
from spojka.network.messaging.consents.store import standing
from spojka.network.messaging.consents.terms import ConsentRules
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import add_arrived
from spojka.network.messaging.messages.receipts import Reported, report_of
from spojka.network.messaging.messages.records import CONFIRMS, Arrived, Happened
from spojka.network.messaging.sending.composing import Outgoing
from spojka.network.messaging.submission import refusals as _words  # noqa: F401  # SERVICE_SUSPENDED
from spojka.terms.findings import refuse
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_TERMINATED

_DOUBTFUL: Final = """
WITH n AS (SELECT * FROM unnest(%(ids)s::uuid[], %(applications)s::uuid[], %(recipients)s::text[], %(heeded)s::bool[])
    AS n(id, application_id, recipient, heeded)),
a AS MATERIALIZED (SELECT a.id, a.party_id, s.state = 'ended' AS ended, h.reason, h.clauses
    FROM (SELECT DISTINCT application_id FROM n) AS d
    JOIN application a ON a.tenant_id = %(tenant)s AND a.id = d.application_id
    JOIN service s ON s.tenant_id = %(tenant)s AND s.id = a.id
    LEFT JOIN LATERAL (SELECT reason, clauses FROM service_hold h WHERE h.tenant_id = %(tenant)s
        AND h.service_id = a.id AND h.released_at IS NULL ORDER BY held_at LIMIT 1) h ON true)
SELECT n.id, a.party_id, a.ended, a.reason, a.clauses FROM n JOIN a ON a.id = n.application_id
WHERE a.ended OR a.reason IS NOT NULL OR (n.heeded AND EXISTS (SELECT 1 FROM consent_withdrawal w
    WHERE w.tenant_id = %(tenant)s AND w.party_id = a.party_id AND w.recipient = n.recipient))
"""
"""Messages whose service does not run, or whose recipient ever withdrew a consent: few, and looked at one by one."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """
    What came of asking for messages.

    Args:
        taken: they may be sent now.
        cancelled: they are out of the queue, with the reason.
        lost: somebody else had them, or they were taken back.

    """

    taken: Sequence[UUID] = ()
    cancelled: Mapping[UUID, Refusal] = field(default_factory=dict)
    lost: Collection[UUID] = ()


def claim(ctx: Context, messages: Sequence[Outgoing]) -> Claimed:
    """Claim waiting messages before any part of them is sent; those that must not leave are cancelled instead."""
    if not messages:
        return Claimed()
    rows = ctx.db.execute(
        _DOUBTFUL,
        {
            "tenant": ctx.tenant,
            "ids": arrays.of_ids([one.id for one in messages]),
            "applications": arrays.of_ids([one.application for one in messages]),
            "recipients": "{" + ",".join([one.recipient for one in messages]) + "}",
            "heeded": "{" + ",".join(["f" if CONFIRMS in one.options else "t" for one in messages]) + "}",
        },
    )
    revoked = closed_among(ctx, {one.certificate for one in messages if one.certificate is not None})
    got = store.claim(ctx, [one.id for one in messages])
    known = {one.id: one for one in messages}
    doubtful = [(row, known[row["id"]]) for row in rows.fetchall() if row["id"] in got]
    stopped = _stopped(ctx, doubtful) | _revoked(ctx, [known[one] for one in got], revoked())
    if stopped:
        store.leave_queue(ctx, list(stopped))
        store.add_events(
            ctx, [Happened(one, 1, "cancelled", ctx.now, detail=_said(why)) for one, why in stopped.items()]
        )
        add_arrived(ctx, _reports(ctx, [known[one] for one in stopped]))
    taken = [one.id for one in messages if one.id in got and one.id not in stopped]
    return Claimed(taken, stopped, {one.id for one in messages if one.id not in got})


def _reports(ctx: Context, messages: Sequence[Outgoing]) -> list[Arrived]:
    """That messages were cancelled, for those who asked what would become of them."""
    return [
        report_of(Reported(one.id, 1, one.application, one.recipient, one.sender, one.parts), "cancelled", ctx.now)
        for one in messages
        if one.options.get("report")
    ]


def _stopped(ctx: Context, doubtful: Sequence[tuple[Row, Outgoing]]) -> dict[UUID, Refusal]:
    if not doubtful:
        return {}
    terms = shelf_of(ctx).sheet(ConsentRules, ctx.today)
    wants = standing(ctx, [(row["party_id"], one.recipient) for row, one in doubtful])()
    found = {one.id: _why(ctx, row, one, wants, terms) for row, one in doubtful}
    return {one: refusal for one, refusal in found.items() if refusal is not None}


def _revoked(ctx: Context, messages: Sequence[Outgoing], closed: Mapping[bytes, datetime]) -> dict[UUID, Refusal]:
    """What was accepted with a certificate that is blocked by now does not leave (o2/6.2)."""
    if not closed:
        return {}
    basis = shelf_of(ctx).sheet(CertificateTerms, ctx.today).revocation_block_max_h
    return {
        one.id: refuse(
            "CERT_REVOKED",
            basis,
            figures={"fingerprint": one.certificate.hex(), "closed_at": closed[one.certificate]},
        )
        for one in messages
        if one.certificate is not None and one.certificate in closed
    }


def _why(ctx: Context, row: Row, one: Outgoing, wants: Standing, terms: ConsentRules) -> Refusal | None:
    if row["ended"]:
        return Refusal("SERVICE_TERMINATED", ("o2/3.4",), {"ended_on": None})
    if row["reason"] is not None:
        return Refusal("SERVICE_SUSPENDED", tuple(row["clauses"]), {"reason": row["reason"]})
    pair = (row["party_id"], one.recipient)
    return refuse_withdrawn(one.purpose, pair, wants, at=ctx.now, required=terms.consent_required)


def _said(why: Refusal) -> dict[str, object]:
    return {"code": why.code, "clauses": list(why.clauses)}
