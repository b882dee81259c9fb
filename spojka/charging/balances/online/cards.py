"""
What online charging knows of a service: how it stands, what entitles it, which rates hold; kept until it changes.

Two marks say whether anything changed: of what entitles (tariffs, add-ons, bought volumes, switches of the roaming
limit, the editions), and of how it stands (the rest). They are read at most once a second for a service, in one query
for all services of a batch; a mark is made of the versions of rows, so no change escapes it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.operations.context import Context
from spojka.charging.balances.online.basis import Basis, is_specialised
from spojka.charging.balances.online.sessions import Use, Wanted
from spojka.charging.balances.rules import Limit
from spojka.charging.balances.spending import limits_of
from spojka.charging.rating.book import Plan, PricedBook, build_book
from spojka.charging.rating.entitlements import ROAMING_LIMIT, Holding, plan_at
from spojka.charging.rating.holdings import holdings
from spojka.charging.rating.rows import SPECIALISED, premium_class
from spojka.charging.rating.terms import Kind as KindCode
from spojka.charging.rating.terms import RateBook
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, day_of
from spojka.trade.services.rules import ALWAYS_OPEN, Attempt, Standing, refuse_use
from spojka.trade.services.views import ServiceView, views

FRESH_NS: Final = 1_000_000_000
"""A card is used so long without asking whether it still holds."""

MOST_BOOKS: Final = 512
"""Books kept at most; there are few combinations of tariffs within one period."""
MOST_CARDS: Final = 50_000
"""Cards kept at most, three kilobytes each."""


def _versions(table: str, where: str = "") -> str:
    """SQL of a text that changes whenever a service's rows of a table do."""
    return (
        f"(SELECT concat(count(*), '/', sum(x.xmin::text::bigint)) FROM {table} x"  # noqa: S608  # our own names
        f" WHERE x.tenant_id = s.tenant_id AND x.service_id = s.id{where})"
    )


