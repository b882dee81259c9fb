"""Applications as they stand: numbers, pace, options, limits; and those of them that are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ContractId, PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, start_of
from spojka.network.messaging.applications import refusals as _words  # noqa: F401  # the words of the codes
from spojka.network.messaging.applications.cards import read_cards
from spojka.network.messaging.applications.nicknames import fold
from spojka.network.messaging.applications.store import (
    application_row,
    application_rows,
    directory_rows,
    has_application,
    limit_rows,
    options_of,
    used_in,
)
from spojka.network.messaging.applications.terms import ApplicationTerms
from spojka.network.messaging.terms import DirectoryTerms, LimitTerms
from spojka.terms.clauses import Term
from spojka.trade.numbering.numbers import normalise
from spojka.trade.parties.rules import folded
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import holds
from spojka.trade.services.views import HoldView

MOST_LISTED = 1000
"""Entries of the directory that one answer holds."""


@dataclass(frozen=True, slots=True)
class OptionView:
    """
    An option of an application.

    Args:
        kind: `throughput`, `nickname` or `sla`.
        value: the total rate, the nickname as registered, or the edition of the SLA terms.
        state: `requested`, `checked`, `refused`, `active` or `ended`, as it is now.
        reason: why a person decided so.
        price: what it was sold at: the item, its monthly fee, its clause.
        entitlement: the document that lets a protected name be used, `""` without one.

    """

    id: UUID
    kind: str
    value: str
    state: str
    reason: str
    channel: str
    caller: str
    requested_at: datetime
    active_from: datetime | None
    active_to: datetime | None
    price: dict[str, str]
    entitlement: str


@dataclass(frozen=True, slots=True)
class ApplicationView:
    """
    An application as it stands.

    Args:
        state: `waiting`, `active`, `cancel_requested` or `ended`.
        base_rate_per_s: its product's pace.
        bought_rate_per_s: the pace that was bought, `None` without.
        rate_per_s: the pace now.
        guaranteed: the edition of the SLA terms that guarantees something, `""` when nothing is guaranteed.
        consent_mode: `attest`, the subscriber vouches, or `enforce`, nothing is sent without a consent on record.
        holds: why it is suspended, with the clauses; empty while it is not.
        documents: the editions of the contract.
        ends_at: when it ends, once its cancellation was asked for.

    """

    id: ServiceId
    name: str
    party: PartyId
    contract: ContractId
    contract_number: str
    product: str
    state: str
    app_number: str
    msisdn: str
    base_rate_per_s: Term[Decimal]
    bought_rate_per_s: Decimal | None
    rate_per_s: Decimal
    nicknames: list[str]
    guaranteed: str
    options: list[OptionView]
    consent_mode: str
    holds: list[HoldView]
    documents: list[str]
    activated_at: datetime | None
    ends_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class LimitView:
    """A limit now: of what period, what is used and left of it, and when it begins anew."""

    period: str
    limit: int
    used: int
    remaining: int
    resets_at: datetime


@dataclass(frozen=True, slots=True)
class LimitRequestView:
    """A limit that was asked for or set, and what came of it."""

    id: UUID
    period: str
    asked: int
    granted: int | None
    state: str
    reason: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    valid_from: datetime | None


@dataclass(frozen=True, slots=True)
class LimitsView:
    """Both limits of an application, and every request, newest first."""

    limits: list[LimitView]
    requests: list[LimitRequestView]
    periods: Term[list[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A published application: whose it is, its numbers and active nicknames, and nothing else (o2/8.7)."""

    name: str
    product: str
    app_number: str
    msisdn: str
    nicknames: list[str]


@dataclass(frozen=True, slots=True)
class Directory:
    """What is published of applications, by name; `fields` is the clause that lets it be, `None` without one."""

    entries: list[Entry]
    fields: Term[list[str]] | None


def option_view(row: Row, now: datetime) -> OptionView:
    """An option's row as a view at an instant."""
    over = row["active_to"] is not None and row["active_to"] <= now
    return OptionView(
        row["id"],
        row["kind"],
        row["value"],
        "ended" if over else row["state"],
        row["reason"],
        row["channel"],
        row["caller"],
        row["requested_at"],
        row["active_from"],
        row["active_to"],
        row["evidence"].get("price", {}),
        row["evidence"].get("entitlement", ""),
    )


