"""One rated record as people read it: what was used, what free units took, what it costs and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from spojka.charging.rating.lines import line_key
from spojka.charging.rating.pricing import nothing_to_pay, number_price, record_price
from spojka.charging.rating.rows import PREMIUM
from spojka.charging.rating.running import RatedPeriod
from spojka.kernel.money import Money
from spojka.terms.findings import Finding


@dataclass(frozen=True, slots=True)
class RatedRecord:
    """
    One record rated.

    Args:
        record: the sender's id.
        source: the sender.
        kind: voice, video, sms, mms or data.
        at: its start.
        other: the called or calling number.
        dest_class: class of the number.
        zone: where it was used.
        network: the network of the called mobile number at the start.
        used: seconds, parts or bytes in fact.
        billed: the same after the charging step.
        billed_s: `billed` of a call, else `None`.
        units: taken from each pool or bucket.
        paid: units that are paid.
        unbilled: carried without any charge: the provider's loss.
        charge: its price.
        line: the line it is billed on.
        late: how many invoices late.

    """

    record: str
    source: str
    service: str
    kind: str
    at: datetime
    other: str | None
    dest_class: str
    zone: str
    visited: str
    network: str | None
    used: int
    billed: int
    billed_s: int | None
    units: dict[str, int]
    paid: int
    unbilled: int
    charge: Finding[Money]
    line: str
    late: int


def records_of(rated: RatedPeriod, rows: pl.DataFrame) -> Iterator[RatedRecord]:
    """The given rated rows, in their order."""
    book, chain = rated.book.book, rated.book.book.chain
    for row in rows.iter_rows(named=True):
        if row["rate_row"] < 0:
            continue
        rate_row = book.rows[row["rate_row"]]
        taken = [row[f"taken_{place}"] for place in range(1, chain + 1)]
        units = {slot: count for slot, count in zip(rate_row.slots, taken, strict=False) if count}
        free = sum(units.values())
        yield RatedRecord(
            record=row["record_id"],
            source=row["source"],
            service=row["service_id"],
            kind=row["kind"],
            at=row["at"],
            other=row["other"],
            dest_class=row["dest_class"],
            zone=row["zone"],
            visited=row["visited"],
            network=row["network"],
            used=row["quantity"],
            billed=row["billed"],
            billed_s=row["billed"] if row["kind"] in {"voice", "video"} else None,
            units=units,
            paid=row["paid"],
            unbilled=row["billed"] - free - row["paid"],
            charge=_charge(rated, row, free),
            line=line_key(row["kind"], row["zone"], row["dest_class"]),
            late=row["generation"],
        )


def _charge(rated: RatedPeriod, row: dict[str, Any], free: int) -> Finding[Money]:
    rate_row = rated.book.book.rows[row["rate_row"]]
    source = rated.book.sources[rate_row.key]
    rules = list(source.rules)
    if row["paid"] and rate_row.dest_class.startswith(f"{PREMIUM}."):
        _, per, crowns = rate_row.dest_class.split(".")
        return number_price(crowns=int(crowns), per=per, paid=row["paid"], rules=rules)
    if row["charge_micros"] == 0 or source.price is None:
        return nothing_to_pay(used=row["quantity"], billed=row["billed"], free=free, rules=rules)
    return record_price(
        used=row["quantity"],
        billed=row["billed"],
        free=free,
        paid=row["paid"],
        price=source.price,
        step=rate_row.price_step,
        rules=rules,
        decimals=rated.book.plans[rate_row.tariff].terms.record_amount_decimals,
    )
