from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest

from spojka.charging.usage.json_layout import ItemResult, read_items, results
from spojka.charging.usage.parsing import TEXT_COLUMNS, instants
from spojka.charging.usage.records import records_of

CALL = {
    "record_id": "a-1",
    "kind": "voice",
    "direction": "mo",
    "service_key": "601234567",
    "other": "777 111 222",
    "at": "2026-02-03T10:15:30+01:00",
    "duration_s": "61",
}
DATA = {"record_id": "d-1", "kind": "data", "service_key": "230990000000001", "at": CALL["at"], "bytes_up": 5}
SMS = {
    "record_id": "s-1",
    "kind": "sms",
    "direction": "mo",
    "service_key": "601234567",
    "other": "112",
    "at": CALL["at"],
}


def _parsed(**changes):
    return read_items([CALL | changes], source="o2")


def _waiting(item):
    batch = read_items([item], source="o2")
    return [(row["reason"], row["field"]) for row in batch.suspense.iter_rows(named=True)]


def test_a_call_is_read():
    (call,) = records_of(_parsed().records)

    assert (call.service_key, call.other) == ("+420601234567", "+420777111222")
    assert (call.at, call.duration_s) == (datetime(2026, 2, 3, 9, 15, 30, tzinfo=UTC), 61)
    assert (call.visited, call.access, call.parts, call.source) == ("CZ", "cellular", 1, "o2")


def test_what_is_not_written_has_its_ordinary_value():
    (data,) = records_of(read_items([DATA], source="o2").records)

    assert (data.direction, data.bytes_up, data.bytes_down, data.duration_s) == ("mo", 5, 0, 0)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-02-03T10:15:30Z", "2026-02-03T10:15:30+00:00"),
        ("2026-02-03T10:15:30+01:00", "2026-02-03T09:15:30+00:00"),
        ("2026-02-03T10:15:30-05:30", "2026-02-03T15:45:30+00:00"),
        ("2026-02-03T10:15:30.25Z", "2026-02-03T10:15:30.250000+00:00"),
        ("2026-02-03T10:15:30", "2026-02-03T09:15:30+00:00"),
        ("2026-07-03T10:15:30", "2026-07-03T08:15:30+00:00"),
        ("2025-10-26T02:30:00", "2025-10-26T00:30:00+00:00"),
        ("2025-10-26T02:30:00+01:00", "2025-10-26T01:30:00+00:00"),
        ("2025-10-26T01:59:59", "2025-10-25T23:59:59+00:00"),
        ("2025-10-26T03:00:00", "2025-10-26T02:00:00+00:00"),
        ("2025-03-30T02:00:00", None),
        ("2025-03-30T02:59:59", None),
        ("2025-03-30T03:00:00", "2025-03-30T01:00:00+00:00"),
        ("2026-02-30T10:15:30Z", None),
        ("2026-02-03 10:15:30", None),
        ("2026-02-03T10:15Z", None),
        ("2026-02-03T10:15:30+0100", None),
        ("2026-02-03T10:15:30+15:00", None),
        ("2026-02-03T10:15:30+01:60", None),
        ("", None),
    ],
)
def test_instants_have_an_offset_or_are_prague_time_the_first_of_a_repeated_hour(text, instant):
    found = pl.DataFrame({"at": [text]}).select(instants(pl.col("at"))).item()

    assert (None if found is None else found.isoformat()) == instant


@pytest.mark.clause("nej/1.10")
def test_a_call_over_the_autumn_change_of_clock_has_its_true_length():
    (call,) = records_of(
        _parsed(at="2025-10-26T02:50:00+02:00", ended_at="2025-10-26T02:10:00+01:00", duration_s=None).records
    )

    assert call.duration_s == 1200


def test_a_started_second_counts_whole():
    (call,) = records_of(
        _parsed(at="2026-02-03T10:00:00Z", ended_at="2026-02-03T10:00:59.000001Z", duration_s="").records
    )

    assert call.duration_s == 60


