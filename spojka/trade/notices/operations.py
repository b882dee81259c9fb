"""Writing to a customer and sending what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import NoticeId, PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.terms.refusals import define_refusal
from spojka.trade.notices.sending import (
    NeverDeliverable,
    NotHandedOver,
    Outgoing,
    attachments_of,
    driver_of,
    retry_at,
)
from spojka.trade.notices.store import (
    SEND,
    Channel,
    NewNotice,
    Tried,
    due_notices,
    next_queued_at,
    note_attempts,
    promise_more,
    promise_sending,
    tell,
)
from spojka.trade.parties.store import party_row

define_refusal(
    "NOTICE_EMPTY",
    cs="Zpráva nemá text. Napište předmět a text česky i anglicky.",
    en="The notice has no text. Write a subject and a text in Czech and in English.",
)

BATCH: Final = 100
"""Notices handed over in one transaction: what is repeated at most when it dies in between."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text in both languages."""

    cs: str
    en: str


@dataclass(frozen=True, slots=True)
class Written:
    """How many notices were put into the outbox."""

    notices: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a batch."""

    sent: int
    waiting: int
    failed: int


@operation("notices.write", permission="notices.write", refusals=("PARTY_UNKNOWN", "NOTICE_EMPTY"))
def write(
    ctx: Context,
    *,
    party: PartyId,
    subject: Words,
    body: Words,
    channels: list[Channel] = ["email", "portal"],  # noqa: B006  # never changed
    kind: str = "message",
    service: ServiceId | None = None,
    clauses: list[str] = [],  # noqa: B006  # never changed
) -> Written | Refusal:
    """Write to a customer by the named channels."""
    if party_row(ctx, party) is None:
        return Refusal("PARTY_UNKNOWN", (), {"party": party})
    if not all(text.strip() for text in (subject.cs, subject.en, body.cs, body.en)):
        return Refusal("NOTICE_EMPTY")
    notice = NewNotice(
        kind=kind,
        channels=tuple(dict.fromkeys(channels)),
        subject={"cs": subject.cs, "en": subject.en},
        body={"cs": body.cs, "en": body.en},
        clauses=tuple(clauses),
        key=f"written:{ctx.call_id}",
        party=party,
        service=service,
    )
    return Written(tell(ctx, [notice]))


def _try(ctx: Context, row: Row) -> Tried:
    outgoing = Outgoing(
        id=NoticeId(row["id"]),
        kind=row["kind"],
        channel=row["channel"],
        recipient=row["recipient"],
        language=row["language"],
        subject=row["subject"],
        body=row["body"],
        party=row["party_id"],
        written_for=ctx.now,
        attachments=attachments_of(ctx, row["invoice_id"]),
    )
    try:
        proof = driver_of(outgoing.channel)(outgoing)
    except NeverDeliverable as never:
        return Tried(outgoing.id, "failed", ctx.now, {"problem": str(never)})
    except (NotHandedOver, OSError) as later:
        again = retry_at(ctx.now, row["attempts"] + 1)
        problem = {"problem": str(later)}
        if again is None:
            return Tried(outgoing.id, "failed", ctx.now, problem)
        return Tried(outgoing.id, "queued", again, problem)
    return Tried(outgoing.id, "sent", ctx.now, proof)


@operation(SEND, permission="notices.write")
def send_due(ctx: Context, *, limit: int = BATCH) -> Sent:
    """Hand over the notices whose time has come, at least once each, and promise the next attempt."""
    tried = [_try(ctx, row) for row in due_notices(ctx, limit)]
    if tried:
        note_attempts(ctx, tried)
    following = next_queued_at(ctx)
    if following is not None and following <= ctx.now and tried and len(tried) == limit:
        promise_more(ctx)
    elif following is not None:  # what is due and was not in this batch is in another's hands just now
        promise_sending(ctx, max(following, ctx.now))
    states = [one.state for one in tried]
    return Sent(states.count("sent"), states.count("queued"), states.count("failed"))
