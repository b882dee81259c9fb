"""Times of SMPP: `YYMMDDhhmmsstnnp`, absolute with a distance from UTC, or relative to now (SMPP 3.4, 7.1.1)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

_LENGTH = 16
_QUARTER = timedelta(minutes=15)
_MOST_QUARTERS = 48
_MOST_RELATIVE = timedelta(days=99)


@dataclass(frozen=True, slots=True)
class TimeWrong:
    """A time that cannot be read: the text and why."""

    text: str
    reason: str


def absolute_time(at: datetime) -> str:
    """
    An instant as SMPP writes it, in UTC, to a tenth of a second.

    >>> absolute_time(datetime(2026, 2, 1, 8, 30, 5, 250_000, tzinfo=UTC))
    '260201083005200+'
    """
    there = at.astimezone(UTC)
    return f"{there:%y%m%d%H%M%S}{there.microsecond // 100_000}00+"


def relative_time(duration: timedelta) -> str:
    """
    A duration from now as SMPP writes it, in days and less, rounded down to seconds; 99 days at most, 0 at least.

    Months are of unequal length, so they are left out: days alone say what is meant.

    >>> relative_time(timedelta(days=2, hours=1))
    '000002010000000R'
    """
    seconds = int(min(max(duration, timedelta(0)), _MOST_RELATIVE).total_seconds())
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    days, hour = divmod(hours, 24)
    return f"0000{days:02}{hour:02}{minute:02}{second:02}000R"


def read_time(text: str, *, now: datetime) -> datetime | TimeWrong | None:
    """
    The instant (UTC) that a validity_period, schedule_delivery_time or final_date says; None when it is empty.

    >>> read_time("260201093000004+", now=datetime(2026, 1, 1, tzinfo=UTC))
    datetime.datetime(2026, 2, 1, 8, 30, tzinfo=datetime.timezone.utc)
    >>> read_time("000000020000000R", now=datetime(2026, 1, 1, tzinfo=UTC))
    datetime.datetime(2026, 1, 1, 2, 0, tzinfo=datetime.timezone.utc)
    """
    if not text:
        return None
    digits, sign = text[:-1], text[-1]
    if len(text) != _LENGTH or not (digits.isascii() and digits.isdigit()):
        return TimeWrong(text, "not 15 digits and a sign")
    year, month, day, hour, minute, second = (int(digits[place : place + 2]) for place in range(0, 12, 2))
    tenths, quarters = int(digits[12]), int(digits[13:])
    if sign == "R":
        return _relative(text, now, year * 12 + month, timedelta(days=day, hours=hour, minutes=minute, seconds=second))
    if sign not in "+-":
        return TimeWrong(text, "the sign is none of +, - and R")
    if quarters > _MOST_QUARTERS:
        return TimeWrong(text, "further from UTC than 12 hours")
    zone = timezone(_QUARTER * (quarters if sign == "+" else -quarters))
    try:
        return datetime(2000 + year, month, day, hour, minute, second, tenths * 100_000, zone).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        return TimeWrong(text, str(wrong))


def _relative(text: str, now: datetime, months: int, rest: timedelta) -> datetime | TimeWrong:
    years, month = divmod(now.month - 1 + months, 12)
    year = now.year + years
    try:
        day = min(now.day, monthrange(year, month + 1)[1])
        return (now.replace(year=year, month=month + 1, day=day) + rest).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        return TimeWrong(text, str(wrong))
