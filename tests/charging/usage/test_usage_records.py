from __future__ import annotations

from datetime import UTC, datetime

import polars as pl

from spojka.charging.rating.terms import Kind
from spojka.charging.usage.classes import KINDS, UsageKind, Zones
from spojka.charging.usage.records import (
    FIELDS,
    RECORD_SCHEMA,
    FileBroken,
    UsageRecord,
    frame_of,
    identities,
    identity,
    records_of,
)

CALL = UsageRecord(
    "o2", "a-1", "+420601234567", "voice", "mo", "+420777111222", datetime(2026, 2, 3, 9, tzinfo=UTC), 61
)


def test_the_frame_has_the_records_columns():
    assert list(FIELDS) == RECORD_SCHEMA.names()


def test_records_go_into_a_frame_and_back():
    data = UsageRecord("o2", "a-2", "230990000000001", "data", "mo", "internet", CALL.at, 10, 5, 6, rating_group=32)

    frame = frame_of([CALL, data])

    assert records_of(frame) == [CALL, data]
    assert frame["line"].to_list() == [1, 2]


def test_kinds_have_the_numbers_that_rating_knows():
    assert {kind.name: int(kind) for kind in Kind} == {
        kind.name: int(kind) for kind in UsageKind if kind.name != "PAYMENT"
    }
    assert [KINDS[kind] for kind in UsageKind] == [kind.name.lower() for kind in UsageKind]


def test_an_identity_is_16_bytes_and_stays_the_same():
    assert str(identity("o2", "a-1")) == str(identity("o2", "a-1"))
    assert len(identity("o2", "a-1").bytes) == 16


def test_identities_differ_by_sender_and_by_id():
    assert len({identity("o2", "a-1"), identity("o2", "a-2"), identity("tap", "a-1"), identity("o", "2a-1")}) == 4


def test_a_column_of_ids_gets_the_same_identities():
    made = identities("o2", pl.Series(["a-1", None, "ř"]))

    assert made.to_list() == [identity("o2", "a-1").bytes, None, identity("o2", "ř").bytes]


def test_a_broken_file_says_where():
    assert str(FileBroken(3, 7, "a cause")) == "line 3, column 7: a cause"
    assert str(FileBroken(3, None, "a cause")) == "line 3: a cause"
    assert str(FileBroken(None, None, "a cause", offset=12)) == "byte 12: a cause"


def test_zones_know_home_named_and_other_countries():
    zones = Zones({"eu": ["DE"], "world": ["*"]})

    assert [zones.zone_of(country) for country in ("CZ", "DE", "US")] == ["home", "eu", "world"]
    assert Zones({"eu": ["DE"]}).zone_of("US") is None
