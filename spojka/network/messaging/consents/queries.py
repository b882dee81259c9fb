"""What recipients said to a subscriber, what holds for one of them, and the evidence of one message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.consents.operations import unknown_party
from spojka.network.messaging.consents.rules import is_covered, refuse_withdrawn
from spojka.network.messaging.consents.store import history, standing
from spojka.network.messaging.consents.terms import ConsentRules
from spojka.network.messaging.messages.store import events_of, messages_by_id
from spojka.network.messaging.recipients import RecipientTerms, normalise_recipient
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of

MOST_LISTED = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """
    A consent or a withdrawal as it stands on record.

    Args:
        kind: `consent` or `withdrawal`.
        at: when it was given or said; from then it counts.
        evidence: digest and name of the file that proves it.
        source: what a withdrawal rests on.

    """

    id: UUID
    recipient: str
    kind: str
    scope: str
    at: datetime
    channel: str
    wording: str
    evidence: Mapping[str, str]
    source: str
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class RecipientStanding:
    """
    What a recipient wants of a subscriber at an instant.

    Args:
        consent: the widest scope that is agreed to: `all`, `commercial`, or `""`.
        commercial_withdrawn_at: since when no commercial messages are wanted, `None` when they are not withdrawn.
        all_withdrawn_at: since when no messages at all are wanted.
        own_number: it is a number of the subscriber's own, which needs no consent.

    """

    recipient: str
    at: datetime
    consent: str
    commercial_withdrawn_at: datetime | None
    all_withdrawn_at: datetime | None
    own_number: bool
    required: Term[str]


@dataclass(frozen=True, slots=True)
class MessageEvent:
    """Something that happened to a part of a message."""

    kind: str
    part: int
    at: datetime
    link: str
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class MessageEvidence:
    """
    Who sent a message to whom, when, from which number, by which certificate, under which consent (o2/8.1).

    Args:
        subscriber: the company's or person's name.
        sender: the number or nickname the recipient saw assigned; `sender_kind` says which.
        certificate_sha256: of the certificate it came with, `""` without one.
        body_sha256: of what was submitted, also after the words are erased.
        received_at: delivery; where that is unknown dispatch, `None` when it never left.
        own_number: the recipient's number is the subscriber's own.
        consented: whether a consent stood at receipt.
        withdrawn_at: since when the recipient did not want it, as of its receipt.
        consent: the latest consent before receipt.

    """

    id: UUID
    application: ServiceId
    party: PartyId
    subscriber: str
    kind: str
    purpose: str
    recipient: str
    network: str
    sender: str
    sender_kind: str
    certificate_sha256: str
    body_sha256: str
    accepted_at: datetime
    received_at: datetime | None
    own_number: bool
    consented: bool
    withdrawn_at: datetime | None
    consent: Said | None
    events: list[MessageEvent]
    required: Term[str]


def _said(row: Row) -> Said:
    return Said(**row)


@query("consents.of", permission="consents.read", customers=True, refusals=("PARTY_UNKNOWN",))
def of(
    ctx: Context,
    *,
    party: PartyId,
    recipient: str | None = None,
    before: datetime | None = None,
    before_id: UUID | None = None,
    limit: int = 200,
) -> list[Said] | Refusal:
    """The consents and withdrawals of a subscriber's recipients, or of one, the latest first; `before` pages on."""
    refusal = unknown_party(ctx, party)
    if refusal is not None:
        return refusal
    number = None
    if recipient is not None:
        number = normalise_recipient(recipient, shelf_of(ctx).sheet(RecipientTerms, ctx.today)) or recipient
    beyond = (before, before_id or UUID(int=0)) if before is not None else None
    rows = history(ctx, party, recipient=number, before=beyond, limit=max(1, min(limit, MOST_LISTED)))
    return [_said(row) for row in rows]


