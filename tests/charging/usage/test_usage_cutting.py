from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.charging.usage.cutting import SessionPart, cut_session, cut_sessions, period_on
from spojka.charging.usage.records import UsageRecord, frame_of
from spojka.kernel.time import Period, day_of

MIDNIGHT = datetime(2026, 2, 28, 23, tzinfo=UTC)
SUMMER_MIDNIGHT = datetime(2026, 3, 31, 22, tzinfo=UTC)


def _session(at, duration_s, *, kind="data", up=100, down=900):
    return UsageRecord("o2", "d-1", "230990000000001", kind, "mo", None, at, duration_s, up, down)


@pytest.mark.clause("nej/1.10")
@pytest.mark.parametrize("midnight", [MIDNIGHT, SUMMER_MIDNIGHT])
def test_a_session_over_local_midnight_of_the_first_is_cut_there(midnight):
    parts = cut_session(at=midnight - timedelta(seconds=60), duration_s=180, bytes_up=10, bytes_down=3)

    assert parts == [SessionPart(midnight - timedelta(seconds=60), 60, 3, 1), SessionPart(midnight, 120, 7, 2)]


@pytest.mark.parametrize(("start_s", "parts"), [(-61, 1), (-60, 1), (-59, 2), (-1, 2), (0, 1)])
def test_only_a_session_with_time_on_both_sides_is_cut(start_s, parts):
    at = MIDNIGHT + timedelta(seconds=start_s)

    assert len(cut_session(at=at, duration_s=60, bytes_up=1, bytes_down=1)) == parts


def test_a_session_of_no_length_stays_whole():
    assert cut_session(at=MIDNIGHT, duration_s=0, bytes_up=5, bytes_down=0) == [SessionPart(MIDNIGHT, 0, 5, 0)]


def test_a_session_over_several_periods_has_a_part_in_each():
    parts = cut_session(at=datetime(2026, 1, 31, tzinfo=UTC), duration_s=60 * 86400, bytes_up=60, bytes_down=0)

    assert [day_of(part.at) for part in parts] == [
        date(2026, 1, 31),
        date(2026, 2, 1),
        date(2026, 3, 1),
        date(2026, 4, 1),
    ]


INSTANTS = st.datetimes(datetime(2025, 9, 1), datetime(2026, 5, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
BYTES = st.integers(0, 2**42)


@given(INSTANTS, st.integers(0, 80 * 86400), BYTES, BYTES)
def test_parts_add_up_and_follow_each_other(at, duration_s, up, down):
    parts = cut_session(at=at, duration_s=duration_s, bytes_up=up, bytes_down=down)

    assert sum(part.bytes_up for part in parts) == up
    assert sum(part.bytes_down for part in parts) == down
    assert sum(part.duration_s for part in parts) == duration_s
    assert parts[0].at == at
    assert all(part.at == Period.containing(day_of(part.at)).starts_at for part in parts[1:])
    assert all(min(part.duration_s, part.bytes_up, part.bytes_down) >= 0 for part in parts)


def test_a_frame_is_cut_in_place_and_parts_are_numbered():
    crossing = _session(MIDNIGHT - timedelta(seconds=60), 120)
    frame = frame_of([_session(MIDNIGHT, 5), crossing, _session(MIDNIGHT - timedelta(hours=9), 5)])

    cut = cut_sessions(frame)

    assert cut["line"].to_list() == [1, 2, 2, 3]
    assert cut["part"].to_list() == [1, 1, 2, 1]
    assert cut["record_id"].to_list() == ["d-1"] * 4
    assert cut["bytes_down"].to_list() == [900, 450, 450, 900]
    assert cut.columns == [*frame.columns, "part"]


def test_a_call_belongs_to_the_period_it_started_in():
    cut = cut_sessions(frame_of([_session(MIDNIGHT - timedelta(seconds=60), 120, kind="voice")]))

    assert cut.select("part", "duration_s").rows() == [(1, 120)]


@pytest.mark.parametrize(
    ("at", "period"),
    [
        (MIDNIGHT - timedelta(microseconds=1), date(2026, 2, 1)),
        (MIDNIGHT, date(2026, 3, 1)),
        (SUMMER_MIDNIGHT - timedelta(microseconds=1), date(2026, 3, 1)),
        (SUMMER_MIDNIGHT, date(2026, 4, 1)),
    ],
)
def test_a_period_begins_at_local_midnight(at, period):
    frame = pl.DataFrame({"at": [at]}, schema={"at": pl.Datetime("us", "UTC")})

    assert frame.select(period_on(pl.col("at"))).item() == period
