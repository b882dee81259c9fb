"""A month's dispatched messages one by one, each with what it costs and who bears it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from typing import get_args
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.network.messaging.billing.closing import windows_of
from spojka.network.messaging.billing.counting import messages_of
from spojka.network.messaging.billing.pieces import Pieces, pieces_of
from spojka.network.messaging.billing.store import contracts_of
from spojka.network.messaging.certificates.rules import liable_party
from spojka.network.messaging.prices.rules import Destination, Kind, Sort, price_of_parts
from spojka.trade.publications.shelf import shelf_of

_ALL = [Sort(*kinds, priority=True) for kinds in product(get_args(Kind), get_args(Destination), (False, True))]


@dataclass(frozen=True, slots=True)
class ItemisedMessage:
    """
    One dispatched message of an itemised list.

    Args:
        dispatched_at: when the last of its parts was handed over.
        nickname: its sender is a nickname.
        parts: that were handed over.
        price: what they cost without VAT; nought where the provider bears it, `None` without a price.
        borne_by_provider: it was completed after the subscriber's liability for its certificate ended (o2/6.4, 6.7).

    """

    id: UUID
    accepted_at: datetime
    dispatched_at: datetime
    kind: str
    recipient: str
    sender: str
    nickname: bool
    network: str
    priority: bool
    parts: int
    price: Money | None
    borne_by_provider: bool


@dataclass(frozen=True, slots=True)
class ItemisedPage:
    """Messages in the order of acceptance; `next_after` asks for the next page, `None` at the end."""

    messages: list[ItemisedMessage]
    next_after: UUID | None


def itemised(ctx: Context, application: ServiceId, period: Period, *, after: UUID, limit: int) -> ItemisedPage:
    """
    Dispatched messages of an application that were accepted in a period, beyond an id.

    Args:
        ctx: the call.
        application: whose.
        period: the month.
        after: the last id of the page before.
        limit: how many at most.

    """
    shelf = shelf_of(ctx)
    pieces = pieces_of(shelf, period.starts_on, period.ends_on)
    span = (pieces.starts[0], pieces.ends_at)
    rows = messages_of(ctx, application, _ALL, span, priority=False, after=after, limit=limit)
    ends = {one.certificate: one.ends_at for one in windows_of(ctx, shelf, period) if one.application == application}
    signed_on = contracts_of(ctx, [application])[application]["signed_on"] if rows else period.starts_on
    return ItemisedPage(
        [_message(row, pieces, signed_on, ends.get(bytes(row["certificate"] or b""))) for row in rows],
        rows[-1]["id"] if len(rows) == limit else None,
    )


def _message(row: Row, pieces: Pieces, signed_on: date, ends: datetime | None) -> ItemisedMessage:
    liable = liable_party(started_at=row["accepted_at"], completed_at=row["completed_at"], ends=ends)
    terms = pieces.terms(bisect_right(pieces.starts, row["accepted_at"]) - 1, signed_on)
    sort = Sort(row["kind"], row["destination"], row["sender_kind"] == "nickname", row["class"] == "priority")
    price = None if terms is None else price_of_parts(terms, sort, parts=row["parts"])
    return ItemisedMessage(
        row["id"],
        row["accepted_at"],
        row["completed_at"],
        row["kind"],
        row["recipient"],
        row["sender"],
        sort.nickname,
        row["network"],
        sort.priority,
        row["parts"],
        price if liable == "subscriber" else Money.zero(),
        liable != "subscriber",
    )
