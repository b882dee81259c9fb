from __future__ import annotations

import json
from datetime import timedelta

import polars as pl
import pytest

from spojka.charging.usage.json_layout import read_items
from spojka.charging.usage.records import frame_of, identity, records_of
from spojka.charging.usage.screening import Screened, event_columns, recognise, screen
from tests.charging.usage.lookups import (
    ENDED_AT,
    FIRST_CARD,
    LOOKUPS,
    NOON,
    OTHER_CARD,
    OWN,
    PORTED_AT,
    SECOND_CARD,
    SWAPPED_AT,
    call,
)


def _screened(*records) -> Screened:
    return screen(frame_of(records), LOOKUPS)


def _ready(*records):
    screened = _screened(*records)
    assert screened.suspense.rows() == []
    return screened.ready


def _reasons(*records):
    return _screened(*records).suspense.select("reason", "field", "value").rows()


def test_a_call_is_ready_with_its_service_class_zone_and_quantity():
    row = _ready(call()).row(0, named=True)

    assert (row["service_id"], row["dest_class"], row["zone"], row["quantity"]) == ("a", "mobile", "home", 61)
    assert (row["network"], row["network_version"], row["part"]) == (None, "2026-02-04", 1)


@pytest.mark.parametrize(("second", "found"), [(-1, "mobile"), (0, "own_network")])
@pytest.mark.clause("nej/2.12")
def test_a_ported_number_is_own_from_the_instant_of_porting(second, found):
    row = _ready(call(PORTED_AT + timedelta(seconds=second))).row(0, named=True)

    assert row["dest_class"] == found
    assert row["network"] == ("nej" if found == "own_network" else None)


@pytest.mark.parametrize(
    ("at", "imsi", "reasons"),
    [
        (SWAPPED_AT - timedelta(microseconds=1), FIRST_CARD, []),
        (SWAPPED_AT - timedelta(microseconds=1), SECOND_CARD, [("IMSI_MISMATCH", "imsi", SECOND_CARD)]),
        (SWAPPED_AT, SECOND_CARD, []),
        (SWAPPED_AT, FIRST_CARD, [("IMSI_MISMATCH", "imsi", FIRST_CARD)]),
        (SWAPPED_AT, None, []),
    ],
)
@pytest.mark.clause("nej/4.21")
def test_use_with_another_card_waits(at, imsi, reasons):
    assert _reasons(call(at, imsi=imsi)) == reasons


@pytest.mark.parametrize(
    ("at", "key", "known"),
    [
        (ENDED_AT - timedelta(microseconds=1), OWN, True),
        (ENDED_AT, OWN, False),
        (NOON, FIRST_CARD, True),
        (NOON, SECOND_CARD, False),
        (NOON, "+420603000000", False),
    ],
)
def test_a_service_is_found_by_number_or_card_while_it_has_them(at, key, known):
    assert _reasons(call(at, service_key=key)) == ([] if known else [("UNKNOWN_SERVICE", "service_key", key)])


@pytest.mark.parametrize(
    ("kind", "duration_s", "waits"), [("voice", 4200, False), ("video", 4201, True), ("data", 4201, False)]
)
@pytest.mark.clause("nej/2.7")
def test_a_call_longer_than_the_longest_waits(kind, duration_s, waits):
    expected = [("DURATION_OVER_MAX", "duration_s", str(duration_s))] if waits else []

    assert _reasons(call(kind=kind, duration_s=duration_s)) == expected


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("112", "emergency"),
        ("116111", "harmonised_116"),
        ("+420972241111", "fixed_like"),
        ("+420844111222", "special_84"),
        ("+4930123456", "international.eu"),
    ],
)
def test_the_called_number_gives_the_class(other, found):
    assert _ready(call(other=other))["dest_class"].to_list() == [found]


@pytest.mark.parametrize(("other", "reason"), [("+420999111222", "UNKNOWN_DESTINATION"), ("11612", "INVALID_NUMBER")])
@pytest.mark.clause("nej/2.12")
def test_a_number_of_no_class_waits(other, reason):
    assert _reasons(call(other=other)) == [(reason, "other", other)]


