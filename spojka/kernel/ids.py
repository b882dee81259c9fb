"""Typed UUIDv7 ids made by us: sortable by time, one type per noun."""

from __future__ import annotations

import os
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final, NewType
from uuid import UUID

TenantId = NewType("TenantId", UUID)
UserId = NewType("UserId", UUID)
SignInId = NewType("SignInId", UUID)
PartyId = NewType("PartyId", UUID)
ContractId = NewType("ContractId", UUID)
OrderId = NewType("OrderId", UUID)
ServiceId = NewType("ServiceId", UUID)
DeadlineId = NewType("DeadlineId", UUID)
NoticeId = NewType("NoticeId", UUID)
ChargeId = NewType("ChargeId", UUID)
InvoiceId = NewType("InvoiceId", UUID)
PaymentId = NewType("PaymentId", UUID)
EntryId = NewType("EntryId", UUID)
SuspenseId = NewType("SuspenseId", UUID)
FileId = NewType("FileId", UUID)
RunId = NewType("RunId", UUID)
SessionId = NewType("SessionId", UUID)
CaseId = NewType("CaseId", UUID)
CertificateId = NewType("CertificateId", UUID)

_VERSION_AND_VARIANT: Final = (0x7 << 76) | (0x2 << 62)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """
    A new UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 bits, increasing within this process.

    The 12 bits after the version carry the fraction of the millisecond, so ids of one process sort in order of making.
    """
    milliseconds, fraction = divmod(_next_stamp(), 4096)
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | _VERSION_AND_VARIANT | (fraction << 64) | random)


def uuid7s(count: int) -> list[UUID]:
    """
    So many ids as `uuid7` makes them, in order, in a fraction of the time.

    >>> made = uuid7s(3)
    >>> made == sorted(set(made)), {one.version for one in made}
    (True, {7})
    """
    random = os.urandom(8 * count)
    last = _next_stamp(count)
    made: list[UUID] = []
    for place in range(count):
        milliseconds, fraction = divmod(last - count + 1 + place, 4096)
        bits = int.from_bytes(random[8 * place : 8 * place + 8], "big") & ((1 << 62) - 1)
        made.append(UUID(int=(milliseconds << 80) | _VERSION_AND_VARIANT | (fraction << 64) | bits))
    return made


def uuid7_at(at: datetime) -> UUID:
    """
    A UUIDv7 that carries a given instant to the microsecond; those of one instant sort in order of making.

    >>> from datetime import UTC
    >>> first, second = (uuid7_at(datetime(2026, 2, 1, tzinfo=UTC)) for _ in range(2))
    >>> first.int >> 80 == 1769904000000, first < second
    (True, True)
    """
    milliseconds, micros = divmod((at - _EPOCH) // timedelta(microseconds=1), 1000)
    order = _next_stamp() & ((1 << 46) - 1)
    last = order << 16 | int.from_bytes(os.urandom(2), "big")
    return UUID(int=(milliseconds << 80) | _VERSION_AND_VARIANT | (micros << 64) | last)


def _next_stamp(count: int = 1) -> int:
    """The time in 1/4096 of a millisecond, or `count` more than the last where the clock has not moved on so far."""
    global _last  # noqa: PLW0603  # one counter a process keeps the order
    with _lock:
        _last = max(_last + count, time.time_ns() * 4096 // 1_000_000)
        return _last
