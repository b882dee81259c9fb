"""Instants, days, half-open periods, and the Czech calendar that deadlines count in (spec conventions, time)."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import holidays
from pydantic_core import CoreSchema, core_schema

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

PRAGUE: Final = ZoneInfo("Europe/Prague")
SATURDAY: Final = 5


def day_of(instant: datetime) -> date:
    """The Prague day an instant falls on."""
    return instant.astimezone(PRAGUE).date()


def start_of(day: date) -> datetime:
    """The instant a Prague day begins (00:00 local), in UTC."""
    return datetime.combine(day, time(0), PRAGUE).astimezone(UTC)


def at_local(day: date, local: time) -> datetime:
    """The instant of a local time on a Prague day, in UTC; in a repeated hour the first."""
    return datetime.combine(day, local, PRAGUE).astimezone(UTC)


def micros_of(instant: datetime) -> int:
    """Whole microseconds since the Unix epoch, exactly."""
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def instant_of(micros: int) -> datetime:
    """The instant of `micros` microseconds since the Unix epoch."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)


def add_months(day: date, months: int) -> date:
    """
    The same day number `months` later; a missing day is the month's last.

    >>> add_months(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, min(day.day, calendar.monthrange(year, month0 + 1)[1]))


@lru_cache(maxsize=64)
def _holidays_of(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CZ", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday that is no Czech public holiday."""
    return day.weekday() < SATURDAY and day not in _holidays_of(day.year)


def next_working_day(day: date) -> date:
    """The day itself when it is a working day, else the next one (Civil Code § 607)."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def add_working_days(day: date, count: int) -> date:
    """
    The `count`-th working day after a day; the day of the event is not counted.

    >>> add_working_days(date(2025, 12, 22), 5)
    datetime.date(2026, 1, 2)
    """
    for _ in range(count):
        day = next_working_day(day + timedelta(days=1))
    return day


def working_days_before(day: date, count: int) -> date:
    """
    The `count`-th working day before a day.

    >>> working_days_before(date(2026, 5, 11), 1)
    datetime.date(2026, 5, 7)
    """
    for _ in range(count):
        day -= timedelta(days=1)
        while not is_working_day(day):
            day -= timedelta(days=1)
    return day


def deadline_after_days(event_on: date, days: int) -> date:
    """Last day of a deadline to act of `days` days, rolled to a working day."""
    return next_working_day(event_on + timedelta(days=days))


def deadline_after_months(event_on: date, months: int) -> date:
    """Last day of a deadline to act of `months` months, rolled to a working day."""
    return next_working_day(add_months(event_on, months))


def end_of(day: date) -> datetime:
    """The instant a Prague day ends: the start of the next."""
    return start_of(day + timedelta(days=1))


def add_working_time(instant: datetime, worked: timedelta, opens: time, closes: time) -> datetime:
    """
    The instant when `worked` has passed on a clock that runs only on working days between two local times.

    A clock that would stop exactly at closing time stops there, not at the next opening (nej/4.23).
    """
    local = instant.astimezone(PRAGUE)
    day, start = local.date(), max(local.time(), opens)
    while True:
        if is_working_day(day) and start < closes:
            begin, end = at_local(day, start), at_local(day, closes)
            if worked <= end - begin:
                return begin + worked
            worked -= end - begin
        day, start = day + timedelta(days=1), opens


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """
    A half-open run of Prague days `[starts_on, ends_on)`.

    >>> str(Period.month(2026, 2)), Period.month(2026, 2).days
    ('2026-02', 28)
    """

    starts_on: date
    ends_on: date

    def __post_init__(self) -> None:
        if self.ends_on <= self.starts_on:
            raise ValueError(f"period {self.starts_on}..{self.ends_on} is empty")

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        """A calendar month."""
        first = date(year, month, 1)
        return cls(first, add_months(first, 1))

    @classmethod
    def parse(cls, text: str) -> Period:
        """
        A calendar month written `2026-02`, or any days written `2026-02-10/2026-03-01` (the second is not in it).

        >>> str(Period.parse("2026-02-01/2026-03-01")), Period.parse("2026-02-10/2026-03-01").days
        ('2026-02', 19)
        """
        if "/" in text:
            starts_on, _, ends_on = text.partition("/")
            return cls(date.fromisoformat(starts_on), date.fromisoformat(ends_on))
        try:
            year, month = text.split("-")
            return cls.month(int(year), int(month))
        except ValueError as bad:
            raise ValueError(f"{text!r} is not a month; write it like '2026-02'") from bad

    @classmethod
    def containing(cls, day: date) -> Period:
        """The calendar month a day lies in."""
        return cls.month(day.year, day.month)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.ends_on - self.starts_on).days

    @property
    def starts_at(self) -> datetime:
        """Its first instant (inclusive), UTC."""
        return start_of(self.starts_on)

    @property
    def ends_at(self) -> datetime:
        """Its end (exclusive), UTC."""
        return start_of(self.ends_on)

    def next(self) -> Period:
        """The calendar month after."""
        return Period.containing(self.ends_on)

    def previous(self) -> Period:
        """The calendar month before."""
        return Period.containing(self.starts_on - timedelta(days=1))

    def overlap_days(self, starts_on: date, ends_on: date | None) -> int:
        """Days of `[starts_on, ends_on)` (open end `None`) that lie in this period."""
        end = self.ends_on if ends_on is None else min(ends_on, self.ends_on)
        return max(0, (end - max(starts_on, self.starts_on)).days)

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day < self.ends_on

    def __str__(self) -> str:
        if self == Period.containing(self.starts_on):
            return f"{self.starts_on:%Y-%m}"
        return f"{self.starts_on.isoformat()}/{self.ends_on.isoformat()}"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Outside it is always the text `2026-02`, or two days with a slash."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, Period) else cls.parse(str(value)),
            serialization=core_schema.to_string_ser_schema(),
            json_schema_input_schema=core_schema.str_schema(),
        )
