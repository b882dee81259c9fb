"""Pure decisions of online charging, on both sides of every boundary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.charging.balances.online.rules import Sizes, in_order, refuse_spent, split_at, tightest
from spojka.charging.balances.online.tabs import NEVER, meters_of
from spojka.charging.balances.online.terms import OnlineTerms
from spojka.charging.balances.rules import Limit, counter_pct, roaming_state
from spojka.charging.rating.rules import open_account
from spojka.charging.rating.states import state_of
from spojka.charging.rating.tables import left_column
from spojka.charging.rating.terms import Counter, Kind, RateBook, RateRow, Slot
from spojka.kernel.money import Money
from spojka.terms.clauses import ClauseRef, Term

NOON = datetime(2026, 2, 28, 12, tzinfo=UTC)
CALL = RateRow("t", Kind.VOICE, "mobile", "home", 3_000_000, unit_size=60, first_block=60)
SMS = RateRow("t", Kind.SMS, "mobile", "home", 2_000_000)
DATA = RateRow("t", Kind.DATA, "data", "home", None)


def term(name, value, clause="4.18"):
    return Term(name, value, ClauseRef("nej-mobil/operating-rules", "2021-08", clause, "nej"))


TERMS = OnlineTerms(
    max_call_duration_s=term("max_call_duration_s", 4200, "2.7"),
    bucket_order=term("bucket_order", ["basic"], "2.17"),
    domestic_after_limit=term("domestic_after_limit", ["interrupt"], "4.20"),
    roaming_data_limit_czk_incl_vat=term("roaming_data_limit_czk_incl_vat", Money.czk(1600), "2.19"),
    default_limit_notice_pct=term("default_limit_notice_pct", [80, 100]),
    eu_zone=term("eu_zone", ["DE"], "1.10"),
)


@pytest.mark.parametrize(
    ("row", "used", "asked", "expected"),
    [
        (CALL, 0, None, 60),
        (CALL, 0, 30, 60),
        (CALL, 0, 61, 61),
        (CALL, 60, None, 300),
        (CALL, 60, 1, 1),
        (CALL, 0, 0, 0),
        (SMS, 0, None, 1),
        (SMS, 0, 3, 3),
        (DATA, 0, None, 10 * 1024 * 1024),
        (DATA, 5, 2**40, 2**30),
        (DATA, 5, 1, 1),
    ],
)
def test_a_step_asks_for_the_first_block_then_for_what_is_wanted(row, used, asked, expected):
    assert Sizes().asked(row, used=used, asked=asked) == expected


@pytest.mark.parametrize(
    ("at", "kind", "fits"),
    [
        (101, "voice", True),
        (100, "voice", False),
        (151, "video", True),
        (150, "video", True),
        (121, "sms", True),
        (120, "sms", False),
        (101, "data", True),
        (100, "data", False),
    ],
)
def test_a_record_is_in_order_after_the_walk_and_after_its_own_kind(at, kind, fits):
    assert in_order(at, kind, walked_until=100, latest=[99, 120, NEVER, NEVER]) is fits


@pytest.mark.parametrize(
    ("end_s", "touched_s", "at_s", "used", "expected"),
    [
        (10, 0, 20, 10, (5, 5)),
        (10, 0, 30, 10, (3, 7)),
        (10, 0, 10, 10, (10, 0)),
        (10, 10, 20, 10, (0, 10)),
        (10, 12, 20, 10, (0, 10)),
        (10, 10, 10, 10, (10, 0)),
        (10, 0, 20, 0, (0, 0)),
    ],
)
def test_units_over_a_periods_end_are_divided_by_time_and_add_up(end_s, touched_s, at_s, used, expected):
    def instant(seconds):
        return NOON + timedelta(seconds=seconds)

    parts = split_at(instant(end_s), touched_at=instant(touched_s), at=instant(at_s), used=used)

    assert parts == expected
    assert sum(parts) == used


@pytest.mark.clause("nej/4.18")
@pytest.mark.parametrize(
    ("action", "spent", "incoming", "refused"),
    [
        ("restrict", 1000, False, False),
        ("restrict", 1001, False, True),
        ("restrict", 1001, True, False),
        ("interrupt", 1000, True, False),
        ("interrupt", 1001, True, True),
        ("notify", 9999, False, False),
    ],
)
def test_exceeded_means_strictly_above(action, spent, incoming, refused):
    limits = [Limit(1000, action, "provider")]

    refusal = refuse_spent(limits, spent_micros=spent, incoming=incoming, terms=TERMS)

    assert (refusal is not None) is refused
    if refusal is not None:
        assert (refusal.code, refusal.clauses) == ("PERIOD_LIMIT_EXCEEDED", ("nej/4.18",))


def test_the_lowest_limit_that_stops_anything_counts():
    limits = [Limit(5, "notify", "customer"), Limit(10, "restrict", "customer"), Limit(20, "interrupt", "provider")]

    assert tightest(limits) == limits[1]
    assert tightest(limits[:1]) is None
    assert tightest([]) is None


@pytest.mark.parametrize(
    ("is_on", "is_reached", "counted", "expected"),
    [
        (True, False, "0", "active"),
        (True, False, "1599.99", "active"),
        (True, False, "1600", "reached"),
        (True, True, "1599.94", "reached"),
        (False, True, "1600", "off"),
    ],
)
def test_the_roaming_limit_is_reached_at_its_value_or_when_nothing_more_fits(is_on, is_reached, counted, expected):
    limit = TERMS.roaming_data_limit_czk_incl_vat

    state = roaming_state(is_on=is_on, is_reached=is_reached, counted=Money.czk(counted), limit=limit)

    assert state.value == expected
    assert state.clauses == ("nej/2.19",)


def test_a_counter_is_rounded_down_to_whole_percent():
    threshold, shown = term("t", 600_000, "2.20-h"), term("s", 80, "2.20-h")

    assert [counter_pct(counted=n, threshold=threshold, shown_from_pct=shown).value for n in (479_999, 480_000)] == [
        79,
        80,
    ]


def test_meters_are_written_as_the_kernel_keeps_them():
    slots = (Slot("s"), Slot("d", volume=True))
    row = RateRow("t", Kind.DATA, "data", "home", None, slots=("d",))
    book = RateBook((row,), slots=slots, counters=(Counter("c", 5), Counter("e", 9)), limit_micros=100)
    account = open_account(book, {"s": 7, "d": -1}, limit_active=False)

    state = state_of(book, [account])

    assert meters_of(account, book) == state.ledger[0, : left_column(book)].tolist()
