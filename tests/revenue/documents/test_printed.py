"""What goes to the template: unit prices, groups, bars, blocks of records, readable colours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from spojka.revenue.documents.invoice import Brand, ClassUse, DayUse
from spojka.revenue.documents.palette import ColorNotUnderstood, brightness, channels_of, ink
from spojka.revenue.documents.printed import printed


def plain(text: str) -> str:
    return text.replace("\xa0", " ")


def test_lines_of_a_service_stand_in_the_order_of_their_groups_then_as_given(make_document, draft):
    lines = [
        draft("credit", "Sleva", "-1.00"),
        draft("calls", "Volání B", "1.00"),
        draft("fees", "Poplatek", "5.00"),
        draft("calls", "Volání A", "1.00"),
    ]

    [service] = printed(make_document(lines))["services"]

    assert [line["text"] for line in service["lines"]] == ["Poplatek", "Volání B", "Volání A", "Sleva"]
    assert service["total"] == "6,00"


def test_a_service_total_is_gross_for_consumers_and_net_for_business(make_document, draft):
    consumer = printed(make_document([draft("fees", "Poplatek", "121.00")]))
    business = printed(make_document([draft("fees", "Poplatek", "121.00")], prices_with_vat=False))

    assert consumer["services"][0]["total"] == "121,00"
    assert consumer["services"][0]["lines"][0]["base"] == "100,00"
    assert business["services"][0]["total"] == "121,00"
    assert business["services"][0]["lines"][0]["gross"] == "146,41"


@pytest.mark.parametrize(
    ("total", "quantity", "shown"),
    [
        ("106.75", "30.5", "3,50"),
        ("49.00", "500", "0,0980"),
        ("202.89", "19", "10,6784"),
        ("0.03", "3", "0,01"),
        ("5.00", "1", ""),
        ("0.00", "0", ""),
    ],
)
def test_a_unit_price_has_four_decimals_only_where_two_do_not_give_the_line_back(
    make_document, draft, total, quantity, shown
):
    document = make_document([draft("calls", "Volání", total, quantity, "min", "min")])

    assert printed(document)["services"][0]["lines"][0]["unit_price"] == shown


def test_exempt_and_untaxed_lines_say_which_they_are(make_document, draft):
    exempt = draft("payments", "Parkovné", "40.00", rate="0", vat_note="§ 54")
    outside = draft("payments", "Náklady", "40.00", rate="0")

    [service] = printed(make_document([exempt, outside]))["services"]

    assert [(line["rate"], line["note"]) for line in service["lines"]] == [("osvobozeno", "§ 54"), ("mimo DPH", "")]


def test_days_nobody_used_have_no_bar_and_the_highest_has_a_full_one(single):
    used = (DayUse(date(2026, 2, 3), voice_s=30), DayUse(date(2026, 2, 28), voice_s=120))

    [chart] = printed(replace(single, usage_by_day=used))["usage"]["charts"]

    assert len(chart["bars"]) == 28
    assert [(at, bar) for at, bar in enumerate(chart["bars"]) if bar] == [(2, 250), (27, 1000)]
    assert plain(chart["total"]) == "3 min"


def test_a_day_outside_the_period_widens_the_axis_and_ticks_stay_few(single):
    late = (DayUse(date(2025, 12, 1), sms=1), DayUse(date(2026, 2, 28), sms=1))

    [chart] = printed(replace(single, usage_by_day=late))["usage"]["charts"]

    assert len(chart["bars"]) == 90
    assert [plain(text) for _, text in chart["ticks"]] == ["1 Dec", "22 Dec", "12 Jan", "2 Feb", "23 Feb"]


def test_a_month_has_a_tick_a_week(single):
    [chart] = printed(replace(single, usage_by_day=(DayUse(date(2026, 2, 3), sms=1),)))["usage"]["charts"]

    assert [at for at, _ in chart["ticks"]] == [0, 7, 14, 21]


def test_bars_of_kinds_are_measured_by_the_dearest_and_never_run_backwards(single):
    uses = tuple(
        ClassUse(name, Decimal(1), "min", micros) for name, micros in (("a", 40_000), ("b", 10_000), ("c", -20_000))
    )

    classes = printed(replace(single, usage_by_class=uses))["usage"]["classes"]

    assert [use["bar"] for use in classes] == [1000, 250, 0]


def test_kinds_that_cost_nothing_have_no_bar(single):
    free = (ClassUse("free", Decimal(5), "min", 0),)

    assert printed(replace(single, usage_by_class=free))["usage"]["classes"][0]["bar"] == 0


def test_records_are_ruled_in_fives_in_the_order_of_time(mobile):
    rows = mobile.itemised[:11]

    [service] = printed(replace(mobile, itemised=tuple(reversed(rows))))["itemised"]

    assert [len(block[1].split("\n")) for block in service["blocks"]] == [5, 5, 1]
    assert service["blocks"][0][1].split("\n")[:2] == ["08:00:00", "09:37:00"]
    assert {len(block) for block in service["blocks"]} == {10}


@pytest.mark.parametrize(("letters", "blocks"), [(20, [2]), (21, [1, 1])])
def test_a_long_merchant_stands_alone_so_that_rows_stay_side_by_side(mobile, letters, blocks):
    rows = (replace(mobile.itemised[0], other="m" * letters), mobile.itemised[1])

    [service] = printed(replace(mobile, itemised=rows))["itemised"]

    assert [len(block[1].split("\n")) for block in service["blocks"]] == blocks


@pytest.mark.parametrize(("letters", "blocks"), [(26, [2]), (27, [1, 1])])
def test_a_long_class_stands_alone_too(mobile, letters, blocks):
    rows = (mobile.itemised[0], replace(mobile.itemised[1], class_text="k" * letters))

    [service] = printed(replace(mobile, itemised=rows))["itemised"]

    assert [len(block[1].split("\n")) for block in service["blocks"]] == blocks


def test_a_record_tells_real_billed_free_and_charged_units(mobile):
    row = replace(mobile.itemised[0], real=45, billed=60, free=20, paid=40, price_micros=1_666_700)

    [[block]] = (service["blocks"] for service in printed(replace(mobile, itemised=(row,)))["itemised"])

    assert block[5:] == ["0:45", "1:00", "0:20", "0:40", "1,6667"]


def test_records_of_several_services_are_listed_service_by_service(mobile):
    first = mobile.itemised[0]
    rows = (replace(first, service="+420601000002"), first, replace(first, at=first.at + timedelta(hours=1)))

    services = printed(replace(mobile, itemised=rows))["itemised"]

    assert [plain(service["name"]) for service in services] == ["+420 601 000 001", "+420 601 000 002"]


@pytest.mark.parametrize("color", ["#ffd400", "#c2185b", "#0b3d91", "#ffffff", "#000000", "#14ff39"])
def test_any_brand_colour_gives_text_that_can_be_read_on_white(single, color):
    brand = printed(replace(single, brand=Brand("Operátor", color)))["brand"]

    assert brand["fill"] == color
    assert brightness(channels_of(brand["ink"])) <= 105_000


def test_a_dark_brand_colour_stays_itself():
    assert ink("#0b3d91") == "#0b3d91"


@pytest.mark.parametrize("color", ["red", "#fff", "#12345g", "1b4d5c", "#1b4d5c\n", ""])
def test_what_is_no_colour_is_refused(single, color):
    with pytest.raises(ColorNotUnderstood):
        printed(replace(single, brand=Brand("Operátor", color)))
