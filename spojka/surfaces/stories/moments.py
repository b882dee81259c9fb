"""Moments and durations as stories write them: instants with offset, bare days, `96 h`, `3 working days`, ISO 8601."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Final

from spojka.kernel.time import PRAGUE, add_months, add_working_days, at_local, start_of

_COUNTED: Final = re.compile(r"^(\d+)\s*(working days?|[A-Za-z]+)$")
_ISO: Final = re.compile(
    r"^P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)
_ELAPSED: Final = {
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), timedelta(milliseconds=1)),
    **dict.fromkeys(("s", "sec", "second", "seconds"), timedelta(seconds=1)),
    **dict.fromkeys(("min", "minute", "minutes"), timedelta(minutes=1)),
    **dict.fromkeys(("h", "hour", "hours"), timedelta(hours=1)),
}
_DAYS: Final = {"day": 1, "days": 1, "d": 1, "week": 7, "weeks": 7}
_MONTHS: Final = {"month": 1, "months": 1, "year": 12, "years": 12}
_DAY: Final = re.compile(r"^\d{4}-\d{2}-\d{2}$")
WAYS: Final = (
    "an instant with offset (2026-03-01T06:00+01:00), a day (2026-03-01), or a duration (96 h, 3 working days)"
)


class MomentNotUnderstood(ValueError):
    """A text is no instant, day or duration; says how to write one."""


def parse_instant(text: str) -> datetime:
    """
    An instant in UTC; a bare day means 00:00 Europe/Prague.

    >>> str(parse_instant("2026-02-01")), str(parse_instant("2026-02-01T09:00+01:00"))
    ('2026-01-31 23:00:00+00:00', '2026-02-01 08:00:00+00:00')
    """
    try:
        if _DAY.match(text):
            return start_of(date.fromisoformat(text))
        found = datetime.fromisoformat(text)
    except ValueError as bad:
        raise MomentNotUnderstood(f"{text!r} is no instant; write one like 2026-03-01T06:00+01:00") from bad
    if found.tzinfo is None:
        raise MomentNotUnderstood(f"{text!r} has no offset; write it like {text}+01:00")
    return found.astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """
    An elapsed duration: `90 s`, `96 h`, `2 days` (of 24 hours), `PT1H30M`.

    >>> parse_duration("90 s") == parse_duration("PT1M30S")
    True
    """
    counted = _COUNTED.match(text)
    if counted:
        count, unit = int(counted[1]), counted[2]
        if unit in _ELAPSED:
            return count * _ELAPSED[unit]
        if unit in _DAYS:
            return timedelta(days=count * _DAYS[unit])
    parts = _iso_parts(text)
    if parts is not None and not parts.pop("years") and not parts.pop("months"):
        return timedelta(**parts)
    raise MomentNotUnderstood(f"{text!r} is no duration; write one like '90 s', '96 h', '3 days' or PT1H30M")


def _iso_parts(text: str) -> dict[str, int] | None:
    found = _ISO.match(text)
    if not found or text.endswith(("P", "T")):
        return None
    return {name: int(count or 0) for name, count in found.groupdict().items()}


def _keeping_local_time(now: datetime, day: date) -> datetime:
    return at_local(day, now.astimezone(PRAGUE).time())


def later(now: datetime, text: str) -> datetime:
    """
    The instant that `advance` goes to.

    Hours, minutes and seconds elapse; days, weeks, months, years and working days keep the Prague local time.

    >>> str(later(parse_instant("2025-12-22T09:00+01:00"), "5 working days"))
    '2026-01-02 08:00:00+00:00'
    """
    local = now.astimezone(PRAGUE)
    counted = _COUNTED.match(text)
    if counted:
        count, unit = int(counted[1]), counted[2]
        if unit in _ELAPSED:
            return now + count * _ELAPSED[unit]
        if unit.startswith("working"):
            return _keeping_local_time(now, add_working_days(local.date(), count))
        if unit in _DAYS:
            return _keeping_local_time(now, local.date() + timedelta(days=count * _DAYS[unit]))
        if unit in _MONTHS:
            return _keeping_local_time(now, add_months(local.date(), count * _MONTHS[unit]))
    parts = _iso_parts(text)
    if parts is not None:
        day = add_months(local.date(), 12 * parts["years"] + parts["months"])
        day += timedelta(days=7 * parts["weeks"] + parts["days"])
        moved = _keeping_local_time(now, day) if day != local.date() else now
        return moved + timedelta(hours=parts["hours"], minutes=parts["minutes"], seconds=parts["seconds"])
    try:
        return parse_instant(text)
    except MomentNotUnderstood as bad:
        if "no offset" in str(bad):
            raise
        raise MomentNotUnderstood(f"{text!r} is no moment; write {WAYS}") from bad
