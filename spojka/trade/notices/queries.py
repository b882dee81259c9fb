"""What customers were told, and the proof of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import NoticeId, PartyId
from spojka.kernel.refusals import Refusal
from spojka.trade.notices.store import notices_of_party


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice by one channel; `proof` says how it went, empty while it waits."""

    id: NoticeId
    service: UUID | None
    kind: str
    channel: str
    recipient: str
    language: str
    subject: str
    body: str
    clauses: list[str]
    invoice: UUID | None
    state: str
    attempts: int
    written_at: datetime
    sent_at: datetime | None
    proof: dict[str, str]


@query("notices.of", permission="notices.read", customers=True, refusals=("PARTY_UNKNOWN",))
def of(ctx: Context, *, party: PartyId, kind: str | None = None, limit: int = 200) -> list[NoticeView] | Refusal:
    """What a customer was told, newest first."""
    if ctx.actor.party not in (None, party):
        return Refusal("PARTY_UNKNOWN", (), {"party": party})
    return [
        NoticeView(
            id=row["id"],
            service=row["service_id"],
            kind=row["kind"],
            channel=row["channel"],
            recipient=row["recipient"],
            language=row["language"],
            subject=row["subject"],
            body=row["body"],
            clauses=row["clauses"],
            invoice=row["invoice_id"],
            state=row["state"],
            attempts=row["attempts"],
            written_at=row["written_at"],
            sent_at=row["sent_at"],
            proof=row["proof"] or {},
        )
        for row in notices_of_party(ctx, party, limit)
        if kind is None or row["kind"] == kind
    ]