@pytest.mark.parametrize("duration_s", ["59", "60", "61"])
def test_a_length_beside_both_ends_may_differ_by_a_second(duration_s):
    batch = _parsed(at="2026-02-03T10:00:00Z", ended_at="2026-02-03T10:01:00Z", duration_s=duration_s)

    assert batch.records["duration_s"].to_list() == [int(duration_s)]


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"record_id": None}, "RECORD_ID_MISSING", "record_id"),
        ({"kind": "fax"}, "UNKNOWN_KIND", "kind"),
        ({"kind": None}, "UNKNOWN_KIND", "kind"),
        ({"direction": "out"}, "FIELD_NOT_UNDERSTOOD", "direction"),
        ({"direction": None}, "FIELD_NOT_UNDERSTOOD", "direction"),
        ({"access": "satellite"}, "FIELD_NOT_UNDERSTOOD", "access"),
        ({"visited": "Germany"}, "FIELD_NOT_UNDERSTOOD", "visited"),
        ({"imsi": "23099"}, "FIELD_NOT_UNDERSTOOD", "imsi"),
        ({"imei": "x"}, "FIELD_NOT_UNDERSTOOD", "imei"),
        ({"rating_group": "1.5"}, "FIELD_NOT_UNDERSTOOD", "rating_group"),
        ({"at": "yesterday"}, "INSTANT_NOT_UNDERSTOOD", "at"),
        ({"at": None}, "INSTANT_NOT_UNDERSTOOD", "at"),
        ({"ended_at": "soon"}, "INSTANT_NOT_UNDERSTOOD", "ended_at"),
        ({"service_key": "12"}, None, None),
        ({"service_key": "6012"}, None, None),
        ({"service_key": "60123456x"}, "INVALID_NUMBER", "service_key"),
        ({"service_key": None}, "INVALID_NUMBER", "service_key"),
        ({"other": "0777111222"}, "INVALID_NUMBER", "other"),
        ({"other": None}, "INVALID_NUMBER", "other"),
        ({"duration_s": "-1"}, "INVALID_DURATION", "duration_s"),
        ({"duration_s": "6.5"}, "INVALID_DURATION", "duration_s"),
        ({"duration_s": None}, "INVALID_DURATION", "duration_s"),
        ({"ended_at": "2026-02-03T10:15:29+01:00"}, "INVALID_DURATION", "ended_at"),
        ({"ended_at": "2026-02-03T10:16:33+01:00"}, "INVALID_DURATION", "duration_s"),
    ],
)
@pytest.mark.clause("nej/2.11")
def test_the_first_thing_wrong_with_a_call_decides(changes, reason, field):
    assert _waiting(CALL | changes) == ([] if reason is None else [(reason, field)])


@pytest.mark.parametrize("duration_s", ["0", "4201"])
def test_a_length_is_not_limited_where_records_are_read(duration_s):
    assert _waiting(CALL | {"duration_s": duration_s}) == []


def test_an_unknown_caller_is_no_fault_of_an_incoming_call():
    assert records_of(_parsed(direction="mt", other=None).records)[0].other is None
    assert records_of(_parsed(direction="mt", other="anonymous").records)[0].other == "anonymous"


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"bytes_up": "-1"}, "INVALID_VOLUME", "bytes_up"),
        ({"bytes_up": None}, "INVALID_VOLUME", "bytes_down"),
        ({"bytes_down": "9x"}, "INVALID_VOLUME", "bytes_down"),
        ({"bytes_up": None, "bytes_down": "0"}, None, None),
        ({"other": "internet.nej.cz"}, None, None),
    ],
)
def test_a_data_session_needs_a_volume_and_no_number(changes, reason, field):
    assert _waiting(DATA | changes) == ([] if reason is None else [(reason, field)])


@pytest.mark.parametrize(
    ("parts", "reason"), [("0", "INVALID_PARTS"), ("1", None), ("255", None), ("256", "INVALID_PARTS")]
)
def test_a_message_has_1_to_255_parts(parts, reason):
    assert _waiting(SMS | {"parts": parts}) == ([] if reason is None else [(reason, "parts")])


def test_a_suspended_record_keeps_its_words():
    (row,) = _parsed(duration_s="-5").suspense.iter_rows(named=True)

    assert (row["value"], row["record_id"], row["line"]) == ("-5", "a-1", 1)
    assert '"other":"777 111 222"' in row["record"]


def test_every_record_of_a_batch_has_its_own_answer():
    items = [CALL, CALL | {"kind": "fax"}, DATA | {"colour": "red"}, SMS | {"parts": True}, SMS]

    answers = results(read_items(items, source="o2"))

    assert answers == [
        ItemResult(0, "a-1"),
        ItemResult(1, "a-1", "UNKNOWN_KIND", "kind", "fax"),
        ItemResult(2, "d-1", "FIELD_NOT_UNDERSTOOD", "colour", "red"),
        ItemResult(3, "s-1", "FIELD_NOT_UNDERSTOOD", "parts", "True"),
        ItemResult(4, "s-1"),
    ]


def test_an_empty_batch_has_no_answers():
    assert results(read_items([], source="o2")) == []


def test_the_text_columns_are_a_records_fields():
    assert set(CALL) <= set(TEXT_COLUMNS)
