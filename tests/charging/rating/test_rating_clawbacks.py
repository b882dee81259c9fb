"""What is charged after the fact: units that lost cover, and the penalty that replaces the ordinary price."""

from __future__ import annotations

from random import Random

import pytest

from spojka.charging.rating.clawbacks import Penalty, Uncovered, excess_cost_of_lost, misuse_penalty, uncovered
from spojka.charging.rating.rules import Rating, rate
from spojka.charging.rating.terms import UNLIMITED, Control, Kind, RateRow, Use

from .pricelist import Phone, crowns, price_list

MINUTE = RateRow("penalty", Kind.VOICE, "misuse", "cz", crowns("6.50"), unit_size=60)
MESSAGE = RateRow("penalty", Kind.SMS, "misuse", "cz", crowns("2.00"))


@pytest.mark.clause("nej/2.13")
def test_the_latest_units_above_the_proportional_part_cost_the_price_list():
    phone = Phone(price_list(), other=6000)
    for _ in range(9):
        phone.call(600)

    lost = uncovered(phone.ratings, {"other": 3000}, phone.book)

    assert [(one.record, one.units) for one in lost] == [(5, 600), (6, 600), (7, 600), (8, 600)]
    assert sum(one.charge_micros for one in lost) == crowns("120.00")


@pytest.mark.clause("nej/2.13")
@pytest.mark.parametrize(
    ("entitled", "lost"), [(161, []), (160, [(1, 1, "0.05")]), (99, [(0, 1, "0.05"), (1, 61, "3.05")])]
)
def test_the_record_at_the_boundary_loses_its_last_units_only(entitled, lost):
    phone = Phone(price_list(), other=6000)
    phone.call(100)
    phone.call(61)

    found = uncovered(phone.ratings, {"other": entitled}, phone.book)

    assert found == tuple(Uncovered(record, units, crowns(price)) for record, units, price in lost)


def test_a_record_paid_in_part_is_priced_anew_as_one():
    phone = Phone(price_list(call="2.50"), other=30)
    rating = phone.call(61)

    (lost,) = uncovered(phone.ratings, {"other": 0}, phone.book)

    assert (rating.charge_micros, lost.charge_micros) == (crowns("1.2917"), crowns("2.5417") - crowns("1.2917"))


def test_slots_of_the_new_tariff_keep_what_they_covered():
    phone = Phone(price_list(), other=60, all=600)
    phone.call(120)

    (lost,) = uncovered(phone.ratings, {"other": 0}, phone.book)

    assert lost.units == 60


@pytest.mark.parametrize("seed", range(20))
def test_the_latest_units_are_those_a_smaller_pool_would_not_have_covered(seed):
    random = Random(seed)
    calls = [random.randint(1, 300) for _ in range(12)]
    full, entitled = Phone(price_list(), other=2000), Phone(price_list(), other=700)
    for seconds in calls:
        full.call(seconds)
        entitled.call(seconds)

    lost = {one.record: one for one in uncovered(full.ratings, {"other": 700}, full.book)}

    for record, (before, after) in enumerate(zip(full.ratings, entitled.ratings, strict=True)):
        units = lost[record].units if record in lost else 0
        assert before.paid + units == after.paid
        assert before.charge_micros + (lost[record].charge_micros if record in lost else 0) == after.charge_micros


@pytest.mark.clause("nej/4.7")
def test_a_capped_slot_has_nothing_left_for_late_records():
    phone = Phone(price_list(), other=6000)
    phone.call(4000)

    phone.control(Control.CAP, "other", 3000)

    assert (phone.left("other"), phone.call(60).paid) == (0, 60)


@pytest.mark.clause("nej/2.20-h")
@pytest.mark.parametrize(
    ("lost", "cost"),
    [({}, None), ({1: 60}, "3.00"), ({1: 120}, "5.00"), ({0: 60}, None), ({0: 60, 1: 100}, "5.00")],
)
def test_lost_units_add_to_the_excess_only_as_far_as_they_lie_in_it(lost, cost):
    """A free call of 599,900 s and one of 200 s: the latest 100 s of the second are above the threshold."""
    book = price_list(call="3.00")
    row = next(code for code, row in enumerate(book.rows) if row.key == ("tariff", Kind.VOICE, "mobile", "cz"))
    length = len(book.rows[row].slots)
    ratings = [Rating(row, units, 0, 0, (units, *[0] * (length - 1)), (0,) * length) for units in (599_900, 200)]

    found = excess_cost_of_lost(ratings, lost, book)

    assert found == ({} if cost is None else {book.counter("seconds"): crowns(cost)})


@pytest.mark.clause("nej/2.20-h")
def test_61_seconds_above_the_threshold_of_an_unlimited_tariff():
    phone = Phone(price_list(), other=UNLIMITED).lived(counted=(600_000, 0))
    phone.call(61)

    penalty = misuse_penalty(phone.account, "seconds", MINUTE, phone.book)

    assert penalty == Penalty(61, crowns("6.6083"), 0)


@pytest.mark.clause("nej/2.20-h")
def test_250_messages_above_the_threshold_replace_what_they_cost():
    phone = Phone(price_list()).lived(counted=(9_000 * 60, 10_000))
    for _ in range(25):
        phone.use(Kind.SMS, "mobile", 10)

    penalty = misuse_penalty(phone.account, "parts", MESSAGE, phone.book)

    assert penalty == Penalty(250, crowns("500.00"), crowns("500.00"))
    assert misuse_penalty(phone.account, "seconds", MINUTE, phone.book) == Penalty(0, 0, 0)


@pytest.mark.clause("nej/2.20-h")
@pytest.mark.parametrize("before_s", [599_853, 599_900, 599_940, 600_000])
def test_the_excess_and_the_rest_of_a_call_cost_what_the_call_did(before_s):
    book = price_list(call="2.50")
    account = Phone(book, other=30).lived(counted=(before_s, 0)).account
    call = next(code for code, row in enumerate(book.rows) if row.key == ("tariff", Kind.VOICE, "mobile", "cz"))

    rating, after = rate(Use(Kind.VOICE, 0, 0, 0, 147), call, account, book)

    excess = max(0, before_s + 147 - 600_000)
    within, _ = rate(Use(Kind.VOICE, 0, 0, 0, 147 - excess), call, account, book)
    assert (after.excess[0], rating.billed) == (excess, 147)
    assert after.excess_charge_micros[0] == rating.charge_micros - (within.charge_micros if excess < 147 else 0)
