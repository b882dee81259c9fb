"""Which messages a line of the bill is about, which have no price, and which the provider bears."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final, get_args
from uuid import UUID

from pydantic import Field

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.charging.charges import queries as _words  # noqa: F401  # CHARGE_UNKNOWN
from spojka.charging.charges.store import charge_row
from spojka.kernel.ids import ChargeId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.messaging.applications import refusals as _prices  # noqa: F401  # PRICE_MISSING
from spojka.network.messaging.billing.closing import KEY, windows_of
from spojka.network.messaging.billing.counting import messages_of
from spojka.network.messaging.billing.liability import LiabilityOf, liability_of
from spojka.network.messaging.billing.pieces import Pieces, pieces_of
from spojka.network.messaging.billing.rules import PRIORITY
from spojka.network.messaging.billing.store import contracts_of, unpriced
from spojka.network.messaging.billing.totals import edition_of, lines_of, priced_line, words_of
from spojka.network.messaging.certificates import refusals as _certificates  # noqa: F401  # CERT_UNKNOWN
from spojka.network.messaging.certificates.rules import liable_party
from spojka.network.messaging.certificates.store import certificate_rows
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.network.messaging.certificates.views import Fingerprint
from spojka.network.messaging.prices.rules import Destination, Kind, Sort
from spojka.terms.findings import refuse
from spojka.trade.contracts.store import contract_row
from spojka.trade.publications.shelf import shelf_of

NIL: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class ChargedMessage:
    """One message of a line: when it was accepted and left, to whom and as whom, how many parts were dispatched."""

    id: UUID
    accepted_at: datetime
    dispatched_at: datetime
    recipient: str
    sender: str
    network: str
    priority: bool
    parts: int


@dataclass(frozen=True, slots=True)
class ChargedMessages:
    """A page of a line's messages in the order of acceptance; `next_after` asks for the next one, `None` at the end."""

    charge: ChargeId
    line: str
    words: dict[str, str]
    messages: list[ChargedMessage]
    next_after: UUID | None


def _sorts(pieces: Pieces, piece: int, signed_on: date, line: str, edition: str) -> list[Sort]:
    """Which messages of a piece stand on a line with a price of an edition."""
    terms = pieces.terms(piece, signed_on)
    if terms is None:
        return []
    found = []
    for kind in get_args(Kind):
        for destination in get_args(Destination):
            for nickname in (False, True):
                sort = Sort(kind, destination, nickname, priority=True)
                for name, price, _ in lines_of(terms, sort):
                    if price is not None and (priced_line(name, terms, price), edition_of(price)) == (line, edition):
                        found.append(sort)
    return found


def _page(ctx: Context, row: Row, *, after: UUID, limit: int) -> list[Row]:
    """Messages of an item's line beyond an id, those that are at the provider's risk among them."""
    period = Period.containing(row["period_on"])
    signed_on = contracts_of(ctx, [row["service_id"]])[row["service_id"]]["signed_on"]
    pieces = pieces_of(shelf_of(ctx), period.starts_on, period.ends_on)
    line, edition = row["key"].split(":")[3:5]
    found: list[Row] = []
    for piece in range(len(pieces.days)):
        sorts = _sorts(pieces, piece, signed_on, line, edition)
        if sorts and len(found) < limit:
            found += messages_of(
                ctx,
                row["service_id"],
                sorts,
                pieces.span(piece),
                priority=line.startswith(PRIORITY),
                after=after,
                limit=limit - len(found),
            )
    return found


@query("messages.of_charge", permission="charges.read", customers=True, refusals=("CHARGE_UNKNOWN",))
def of_charge(
    ctx: Context, *, charge: ChargeId, after: UUID = NIL, limit: Annotated[int, Field(ge=1, le=1000)] = 100
) -> ChargedMessages | Refusal:
    """Dispatched messages that a billed line is about, as they are now, a page at a time (o2/1.4, 6.3)."""
    row = charge_row(ctx, charge)
    if row is None or not row["key"].startswith(f"{KEY}:") or contract_row(ctx, row["contract_id"]) is None:
        return Refusal("CHARGE_UNKNOWN", (), {"charge": charge})
    page = _page(ctx, row, after=after, limit=limit)
    windows = windows_of(ctx, shelf_of(ctx), Period.containing(row["period_on"]))
    ends = {one.certificate: one.ends_at for one in windows if one.application == row["service_id"]}
    billed = [
        one
        for one in page
        if liable_party(
            started_at=one["accepted_at"],
            completed_at=one["completed_at"],
            ends=ends.get(bytes(one["certificate"] or b"")),
        )
        == "subscriber"
    ]
    return ChargedMessages(
        charge,
        row["line"],
        row["words"],
        [
            ChargedMessage(
                one["id"],
                one["accepted_at"],
                one["completed_at"],
                one["recipient"],
                one["sender"],
                one["network"],
                one["class"] == "priority",
                one["parts"],
            )
            for one in billed
        ],
        page[-1]["id"] if len(page) == limit else None,
    )


@dataclass(frozen=True, slots=True)
class UnpricedMessages:
    """Dispatched messages of an application's month without a price: which line, how many, and why."""

    application: ServiceId
    period: Period
    line: str
    words: dict[str, str]
    messages: int
    parts: int
    counted_at: datetime
    reason: Refusal


@query("messages.unpriced", permission="billing.read")
def without_price(ctx: Context, *, period: Period | None = None) -> list[UnpricedMessages]:
    """Dispatched messages that no price was found for: they wait for one and are never free (o2/1.4)."""
    return [
        UnpricedMessages(
            row["service_id"],
            Period.containing(row["period_on"]),
            row["line"],
            words_of(row["line"]),
            row["messages"],
            row["parts"],
            row["counted_at"],
            Refusal("PRICE_MISSING", ("o2/1.4",), {"product": row["product"], "item": row["line"]}),
        )
        for row in unpriced(ctx, period)
    ]


@query("messages.liability", permission="certificates.read", customers=True, refusals=("CERT_UNKNOWN",))
def liability(ctx: Context, *, fingerprint: Fingerprint) -> list[LiabilityOf] | Refusal:
    """
    Who bears what was sent with a certificate since its revocation was asked for, by application (o2/6.4, 6.7).

    Nothing is listed while the contact person asked for nothing: then the subscriber bears all of it.
    """
    rows = certificate_rows(ctx, bytes.fromhex(fingerprint))
    if not rows:
        kinds = shelf_of(ctx).sheet(CertificateTerms, ctx.today).certificate_kinds
        return refuse("CERT_UNKNOWN", kinds, figures={"fingerprint": fingerprint})
    return [found for row in rows if (found := liability_of(ctx, row)) is not None]
