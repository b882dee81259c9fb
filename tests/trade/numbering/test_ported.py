from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.kernel.time import at_local
from spojka.trade.numbering.ported import PortedNumbers, Stay, StaysOverlap, blocks_between

PORTED = "+420601234567"
MOVED_AT = datetime(2026, 5, 4, 1, 0, tzinfo=UTC)
DATABASE = PortedNumbers.of(
    [
        Stay(PORTED, "o2", datetime(2020, 1, 1, tzinfo=UTC), MOVED_AT),
        Stay(PORTED, "nej", MOVED_AT),
        Stay("+420777000111", "vodafone", datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)),
    ],
    version="2026-05-04",
    blocks={"+4207770": "t-mobile", "+42077700011": "nej"},
)


@pytest.mark.parametrize(("second", "network"), [(-1, "o2"), (0, "nej"), (1, "nej")])
@pytest.mark.clause("nej/2.12")
def test_a_number_changes_network_at_the_very_instant_of_porting(second, network):
    from datetime import date, time

    ported_at = at_local(date(2026, 5, 4), time(3))

    assert DATABASE.network_at(PORTED, ported_at + timedelta(seconds=second)) == network


@pytest.mark.parametrize(
    ("number", "at", "network"),
    [
        (PORTED, datetime(2019, 12, 31, tzinfo=UTC), None),
        ("+420777000111", datetime(2024, 6, 1, tzinfo=UTC), "vodafone"),
        ("+420777000111", datetime(2025, 1, 1, tzinfo=UTC), "nej"),
        ("+420777055555", datetime(2025, 1, 1, tzinfo=UTC), "t-mobile"),
        ("+420602000000", datetime(2025, 1, 1, tzinfo=UTC), None),
        ("112", datetime(2025, 1, 1, tzinfo=UTC), None),
        ("*30", datetime(2025, 1, 1, tzinfo=UTC), None),
    ],
)
def test_outside_its_stays_a_number_is_where_its_block_is(number, at, network):
    assert DATABASE.network_at(number, at) == network


def test_two_stays_at_once_are_refused_and_named():
    with pytest.raises(StaysOverlap, match=r"\+420601234567 .* 2026-05-04T01:00:00Z"):
        PortedNumbers.of(
            [Stay(PORTED, "o2", datetime(2020, 1, 1, tzinfo=UTC)), Stay(PORTED, "nej", MOVED_AT)], version="x"
        )


def test_an_empty_database_knows_no_network():
    empty = PortedNumbers.of([], version="none")

    assert empty.network_at(PORTED, MOVED_AT) is None
    calls = pl.DataFrame({"number": [PORTED], "at": [MOVED_AT]}, schema_overrides={"at": pl.Datetime("us", "UTC")})
    assert empty.networks(calls, number="number", at="at").to_list() == [None]


CALLS = st.lists(
    st.tuples(
        st.sampled_from([PORTED, "+420777000111", "+420777055555", "+420602000000", None]),
        st.sampled_from([MOVED_AT, datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)]),
        st.integers(-2, 2),
    ),
    max_size=12,
)


@given(CALLS)
def test_a_column_is_looked_up_like_single_numbers_in_its_own_order(calls):
    rows = [(number, at + timedelta(microseconds=shift)) for number, at, shift in calls]
    frame = pl.DataFrame(rows, schema={"number": pl.String(), "at": pl.Datetime("us", "UTC")}, orient="row")

    found = DATABASE.networks(frame, number="number", at="at").to_list()

    assert found == [None if number is None else DATABASE.network_at(number, at) for number, at in rows]


@pytest.mark.parametrize(
    ("first", "last", "blocks"),
    [
        ("+420601000000", "+420601999999", ["+420601"]),
        ("+420601000000", "+420602999999", ["+420601", "+420602"]),
        ("+420601000000", "+420601000000", ["+420601000000"]),
        ("+420601000099", "+420601000110", ["+420601000099", "+42060100010", "+420601000110"]),
    ],
)
def test_a_run_of_numbers_is_held_by_its_beginnings(first, last, blocks):
    assert blocks_between(first, last) == blocks


@pytest.mark.parametrize(("first", "last"), [("+420602", "+420601"), ("+42060", "+420601")])
def test_what_is_no_run_of_numbers_is_refused(first, last):
    with pytest.raises(ValueError, match="no run of numbers"):
        blocks_between(first, last)


def test_a_block_that_would_hold_every_number_is_refused():
    with pytest.raises(ValueError, match="every number"):
        PortedNumbers.of([], version="x", blocks={"": "nej"})