_ENTITLED: Final = (
    _versions("service_tariff"),
    _versions("service_addon"),
    _versions("service_switch", f" AND x.feature = '{ROAMING_LIMIT}'"),
    _versions("balance_grant"),
)
_STANDS: Final = (
    _versions("service_hold"),
    _versions("service_switch"),
    _versions("spending_limit"),
    _versions("spending_advance"),
)
_MARKS: Final = (
    f"SELECT s.id, concat_ws(' ', s.activated_at, s.ended_at, {', '.join(_ENTITLED)}) AS entitled,"  # noqa: S608
    f" concat_ws(' ', s.xmin, {', '.join(_STANDS)}) AS stands"
    " FROM service s WHERE s.tenant_id = %s AND s.id = ANY(%s::uuid[])"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """The two marks of a service; see the module."""

    entitled: str
    stands: str


def marks_of(ctx: Context, digest: str, services: Sequence[UUID]) -> dict[UUID, Marks]:
    """The marks of services; the digest names the editions."""
    rows = ctx.db.execute(_MARKS, [ctx.tenant, arrays.of_ids(services)]).fetchall()
    return {row["id"]: Marks(f"{digest} {row['entitled']}", row["stands"]) for row in rows}


@dataclass(frozen=True)
class Card:
    """
    One service in one period.

    Args:
        service: its id.
        msisdn: its number.
        marks: what it was read with.
        on: the day it was read for.
        standing: how it stands; `None` when it has no tariff.
        holding: what entitles it in the period; `None` when it does not run then.
        limits: spending limits.
        classes: destination classes of the number plan.
        books: rate books met so far by their premium class; `""` is the one without.

    """

    service: UUID
    msisdn: str
    marks: Marks
    on: date
    standing: Standing | None
    holding: Holding | None
    limits: tuple[Limit, ...]
    classes: tuple[str, ...]
    books: dict[str, KeyedBook] = field(default_factory=dict)

    @property
    def book(self) -> KeyedBook | None:
        """The rate book of the service's tariffs in the period, or none when it does not run then."""
        return None if self.holding is None else self._book(self.holding, "")

    def _book(self, holding: Holding, premium: str) -> KeyedBook:
        found = self.books.get(premium)
        if found is None:
            plans = tuple(plan for _, plan in holding.tariffs)
            found = self.books[premium] = keyed_book(plans, self.classes, premium)
        return found

    def plan_at(self, at: datetime) -> Plan | None:
        """The plan at an instant, or none before activation and after the end."""
        holding = self.holding
        if holding is None or at < holding.activated_at or (holding.ended_at is not None and at >= holding.ended_at):
            return None
        return plan_at(holding, day_of(at))

    def refuse(self, wanted: Wanted, use: Use, basis: Basis) -> Refusal | None:
        """Why the service may not be used so now, or `None`; nothing closes emergency and harmonised numbers."""
        standing = self.standing or Standing("ended", {}, {}, basis.service_terms.roaming_in_basic_service)
        if wanted.direction == "mt":
            standing = replace(standing, holds={scope: why for scope, why in standing.holds.items() if scope == "both"})
        attempt = Attempt(
            wanted.kind,
            "" if wanted.kind == "data" else use.dest_class,
            wanted.visited,
            in_eu=basis.in_eu(wanted.visited),
            access=wanted.access,
        )
        return refuse_use(attempt, standing, basis.service_terms)

    def rate_row(self, use: Use, at: datetime) -> tuple[KeyedBook, int] | None:
        """The book and the row that rate a use at an instant; `None` when there is none."""
        plan = self.plan_at(at)
        if plan is None or self.holding is None:
            return None
        premium, name = "", SPECIALISED if is_specialised(use) else use.dest_class
        if use.price_per is not None and use.price_micros is not None:
            premium = name = premium_class(use.price_per, use.price_micros)
        book = self._book(self.holding, premium)
        row = book.rows.get((plan.name, KindCode[use.kind.upper()], name, use.zone))
        return None if row is None else (book, row)


@dataclass(frozen=True, slots=True)
class PlacedBook(RateBook):
    """A rate book that finds slots and counters by name at once, for whoever looks them up one record at a time."""

    places: dict[str, int] = field(init=False, repr=False, compare=False)
    counter_places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        RateBook.__post_init__(self)
        object.__setattr__(self, "places", {slot.name: place for place, slot in enumerate(self.slots)})
        object.__setattr__(self, "counter_places", {one.name: place for place, one in enumerate(self.counters)})

    def slot(self, name: str) -> int:
        """The code of a slot; `KeyError` for an unknown one."""
        return self.places[name]

    def counter(self, name: str) -> int:
        """The code of a counter; `KeyError` for an unknown one."""
        return self.counter_places[name]


@dataclass(frozen=True)
class KeyedBook:
    """
    A rate book to look things up in one by one.

    Args:
        priced: the book with its sources.
        book: the same book with its slots and counters by name.
        rows: codes of its rows by key.
        slots: names of its slots, in order.

    """

    priced: PricedBook
    book: RateBook
    rows: Mapping[tuple[str, KindCode, str, str], int]
    slots: tuple[str, ...]


_books: Final[dict[Hashable, KeyedBook]] = {}


def keyed_book(plans: tuple[Plan, ...], classes: tuple[str, ...], premium: str) -> KeyedBook:
    """The book of some plans, with one premium class beside the number plan's; each is made once."""
    key = (tuple((plan.name, plan.bound) for plan in plans), classes, premium)
    found = _books.get(key)
    if found is None:
        if len(_books) > MOST_BOOKS:
            _books.clear()
        priced = build_book(plans, (*classes, premium) if premium else classes)
        made = priced.book
        book = PlacedBook(
            made.rows,
            made.dest_classes,
            made.zones,
            made.slots,
            made.counters,
            made.limit_micros,
            made.thresholds_pct,
            made.quantum_micros,
        )
        rows = {row.key: code for code, row in enumerate(made.rows)}
        found = _books[key] = KeyedBook(priced, book, rows, tuple(slot.name for slot in made.slots))
    return found


def always_open(use: Use) -> bool:
    """Whether nothing may stop a use: emergency and harmonised numbers (nej/3.7)."""
    return use.dest_class in ALWAYS_OPEN


class Cards:
    """The cards of a tenant's services, kept by one process, or for one call."""

    def __init__(self) -> None:
        self._cards: dict[tuple[UUID, date], Card] = {}
        self._checked_ns: dict[tuple[UUID, date], int] = {}
        self._by_number: dict[str, UUID] = {}

    def resolve(self, ctx: Context, numbers: Iterable[str]) -> dict[str, UUID]:
        """Services by MSISDN or IMSI: the one that runs, else the one that ran last."""
        wanted = set(numbers)
        unknown = [number for number in wanted if number not in self._by_number]
        if unknown:
            for row in ctx.db.execute(_RESOLVE, {"t": ctx.tenant, "n": unknown}).fetchall():
                self._by_number[row["number"]] = row["id"]
        return {number: self._by_number[number] for number in wanted if number in self._by_number}

    def fresh(self, ctx: Context, basis: Basis, keys: Iterable[tuple[UUID, date]], now_ns: int) -> dict[Any, Card]:
        """Cards of services in the periods that begin on some days, none older than a second; unknown ones left out."""
        wanted = set(keys)
        if len(self._cards) > MOST_CARDS:
            self._cards.clear()
            self._checked_ns.clear()
        old = [key for key in wanted if not self._holds(key, basis, now_ns)]
        if old:
            self._check(ctx, basis, old, now_ns)
        return {key: self._cards[key] for key in wanted if key in self._cards}

    def _holds(self, key: tuple[UUID, date], basis: Basis, now_ns: int) -> bool:
        card = self._cards.get(key)
        return card is not None and card.on == basis.on and now_ns - self._checked_ns[key] < FRESH_NS

    def _check(self, ctx: Context, basis: Basis, keys: Sequence[tuple[UUID, date]], now_ns: int) -> None:
        """Ask for the marks of services, and read those again that changed."""
        marks = marks_of(ctx, basis.digest, sorted({service for service, _ in keys}))
        changed: dict[date, list[UUID]] = {}
        for service, day in keys:
            known, mark = self._cards.get((service, day)), marks.get(service)
            if mark is None:
                continue
            self._checked_ns[service, day] = now_ns
            if known is None or known.marks != mark or known.on != basis.on:
                changed.setdefault(day, []).append(service)
        for day, ids in changed.items():
            for card in read_cards(ctx, basis, Period.containing(day), {one: marks[one] for one in ids}):
                self._cards[card.service, day] = card
                if card.standing is None or card.standing.state == "ended":
                    self._by_number = {key: one for key, one in self._by_number.items() if one != card.service}


_RESOLVE: Final = """
SELECT DISTINCT ON (n.number) n.number, s.id FROM unnest(%(n)s::text[]) AS n(number)
JOIN LATERAL (
    SELECT id, state, activated_at FROM service WHERE tenant_id = %(t)s AND msisdn = n.number
    UNION ALL SELECT s.id, s.state, s.activated_at FROM sim m JOIN service s ON s.tenant_id = m.tenant_id
        AND s.id = m.service_id WHERE m.tenant_id = %(t)s AND m.imsi = n.number
) AS s ON true ORDER BY n.number, (s.state = 'ended'), s.activated_at DESC NULLS LAST
"""


def read_cards(ctx: Context, basis: Basis, period: Period, marks: Mapping[UUID, Marks]) -> Iterator[Card]:
    """Cards of some services in a period, with one query a table."""
    services = list(marks)
    rows = ctx.db.execute(
        "SELECT * FROM service WHERE tenant_id = %s AND id = ANY(%s)", [ctx.tenant, services]
    ).fetchall()
    held = {UUID(one.service): one for one in holdings(ctx, period, [str(one) for one in services]) if one.tariffs}
    limits = limits_of(ctx, services, period)
    for view in views(ctx, rows):
        holding = held.get(view.id)
        yield Card(
            service=view.id,
            msisdn=view.msisdn,
            marks=marks[view.id],
            on=basis.on,
            standing=_standing(view, holding, basis.on),
            holding=holding,
            limits=tuple(limits.get(view.id, ())),
            classes=basis.plan.dest_classes,
        )


def _standing(view: ServiceView, holding: Holding | None, on: date) -> Standing | None:
    """How a service stands, or none when no tariff runs on a day."""
    plan = plan_at(holding, on) if holding is not None else None
    if plan is None:
        return None
    included = plan.catalogue.tariff[plan.tariff].roaming_eu_included
    return Standing(view.state, {hold.scope: hold.reason for hold in view.holds}, view.switches, included)
