"""
Columns of a batch as array literals of PostgreSQL, for statements that are sent thousands of times a second.

The driver's own conversion of lists asks every element for its type; here the caller knows it. Give them to
parameters with a cast: `%s::uuid[]`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID


def of_numbers(values: Iterable[int]) -> str:
    """
    Whole numbers.

    >>> of_numbers([1, -2])
    '{1,-2}'
    """
    return "{" + ",".join(map(str, values)) + "}"


def of_ids(values: Iterable[UUID]) -> str:
    """
    Ids, as hexadecimal digits.

    >>> of_ids([UUID(int=255)])
    '{000000000000000000000000000000ff}'
    """
    return "{" + ",".join([f"{one.int:032x}" for one in values]) + "}"


def of_instants(values: Iterable[datetime]) -> str:
    """
    Aware instants to the microsecond.

    >>> from datetime import UTC
    >>> of_instants([datetime(2026, 2, 1, 8, tzinfo=UTC)])
    '{2026-02-01T08:00:00+00:00}'
    """
    return "{" + ",".join([one.isoformat() for one in values]) + "}"


def of_days(values: Iterable[date]) -> str:
    """
    Days.

    >>> of_days([date(2026, 2, 1)])
    '{2026-02-01}'
    """
    return "{" + ",".join([one.isoformat() for one in values]) + "}"


def of_octets(values: Iterable[bytes | None]) -> str:
    r"""
    Octets, as hexadecimal digits; `None` is null.

    >>> of_octets([b"a", b"", None])
    '{"\\\\x61","\\\\x",NULL}'
    """
    return "{" + ",".join(["NULL" if one is None else f'"\\\\x{one.hex()}"' for one in values]) + "}"


def of_texts(values: Iterable[str]) -> str:
    r"""
    Texts of any kind but with U+0000, which no text of the database holds.

    >>> of_texts(["+420602000001", 'a "b" \\ {c}, NULL'])
    '{"+420602000001","a \\"b\\" \\\\ {c}, NULL"}'
    """
    quoted = [one.replace("\\", "\\\\").replace('"', '\\"') for one in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"