def application_views(ctx: Context, rows: Sequence[Row]) -> list[ApplicationView]:
    """Applications as views, with one query for all their options."""
    terms = shelf_of(ctx).sheet(ApplicationTerms, ctx.today)
    options: dict[UUID, list[OptionView]] = {}
    for row in options_of(ctx, [row["id"] for row in rows]):
        options.setdefault(row["application_id"], []).append(option_view(row, ctx.now))
    held: dict[UUID, list[HoldView]] = {}
    for row in holds(ctx, [row["id"] for row in rows]) if rows else ():
        if row["released_at"] is None:
            shown = HoldView(row["reason"], row["scope"], row["clauses"], row["held_at"], row["planned_until"])
            held.setdefault(row["service_id"], []).append(shown)
    return [_view(row, terms, options.get(row["id"], []), held.get(row["id"], [])) for row in rows]


def _view(row: Row, terms: ApplicationTerms, options: list[OptionView], held: list[HoldView]) -> ApplicationView:
    active = [one for one in options if one.state == "active"]
    bought = next((Decimal(one.value) for one in active if one.kind == "throughput"), None)
    base = terms.throughput[row["product"]].base_per_s
    leaving = row["state"] == "active" and row["ends_at"] is not None
    return ApplicationView(
        id=row["id"],
        name=row["name"],
        party=row["party_id"],
        contract=row["contract_id"],
        contract_number=row["contract_number"],
        product=row["product"],
        state="cancel_requested" if leaving else row["state"],
        app_number=row["app_number"],
        msisdn=row["msisdn"],
        base_rate_per_s=base,
        bought_rate_per_s=bought,
        rate_per_s=bought or base.value,
        nicknames=[one.value for one in active if one.kind == "nickname"],
        guaranteed=next((one.value for one in active if one.kind == "sla"), ""),
        options=options,
        consent_mode=row["consent_mode"],
        holds=held,
        documents=row["editions"],
        activated_at=row["activated_at"],
        ends_at=row["ends_at"],
        ended_at=row["ended_at"],
    )


@query("connector.applications", permission="connector.read", customers=True)
def applications(ctx: Context, *, party: PartyId | None = None) -> list[ApplicationView]:
    """The applications of a subscriber, or of all, oldest first; a customer sees its own."""
    return application_views(ctx, application_rows(ctx, party))


@query("connector.any", permission="connector.read", customers=True)
def any_application(ctx: Context) -> bool:
    """Whether the customer has an application; for staff, whether anybody has."""
    return has_application(ctx, ctx.actor.party)


@query("connector.application", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def application_shown(ctx: Context, *, application: ServiceId) -> ApplicationView | Refusal:
    """One application: its numbers, pace, options and documents."""
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    return application_views(ctx, [row])[0]


@query("connector.limits", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def limits(ctx: Context, *, application: ServiceId) -> LimitsView | Refusal:
    """The limits of an application today and this month, what is used and left, and every request (o2/3.3)."""
    if application_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    (card,) = read_cards(ctx, [application], {})
    month = Period.containing(ctx.today)
    shown = []
    for period, limit, first_on, next_on in (
        ("day", card.day_limit, ctx.today, ctx.today + timedelta(days=1)),
        ("month", card.month_limit, month.starts_on, month.ends_on),
    ):
        used = used_in(ctx, application, period=period, period_on=first_on)
        shown.append(LimitView(period, limit, used, max(limit - used, 0), start_of(next_on)))
    requests = [
        LimitRequestView(
            row["id"],
            row["period"],
            row["asked"],
            row["granted"],
            row["state"],
            row["reason"],
            row["asked_by"],
            row["asked_at"],
            row["decided_by"],
            row["valid_from"],
        )
        for row in limit_rows(ctx, application)
    ]
    return LimitsView(shown, requests, shelf_of(ctx).sheet(LimitTerms, ctx.today).limit_periods)


@query("connector.has_directory", permission="connector.directory", customers=True)
def has_directory(ctx: Context) -> bool:
    """Whether the terms in force let applications be published (o2/8.7)."""
    return "directory_products" in shelf_of(ctx).bound(ctx.today)


@query("connector.directory", permission="connector.directory", customers=True)
def directory(ctx: Context, *, search: str = "") -> Directory:
    """
    The published list of applications: by number in any written form, by nickname, or by a part of the name (o2/8.7).

    Only products whose subscribers agreed are in it; suspended ones stay as long as their contract lasts.
    """
    if not has_directory(ctx):
        return Directory([], None)
    terms = shelf_of(ctx).sheet(DirectoryTerms, ctx.today)
    rows = directory_rows(
        ctx,
        products=terms.directory_products.value,
        word=folded(search),
        number=normalise(search),
        nickname=fold(search.strip()),
        most=MOST_LISTED,
    )
    return Directory([Entry(**row) for row in rows], terms.directory_fields)
