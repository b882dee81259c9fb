"""What was sent with a certificate whose revocation was asked for, and who bears it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period, day_of
from spojka.network.messaging.billing.counting import Counted, Used, Window, used_with
from spojka.network.messaging.billing.pieces import Pieces, pieces_of
from spojka.network.messaging.billing.rules import at_operators_risk
from spojka.network.messaging.billing.store import contracts_of
from spojka.network.messaging.billing.totals import totals_of
from spojka.network.messaging.certificates.rules import liability_ends
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.terms.findings import Finding, resting_on
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Borne:
    """Messages and parts that one party bears, and what they cost by the price list."""

    messages: int
    parts: int
    price: Money


@dataclass(frozen=True, slots=True)
class LiabilityOf:
    """
    Messages of one application with a certificate since the contact person's request.

    Args:
        requested_at: the request.
        subscriber_until: the end (exclusive) of the subscriber's liability.
        blocked_at: since when the certificate is refused; `None` while it is not.
        subscriber: accepted since the request and billed.
        operator: completed after the end of liability, not on any bill.
        billed_to_subscriber: what of the operator's part is billed: nothing, and why.

    """

    application: ServiceId
    requested_at: datetime
    subscriber_until: Finding[datetime]
    blocked_at: datetime | None
    subscriber: Borne
    operator: Borne
    billed_to_subscriber: Finding[Money]


def _borne(pieces: Pieces, counted: Sequence[Counted], contracts: dict[UUID, Row]) -> Borne:
    totals = totals_of(pieces, counted, [], contracts)
    costs = [total.cost(key.line) for key, total in totals.items()]
    price = Money(sum(cost.value.micros for cost in costs if cost is not None))
    return Borne(sum(one.messages for one in counted), sum(one.parts for one in counted), price)


def _plus(one: Borne, other: Borne) -> Borne:
    return Borne(one.messages + other.messages, one.parts + other.parts, one.price + other.price)


def _since(ctx: Context, window: Window, requested_at: datetime) -> tuple[Pieces, list[Used], Pieces, list[Used]]:
    """What was accepted in the month before the request and could still wait, and what was accepted since."""
    shelf, asked_on = shelf_of(ctx), day_of(requested_at)
    before = pieces_of(shelf, Period.containing(asked_on).previous().starts_on, asked_on + timedelta(days=1))
    earlier = used_with(ctx, [window], [at for at in before.starts if at < requested_at], requested_at)
    since = pieces_of(shelf, asked_on, ctx.today + timedelta(days=1))
    later = used_with(ctx, [window], [requested_at, *since.starts[1:]], since.ends_at)
    return before, earlier, since, later


def liability_of(ctx: Context, certificate: Row) -> LiabilityOf | None:
    """Who bears what was sent with a registered certificate (o2/6.3, 6.4, 6.7); `None` while no request was filed."""
    requested_at = certificate["revocation_asked_at"]
    if requested_at is None:
        return None
    terms = shelf_of(ctx).sheet(CertificateTerms, day_of(requested_at))
    ends = liability_ends(certificate["kind"], requested_at, terms)
    assert ends is not None
    application = ServiceId(certificate["service_id"])
    window = Window(application, bytes(certificate["fingerprint"]), ends.value)
    before, earlier, since, later = _since(ctx, window, requested_at)
    contracts = contracts_of(ctx, [application])
    operator = _plus(
        _borne(before, [one.counted for one in earlier if one.beyond], contracts),
        _borne(since, [one.counted for one in later if one.beyond], contracts),
    )
    return LiabilityOf(
        application,
        requested_at,
        ends,
        certificate["blocked_at"],
        _borne(since, [one.counted for one in later if not one.beyond], contracts),
        operator,
        at_operators_risk(parts=operator.parts, liable_until=resting_on(ends)),
    )
