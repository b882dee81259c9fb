"""Consultations as pages and programs see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.network.messaging.consultations.rules import Channel, Offer, State


@dataclass(frozen=True, slots=True)
class ConsultationView:
    """
    A consultation from its request to its end.

    Args:
        text: the written request.
        scope, content, price: of the offer, without VAT; what is open is empty or `None`.
        agreement: its number once both sides agreed.
        report: what was done, as the expert wrote it.

    """

    id: UUID
    application: ServiceId
    state: State
    channel: Channel
    text: str
    requested_at: datetime
    scope: str
    content: str
    price: Money | None
    offered_at: datetime | None
    agreement: str | None
    agreed_at: datetime | None
    done_at: datetime | None
    report: str


def offer_of(row: Row) -> Offer:
    """The offer in a row."""
    price = None if row["price_micros"] is None else Money(row["price_micros"])
    return Offer(row["scope"], row["content"], price)


def consultation_view(row: Row) -> ConsultationView:
    """A case's row as others see it."""
    offer = offer_of(row)
    return ConsultationView(
        row["id"],
        row["service_id"],
        cast("State", row["state"]),
        cast("Channel", row["channel"]),
        row["text"],
        row["requested_at"],
        offer.scope,
        offer.content,
        offer.price,
        row["offered_at"],
        row["agreement"],
        row["agreed_at"],
        row["done_at"],
        row["report"],
    )
