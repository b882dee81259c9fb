"""The examples of the clauses, by the rule and by the kernel at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from spojka.charging.rating.rules import price_of
from spojka.charging.rating.terms import UNLIMITED, After, Control, Kind, MarkCode, Unrated

from .pricelist import MB, VOLUME, Phone, call_row, crowns, data_row, marks, price_list


@pytest.mark.clause("nej/2.11")
@pytest.mark.parametrize(
    ("duration_s", "billed_s", "price"),
    [(0, 0, "0"), (1, 60, "3.00"), (59, 60, "3.00"), (60, 60, "3.00"), (61, 61, "3.05"), (125, 125, "6.25")],
)
def test_the_first_started_minute_is_charged_whole_then_every_second(duration_s, billed_s, price):
    rating = Phone(price_list()).call(duration_s)

    assert (rating.billed, rating.paid, rating.charge_micros) == (billed_s, billed_s, crowns(price))


@pytest.mark.clause("nej/2.11")
def test_units_are_taken_by_billed_seconds():
    phone = Phone(price_list(), other=6000)

    first, second = phone.call(5), phone.call(61)

    assert (first.taken, second.taken, phone.left("other")) == ((60, 0), (61, 0), 5879)


@pytest.mark.clause("nej/2.11")
@pytest.mark.parametrize(
    ("left", "duration_s", "taken", "paid", "price"), [(100, 150, 100, 50, "2.50"), (30, 10, 30, 30, "1.50")]
)
def test_the_first_minute_is_billed_once_and_split_between_units_and_money(left, duration_s, taken, paid, price):
    phone = Phone(price_list(), other=left)

    rating = phone.call(duration_s)

    assert (rating.taken[0], rating.paid, rating.charge_micros) == (taken, paid, crowns(price))
    assert phone.left("other") == 0


@pytest.mark.clause("nej/1.10")
@pytest.mark.parametrize(
    ("price", "seconds", "rounded"),
    [
        ("2.50", 61, "2.5417"),
        ("3.50", 61, "3.5583"),
        ("0.003", 61, "0.0031"),
        ("0.003", 60, "0.003"),
        ("0.003", 59, "0.003"),
    ],
)
def test_a_records_price_is_rounded_half_up_to_four_decimals(price, seconds, rounded):
    row = call_row("mobile", "cz", price)

    assert price_of(seconds, row, 100) == crowns(rounded)


@pytest.mark.clause("nej/1.10")
@pytest.mark.parametrize(("price_micros", "rounded"), [(149, 100), (150, 200), (249, 200), (250, 300), (0, 0)])
def test_half_a_quantum_is_rounded_up_and_less_is_not(price_micros, rounded):
    book = price_list(call=f"0.{price_micros:06d}")

    rating = Phone(book).call(60)

    assert rating.charge_micros == rounded


@pytest.mark.clause("nej/2.7")
def test_a_call_of_4200_s_is_billed_and_a_longer_one_is_not_rated():
    phone = Phone(price_list())

    longest, longer = phone.call(4200), phone.call(4201)

    assert longest.charge_micros == crowns("210.00")
    assert (longer.rate_row, marks(longer)) == (-1, [(MarkCode.UNRATED, Unrated.QUANTITY, 4201, 0)])


@pytest.mark.clause("nej/2.13")
def test_fixed_units_are_taken_before_those_for_all_networks():
    phone = Phone(price_list(), fixed=100, all=6000)

    rating = phone.call(150, "fixed")

    assert (rating.charge_micros, phone.left("fixed"), phone.left("all")) == (0, 0, 5950)


@pytest.mark.clause("nej/2.13")
def test_special_numbers_take_no_units_even_of_an_unlimited_pool():
    phone = Phone(price_list(), all=UNLIMITED)

    rating = phone.call(60, "special")

    assert (rating.taken, rating.charge_micros) == ((), crowns("5.40"))


@pytest.mark.clause("nej/2.13")
def test_an_unlimited_pool_takes_whatever_reaches_it():
    phone = Phone(price_list(), other=40, all=UNLIMITED)

    rating = phone.call(200)

    assert (rating.taken, rating.left, rating.charge_micros) == ((40, 160), (0, UNLIMITED), 0)


@pytest.mark.clause("nej/2.14")
def test_a_video_call_takes_units_by_its_direction_and_no_volume():
    phone = Phone(price_list(), other=300, basic=1500 * MB)

    rating = phone.use(Kind.VIDEO, "mobile", 61)

    assert (rating.taken[0], rating.charge_micros, phone.left("other"), phone.left("basic")) == (61, 0, 239, 1500 * MB)


@pytest.mark.clause("nej/2.15")
def test_a_call_in_the_eu_takes_other_then_all_networks_and_never_own():
    phone = Phone(price_list(), own=600, other=40, all=100)

    rating = phone.call(200, "own", zone="eu")

    assert (rating.taken, rating.paid, rating.charge_micros) == ((40, 100), 60, crowns("3.00"))
    assert phone.left("own") == 600


@pytest.mark.clause("nej/2.15")
def test_unlimited_messages_to_the_own_network_do_not_cover_the_eu():
    rating = Phone(price_list(), own_sms=UNLIMITED).use(Kind.SMS, "own", 1, zone="eu")

    assert rating.charge_micros == crowns("2.00")


@pytest.mark.clause("nej/2.15")
def test_outside_the_eu_zone_no_units_are_taken():
    phone = Phone(price_list(), other=600)

    rating = phone.call(60, zone="world")

    assert (rating.charge_micros, phone.left("other")) == (crowns("30.00"), 600)


@pytest.mark.clause("nej/3.7")
def test_an_emergency_call_costs_nothing_takes_no_units_and_is_not_counted():
    phone = Phone(price_list(), other=100, all=100)

    rating = phone.call(90, "emergency")

    assert (rating.charge_micros, phone.left("other"), phone.account.counted) == (0, 100, (0, 0))


@pytest.mark.clause("nej/2.17")
def test_the_customer_is_told_at_80_and_100_percent_and_then_data_stop():
    phone = Phone(price_list(), basic=1500 * MB)

    before, at_80, at_100 = phone.data(1199 * MB), phone.data(MB), phone.data(300 * MB)
    after = phone.data(MB)

    assert (marks(before), marks(at_80)) == ([], [(MarkCode.VOLUME_THRESHOLD, 80, 1200 * MB, 1500 * MB)])
    assert marks(at_100) == [
        (MarkCode.VOLUME_THRESHOLD, 100, 1500 * MB, 1500 * MB),
        (MarkCode.VOLUME_EXHAUSTED, After.INTERRUPT, 1500 * MB, 1500 * MB),
    ]
    assert (marks(after), after.unbilled, after.charge_micros) == ([], MB, 0)


@pytest.mark.clause("nej/2.17")
def test_one_report_that_passes_both_thresholds_tells_80_first():
    rating = Phone(price_list(), basic=100 * MB).data(100 * MB)

    assert [mark.a for mark in rating.marks if mark.code is MarkCode.VOLUME_THRESHOLD] == [80, 100]


@pytest.mark.clause("nej/2.17")
def test_a_bought_volume_opens_data_and_is_told_again_only_above_the_current_use():
    phone = Phone(price_list(), basic=1500 * MB)
    phone.data(1500 * MB)

    phone.control(Control.GRANT, "purchased", 500 * MB)
    below, at_1600 = phone.data(100 * MB - 1), phone.data(1)
    rest = phone.data(20 * MB)

    assert (marks(below), marks(at_1600)) == ([], [(MarkCode.VOLUME_THRESHOLD, 80, 1600 * MB, 2000 * MB)])
    assert (rest.unbilled, phone.left("purchased")) == (0, 380 * MB)


@pytest.mark.clause("nej/2.17")
def test_a_small_purchase_does_not_repeat_a_threshold_that_is_still_passed():
    phone = Phone(price_list(), basic=1000 * MB)
    phone.data(1000 * MB)

    phone.control(Control.GRANT, "purchased", 100 * MB)
    rating = phone.data(MB)

    assert marks(rating) == []


@pytest.mark.clause("nej/2.17")
def test_buckets_are_used_in_the_order_basic_carried_purchased():
    phone = Phone(price_list(), basic=10 * MB, carried=5 * MB, purchased=7 * MB)

    rating = phone.data(16 * MB)

    assert (rating.taken, rating.left) == ((10 * MB, 5 * MB, MB), (0, 0, 6 * MB))


@pytest.mark.clause("nej/4.2")
def test_a_tariff_that_throttles_carries_on_at_no_charge():
    phone = Phone(price_list(home_data=data_row("cz", None, VOLUME, after=After.THROTTLE)), basic=3000 * MB)

    reached, slow = phone.data(3000 * MB), phone.data(50 * MB)

    assert marks(reached)[-1] == (MarkCode.VOLUME_EXHAUSTED, After.THROTTLE, 3000 * MB, 3000 * MB)
    assert (slow.paid, slow.charge_micros, slow.unbilled) == (50 * MB, 0, 0)


@pytest.mark.clause("nej/2.18")
def test_data_in_the_eu_take_the_same_buckets_and_the_same_notices():
    phone = Phone(price_list(), basic=1500 * MB)
    phone.data(900 * MB)

    rating = phone.data(300 * MB, zone="eu")

    assert (rating.charge_micros, marks(rating)) == (0, [(MarkCode.VOLUME_THRESHOLD, 80, 1200 * MB, 1500 * MB)])


@pytest.mark.clause("nej/2.18")
def test_without_data_included_in_the_eu_they_are_priced_from_the_first_kilobyte():
    phone = Phone(price_list(eu_data=data_row("eu", "2.00")), basic=1500 * MB)

    rating = phone.data(10 * MB, zone="eu")

    assert (rating.charge_micros, phone.left("basic")) == (crowns("20.00"), 1500 * MB)
    assert phone.account.limit_counted_micros == crowns("20.00")


def test_a_cap_on_volume_used_abroad_bounds_what_the_buckets_give():
    capped = replace(data_row("eu", "2.00", VOLUME), cap="eu_cap")
    phone = Phone(price_list(eu_data=capped), basic=100 * MB, eu_cap=30 * MB)

    rating = phone.data(40 * MB, zone="eu")

    assert (rating.taken, rating.paid, rating.charge_micros) == ((30 * MB, 0, 0), 10 * MB, crowns("20.00"))
    assert (phone.left("basic"), phone.left("eu_cap")) == (70 * MB, 0)


@pytest.mark.clause("nej/4.20")
def test_after_the_volume_the_eu_is_priced_and_home_is_interrupted():
    phone = Phone(price_list(), basic=1500 * MB)
    phone.data(1500 * MB)

    italy, home = phone.data(50 * MB, zone="eu"), phone.data(MB)

    assert (italy.charge_micros, phone.account.limit_counted_micros) == (crowns("100.00"), crowns("100.00"))
    assert (home.unbilled, home.charge_micros) == (MB, 0)


@pytest.mark.clause("nej/4.20")
def test_a_zone_without_a_price_interrupts():
    rating = Phone(price_list()).data(MB, zone="void")

    assert (rating.unbilled, rating.charge_micros) == (MB, 0)


@pytest.mark.clause("nej/2.19")
def test_a_started_kilobyte_is_charged_whole():
    phone = Phone(price_list())

    one, two = phone.data(1024, zone="world"), phone.data(1025, zone="world")

    assert (one.charge_micros, two.charge_micros) == (crowns("0.0977"), crowns("0.1953"))


@pytest.mark.clause("nej/2.19")
def test_roaming_data_stop_when_they_cost_exactly_the_limit():
    phone = Phone(price_list())

    below, reached = phone.data(16 * MB - 1024, zone="world"), phone.data(1024, zone="world")
    after = phone.data(1024, zone="eu")

    assert (below.unbilled, marks(below)) == (0, [])
    assert below.charge_micros + reached.charge_micros == crowns("1600.00")
    assert [mark.code for mark in reached.marks] == [MarkCode.LIMIT_REACHED]
    assert (after.unbilled, after.charge_micros, marks(after)) == (1024, 0, [])


@pytest.mark.clause("nej/2.19")
def test_only_whole_kilobytes_that_fit_in_the_limit_are_charged():
    phone = Phone(price_list())

    rating = phone.data(20_000 * 1024, zone="island")

    assert (rating.paid // 1024, rating.charge_micros) == (13540, crowns("1599.9414"))
    assert (rating.unbilled // 1024, phone.account.limit_reached) == (20_000 - 13540, True)


@pytest.mark.clause("nej/2.19")
def test_the_limit_may_be_switched_off_and_on_and_counts_anew():
    phone = Phone(price_list())
    phone.data(16 * MB, zone="world")

    phone.control(Control.LIMIT_OFF)
    uncounted = phone.data(5 * MB, zone="world")
    phone.control(Control.LIMIT_ON)
    anew = phone.data(20 * MB, zone="world")

    assert (uncounted.charge_micros, anew.charge_micros) == (crowns("500.00"), crowns("1600.00"))
    assert phone.account.spent_micros == crowns("3700.00")


@pytest.mark.clause("nej/2.19")
def test_switching_on_a_limit_that_is_on_changes_nothing():
    phone = Phone(price_list())
    phone.data(16 * MB, zone="world")
    before = phone.account

    phone.control(Control.LIMIT_ON)

    assert phone.account == before


@pytest.mark.clause("nej/2.20-h")
@pytest.mark.parametrize(("seconds", "excess", "crossed"), [(60, 0, False), (61, 1, True)])
def test_use_is_excessive_only_above_the_threshold(seconds, excess, crossed):
    phone = Phone(price_list(), other=UNLIMITED).lived(counted=(599_940, 0))

    rating = phone.call(seconds)

    assert phone.account.excess == (excess, 0)
    assert [mark.code for mark in rating.marks] == [MarkCode.COUNTER_CROSSED] * crossed


@pytest.mark.clause("nej/2.20-h")
def test_what_the_excess_of_a_paid_call_cost_is_kept_apart():
    phone = Phone(price_list()).lived(counted=(599_940, 0))

    rating = phone.call(61)

    assert (rating.charge_micros, phone.account.excess_charge_micros) == (crowns("3.05"), (crowns("0.05"), 0))


@pytest.mark.clause("nej/2.20-h")
def test_messages_are_counted_by_parts():
    phone = Phone(price_list()).lived(counted=(0, 9_999))

    phone.use(Kind.SMS, "mobile", 3)

    assert (phone.account.counted, phone.account.excess) == ((0, 10_002), (0, 2))
    assert phone.account.excess_charge_micros == (0, crowns("4.00"))


@pytest.mark.clause("nej/4.7")
def test_a_late_record_takes_the_units_left_at_close():
    phone = Phone(price_list(), other=630)
    phone.call(600, zone="eu")

    late = phone.call(60, zone="eu")

    assert (late.taken[0], late.paid, late.charge_micros) == (30, 30, crowns("1.50"))
