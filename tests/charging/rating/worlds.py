"""Whole random worlds for rating: a book, services under tariffs, accounts, and a stream of events in time order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

import numpy as np

from spojka.charging.rating import rules
from spojka.charging.rating.kernel import Events
from spojka.charging.rating.roster import Roster, Segment, build_roster, micros
from spojka.charging.rating.states import State, state_of
from spojka.charging.rating.tables import compile_book
from spojka.charging.rating.terms import (
    UNLIMITED,
    Account,
    After,
    Control,
    Counter,
    Kind,
    RateBook,
    RateRow,
    Slot,
    Use,
)
from spojka.charging.rating.walks import Rated, events_of, rate_events

START = datetime(2026, 6, 1, tzinfo=UTC)
SLOTS = (Slot("own"), Slot("other"), Slot("all"), Slot("basic", volume=True), Slot("carried", volume=True),
         Slot("bought", volume=True), Slot("eu_cap"))  # fmt: skip
TARIFFS, CLASSES, ZONES = ("small", "large", "old"), ("own", "other", "premium"), ("cz", "eu", "world")


@dataclass
class World:
    """Everything two raters need to be compared."""

    book: RateBook
    segments: list[Segment]
    accounts: list[Account]
    events: list[tuple[int, Use]]

    @property
    def roster(self) -> Roster:
        return build_roster(self.segments, self.book)


def make_world(random: Random, events: int) -> World:
    """A world drawn at random: small pools and odd prices, so that every boundary is met often."""
    book = RateBook(
        rows=tuple(row for tariff in TARIFFS for row in _rows(random, tariff)),
        dest_classes=CLASSES,
        zones=ZONES,
        slots=SLOTS,
        counters=(Counter("seconds", random.randint(0, 2000)), Counter("parts", random.randint(0, 30))),
        limit_micros=random.choice([0, 1000, 7_000_000, 16_000_000]),
        thresholds_pct=random.choice([(80, 100), (), (50,), (1, 99, 100)]),
        quantum_micros=random.choice([1, 100, 1000]) if random.random() < 0.5 else 100,
    )
    services = random.randint(1, 6)
    segments = [segment for service in range(services) for segment in _segments(random, f"s{service}")]
    names = {segment.service for segment in segments}
    accounts = [_account(random, book) for _ in names]
    instants = sorted(random.randint(-5, 30 * 86400) for _ in range(events))
    stream = [(random.randint(-1, len(names)), _use(random, micros(START) + at * 1_000_000)) for at in instants]
    return World(book, segments, accounts, stream)


def _rows(random: Random, tariff: str) -> list[RateRow]:
    return [
        _row(random, tariff, kind, dest_class, zone)
        for kind in Kind
        for dest_class in CLASSES
        for zone in ZONES
        if random.random() < 0.9
    ]


def _row(random: Random, tariff: str, kind: Kind, dest_class: str, zone: str) -> RateRow:
    data = kind is Kind.DATA
    step = random.choice([1, 1, 7, 10])
    unit = step * random.choice([1, 3, 6, 60])
    pools = ["basic", "carried", "bought"] if data else ["own", "other", "all"]
    return RateRow(
        tariff,
        kind,
        dest_class,
        zone,
        price_micros=random.choice([None, 0, 1, 333, 2_500_000, 3_000_000, random.randint(1, 10**7)]),
        unit_size=unit,
        price_step=step,
        first_block=random.choice([1, 60, random.randint(1, 100)]),
        next_block=random.choice([1, 1, 60, random.randint(1, 30)]),
        slots=tuple(random.sample(pools, random.randint(0, 3))),
        cap="eu_cap" if random.random() < 0.15 else None,
        after=random.choice([After.PRICE, After.PRICE, After.INTERRUPT, After.THROTTLE]),
        limited=random.random() < 0.4,
        counter=random.choice([None, "seconds", "parts"]),
        max_quantity=random.choice([200, 5000, 2**26] if data else [200, 5000]),
    )


def _segments(random: Random, service: str) -> list[Segment]:
    marks = sorted(random.sample(range(-10, 40), random.choice([2, 2, 4, 6])))
    days = [START + timedelta(days=mark) for mark in marks]
    pairs = [(days[i], days[i + 1]) for i in range(len(days) - 1) if i == 0 or random.random() < 0.8]
    spans = [(service, random.choice(TARIFFS), *pair) for pair in pairs]
    if random.random() < 0.4:
        spans.append((service, random.choice(TARIFFS), days[-1], None))
    return [Segment(*span) for span in spans]


def _account(random: Random, book: RateBook) -> Account:
    granted = {
        slot.name: random.choice([0, random.randint(0, 200), random.randint(0, 3000), UNLIMITED])
        for slot in book.slots
        if random.random() < 0.7
    }
    return rules.open_account(book, granted, limit_active=random.random() < 0.8)


def _use(random: Random, at_micros: int) -> Use:
    roll = random.random()
    if roll < 0.08:
        code = random.choice([*Control, 133, 255])
        quantity = random.choice([0, 10, 500, UNLIMITED, -2, 2**50])
        return Use(code, random.randint(0, len(SLOTS)), 0, at_micros, quantity)
    quantity = random.choice([0, 1, 59, 60, 61, random.randint(0, 200), random.randint(0, 5001), -1])
    if random.random() < 0.1:
        quantity = random.choice([2**21 - 1, 2**21, 2**21 + 1, random.randint(0, 2**26)])
    odd = random.random() < 0.01
    return Use(
        random.randint(0, 6 if odd else len(Kind) - 1),
        random.randint(0, 5 if odd else len(CLASSES) - 1),
        random.randint(0, 5 if odd else len(ZONES) - 1),
        at_micros,
        quantity,
    )


def tariff_at(segments: list[Segment], at_micros: int) -> str | None:
    """The tariff in force at an instant, looked up the slow way."""
    for segment in segments:
        end = segment.valid_to
        if micros(segment.valid_from) <= at_micros and (end is None or at_micros < micros(end)):
            return segment.tariff
    return None


def by_rule(world: World) -> tuple[list[rules.Rating], list[Account]]:
    """The world rated record by record by the readable rule."""
    own: dict[int, list[Segment]] = {}
    numbers = {name: number for number, name in enumerate(world.roster.services)}
    for segment in world.segments:
        own.setdefault(numbers[segment.service], []).append(segment)
    accounts, ratings = list(world.accounts), []
    for service, use in world.events:
        if 0 <= service < len(accounts):
            tariff = tariff_at(own[service], use.at_micros)
            rating, accounts[service] = rules.decide(use, tariff, accounts[service], world.book)
        else:
            rating = rules.unrated(rules.Unrated.SERVICE, service)
        ratings.append(rating)
    return ratings, accounts


def columns(events: list[tuple[int, Use]]) -> Events:
    """A stream of events as the kernel takes it."""
    return events_of(
        {
            "service": np.array([service for service, _ in events], np.int64),
            "kind": np.array([use.kind for _, use in events], np.int64),
            "class": np.array([use.dest_class for _, use in events], np.int64),
            "zone": np.array([use.zone for _, use in events], np.int64),
            "at": np.array([use.at_micros for _, use in events], np.int64),
            "quantity": np.array([use.quantity for _, use in events], np.int64),
        }
    )


def by_kernel(world: World, *, parts: int = 1) -> tuple[list[rules.Rating], list[Account]]:
    """The world rated by the kernel, the stream cut into parts, with as few places for marks as it allows."""
    tables, roster = compile_book(world.book), world.roster
    state = state_of(world.book, world.accounts)
    ratings: list[rules.Rating] = []
    size = -(-len(world.events) // parts) or 1
    for start in range(0, len(world.events), size):
        part = world.events[start : start + size]
        ratings += read_back(rate_events(columns(part), tables, roster, state, marks_at_once=1), world.book)
    accounts = accounts_of(state)
    assert np.array_equal(state.ledger, state_of(world.book, accounts).ledger)
    return ratings, accounts


def accounts_of(state: State) -> list[Account]:
    """Every row of a state."""
    return [state.account(service) for service in range(len(state.ledger))]


def read_back(out: Rated, book: RateBook) -> list[rules.Rating]:
    """The kernel's columns as the rule's ratings."""
    by_event: dict[int, list[rules.Mark]] = {}
    for event, code, a, b, c in out.marks.tolist():
        by_event.setdefault(event, []).append(rules.Mark(rules.MarkCode(code), a, b, c))
    ratings = []
    for i, row in enumerate(out.rate_row.tolist()):
        depth = len(book.rows[row].slots) if row >= 0 else 0
        assert not out.taken[depth:, i].any()
        assert not out.left[depth:, i].any()
        ratings.append(
            rules.Rating(
                row,
                int(out.billed[i]),
                int(out.paid[i]),
                int(out.charge_micros[i]),
                tuple(out.taken[:depth, i].tolist()),
                tuple(out.left[:depth, i].tolist()),
                tuple(by_event.get(i, ())),
            )
        )
    return ratings
