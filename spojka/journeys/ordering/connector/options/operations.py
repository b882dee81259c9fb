"""Options ordered on the care line, decided by a person where that is needed, and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from spojka.access.database.connections import Row
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.journeys.ordering.connector.operations import assessment_terms
from spojka.journeys.ordering.connector.options.checking import Asked, Checked, check
from spojka.journeys.ordering.connector.rules import assess, refuse_obligations, refuse_resale
from spojka.journeys.ordering.connector.store import obligations_of
from spojka.kernel.ids import PartyId, ServiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications import refusals as _words  # noqa: F401  # OPTION_UNKNOWN
from spojka.network.messaging.applications.options import Sold, last_day_end, refuse_offer, sold_as
from spojka.network.messaging.applications.queries import OptionView, option_view
from spojka.network.messaging.applications.resale.store import has_consent
from spojka.network.messaging.applications.store import (
    add_option,
    application_row,
    option_row,
    refuse_option,
    running_option,
    start_option,
    stop_option,
)
from spojka.network.messaging.applications.terms import OfferTerms
from spojka.network.messaging.recipients import RecipientTerms, normalise_recipient
from spojka.network.messaging.submission import refusals as _submission  # noqa: F401  # SERVICE_NOT_ACTIVE
from spojka.network.messaging.terms import Option, OptionTerms, PaceTerms
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.store import add_addon, end_addon_by_id, lock_service

PORTAL = "portal"
"""The channel of whoever acts for a customer."""
NICKNAME_REFUSALS = (
    "NICKNAME_EMPTY",
    "NICKNAME_DIACRITICS",
    "NICKNAME_BAD_CHARACTER",
    "NICKNAME_TOO_LONG",
    "NICKNAME_NUMERIC_ONLY",
    "NICKNAME_TAKEN",
    "NICKNAME_OFFENSIVE",
    "NICKNAME_UNLAWFUL",
    "NICKNAME_TRADEMARK",
)


@dataclass(frozen=True, slots=True)
class OptionOrdered:
    """
    An option that was asked for.

    Args:
        option: as it stands: `active`, or `checked` or `requested` while a person decides.
        assessment: what the subscriber owes and owed.
        channel: the clause that lets it be ordered there.

    """

    option: OptionView
    assessment: Finding[str]
    channel: Term[Literal["care_line"]]


def _shown(ctx: Context, option: UUID) -> OptionView:
    row = option_row(ctx, option)
    assert row is not None
    return option_view(row, ctx.now)


def _held(ctx: Context, option: UUID) -> Row | None:
    """An option as it stands while the service of its application is locked."""
    row = option_row(ctx, option)
    if row is None:
        return None
    lock_service(ctx, row["application_id"])
    return option_row(ctx, option)


def _running(ctx: Context, application: ServiceId) -> Row | Refusal:
    """An application that runs, its service locked: what is ordered for it comes one after another."""
    lock_service(ctx, application)
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    if row["state"] != "active":
        return Refusal("SERVICE_NOT_ACTIVE", (), {"state": row["state"]})
    return row


def _sold(ctx: Context, row: Row, asked: Asked) -> Sold | Refusal:
    shelf = shelf_of(ctx)
    offer, terms = shelf.sheet(OfferTerms, ctx.today), shelf.sheet(OptionTerms, ctx.today)
    return sold_as(asked.kind, product=row["product"], rate=asked.rate_per_s, offer=offer, terms=terms)


def _checked(ctx: Context, row: Row, asked: Asked, channel: str) -> tuple[Checked, Sold] | Refusal:
    shelf = shelf_of(ctx)
    refusal = refuse_offer(
        asked.kind,
        product=row["product"],
        channel=channel,
        care_phone=shelf.pack.raw["provider"]["support_phone"],
        terms=shelf.sheet(OptionTerms, ctx.today),
        pace=shelf.sheet(PaceTerms, ctx.today),
    )
    checked = refusal or check(ctx, row, asked)
    if isinstance(checked, Refusal):
        return checked
    sold = _sold(ctx, row, asked)
    return sold if isinstance(sold, Refusal) else (checked, sold)


@operation(
    "connector.order_option",
    permission="connector.options",
    customers=True,
    refusals=(
        "SERVICE_UNKNOWN",
        "SERVICE_TERMINATED",
        "SERVICE_NOT_ACTIVE",
        "TERMS_NOT_ATTACHED",
        "OPTION_NOT_AVAILABLE",
        "OPTION_ORDER_CHANNEL",
        "OUTSTANDING_OBLIGATIONS",
        "RESALE_NOT_PERMITTED",
        "PRICE_MISSING",
        "THROUGHPUT_NOT_ABOVE_BASE",
        "THROUGHPUT_ABOVE_MAXIMUM",
        *NICKNAME_REFUSALS,
    ),
)
def order_option(
    ctx: Context,
    *,
    application: ServiceId,
    kind: Option,
    rate_per_s: Decimal | None = None,
    nickname: str = "",
    channel: str = "care_line",
    caller: str = "",
    on_behalf_of: str = "",
    entitlement: str = "",
    override: str = "",
) -> OptionOrdered | Refusal:
    """
    Order an option for an application (o2/5.1): throughput and SLA run from now, a nickname waits for approval.

    A throughput takes the place of the one before. Ordering again what the application has answers with that.
    `override` says why staff pass over a debt or a word on a list; `entitlement` names the document that lets a
    protected name be used.
    """
    row = _running(ctx, application)
    if isinstance(row, Refusal):
        return row
    terms = assessment_terms(shelf_of(ctx), ctx)
    if isinstance(terms, Refusal):
        return terms
    asked = Asked(kind, rate_per_s if kind == "throughput" else None, nickname, entitlement, override)
    by = channel if ctx.actor.party is None else PORTAL
    found = _checked(ctx, row, asked, by)
    if isinstance(found, Refusal):
        return found
    party = PartyId(row["party_id"])
    owed = obligations_of(ctx, party)
    decision = assess(owed, terms)
    consent = has_consent(ctx, party, on_behalf_of)
    refusal = refuse_resale(on_behalf_of, has_consent=consent, terms=terms)
    refusal = refusal or (None if override.strip() else refuse_obligations(owed, decision))
    if refusal is not None:
        return refusal
    checked, sold = found
    option = checked.same or _requested(ctx, application, asked, checked, sold, decision, by, caller)
    return OptionOrdered(_shown(ctx, option), decision, shelf_of(ctx).sheet(OptionTerms, ctx.today).order_channel)


def _requested(  # noqa: PLR0917  # what is kept of an order
    ctx: Context,
    application: ServiceId,
    asked: Asked,
    checked: Checked,
    sold: Sold,
    decision: Finding[str],
    channel: str,
    caller: str,
) -> UUID:
    fee = sold.price.monthly_fee
    evidence: dict[str, Any] = {
        "price": {"item": sold.code, "monthly_fee": str(fee.value), "clause": fee.ref.id},
        "agent": ctx.actor.name,
        "assessment": decision.stored(),
        "entitlement": asked.entitlement.strip(),
        "override": asked.override.strip(),
    }
    past = decision.value == "by_person" and not asked.override.strip()
    option = uuid7()
    add_option(
        ctx,
        option=option,
        application=application,
        kind=asked.kind,
        value=checked.value,
        folded=checked.folded,
        state="requested" if past else "checked",
        channel=channel,
        caller=caller,
        evidence=evidence,
    )
    if past or checked.by_person:
        publish(ctx, kind="option_waits", key="work", body={"application": application, "option": option})
    else:
        _activate(ctx, application, option, kind=asked.kind, item=sold.code, reason="")
    return option


def _activate(ctx: Context, application: ServiceId, option: UUID, *, kind: str, item: str, reason: str) -> None:
    """The option runs and is charged from now; a throughput takes the place of the former (o2/5.1-a)."""
    former = running_option(ctx, application, kind) if kind == "throughput" else None
    if former is not None:
        stop_option(ctx, former["id"], at=ctx.now)
        end_addon_by_id(ctx, former["id"], on=ctx.today)
    start_option(ctx, option, reason=reason)
    add_addon(ctx, service=application, addon=item, id_=option)
    publish(ctx, kind="option_active", key=f"service:{application}", body={"option": option, "kind": kind})


@operation(
    "connector.decide_option",
    permission="connector.decide",
    refusals=("OPTION_UNKNOWN", "REASON_MISSING", "SERVICE_UNKNOWN", "SERVICE_TERMINATED", "SERVICE_NOT_ACTIVE"),
)
def decide_option(
    ctx: Context, *, option: UUID, decision: Literal["approve", "reject"], reason: str = ""
) -> OptionView | Refusal:
    """Approve an option that waits for a person, so that it runs from now, or reject it with a reason (o2/5.1, 8.5)."""
    known = _held(ctx, option)
    if known is None or known["state"] not in {"requested", "checked"}:
        return Refusal("OPTION_UNKNOWN", (), {"option": option})
    if decision == "reject":
        if not reason.strip():
            return Refusal("REASON_MISSING")
        refuse_option(ctx, option, reason=reason.strip())
        return _shown(ctx, option)
    row = _running(ctx, ServiceId(known["application_id"]))
    if isinstance(row, Refusal):
        return row
    item = known["evidence"]["price"]["item"]
    _activate(ctx, ServiceId(row["id"]), option, kind=known["kind"], item=item, reason=reason.strip())
    return _shown(ctx, option)


@operation(
    "connector.end_option",
    permission="connector.options",
    customers=True,
    refusals=("OPTION_UNKNOWN", "OPTION_ORDER_CHANNEL", "OPTION_END_IN_PAST"),
)
def end_option(
    ctx: Context, *, option: UUID, at: datetime | None = None, channel: str = "care_line"
) -> OptionView | Refusal:
    """End an active option now or at a later instant, by the channel it was ordered by (o2/5.1)."""
    known = _held(ctx, option)
    if known is None or option_view(known, ctx.now).state != "active":
        return Refusal("OPTION_UNKNOWN", (), {"option": option})
    row = application_row(ctx, known["application_id"])
    assert row is not None
    shelf = shelf_of(ctx)
    refusal = refuse_offer(
        known["kind"],
        product=row["product"],
        channel=channel if ctx.actor.party is None else PORTAL,
        care_phone=shelf.pack.raw["provider"]["support_phone"],
        terms=shelf.sheet(OptionTerms, ctx.today),
        pace=shelf.sheet(PaceTerms, ctx.today),
    )
    if refusal is not None:
        return refusal
    ends_at = ctx.now if at is None else at
    if ends_at < ctx.now:
        terms = shelf.sheet(OptionTerms, ctx.today)
        return Refusal("OPTION_END_IN_PAST", (terms.order_channel.ref.id,), {"at": ends_at})
    stop_option(ctx, option, at=ends_at)
    end_addon_by_id(ctx, option, on=last_day_end(ends_at))
    publish(ctx, kind="option_ends", key=f"service:{row['id']}", body={"option": option, "ends_at": ends_at})
    return _shown(ctx, option)


@dataclass(frozen=True, slots=True)
class CallbackAsked:
    """A call that was asked for: about which application and option, and to which number; `basis` is why."""

    application: ServiceId
    option: str
    wanted: str
    phone: str
    asked_at: datetime
    basis: Term[Literal["care_line"]]


@operation(
    "connector.ask_callback",
    permission="connector.use",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "CALLBACK_PHONE_INVALID"),
)
def ask_callback(
    ctx: Context,
    *,
    application: ServiceId,
    option: Option,
    phone: str,
    wanted: Annotated[str, Field(max_length=500)] = "",
) -> CallbackAsked | Refusal:
    """
    Ask the care line to call, because options are ordered and ended there alone (o2/5.1).

    Nothing is ordered by it; `wanted` says what: a nickname with its entitlement, a rate, an end.
    """
    if application_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    basis = shelf_of(ctx).sheet(OptionTerms, ctx.today).order_channel
    number = normalise_recipient(phone, shelf_of(ctx).sheet(RecipientTerms, ctx.today))
    if number is None:
        return refuse("CALLBACK_PHONE_INVALID", basis, figures={"phone": phone[:40]})
    body = {"application": application, "option": option, "wanted": wanted.strip(), "phone": number}
    publish(ctx, kind="callback_asked", key="work", body={**body, "by": ctx.actor.name})
    return CallbackAsked(application, option, wanted.strip(), number, ctx.now, basis)