@query("consents.standing", permission="consents.read", customers=True, refusals=("PARTY_UNKNOWN", "RECIPIENT_INVALID"))
def standing_of(
    ctx: Context, *, party: PartyId, recipient: str, at: datetime | None = None
) -> RecipientStanding | Refusal:
    """What a recipient wants of a subscriber now or at an instant (o2/8.1)."""
    refusal = unknown_party(ctx, party)
    if refusal is not None:
        return refusal
    shelf = shelf_of(ctx)
    required = shelf.sheet(ConsentRules, ctx.today).consent_required
    number = normalise_recipient(recipient, shelf.sheet(RecipientTerms, ctx.today))
    if number is None:
        return refuse("RECIPIENT_INVALID", required, figures={"recipient": recipient})
    pair, when = (party, number), at or ctx.now
    wants = standing(ctx, [pair], at=when)()
    return RecipientStanding(
        number,
        when,
        wants.consents.get(pair, ""),
        wants.withdrawn.get(pair),
        wants.withdrawn_all.get(pair),
        pair in wants.own_numbers,
        required,
    )


@query("messages.evidence", permission="messages.evidence", customers=True, refusals=("MESSAGE_UNKNOWN",))
def evidence(ctx: Context, *, message: UUID) -> MessageEvidence | Refusal:
    """What answers a complaint about a message: who, when, which number, certificate and consent (o2/8.1)."""
    found = evidence_of(ctx, message)
    return Refusal("MESSAGE_UNKNOWN", (), {"message": message}) if found is None else found


def evidence_of(ctx: Context, message: UUID) -> MessageEvidence | None:
    """The evidence of a message, or none; a customer reaches only its own."""
    row = next(iter(messages_by_id(ctx, [message])), None)
    if row is None:
        return None
    owner = ctx.db.execute(
        "SELECT party_id FROM application WHERE tenant_id = %s AND id = %s", [ctx.tenant, row["application_id"]]
    ).fetchone()
    assert owner is not None
    party = PartyId(owner["party_id"])
    if ctx.actor.party not in (None, party):
        return None
    happened = events_of(ctx, [message])
    received_at = _received_at(happened)
    pair, at = (party, row["recipient"]), received_at or row["accepted_at"]
    wants = standing(ctx, [pair], at=at)()
    required = shelf_of(ctx).sheet(ConsentRules, ctx.today).consent_required
    stopped = refuse_withdrawn(row["purpose"], pair, wants, at=at, required=required)
    subscriber = party_row(ctx, party)
    assert subscriber is not None
    said = history(ctx, party, recipient=row["recipient"], before=(at, UUID(int=0)), limit=MOST_LISTED)
    return MessageEvidence(
        id=row["id"],
        application=row["application_id"],
        party=party,
        subscriber=subscriber["name"],
        kind=row["kind"],
        purpose=row["purpose"],
        recipient=row["recipient"],
        network=row["network"],
        sender=row["sender"],
        sender_kind=row["sender_kind"],
        certificate_sha256=row["certificate"].hex() if row["certificate"] else "",
        body_sha256=row["body_hash"].hex(),
        accepted_at=row["accepted_at"],
        received_at=received_at,
        own_number=pair in wants.own_numbers,
        consented=is_covered(row["purpose"], pair, wants) and stopped is None,
        withdrawn_at=stopped.figures["withdrawn_at"] if stopped is not None else None,  # type: ignore[arg-type]
        consent=next((_said(one) for one in said if one["kind"] == "consent"), None),
        events=[
            MessageEvent(one["kind"], one["part"], one["at"], one["link"] or "", one["detail"] or {})
            for one in happened
        ],
        required=required,
    )


def _event(row: Row) -> MessageEvent:
    return MessageEvent(row["kind"], row["part"], row["at"], row["link"] or "", row["detail"] or {})


def _received_at(events: list[Row]) -> datetime | None:
    """When a message reached its recipient: its first delivery, else its first dispatch."""
    instants: dict[str, list[datetime]] = {"delivered": [], "sent": []}
    for one in events:
        if one["kind"] in instants:
            instants[one["kind"]].append(one["at"])
    return min(instants["delivered"] or instants["sent"], default=None)