def test_the_price_in_the_number_goes_along():
    row = _ready(call(other="+420905120123")).row(0, named=True)

    assert (row["number_price_micros"], row["number_price_per"]) == (120_000_000, "call")


@pytest.mark.parametrize(("visited", "zone"), [("CZ", "home"), ("DE", "eu"), ("US", "world1")])
def test_the_visited_country_gives_the_zone(visited, zone):
    assert _ready(call(visited=visited))["zone"].to_list() == [zone]


def test_a_country_of_no_zone_waits():
    assert _reasons(call(visited="CH")) == [("UNKNOWN_COUNTRY", "visited", "CH")]


def test_incoming_calls_and_data_have_classes_of_their_own():
    ready = _ready(call(direction="mt", other=None), call(direction="forwarded"), call(kind="data", other="internet"))

    assert ready["dest_class"].to_list() == ["incoming", "mobile", "data"]


def test_quantity_is_seconds_parts_or_bytes():
    ready = _ready(
        call(kind="video"), call(kind="sms", parts=3), call(kind="mms"), call(kind="data", bytes_up=5, bytes_down=7)
    )

    assert ready["quantity"].to_list() == [61, 3, 1, 12]


def test_a_session_over_the_periods_end_is_cut_and_each_part_has_its_quantity():
    session = call(ENDED_AT - timedelta(hours=1, seconds=60), kind="data", duration_s=120, bytes_up=10, bytes_down=0)

    ready = _ready(session)

    assert ready.select("part", "quantity", "service_id").rows() == [(1, 5, "a"), (2, 5, "a")]


def test_a_suspended_record_is_read_back_as_it_was():
    record = call(NOON + timedelta(microseconds=123456), other="+420999111222", imsi=FIRST_CARD, cell="230-99")
    (kept,) = _screened(record).suspense["record"].to_list()

    again = read_items([json.loads(kept)], source="o2")

    assert records_of(again.records) == [record]


def test_order_and_further_columns_stay():
    frame = frame_of([call(NOON + timedelta(hours=hour), record_id=str(hour)) for hour in (5, 1, 3)])

    screened = screen(frame.with_columns(file=pl.lit("f")), LOOKUPS)

    assert screened.ready["record_id"].to_list() == ["5", "1", "3"]
    assert screened.ready["file"].to_list() == ["f"] * 3


def test_nothing_comes_of_nothing():
    screened = _screened()

    assert (screened.ready.height, screened.suspense.height) == (0, 0)
    assert "quantity" in screened.ready.columns


@pytest.mark.clause("nej/2.11")
def test_a_record_is_taken_once():
    frame = frame_of([call(record_id="1"), call(record_id="2"), call(record_id="1"), call(record_id="3")])
    taken = pl.Series([identity("o2", "3").bytes])

    recognised = recognise(frame, taken)

    assert recognised.fresh["line"].to_list() == [1, 2]
    assert recognised.repeats["line"].to_list() == [3, 4]
    assert recognised.fresh["identity"].to_list() == [identity("o2", "1").bytes, identity("o2", "2").bytes]


def test_an_empty_frame_has_no_repeats():
    assert recognise(frame_of([])).fresh.columns[-1] == "identity"


def test_the_kernels_columns_use_the_books_codes():
    ready = _ready(
        call(), call(other="112", service_key="+420602000000", visited="DE", imsi=OTHER_CARD), call(kind="sms")
    )

    events = event_columns(ready, services=["z", "a"], dest_classes=["mobile"], zones=["home"])

    assert events.columns == ["service", "kind", "class", "zone", "at", "quantity"]
    micros = int(NOON.timestamp()) * 1_000_000
    assert events.rows() == [(1, 0, 0, 0, micros, 61), (-1, 0, 255, 255, micros, 61), (1, 2, 0, 0, micros, 1)]
