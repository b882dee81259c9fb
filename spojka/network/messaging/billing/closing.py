"""A month's messages into billable items: what each line came to now, less what was posted for it before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.deadlines.store import set_deadline
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.charging.charges.monthly import vat_rate_of
from spojka.charging.charges.store import NewCharge, put_charges
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.money import Money
from spojka.kernel.time import Period, day_of
from spojka.network.messaging.billing.counting import Window, dispatched
from spojka.network.messaging.billing.pieces import pieces_of
from spojka.network.messaging.billing.rules import messages_recounted
from spojka.network.messaging.billing.store import (
    contracts_of,
    keep_totals,
    known_totals,
    lock_count,
    revocations,
    waiting_months,
)
from spojka.network.messaging.billing.totals import Key, Total, totals_of, words_of
from spojka.network.messaging.certificates.rules import liability_ends
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.terms.findings import resting_on
from spojka.trade.publications.shelf import Shelf, shelf_of

KEY: Final = "message"
"""What the keys of these items begin with."""
RECOUNT: Final = "messages.bill"
"""The operation that counts a month again."""
AFTER_CLOSE: Final = timedelta(hours=3)
"""From the end of a month to when older months are counted again: its close is over by then."""


@dataclass(frozen=True, slots=True)
class BilledMessages:
    """
    What a count came to.

    Args:
        messages, parts: dispatched in the period, those that are not billed among them.
        lines: totals that changed since the last count, and `amount` what was posted for them.
        parts_at_risk: parts that the provider bears (o2/6.4, 6.7).
        parts_unpriced: parts without a price; somebody must act.

    """

    period: Period
    messages: int
    parts: int
    lines: int
    amount: Money
    parts_at_risk: int
    parts_unpriced: int


def windows_of(ctx: Context, shelf: Shelf, period: Period) -> list[Window]:
    """Until when subscribers answer for certificates whose revocation was asked for."""
    found = []
    for row in revocations(ctx, period):
        terms = shelf.sheet(CertificateTerms, day_of(row["revocation_asked_at"]))
        ends = liability_ends(row["kind"], row["revocation_asked_at"], terms)
        assert ends is not None
        found.append(Window(row["service_id"], bytes(row["fingerprint"]), ends.value))
    return found


def bill_messages(ctx: Context, period: Period) -> BilledMessages:
    """
    Count a period's dispatched messages and post what changed since the last count; repeating it posts nothing.

    A message belongs to the month it was accepted in, at the price of that instant (o2/1.4).
    """
    lock_count(ctx, period)
    shelf = shelf_of(ctx)
    pieces = pieces_of(shelf, period.starts_on, period.ends_on)
    found = dispatched(ctx, pieces.starts, pieces.ends_at, windows_of(ctx, shelf, period))
    counted, used = found.counted, found.used
    known = known_totals(ctx, period)
    services = {one.application for one in counted} | {key.service for key in known}
    contracts = contracts_of(ctx, services)
    totals = totals_of(pieces, counted, [one.counted for one in used if one.beyond], contracts)
    charges = _post(ctx, shelf, period, (known, totals), contracts)
    own = {key: total.parts for key, total in totals.items() if not key.line.startswith("sms.priority")}
    unpriced = sum(total.parts for key, total in totals.items() if key.reason == "PRICE_MISSING")
    if unpriced and any(key.reason == "PRICE_MISSING" for key in charges):
        publish(ctx, kind="messages_unpriced", key="work", body={"period": period, "parts": unpriced})
    return BilledMessages(
        period,
        sum(one.messages for one in counted),
        sum(one.parts for one in counted),
        len(charges),
        Money(sum(amount for amount in charges.values())),
        sum(parts for key, parts in own.items() if key.reason == "OPERATOR_RISK"),
        unpriced,
    )


def close_messages(ctx: Context, period: Period) -> None:
    """
    What the close of a period does for messages: it is counted, and the one before once more.

    A message accepted before the month's end may leave, or turn out to have left, only after its count. Where one of an
    older month still waits, that month is counted again after the next close.
    """
    bill_messages(ctx, period.previous())
    bill_messages(ctx, period)
    for month in waiting_months(ctx, period):
        set_deadline(
            ctx,
            due_at=period.next().ends_at + AFTER_CLOSE,
            operation=RECOUNT,
            arguments={"period": str(month)},
            subject="billing",
            key=f"messages:{month}:{period.next()}",
            clauses=("o2/1.4",),
        )


def _amount(key: Key, total: Total | None) -> int | None:
    if key.reason == "OPERATOR_RISK":
        return 0
    cost = None if total is None else total.cost(key.line)
    if key.reason == "PRICE_MISSING":
        return None
    return 0 if cost is None else cost.value.micros


def _post(
    ctx: Context,
    shelf: Shelf,
    period: Period,
    totals: tuple[Mapping[Key, Row], Mapping[Key, Total]],
    contracts: Mapping[UUID, Row],
) -> dict[Key, int]:
    """Write what changed from the known totals to the new ones; what was posted for each changed total."""
    known, now = totals
    changed: dict[Key, tuple[int, int, int | None, int]] = {}
    charges: dict[Key, NewCharge] = {}
    last_on = period.ends_on - timedelta(days=1)
    rate_of = cache(lambda product, signed_on: vat_rate_of(shelf, product, last_on, signed_on).value)
    for key in dict.fromkeys([*now, *known]):
        before, total = known.get(key), now.get(key)
        parts, had = (total.parts if total else 0), (before["parts"] if before else 0)
        amount = _amount(key, total)
        if before is not None and (parts, amount) == (had, before["amount_micros"]):
            continue
        version = before["version"] + 1 if before else 1
        changed[key] = (total.messages if total else 0, parts, amount, version)
        if key.reason:
            continue
        contract = contracts[key.service]
        rate = rate_of(contract["product"], contract["signed_on"])
        cost = total.cost(key.line) if total else None
        was = before["amount_micros"] if before else 0
        after = resting_on(cost) if cost is not None else Money.zero()
        finding = (
            cost
            if cost is not None and not was
            else messages_recounted(before=Money(was), after=after, parts_before=had, parts_after=parts)
        )
        charges[key] = NewCharge(
            contract=ContractId(contract["contract_id"]),
            service=ServiceId(key.service),
            group="usage",
            line=key.line,
            period_on=period.starts_on,
            billable_on=last_on,
            quantity=parts - had,
            unit="MMS" if key.line.startswith("mms") else "SMS",
            amount_micros=finding.value.micros,
            vat_rate_pct=rate,
            words=words_of(key.line),
            finding=finding.stored(),
            clauses=finding.clauses,
            key=f"{KEY}:{key.service}:{period}:{key.line}:{key.edition}:{version}",
        )
    put_charges(ctx, list(charges.values()))
    keep_totals(ctx, period, changed)
    return {key: charges[key].amount_micros if key in charges else 0 for key in changed}
