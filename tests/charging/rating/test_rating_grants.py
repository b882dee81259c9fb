"""What may be granted before it is used, and that it is always covered when it is rated."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spojka.charging.rating.grants import LONGEST, NO_UNITS, ROAMING_LIMIT, Bound, asked_units, grant, with_held
from spojka.charging.rating.rules import open_account, rate
from spojka.charging.rating.terms import UNLIMITED, After, Kind, Use

from .pricelist import MB, VOLUME, crowns, data_row, price_list
from .worlds import make_world

BOOK = price_list()


def row_of(kind, dest_class, zone="cz", book=BOOK):
    return next(code for code, row in enumerate(book.rows) if row.key == ("tariff", kind, dest_class, zone))


CALL = row_of(Kind.VOICE, "mobile")


def credit(amount):
    return [Bound("CREDIT_TOO_LOW", crowns(amount))]


@pytest.mark.clause("nej/4.18")
@pytest.mark.parametrize(("rest", "units"), [("1.00", 0), ("2.9999", 0), ("3.00", 60), ("3.0499", 60), ("3.05", 61)])
def test_the_first_minute_is_granted_whole_or_not_at_all_and_then_seconds_that_fit(rest, units):
    given_now = grant(CALL, open_account(BOOK, {}), BOOK, used=0, asked=90, bounds=credit(rest))

    assert (given_now.units, given_now.stopped_by, given_now.final) == (units, "CREDIT_TOO_LOW", True)


@pytest.mark.clause("nej/4.18")
def test_a_limit_may_be_reached_exactly_and_the_call_ends_there():
    account = open_account(BOOK, {})
    limit = [Bound("SPENDING_LIMIT_EXCEEDED", crowns("1000.00") - crowns("997.00"))]

    first = grant(CALL, account, BOOK, used=0, asked=60, bounds=limit)
    second = grant(CALL, account, BOOK, used=60, asked=30, bounds=limit)

    assert (first.units, first.rating.charge_micros, first.stopped_by, first.final) == (60, crowns("3.00"), None, True)
    assert (second.units, second.stopped_by) == (0, "SPENDING_LIMIT_EXCEEDED")


@pytest.mark.clause("nej/2.11")
@pytest.mark.parametrize(
    ("left", "rest", "units"), [(30, "1.50", 60), (30, "1.4999", 0), (59, "0.05", 60), (60, "0", 60)]
)
def test_free_units_and_credit_cover_the_first_minute_together(left, rest, units):
    given_now = grant(CALL, open_account(BOOK, {"other": left}), BOOK, used=0, asked=60, bounds=credit(rest))

    assert given_now.units == units


@pytest.mark.clause("nej/2.7")
def test_a_call_is_never_granted_more_than_4200_s():
    account = open_account(BOOK, {"other": UNLIMITED})

    nearly, over = (grant(CALL, account, BOOK, used=4170, asked=asked) for asked in (30, 31))

    assert (nearly.units, nearly.stopped_by, nearly.final) == (30, None, True)
    assert (over.units, over.stopped_by, over.final) == (30, LONGEST, True)


def test_steps_follow_the_first_block():
    assert [asked_units(BOOK.rows[CALL], used, 15) for used in (0, 60, 75)] == [60, 15, 15]


@pytest.mark.clause("nej/2.19")
def test_roaming_data_are_granted_in_whole_kilobytes_within_the_limit():
    island = row_of(Kind.DATA, "internet", "island")

    given_now = grant(island, open_account(BOOK, {}), BOOK, used=0, asked=20 * MB, bounds=credit("5000"))

    assert (given_now.units, given_now.stopped_by) == (13540 * 1024, ROAMING_LIMIT)
    assert given_now.rating.charge_micros == crowns("1599.9414")


@pytest.mark.clause("nej/2.19")
def test_without_the_limit_only_credit_bounds_roaming_data():
    account = open_account(BOOK, {}, limit_active=False)
    world = row_of(Kind.DATA, "internet", "world")

    given_now = grant(world, account, BOOK, used=0, asked=20 * MB, bounds=credit("1700"))

    assert (given_now.units, given_now.stopped_by) == (17 * MB, "CREDIT_TOO_LOW")


@pytest.mark.clause("nej/2.17")
def test_home_data_end_with_the_volume():
    home = row_of(Kind.DATA, "internet")

    given_now = grant(home, open_account(BOOK, {"basic": 5 * MB}), BOOK, used=4 * MB, asked=2 * MB)

    assert (given_now.units, given_now.stopped_by, given_now.final) == (MB, NO_UNITS, True)


@pytest.mark.clause("nej/4.2")
def test_throttled_data_are_granted_without_end():
    book = price_list(home_data=data_row("cz", None, VOLUME, after=After.THROTTLE))
    home = row_of(Kind.DATA, "internet", book=book)

    given_now = grant(home, open_account(book, {}), book, used=0, asked=MB, bounds=credit("0"))

    assert (given_now.units, given_now.stopped_by) == (MB, None)


@pytest.mark.clause("nej/3.7")
def test_an_emergency_call_is_granted_without_credit():
    given_now = grant(
        row_of(Kind.VOICE, "emergency"), open_account(BOOK, {}), BOOK, used=0, asked=60, bounds=credit("0")
    )

    assert (given_now.units, given_now.rating.charge_micros, given_now.stopped_by) == (60, 0, None)


def test_what_another_session_holds_is_not_granted_twice():
    account = open_account(BOOK, {"other": 100})

    held = with_held([(CALL, 90)], account, BOOK)
    given_now = grant(CALL, held, BOOK, used=0, asked=60, bounds=credit("0"))

    assert (held.left[BOOK.slot("other")], given_now.units) == (10, 0)


def test_money_finer_than_the_quantum_is_not_overdrawn_by_rounding_up():
    book = price_list(call="2.50")

    given_now = grant(CALL, open_account(book, {}), book, used=0, asked=90, bounds=[Bound("CREDIT_TOO_LOW", 2_541_667)])

    assert (given_now.units, given_now.rating.charge_micros) == (60, crowns("2.50"))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 4000), st.integers(0, 10**8))
def test_a_grant_is_covered_and_no_larger_one_would_be(seed, asked, rest_micros):
    world = make_world(Random(seed), 0)
    random = Random(seed)
    account, code = world.accounts[0], random.randrange(len(world.book.rows))
    row, bounds = world.book.rows[code], [Bound("CREDIT_TOO_LOW", rest_micros)]

    given_now = grant(code, account, world.book, used=0, asked=asked, bounds=bounds)

    assert given_now.rating.unbilled == 0
    assert given_now.rating.charge_micros <= rest_micros
    assert given_now.total == given_now.units <= asked
    if given_now.stopped_by not in (None, LONGEST):
        larger, _ = rate(Use(row.kind, 0, 0, 0, given_now.total + 1), code, account, world.book)
        quantum = world.book.quantum_micros
        assert larger.unbilled > 0 or larger.charge_micros + quantum > rest_micros
    assert grant(code, account, world.book, used=given_now.total, asked=0, bounds=bounds).total == given_now.total
