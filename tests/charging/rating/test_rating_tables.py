"""Books, rosters and states: what is refused, and that nothing can leave int64."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from spojka.charging.rating import grants, rules
from spojka.charging.rating.roster import RosterError, Segment, build_roster, micros, plain_roster
from spojka.charging.rating.rules import open_account, rate
from spojka.charging.rating.states import fresh_state, state_of
from spojka.charging.rating.tables import compile_book
from spojka.charging.rating.terms import (
    MOST_CHARGE_MICROS,
    MOST_GRANTED,
    MOST_LIMIT_MICROS,
    MOST_METER,
    MOST_PRICE_MICROS,
    UNLIMITED,
    Counter,
    Kind,
    MarkCode,
    RateBook,
    RateBookError,
    RateRow,
    Slot,
    Unrated,
    Use,
)
from spojka.charging.rating.walks import events_of, rate_events

from .pricelist import MB, Phone, marks, price_list

ROW = RateRow("tariff", Kind.VOICE, "mobile", "cz", 3_000_000, unit_size=60)
JUNE = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"price_micros": -1}, "price_micros -1 is not within"),
        ({"price_micros": MOST_PRICE_MICROS + 1}, "is not within"),
        ({"price_micros": 2**37}, "could cost more than"),
        ({"price_step": 7}, "unit_size 60 is not a multiple of price_step 7"),
        ({"first_block": 0}, "is not within 1 and"),
        ({"next_block": 2**20 + 1}, "is not within 1 and"),
        ({"max_quantity": 2**20 + 1}, "max_quantity 1048577 is not within"),
        ({"max_quantity": 0}, "max_quantity 0 is not within"),
        ({"slots": ("all", "all")}, "a slot stands twice"),
        ({"slots": ("all",), "cap": "all"}, "a slot stands twice"),
        ({"slots": ("none",)}, "unknown slot or counter ['none']"),
        ({"counter": "none"}, "unknown slot or counter ['none']"),
    ],
)
def test_a_row_that_could_not_be_executed_exactly_is_refused(change, fault):
    with pytest.raises(RateBookError) as refused:
        RateBook((replace(ROW, **change),), slots=(Slot("all"),))

    assert fault in str(refused.value)
    assert "tariff/voice/mobile/cz" in str(refused.value)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"rows": (ROW, ROW)}, "two rows for tariff/voice/mobile/cz"),
        ({"dest_classes": ("fixed",)}, "class or zone is not in the book's vocabulary"),
        ({"slots": (Slot("all"), Slot("all"))}, "named twice"),
        ({"counters": (Counter("seconds", MOST_METER + 1),)}, "threshold is not within"),
        ({"limit_micros": 150}, "limit_micros 150 is not a multiple of the quantum"),
        ({"limit_micros": 2**42 + 4}, "is not a multiple of the quantum up to"),
        ({"quantum_micros": 0}, "quantum_micros 0 is not within"),
        ({"thresholds_pct": (100, 80)}, "do not rise"),
        ({"thresholds_pct": (80, 101)}, "do not rise within 1 and 100"),
    ],
)
def test_a_book_that_could_not_be_executed_exactly_is_refused(change, fault):
    with pytest.raises(RateBookError) as refused:
        RateBook(**{"rows": (ROW,), **change})

    assert fault in str(refused.value)


def test_names_have_codes_and_an_unknown_one_says_what_there_is():
    book = price_list()

    assert (book.slot("own"), book.zone("cz"), book.counter("parts"), book.tariff("tariff")) == (0, 0, 1, 0)
    with pytest.raises(KeyError, match="no zone 'moon'; there are cz, eu, world"):
        book.zone("moon")


@pytest.mark.parametrize("price", [1, 121_000_000, 268_000_000])
def test_the_dearest_record_is_rated_exactly_at_the_end_of_its_range(price):
    row = RateRow("tariff", Kind.DATA, "internet", "world", price, unit_size=MB, price_step=1024)
    phone = Phone(RateBook((row,)))

    rating = phone.use(Kind.DATA, "internet", 2**42, zone="world")

    assert rating.charge_micros == -(-(2**22 * price) // 100) * 100 - (
        100 if 2**22 * price % 100 in range(1, 50) else 0
    )
    assert rating.charge_micros <= MOST_CHARGE_MICROS


def test_a_service_with_a_full_meter_is_not_rated_further():
    phone = Phone(price_list()).lived(spent_micros=MOST_METER)

    last, refused = phone.call(4200), phone.call(60)

    assert last.charge_micros > 0
    assert marks(refused) == [(MarkCode.UNRATED, Unrated.METER, MOST_METER + last.charge_micros, 0)]


def test_a_pool_cannot_be_granted_beyond_its_bound():
    phone = Phone(price_list(), purchased=MOST_GRANTED)

    rating = phone.control(128, "purchased", 1)

    assert [mark.code for mark in rating.marks] == [MarkCode.CONTROL_REFUSED]
    assert phone.left("purchased") == MOST_GRANTED


@pytest.mark.parametrize(
    ("days", "fault"),
    [
        ([(0, 5), (4, 9)], "overlaps"),
        ([(0, 0)], "empty"),
        ([(0, None), (4, 9)], "overlaps"),
        ([(4, 9), (0, 5)], "overlaps"),
    ],
)
def test_segments_that_overlap_or_are_empty_are_refused(days, fault):
    segments = [
        Segment("s", "tariff", JUNE + timedelta(days=start), None if end is None else JUNE + timedelta(days=end))
        for start, end in days
    ]

    with pytest.raises(RosterError, match=fault):
        build_roster(segments, price_list())


def test_a_segment_names_a_tariff_of_the_book_and_an_instant_with_a_zone():
    with pytest.raises(RosterError, match="no tariff 'other' in the book"):
        build_roster([Segment("s", "other", JUNE)], price_list())
    with pytest.raises(ValueError, match="has no time zone"):
        build_roster([Segment("s", "tariff", JUNE.replace(tzinfo=None))], price_list())


def test_a_segment_begins_with_its_first_instant_and_ends_before_its_last():
    rows = tuple(replace(ROW, tariff=name, price_micros=price) for name, price in (("old", 60), ("new", 120)))
    book = RateBook(rows, quantum_micros=1)
    segments = [
        Segment("s", "new", JUNE, JUNE + timedelta(days=1)),
        Segment("s", "old", JUNE - timedelta(days=2), JUNE),
    ]
    roster, at = build_roster(segments, book), micros(JUNE)
    instants = [at - 2 * 86_400_000_000 - 1, at - 1, at, at + 86_400_000_000 - 1, at + 86_400_000_000]
    zeros = np.zeros(5, np.int64)
    events = events_of(
        {
            "service": zeros,
            "kind": zeros,
            "class": zeros,
            "zone": zeros,
            "at": np.array(instants),
            "quantity": zeros + 60,
        }
    )

    rated = rate_events(events, compile_book(book), roster, fresh_state(book, {}, 1))

    assert rated.charge_micros.tolist() == [0, 60, 120, 120, 0]
    assert rated.marks[:, :3].tolist() == [[0, MarkCode.UNRATED, Unrated.TARIFF], [4, MarkCode.UNRATED, Unrated.TARIFF]]


def test_a_roster_and_a_state_of_different_sizes_are_refused():
    book = price_list()
    nothing = np.zeros(0, np.int64)
    events = events_of(dict.fromkeys(("service", "kind", "class", "zone", "at", "quantity"), nothing))

    with pytest.raises(ValueError, match="1 services in the roster, 2 rows of state"):
        rate_events(events, compile_book(book), plain_roster(["s"], np.zeros(1, np.int64)), fresh_state(book, {}, 2))


def test_a_fresh_state_is_the_rules_open_account_for_every_service():
    book = price_list()
    granted = {"other": np.array([10, UNLIMITED]), "basic": np.array([5, UNLIMITED]), "carried": np.array([7, 8])}

    state = fresh_state(book, granted, 2, limit_active=np.array([True, False]))

    assert state.account(0) == open_account(book, {"other": 10, "basic": 5, "carried": 7})
    assert state.account(1) == open_account(
        book, {"other": UNLIMITED, "basic": UNLIMITED, "carried": 8}, limit_active=False
    )
    assert np.array_equal(state_of(book, [state.account(0), state.account(1)]).ledger, state.ledger)


def test_granted_units_out_of_range_are_refused():
    with pytest.raises(ValueError, match="granted units are not within"):
        fresh_state(price_list(), {"other": np.array([-2])}, 1)
    with pytest.raises(ValueError, match="units out of range"):
        open_account(price_list(), {"other": MOST_GRANTED + 1})
    with pytest.raises(ValueError, match="unknown slots"):
        open_account(price_list(), {"moon": 1})


def test_a_slice_of_state_is_a_view_that_rates_in_place():
    book, roster = price_list(), plain_roster(["b"], np.zeros(1, np.int64))
    state = fresh_state(book, {"other": np.array([500, 500])}, 2)
    zero = np.zeros(1, np.int64)
    events = events_of(
        {"service": zero, "kind": zero, "class": zero + 1, "zone": zero, "at": zero, "quantity": zero + 61}
    )

    rate_events(events, compile_book(book), roster, state.slice(slice(1, 2)))

    assert state.left[:, book.slot("other")].tolist() == [500, 439]


def test_rows_out_of_their_range_leave_the_account_as_it_was():
    book = price_list()
    account = open_account(book, {"other": 10})

    rating, after = rate(Use(Kind.VOICE, 0, 0, 0, -1), 0, account, book)

    assert (rating.rate_row, after) == (-1, account)


@pytest.mark.parametrize("module", [rules, grants])
def test_the_examples_in_the_docstrings_hold(module):
    result = doctest.testmod(module)

    assert result.attempted > 0
    assert result.failed == 0


@pytest.mark.parametrize("quantity", [2**21 - 1, 2**21, 2**21 + 1, 2**30 - 2**21])
@pytest.mark.parametrize("limited", [True, False])
def test_the_highest_price_and_the_highest_limit_are_exact_on_both_sides_of_the_short_way(quantity, limited):
    row = RateRow(
        "tariff",
        Kind.DATA,
        "internet",
        "world",
        MOST_PRICE_MICROS - 2**30,
        unit_size=2**20,
        limited=limited,
        max_quantity=2**30,
    )
    phone = Phone(RateBook((row,), limit_micros=MOST_LIMIT_MICROS, quantum_micros=1))

    rating = phone.use(Kind.DATA, "internet", quantity, zone="world")

    exact = quantity * (MOST_PRICE_MICROS - 2**30)
    assert limited or rating.charge_micros == (2 * exact + 2**20) // 2**21
    assert rating.charge_micros <= MOST_LIMIT_MICROS or not limited
