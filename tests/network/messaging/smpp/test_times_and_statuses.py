"""Times as SMPP writes them, and what statuses mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spojka.network.messaging.smpp.statuses import STATUSES, StatusClass, status_of
from spojka.network.messaging.smpp.times import TimeWrong, absolute_time, read_time, relative_time
from tests.network.messaging.smpp.strategies import INSTANTS

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


@given(INSTANTS)
def test_an_instant_is_read_as_it_was_written_to_a_tenth_of_a_second(at):
    tenth = at.replace(microsecond=at.microsecond // 100_000 * 100_000)

    assert read_time(absolute_time(at), now=NOW) == tenth


@given(st.integers(0, 99 * 86400))
def test_a_duration_is_read_as_it_was_written(seconds):
    assert read_time(relative_time(timedelta(seconds=seconds)), now=NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(days=99), "000099000000000R"),
        (timedelta(days=100), "000099000000000R"),
        (timedelta(seconds=-1), "000000000000000R"),
        (timedelta(seconds=59, milliseconds=999), "000000000059000R"),
    ],
)
def test_a_duration_that_does_not_fit_is_cut(duration, text):
    assert relative_time(duration) == text


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("260201083000048+", datetime(2026, 1, 31, 20, 30, tzinfo=UTC)),
        ("260201083000048-", datetime(2026, 2, 1, 20, 30, tzinfo=UTC)),
        ("260201083000504+", datetime(2026, 2, 1, 7, 30, 0, 500_000, tzinfo=UTC)),
        ("000100000000000R", datetime(2026, 2, 28, 12, 0, tzinfo=UTC)),
        ("010000000000000R", datetime(2027, 1, 31, 12, 0, tzinfo=UTC)),
        ("", None),
    ],
)
def test_times_are_read(text, at):
    assert read_time(text, now=NOW) == at


@pytest.mark.parametrize(
    "text",
    [
        "26020108300000+",
        "2602010830000004+",
        "260201083000049+",
        "261301083000000+",
        "26020108300000xR",
        "2602010830000000",
    ],
)
def test_what_is_no_time_says_why(text):
    found = read_time(text, now=NOW)

    assert isinstance(found, TimeWrong)
    assert found.reason


@given(st.text(max_size=18) | st.from_regex(r"[0-9]{15}[R+-]", fullmatch=True))
def test_no_text_raises(text):
    found = read_time(text, now=NOW)

    assert found is None or isinstance(found, TimeWrong) or found.tzinfo is UTC


def test_an_instant_is_written_in_utc():
    assert absolute_time(datetime(2026, 2, 1, 9, 30, tzinfo=timezone(timedelta(hours=1)))) == "260201083000000+"


@pytest.mark.parametrize(
    ("number", "kind", "permanent"),
    [
        (0x00, StatusClass.DONE, False),
        (0x14, StatusClass.SLOW_DOWN, False),
        (0x58, StatusClass.SLOW_DOWN, False),
        (0x08, StatusClass.RETRY, False),
        (0x64, StatusClass.RETRY, False),
        (0x45, StatusClass.RETRY_LIMITED, False),
        (0xFF, StatusClass.RETRY_LIMITED, False),
        (0x0B, StatusClass.DESTINATION, True),
        (0x0A, StatusClass.SENDER, True),
        (0x01, StatusClass.MESSAGE, True),
        (0xC4, StatusClass.MESSAGE, True),
        (0x0D, StatusClass.LINK, False),
        (0x67, StatusClass.REQUEST, True),
        (0x400, StatusClass.RETRY_LIMITED, False),
        (0xFFFFFFFF, StatusClass.RETRY_LIMITED, False),
    ],
)
def test_a_status_says_what_to_do(number, kind, permanent):
    found = status_of(number)

    assert (found.number, found.kind, found.permanent) == (number, kind, permanent)


def test_a_links_own_table_goes_first():
    vendor = {0x401: StatusClass.DESTINATION, 0x08: StatusClass.SLOW_DOWN}

    assert status_of(0x401, vendor=vendor).permanent
    assert status_of(0x08, vendor=vendor).name == "ESME_RSYSERR"
    assert status_of(0x08, vendor=vendor).retry_after_s > 0


def test_codes_outwards_are_stable_and_few():
    assert {one.code for one in STATUSES.values()} == {
        "accepted",
        "destination_invalid",
        "message_invalid",
        "network_busy",
        "network_error",
        "network_link_fault",
        "network_unavailable",
        "request_failed",
        "sender_invalid",
    }
