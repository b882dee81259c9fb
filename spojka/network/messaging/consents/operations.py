"""Consents put on record with their evidence, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.consents.rules import ConsentGiven, refuse_consent
from spojka.network.messaging.consents.standing import Scope
from spojka.network.messaging.consents.store import (
    Withdrawal,
    add_consents,
    add_withdrawals,
    application_of,
    set_consent_mode,
)
from spojka.network.messaging.consents.terms import ConsentRules
from spojka.network.messaging.recipients import RecipientTerms, normalise_recipient
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse
from spojka.trade.parties import operations as _parties  # noqa: F401  # PARTY_UNKNOWN
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN

MOST_AT_ONCE = 10_000
"""Consents of one call; a longer list comes in several."""


@dataclass(frozen=True, slots=True)
class OneRecorded:
    """What became of one consent of a list: its id and recipient, or why it was left out."""

    recipient: str
    id: UUID | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a list of consents, in its order."""

    recorded: int
    refused: int
    results: list[OneRecorded]
    required: Term[str]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A withdrawal as it counts, and the clause it rests on: what the recipient may be told."""

    id: UUID
    recipient: str
    scope: str
    withdrawn_at: datetime
    required: Term[str]


@dataclass(frozen=True, slots=True)
class ConsentMode:
    """How an application treats consents, and how recipients who cannot answer it opt out."""

    application: ServiceId
    mode: str
    opt_out_route: str
    default: Term[str]


def unknown_party(ctx: Context, party: PartyId) -> Refusal | None:
    """Why a subscriber's register is not opened: there is none, or it is another customer's."""
    if ctx.actor.party in (None, party) and party_row(ctx, party) is not None:
        return None
    return Refusal("PARTY_UNKNOWN", (), {"party": party})


@operation("consents.record", permission="consents.write", customers=True, refusals=("PARTY_UNKNOWN",))
def record(
    ctx: Context, *, party: PartyId, consents: Annotated[list[ConsentGiven], Field(max_length=MOST_AT_ONCE)]
) -> Recorded | Refusal:
    """Put consents of recipients to a subscriber on record, many at once, each with an answer of its own (o2/8.1)."""
    refusal = unknown_party(ctx, party)
    if refusal is not None:
        return refusal
    shelf = shelf_of(ctx)
    required = shelf.sheet(ConsentRules, ctx.today).consent_required
    numbers = shelf.sheet(RecipientTerms, ctx.today)
    decided: list[ConsentGiven | Refusal] = []
    for one in consents:
        number = normalise_recipient(one.recipient, numbers)
        if number is None:
            decided.append(refuse("RECIPIENT_INVALID", required, figures={"recipient": one.recipient}))
        else:
            decided.append(refuse_consent(one, now=ctx.now, required=required) or one.to(number))
    ids = iter(add_consents(ctx, party, [one for one in decided if not isinstance(one, Refusal)]))
    results = [
        OneRecorded(given.recipient, None, one)
        if isinstance(one, Refusal)
        else OneRecorded(one.recipient, next(ids), None)
        for given, one in zip(consents, decided, strict=True)
    ]
    refused = sum(one.refusal is not None for one in results)
    return Recorded(len(results) - refused, refused, results, required)


@operation(
    "consents.withdraw",
    permission="consents.write",
    customers=True,
    refusals=("PARTY_UNKNOWN", "RECIPIENT_INVALID", "WITHDRAWAL_IN_FUTURE"),
)
def withdraw(
    ctx: Context,
    *,
    party: PartyId,
    recipient: str,
    channel: Literal["link", "api", "care_line"],
    scope: Scope = "commercial",
    at: datetime | None = None,
    source: str = "",
) -> Withdrawn | Refusal:
    """
    A recipient wants no more messages of a subscriber, from the instant it was said on: now, or before (o2/8.1).

    What waits in queues is cancelled before it would leave, and not paid.
    """
    refusal = unknown_party(ctx, party)
    if refusal is not None:
        return refusal
    shelf = shelf_of(ctx)
    required = shelf.sheet(ConsentRules, ctx.today).consent_required
    number = normalise_recipient(recipient, shelf.sheet(RecipientTerms, ctx.today))
    if number is None:
        return refuse("RECIPIENT_INVALID", required, figures={"recipient": recipient})
    if at is not None and at > ctx.now:
        return refuse("WITHDRAWAL_IN_FUTURE", required, figures={"at": at})
    said = Withdrawal(party, number, scope, at or ctx.now, channel, source)
    (made,) = add_withdrawals(ctx, [said])
    publish(ctx, kind="consent_withdrawn", key=f"party:{party}", body={"recipient": number, "scope": scope})
    return Withdrawn(made, number, scope, said.withdrawn_at, required)


@operation("consents.set_mode", permission="consents.decide", refusals=("SERVICE_UNKNOWN",))
def set_mode(
    ctx: Context, *, application: ServiceId, mode: Literal["attest", "enforce"], opt_out_route: str = ""
) -> ConsentMode | Refusal:
    """
    Let an application send only to recipients whose consent is on record, or let its subscriber vouch (o2/8.1).

    `opt_out_route` says how recipients opt out who cannot answer: those of messages with a nickname.
    """
    if application_of(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    set_consent_mode(ctx, application, mode=mode, opt_out_route=opt_out_route.strip())
    default = shelf_of(ctx).sheet(ConsentRules, ctx.today).default_consent_mode
    return ConsentMode(application, mode, opt_out_route.strip(), Term(default.name, str(default.value), default.ref))
