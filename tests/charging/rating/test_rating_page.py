"""Every row of every table on the kernel's page, recomputed by the rule and by the kernel."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from spojka.charging.rating import terms
from spojka.charging.rating.clawbacks import misuse_penalty, uncovered
from spojka.charging.rating.grants import Bound, grant
from spojka.charging.rating.terms import UNLIMITED, Control, Kind, MarkCode, RateRow

from .pricelist import MB, Phone, crowns, price_list

PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "rating-kernel.md"
UNITS = {"B": 1, "kB": 1024, "MB": MB}
MINUTE_OF_PENALTY = RateRow("penalty", Kind.VOICE, "misuse", "cz", crowns("6.50"), unit_size=60)


def table(number):
    """The rows of a numbered table, as dictionaries by column."""
    text = PAGE.read_text(encoding="utf-8").split(f"**Table {number}. ", 1)[1].split("\n\n", 2)[1]
    head, _, *rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in text.splitlines()]
    return [dict(zip(head, row, strict=True)) for row in rows]


def shown(micros):
    """Crowns with four decimals, as the page shows them."""
    assert micros % 100 == 0
    return f"{micros // 1_000_000}.{micros % 1_000_000 // 100:04d}"


def units(cell):
    return UNLIMITED if cell == "unlimited" else int(cell)


def happen(phone, event):
    """An event of the page: a call, data, a purchase or a switch of the limit."""
    if event in ("limit on", "limit off"):
        return phone.control(Control.LIMIT_ON if event == "limit on" else Control.LIMIT_OFF)
    if bought := re.fullmatch(r"buy (\d+) MB", event):
        return phone.control(Control.GRANT, "purchased", int(bought[1]) * MB)
    if data := re.fullmatch(r"data (\d+) (\w+)(?: in (\w+))?", event):
        return phone.data(int(data[1]) * UNITS[data[2]], zone=data[3] or "cz")
    call = re.fullmatch(r"(\d+) s(?: to (\w+))?(?: in (\w+))?", event)
    return phone.call(int(call[1]), call[2] or "mobile", zone=call[3] or "cz")


def test_the_page_has_eight_tables_and_no_more():
    numbers = re.findall(r"\*\*Table (\d+)\. ", PAGE.read_text(encoding="utf-8"))

    assert numbers == list("12345678")


@pytest.mark.parametrize("row", table(1), ids=lambda row: row["Call"])
def test_table_1_the_first_minute_then_seconds(row):
    rating = happen(Phone(price_list(call="2.50")), row["Call"])

    rated = rating.rate_row >= 0
    assert (str(rating.billed) if rated else "not rated") == row["Billed s"]
    assert (shown(rating.charge_micros) if rated else "not rated") == row["Price CZK"]


def test_table_2_pools_and_where_they_spill():
    phone = Phone(price_list(), own=600, other=240, fixed=100, all=200)

    for row in table(2):
        rating = happen(phone, row["Call"])

        found = [rating.billed, *map(phone.left, ("own", "other", "fixed", "all")), rating.paid]
        assert [*map(str, found), shown(rating.charge_micros)] == list(row.values())[1:], row


def test_table_3_three_buckets_of_data():
    phone = Phone(price_list(), basic=1500 * MB, carried=380 * MB)

    for row in table(3):
        rating = happen(phone, row["Event"])

        told = [f"{mark.a} %" for mark in rating.marks if mark.code is MarkCode.VOLUME_THRESHOLD]
        told += ["stopped" for mark in rating.marks if mark.code is MarkCode.VOLUME_EXHAUSTED]
        figures = [*map(phone.left, ("basic", "carried", "purchased")), rating.unbilled]
        assert all(figure % MB == 0 for figure in figures)
        found = [*(str(figure // MB) for figure in figures), ", ".join(told) or "-", shown(rating.charge_micros)]
        assert found == list(row.values())[1:], row


def test_table_4_the_roaming_limit():
    phone = Phone(price_list())

    for row in table(4):
        rating = happen(phone, row["Event"])

        figures = [-(-rating.paid // 1024), rating.unbilled // 1024]
        money = [rating.charge_micros, phone.account.limit_counted_micros]
        reached = "yes" if phone.account.limit_reached else "no"
        assert [*map(str, figures), *map(shown, money), reached] == list(row.values())[1:], row


@pytest.mark.parametrize("row", table(5), ids=lambda row: "-".join(row.values()))
def test_table_5_ten_thousand_minutes(row):
    phone = Phone(price_list(), other=units(row["Other left s"])).lived(counted=(int(row["Counted before s"]), 0))

    rating = happen(phone, row["Call"])

    penalty = misuse_penalty(phone.account, "seconds", MINUTE_OF_PENALTY, phone.book)
    money = [rating.charge_micros, penalty.credited_micros, penalty.penalty_micros]
    assert [str(penalty.units), *map(shown, money)] == list(row.values())[3:]


@pytest.mark.parametrize("row", table(6), ids=lambda row: row["Entitled s"])
def test_table_6_lost_cover(row):
    phone = Phone(price_list(), other=6000)
    for seconds in (100, 61, 300):
        phone.call(seconds)

    lost = uncovered(phone.ratings, {"other": int(row["Entitled s"])}, phone.book)

    by_call = [sum(one.units for one in lost if one.record == call) for call in range(3)]
    assert [*map(str, by_call), shown(sum(one.charge_micros for one in lost))] == list(row.values())[1:]


@pytest.mark.parametrize("row", table(7), ids=lambda row: "-".join(row.values()))
def test_table_7_before_it_is_used(row):
    phone = Phone(price_list(), other=units(row["Other left s"]))
    call = phone.book.rows.index(next(row for row in phone.book.rows if row.dest_class == "mobile"))
    credit = Bound("CREDIT_TOO_LOW", crowns(row["Credit CZK"]))

    given = grant(call, phone.account, phone.book, used=0, asked=90, bounds=[credit])

    assert [str(given.units), shown(given.rating.charge_micros)] == list(row.values())[2:]


def test_table_8_the_bounds_are_those_of_the_code():
    bounds = [
        terms.MOST_QUANTITY[Kind.VOICE],
        terms.MOST_QUANTITY[Kind.DATA],
        terms.MOST_BLOCK,
        terms.MOST_PRICE_MICROS,
        terms.MOST_CHARGE_MICROS,
        terms.MOST_LIMIT_MICROS,
        terms.MOST_GRANTED,
        terms.MOST_METER,
    ]

    assert [2 ** int(row["Power of two"]) for row in table(8)] == bounds
    assert terms.MOST_SLOTS * terms.MOST_GRANTED * 100 < 2**63
