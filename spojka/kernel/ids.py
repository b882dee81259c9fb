"""Typed UUIDv7 ids made by us: sortable by time, one type per noun."""

from __future__ import annotations

import os
import threading
import time
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
_lock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """
    A new UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 bits, increasing within this process.

    The 12 bits after the version carry the fraction of the millisecond, so ids of one process sort in order of making.
    """
    global _last  # noqa: PLW0603  # one counter a process keeps the order
    with _lock:
        stamp = time.time_ns() * 4096 // 1_000_000  # in 1/4096 of a millisecond
        _last = max(_last + 1, stamp)
        stamp = _last
    milliseconds, fraction = divmod(stamp, 4096)
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(milliseconds << 80) | _VERSION_AND_VARIANT | (fraction << 64) | random)
