"""Days, deadlines, working hours and periods as Czech law and the documents count them."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from spojka.kernel.time import (
    PRAGUE,
    Period,
    add_months,
    add_working_days,
    add_working_time,
    at_local,
    day_of,
    deadline_after_days,
    deadline_after_months,
    end_of,
    instant_of,
    is_working_day,
    micros_of,
    next_working_day,
    start_of,
    working_days_before,
)

DAYS = st.dates(date(1995, 1, 1), date(2060, 12, 31))
INSTANTS = st.integers(micros_of(start_of(date(1995, 1, 1))), micros_of(start_of(date(2060, 1, 1)))).map(instant_of)
OPENS, CLOSES = time(8), time(17)


def prague(text):
    return datetime.fromisoformat(text).replace(tzinfo=PRAGUE).astimezone(UTC)


@given(DAYS)
def test_a_day_begins_and_ends_at_local_midnight(day):
    begins, ends = start_of(day), end_of(day)

    assert day_of(begins) == day
    assert day_of(begins - timedelta(microseconds=1)) == day - timedelta(days=1)
    assert day_of(ends - timedelta(microseconds=1)) == day
    assert day_of(ends) == day + timedelta(days=1)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 24), ("2026-03-29", 23), ("2026-10-25", 25)])
def test_a_day_on_which_clocks_change_has_its_true_length(day, hours):
    day = date.fromisoformat(day)

    assert end_of(day) - start_of(day) == timedelta(hours=hours)


@pytest.mark.clause("nej/1.10")
def test_a_call_across_the_clocks_going_back_lasts_what_it_lasted():
    started = datetime.fromisoformat("2025-10-26T02:50+02:00")
    ended = datetime.fromisoformat("2025-10-26T02:10+01:00")

    assert (micros_of(ended) - micros_of(started)) // 1_000_000 == 1200


def test_of_a_repeated_hour_a_local_time_means_the_first():
    assert at_local(date(2025, 10, 26), time(2, 30)) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


@given(INSTANTS)
def test_an_instant_reads_back_from_its_microseconds(at):
    assert instant_of(micros_of(at)) == at


@given(DAYS, st.integers(-240, 240))
def test_a_term_in_months_keeps_the_day_or_takes_the_months_last(day, months):
    moved = add_months(day, months)

    whole = day.year * 12 + day.month - 1 + months
    assert (moved.year, moved.month) == (whole // 12, whole % 12 + 1)
    assert moved.day == min(day.day, calendar.monthrange(moved.year, moved.month)[1])


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-02-28", 1, "2026-03-28"),
        ("2024-02-01", 24, "2026-02-01"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
    ],
)
def test_a_missing_day_is_the_months_last(day, months, moved):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(moved)


@pytest.mark.clause("nej/1.10")
def test_czech_public_holidays_are_those_of_the_clause():
    named = {"01-01", "05-01", "05-08", "07-05", "07-06", "09-28", "10-28", "11-17", "12-24", "12-25", "12-26"}
    easter_of_2026 = {"04-03", "04-06"}
    year = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]

    resting_in_the_week = {f"{day:%m-%d}" for day in year if day.weekday() < 5 and not is_working_day(day)}

    in_the_week = {day for day in named if date.fromisoformat(f"2026-{day}").weekday() < 5}
    assert resting_in_the_week == in_the_week | easter_of_2026
    assert not any(is_working_day(day) for day in year if day.weekday() >= 5)


@given(DAYS)
def test_the_next_working_day_is_the_first_that_works(day):
    found = next_working_day(day)

    assert is_working_day(found)
    assert not any(is_working_day(day + timedelta(days=n)) for n in range((found - day).days))


@given(DAYS, st.integers(1, 60))
def test_so_many_working_days_later_lie_so_many_working_days(day, count):
    last = add_working_days(day, count)

    between = [day + timedelta(days=n) for n in range(1, (last - day).days + 1)]
    assert sum(map(is_working_day, between)) == count
    assert is_working_day(last)


@pytest.mark.clause("nej/1.10")
def test_five_working_days_over_christmas_end_in_the_new_year():
    assert add_working_days(date(2025, 12, 22), 5) == date(2026, 1, 2)


@pytest.mark.parametrize(
    ("event_on", "count", "due_on"), [("2026-04-30", 5, "2026-05-11"), ("2026-04-01", 4, "2026-04-09")]
)
def test_working_days_of_setting_up_leave_holidays_out(event_on, count, due_on):
    assert add_working_days(date.fromisoformat(event_on), count) == date.fromisoformat(due_on)


@given(DAYS, st.integers(1, 60))
def test_working_days_counted_back_lead_to_a_working_day_so_many_before(day, count):
    first = working_days_before(day, count)

    between = [first + timedelta(days=n) for n in range((day - first).days)]
    assert sum(map(is_working_day, between)) == count
    assert is_working_day(first)


@pytest.mark.clause("nej/1.10")
def test_a_month_from_the_31st_of_january_2026_ends_on_monday_the_2nd_of_march():
    assert deadline_after_months(date(2026, 1, 31), 1) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("event_on", "days", "last_on"),
    [("2026-06-10", 1, "2026-06-11"), ("2026-06-10", 3, "2026-06-15"), ("2026-06-10", 5, "2026-06-15")],
)
def test_a_deadline_in_days_does_not_count_the_event_and_rolls_to_a_working_day(event_on, days, last_on):
    assert deadline_after_days(date.fromisoformat(event_on), days) == date.fromisoformat(last_on)


@pytest.mark.parametrize(
    ("reported", "measure_by"),
    [
        ("2026-06-12T15:30", "2026-06-15T10:30"),
        ("2026-11-17T10:00", "2026-11-18T12:00"),
        ("2026-06-10T13:00", "2026-06-10T17:00"),
        ("2026-06-10T13:01", "2026-06-11T08:01"),
        ("2026-06-10T07:59", "2026-06-10T12:00"),
        ("2026-06-10T17:00", "2026-06-11T12:00"),
        ("2026-06-10T16:59", "2026-06-11T11:59"),
    ],
)
def test_four_working_hours_run_only_on_working_days_from_8_to_17(reported, measure_by):
    assert add_working_time(prague(reported), timedelta(hours=4), OPENS, CLOSES) == prague(measure_by)


@given(INSTANTS, st.integers(0, 60 * 60), st.integers(0, 60 * 60))
def test_working_time_in_two_parts_ends_when_it_does_in_one(at, first_s, second_s):
    first, second = timedelta(seconds=first_s), timedelta(seconds=second_s + 1)

    parts = add_working_time(add_working_time(at, first, OPENS, CLOSES), second, OPENS, CLOSES)

    assert parts == add_working_time(at, first + second, OPENS, CLOSES)


@given(INSTANTS, st.integers(1, 40 * 60 * 60))
def test_working_time_ends_within_opening_hours_of_a_working_day(at, worked_s):
    ended = add_working_time(at, timedelta(seconds=worked_s), OPENS, CLOSES).astimezone(PRAGUE)

    assert is_working_day(ended.date())
    assert OPENS < ended.time() <= CLOSES
    assert ended - at >= timedelta(seconds=worked_s)


@given(DAYS)
def test_a_month_holds_its_days_and_touches_its_neighbours(day):
    month = Period.containing(day)

    assert day in month
    assert month.starts_on in month
    assert month.ends_on not in month
    assert month.next().previous() == month
    assert month.next().starts_on == month.ends_on
    assert month.days == calendar.monthrange(day.year, day.month)[1]
    assert (month.starts_at, month.ends_at) == (start_of(month.starts_on), start_of(month.ends_on))


@given(DAYS, st.integers(1, 500))
def test_a_period_reads_back_from_its_text(day, length):
    period = Period(day, day + timedelta(days=length))

    assert Period.parse(str(period)) == period
    assert TypeAdapter(Period).validate_python(str(period)) == period


@given(DAYS, DAYS, st.one_of(st.none(), DAYS))
def test_overlapping_days_are_those_in_both(day, starts_on, ends_on):
    month = Period.containing(day)

    inside = [month.starts_on + timedelta(days=n) for n in range(month.days)]
    expected = sum(starts_on <= each and (ends_on is None or each < ends_on) for each in inside)
    assert month.overlap_days(starts_on, ends_on) == expected


@pytest.mark.parametrize("text", ["2026", "2026-13", "02-2026", "2026/02", "2026-02-01/2026-02-01", ""])
def test_a_text_that_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match=r"not a month|is empty|Invalid isoformat"):
        Period.parse(text)
