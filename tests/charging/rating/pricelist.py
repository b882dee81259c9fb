"""A small price list after nej's rules, and one service rated by the rule and by the kernel at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from spojka.charging.rating import rules
from spojka.charging.rating.roster import plain_roster
from spojka.charging.rating.states import state_of
from spojka.charging.rating.tables import compile_book
from spojka.charging.rating.terms import Account, After, Control, Counter, Kind, RateBook, RateRow, Slot, Use
from spojka.charging.rating.walks import rate_events

from .worlds import columns, read_back

MB = 1024 * 1024
AT = int(datetime(2026, 6, 10, tzinfo=UTC).timestamp()) * 1_000_000
SLOTS = (
    *(Slot(name) for name in ("own", "other", "fixed", "all", "own_sms", "other_sms")),
    *(Slot(name, volume=True) for name in ("basic", "carried", "purchased")),
    Slot("eu_cap"),
)
VOLUME = ("basic", "carried", "purchased")
HOME = {"own": ("own", "all"), "mobile": ("other", "all"), "fixed": ("fixed", "all")}


def crowns(amount: str) -> int:
    """Crowns in micros, exactly: "2.5417" is 2541700."""
    whole, _, part = amount.partition(".")
    return int(whole) * 1_000_000 + int(part.ljust(6, "0"))


def call_row(dest_class: str, zone: str, price: str, slots: tuple[str, ...] = (), kind: Kind = Kind.VOICE) -> RateRow:
    """A call, 60+1, at most 4200 s; counted as misuse unless special or free."""
    return RateRow(
        "tariff",
        kind,
        dest_class,
        zone,
        crowns(price),
        unit_size=60,
        first_block=60,
        slots=slots,
        counter="seconds" if dest_class in HOME and zone in ("cz", "eu") else None,
        max_quantity=4200,
    )


def sms_row(dest_class: str, zone: str, price: str, slots: tuple[str, ...] = ()) -> RateRow:
    """A text message, by parts."""
    return RateRow("tariff", Kind.SMS, dest_class, zone, crowns(price), slots=slots, counter="parts")


def data_row(zone: str, price: str | None, slots: tuple[str, ...] = (), *, after: After = After.PRICE) -> RateRow:
    """Data: buckets to the byte, then by started kB under the roaming limit."""
    return RateRow(
        "tariff",
        Kind.DATA,
        "internet",
        zone,
        None if price is None else crowns(price),
        unit_size=MB,
        price_step=1024,
        slots=slots,
        after=after,
        limited=True,
    )


def price_list(*, call: str = "3.00", home_data: RateRow | None = None, eu_data: RateRow | None = None) -> RateBook:
    """Calls and messages at home, in the EU zone and in the world, special and emergency numbers, and data."""
    rows = [call_row(name, "cz", call, slots) for name, slots in HOME.items()]
    rows += [call_row(name, "cz", call, slots, Kind.VIDEO) for name, slots in HOME.items()]
    rows += [call_row(name, "eu", "3.00", ("other", "all")) for name in HOME]
    rows += [call_row(name, "world", "30.00") for name in HOME]
    rows += [call_row("special", "cz", "5.40"), call_row("emergency", "cz", "0")]
    rows += [sms_row("own", "cz", "2.00", ("own_sms",)), sms_row("mobile", "cz", "2.00", ("other_sms",))]
    rows += [sms_row("own", "eu", "2.00", ("other_sms",))]
    rows += [home_data or data_row("cz", None, VOLUME), eu_data or data_row("eu", "2.00", VOLUME)]
    rows += [data_row("world", "100.00"), data_row("island", "121.00"), data_row("void", None)]
    return RateBook(
        rows=tuple(rows),
        slots=SLOTS,
        counters=(Counter("seconds", 600_000), Counter("parts", 10_000)),
        limit_micros=crowns("1600"),
    )


class Phone:
    """One service, rated event by event by the rule and by the kernel, which must agree."""

    def __init__(self, book: RateBook, **granted: int) -> None:
        self.book = book
        self.account: Account = rules.open_account(book, granted)
        self.ratings: list[rules.Rating] = []

    def use(self, kind: Kind, dest_class: str, quantity: int, *, zone: str = "cz") -> rules.Rating:
        """Rate one record."""
        return self._walk(Use(kind, self.book.dest_class(dest_class), self.book.zone(zone), AT, quantity))

    def call(self, quantity: int, dest_class: str = "mobile", *, zone: str = "cz") -> rules.Rating:
        """Rate one call."""
        return self.use(Kind.VOICE, dest_class, quantity, zone=zone)

    def data(self, quantity: int, *, zone: str = "cz") -> rules.Rating:
        """Rate one data session."""
        return self.use(Kind.DATA, "internet", quantity, zone=zone)

    def control(self, code: Control, slot: str | None = None, quantity: int = 0) -> rules.Rating:
        """Carry out one control event."""
        return self._walk(Use(code, 0 if slot is None else self.book.slot(slot), 0, AT, quantity))

    def left(self, slot: str) -> int:
        """What a pool holds."""
        return self.account.left[self.book.slot(slot)]

    def lived(self, **changes: object) -> Phone:
        """The same service with some of its past put in."""
        self.account = replace(self.account, **changes)
        return self

    def _walk(self, use: Use) -> rules.Rating:
        state = state_of(self.book, [self.account])
        roster = plain_roster(["phone"], np.zeros(1, np.int64))
        out = rate_events(columns([(0, use)]), compile_book(self.book), roster, state)
        rating, self.account = rules.decide(use, "tariff", self.account, self.book)
        assert read_back(out, self.book) == [rating]
        assert state.account(0) == self.account
        self.ratings.append(rating)
        return rating


def marks(rating: rules.Rating) -> list[tuple[object, ...]]:
    """A rating's marks as plain tuples."""
    return [(mark.code, mark.a, mark.b, mark.c) for mark in rating.marks]
