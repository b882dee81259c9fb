"""Faults and outages as pages and programs see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.network.messaging.outages.crediting import MonthCredit
from spojka.terms.findings import Finding


@dataclass(frozen=True, slots=True)
class FaultTicket:
    """A fault that was reported at the desk: since when it is known, how far it is, and its cause once it is set."""

    id: UUID
    application: ServiceId
    caller: str
    description: str
    received_at: datetime
    state: str
    cause: str
    changed_at: datetime


def ticket_view(row: Row) -> FaultTicket:
    """A ticket's row as others see it."""
    return FaultTicket(
        row["id"],
        row["service_id"],
        row["caller"],
        row["description"],
        row["received_at"],
        row["state"],
        row["cause"],
        row["changed_at"],
    )


@dataclass(frozen=True, slots=True)
class RecordedOutage:
    """A time in which an application was not in full operation, and why; `degraded`: it worked in part."""

    id: UUID
    application: ServiceId
    starts_at: datetime
    ends_at: datetime | None
    cause: str
    degraded: bool
    ticket: UUID | None


def outage_view(row: Row) -> RecordedOutage:
    """A record's row as others see it."""
    return RecordedOutage(
        row["id"],
        row["service_id"],
        row["starts_at"],
        row["ends_at"],
        row["cause"],
        row["degraded"],
        row["ticket_id"],
    )


@dataclass(frozen=True, slots=True)
class OutageView:
    """
    An outage through the provider's fault that no moment breaks.

    Args:
        parts: the records it is made of; any of them names it in a claim.
        entitled: whether it lowers the fee when that is asked for; `None` while it lasts.
        claim_until: the last day to ask; `None` while it lasts.
        credited: whether the fee was lowered already.

    """

    starts_at: datetime
    ends_at: datetime | None
    parts: list[UUID]
    entitled: Finding[bool] | None
    claim_until: Finding[date] | None
    credited: bool


@dataclass(frozen=True, slots=True)
class OutageCredit:
    """What an outage gave back: why, by month, and in all, without VAT."""

    outage: UUID
    entitled: Finding[bool]
    months: list[MonthCredit]
    total: Money
