"""What a service is entitled to in a period: whole, proportional, cut short, by tariffs and add-ons."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.charging.charges.fees import Stretch
from spojka.charging.rating.book import plan_for
from spojka.charging.rating.entitlements import (
    Addon,
    Bought,
    Holding,
    control_events,
    cuts,
    proportional_part,
)
from spojka.charging.rating.terms import UNLIMITED, Control
from spojka.kernel.time import PRAGUE, Period, micros_of, start_of
from spojka.terms.editions import read_edition
from spojka.trade.publications.packs import find_pack
from spojka.trade.publications.shelf import Shelf

MB = 1024 * 1024
PACK = find_pack("nej-mobil")
SHELF = Shelf(
    PACK,
    tuple(
        read_edition(file.read_text(encoding="utf-8"), source=file.name, cites_as=document.cites_as)
        for document, file in PACK.edition_files()
    ),
)
SIGNED_ON = date(2026, 1, 1)
FEBRUARY, JUNE = Period.month(2026, 2), Period.month(2026, 6)
ROUNDING = plan_for(SHELF, "nej-mobil-plus", SIGNED_ON, SIGNED_ON).terms.entitlement_rounding


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PRAGUE)


def tariff(code, starts_on, ends_on=None):
    """A stretch of days with its plan."""
    starts, ends = date.fromisoformat(starts_on), None if ends_on is None else date.fromisoformat(ends_on)
    return Stretch("tariff", code, starts, ends), plan_for(SHELF, code, starts, SIGNED_ON)


def addon(code, starts_on, ends_on=None):
    starts, ends = date.fromisoformat(starts_on), None if ends_on is None else date.fromisoformat(ends_on)
    return Addon(Stretch("addon", code, starts, ends), start_of(starts))


def holding(*tariffs, activated="2026-01-01T00:00", ended=None):
    return Holding(
        service="s",
        contract="c",
        product="nej-mobil",
        signed_on=SIGNED_ON,
        activated_at=at(activated),
        ended_at=at(ended) if ended else None,
        tariffs=tariffs,
        addons=(),
        interruptions=(),
        bought=(),
        limit_switches=(),
    )


def events(held, period):
    """Control events as (day of month, code, slot, quantity), slots of data in MB."""
    found = []
    for event in control_events(held, period):
        day = (event.at_micros - micros_of(period.starts_at)) / 86_400e6 + 1
        mb = event.quantity // MB if event.slot.startswith("data.") else event.quantity
        found.append((day, event.code, event.slot, mb))
    return found


@pytest.mark.clause("nej/2.13")
@pytest.mark.clause("nej/2.17")
def test_a_tariff_from_the_10th_of_february_brings_19_of_28_days():
    plus = holding(tariff("nej-mobil-plus", "2026-02-10"), activated="2026-02-10T16:40")
    two_gb = holding(tariff("nej-mobil-komplet", "2026-02-10"), activated="2026-02-10T16:40")

    assert set(events(plus, FEBRUARY)) == {
        (10, Control.GRANT, "voice.own_network.0", UNLIMITED),
        (10, Control.GRANT, "voice.all_networks.0", 4072),
        (10, Control.GRANT, "sms.all_networks.0", 34),
        (10, Control.GRANT, "data.basic", 1018),
    }
    assert (10, Control.GRANT, "data.basic", 1390) in events(two_gb, FEBRUARY)


@pytest.mark.parametrize("activated", ["2026-02-01T00:00", "2026-02-01T23:59", "2025-12-31T12:00"])
def test_a_tariff_that_runs_from_the_first_day_brings_everything(activated):
    plus = holding(tariff("nej-mobil-plus", "2026-01-01"), activated=activated)

    granted = {slot: units for _, _, slot, units in events(plus, FEBRUARY)}

    assert granted == {
        "voice.own_network.0": UNLIMITED,
        "voice.all_networks.0": 6000,
        "sms.all_networks.0": 50,
        "data.basic": 1500,
    }


def test_units_of_a_tariff_expire_where_the_next_begins_with_its_part():
    changed = holding(tariff("nej-mobil-plus", "2026-01-01", "2026-06-16"), tariff("nej-mobil-zavazek", "2026-06-16"))

    found = events(changed, JUNE)

    assert (1, Control.GRANT, "voice.all_networks.0", 6000) in found
    assert (16, Control.EXPIRE, "voice.all_networks.0", 0) in found
    assert (16, Control.GRANT, "voice.all_networks.0", 6000) in found  # 200 min x 15 / 30
    assert found.index((16, Control.EXPIRE, "voice.all_networks.0", 0)) < found.index(
        (16, Control.GRANT, "voice.all_networks.0", 6000)
    )
    assert (16, Control.EXPIRE, "data.basic", 0) in found
    assert (16, Control.GRANT, "data.basic", 1536) in found


def test_a_tariff_under_two_editions_with_the_same_units_is_one():
    held = holding(tariff("nej-mobil-plus", "2026-01-01", "2026-06-16"), tariff("nej-mobil-plus", "2026-06-16"))

    assert {slot: (day, units) for day, _, slot, units in events(held, JUNE)} == {
        "voice.own_network.0": (1, UNLIMITED),
        "voice.all_networks.0": (1, 6000),
        "sms.all_networks.0": (1, 50),
        "data.basic": (1, 1500),
    }
    assert cut_parts(held, JUNE) == []


def test_add_ons_stand_behind_the_tariff_in_the_order_of_activation():
    held = replace(
        holding(tariff("nej-mobil-plus", "2026-01-01")),
        addons=(addon("sms-50", "2026-06-10"), addon("sms-50", "2026-06-16", "2026-07-01")),
    )

    found = events(held, JUNE)

    assert (1, Control.GRANT, "sms.all_networks.0", 50) in found
    assert (10, Control.GRANT, "sms.all_networks.1", 35) in found
    assert (16, Control.GRANT, "sms.all_networks.2", 25) in found
    assert not any(code is Control.EXPIRE for _, code, _, _ in found)


def test_what_was_bought_and_switched_happens_at_its_instant():
    held = replace(
        holding(tariff("nej-mobil-plus", "2026-01-01")),
        bought=(
            Bought("carried", 380 * MB, at("2026-06-01T00:00")),
            Bought("purchased", 500 * MB, at("2026-06-20T00:00")),
        ),
        limit_switches=(
            (False, at("2026-05-31T23:59")),
            (True, at("2026-06-01T00:00")),
            (False, at("2026-06-12T00:00")),
        ),
    )

    found = events(held, JUNE)

    assert (1, Control.GRANT, "data.carried", 380) in found
    assert (20, Control.GRANT, "data.purchased", 500) in found
    switched = [event[:2] for event in found if event[1] in (Control.LIMIT_ON, Control.LIMIT_OFF)]
    assert switched == [(1, Control.LIMIT_ON), (12, Control.LIMIT_OFF)]


def test_a_service_outside_the_period_has_nothing():
    ended = holding(tariff("nej-mobil-plus", "2026-01-01"), ended="2026-05-31T23:00")
    later = holding(tariff("nej-mobil-plus", "2026-07-01"), activated="2026-07-01T08:00")

    assert (events(ended, JUNE), events(later, JUNE)) == ([], [])


def cut_parts(held, period):
    return [
        {slot: finding.value for slot, finding in cut.entitled.items()} | {"ends_at": cut.ends_at.astimezone(PRAGUE)}
        for cut in cuts(held, period)
    ]


@pytest.mark.clause("nej/2.13")
def test_a_tariff_that_ended_with_the_15th_of_june_was_entitled_to_half():
    held = holding(tariff("nej-mobil-plus", "2026-01-01", "2026-06-16"), tariff("nej-mobil-basic", "2026-06-16"))

    assert cut_parts(held, JUNE) == [
        {"voice.all_networks.0": 3000, "sms.all_networks.0": 25, "ends_at": at("2026-06-16T00:00")}
    ]


def test_a_service_that_ended_in_the_afternoon_had_that_day():
    held = holding(tariff("nej-mobil-plus", "2026-01-01"), ended="2026-06-15T14:00")

    assert cut_parts(held, JUNE)[0]["voice.all_networks.0"] == 3000


@pytest.mark.clause("nej/2.13")
def test_whole_days_of_an_interruption_take_their_part():
    held = replace(
        holding(tariff("nej-mobil-plus", "2026-01-01")),
        interruptions=((at("2026-06-10T14:00"), at("2026-06-20T09:00")),),
    )

    assert cut_parts(held, JUNE)[0]["voice.all_networks.0"] == 4200  # 21 of 30 days


def test_a_tariff_that_runs_through_is_not_cut():
    through = holding(tariff("nej-mobil-plus", "2026-01-01", "2026-07-01"), tariff("nej-mobil-max", "2026-07-01"))
    late = holding(tariff("nej-mobil-plus", "2026-06-10"), activated="2026-06-10T09:00")

    assert (cut_parts(through, JUNE), cut_parts(late, JUNE)) == ([], [])


@pytest.mark.clause("nej/1.10")
@given(st.integers(0, 10**9), st.integers(1, 31), st.integers(28, 31))
def test_a_part_is_rounded_up_to_a_whole_unit_and_no_further(full, days, days_in_month):
    part = proportional_part(full=full, days=days, days_in_month=days_in_month, rounding=ROUNDING).value

    exact = Fraction(full * days, days_in_month)
    assert exact <= part < exact + 1


def test_a_part_of_all_days_is_the_whole():
    found = proportional_part(full=6000, days=28, days_in_month=28, rounding=ROUNDING)

    assert (found.value, found.clauses) == (6000, ("nej/1.10",))
