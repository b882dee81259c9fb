"""Billable items over a given connection, always many at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Literal

from spojka.access.database.connections import Row
from spojka.access.database.copying import copy_rows
from spojka.access.operations.context import Context
from spojka.kernel.ids import ChargeId, ContractId, ServiceId, uuid7

Group = Literal["fees", "usage", "topups", "roaming", "penalty", "credit", "payments", "other"]
"""What an item is for."""

_COLUMNS: Final = (
    ("id", "uuid"),
    ("contract_id", "uuid"),
    ("service_id", "uuid"),
    ("group", "text"),
    ("line", "text"),
    ("period_on", "date"),
    ("billable_on", "date"),
    ("quantity", "bigint"),
    ("unit", "text"),
    ("amount_micros", "bigint"),
    ("vat_rate_pct", "numeric"),
    ("words", "jsonb"),
    ("finding", "jsonb"),
    ("clauses", "jsonb"),
    ("key", "text"),
)
_NAMES: Final = ", ".join(f'"{name}"' for name, _ in _COLUMNS)
_MANY: Final = 100
"""From so many rows on they are copied: it is several times faster, but a temporary table costs a millisecond."""
_PUT: Final = (
    f"INSERT INTO charge (tenant_id, made_at, {_NAMES}) SELECT %s, %s, {_NAMES} FROM"  # noqa: S608  # our own names
    " {source} ON CONFLICT (tenant_id, key) DO NOTHING"
)
_GIVEN: Final = f"unnest({', '.join(f'%s::{kind}[]' for _, kind in _COLUMNS)}) AS new_charge ({_NAMES})"


@dataclass(frozen=True, slots=True)
class NewCharge:
    """
    One item to bill.

    Args:
        contract: who pays.
        service: what it is for; `None` for the contract as a whole.
        group: what kind of item it is.
        line: items of one service and period with the same line become one line of the invoice.
        period_on: first day of the period it belongs to.
        billable_on: the day from which it may be billed.
        quantity: whole, in `unit`.
        unit: `s`, `min`, `SMS`, `MMS`, `B`, `MB`, `day`, `month` or `item`.
        amount_micros: exact; with VAT where prices include it. Below zero it gives money back.
        vat_rate_pct: the rate of VAT.
        words: the line's text by language.
        finding: the stored finding that the amount rests on.
        clauses: ids of the clauses underneath.
        key: recognises a repeat; an item of a known key changes nothing.

    """

    contract: ContractId
    service: ServiceId | None
    group: Group
    line: str
    period_on: date
    billable_on: date
    quantity: int
    unit: str
    amount_micros: int
    vat_rate_pct: Decimal
    words: Mapping[str, str]
    finding: Mapping[str, object] | None
    clauses: tuple[str, ...]
    key: str


class _Texts:
    """JSON texts of values that many items share, each written once."""

    def __init__(self) -> None:
        self._known: dict[int, str] = {}

    def of(self, value: Any) -> str:
        """The value's JSON; the caller keeps the value alive."""
        found = self._known.get(id(value))
        if found is None:
            found = self._known[id(value)] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return found


def put_charges(ctx: Context, charges: Sequence[NewCharge]) -> int:
    """Write items, each key once; returns how many were new."""
    if not charges:
        return 0
    texts = _Texts()
    rows = [
        (
            uuid7(),
            one.contract,
            one.service,
            one.group,
            one.line,
            one.period_on,
            one.billable_on,
            one.quantity,
            one.unit,
            one.amount_micros,
            one.vat_rate_pct,
            texts.of(one.words),
            None if one.finding is None else texts.of(one.finding),
            texts.of(one.clauses),
            one.key,
        )
        for one in charges
    ]
    if len(rows) < _MANY:
        given = [ctx.tenant, ctx.now, *map(list, zip(*rows, strict=True))]
        return ctx.db.execute(_PUT.format(source=_GIVEN), given).rowcount
    copy_rows(ctx.db, "new_charge", _COLUMNS, rows)
    return ctx.db.execute(_PUT.format(source="new_charge"), [ctx.tenant, ctx.now]).rowcount


_SHOWN: Final = (
    'id, contract_id, service_id, "group", line, period_on, billable_on, quantity, unit, amount_micros, vat_rate_pct,'
    " words, finding, clauses, key, invoice_id, made_at"
)


def open_charges(ctx: Context, contract: ContractId) -> list[Row]:
    """A contract's items that no invoice holds yet, oldest period first."""
    return ctx.db.execute(
        f"SELECT {_SHOWN} FROM charge WHERE tenant_id = %s AND contract_id = %s AND invoice_id IS NULL"  # noqa: S608
        " ORDER BY period_on, billable_on, id LIMIT 10000",
        [ctx.tenant, contract],
    ).fetchall()


def charge_row(ctx: Context, charge: ChargeId) -> Row | None:
    """One item."""
    return ctx.db.execute(
        f"SELECT {_SHOWN} FROM charge WHERE tenant_id = %s AND id = %s",  # noqa: S608
        [ctx.tenant, charge],
    ).fetchone()


def charges_by_id(ctx: Context, charges: Sequence[ChargeId]) -> list[Row]:
    """Several items, in order of making."""
    return ctx.db.execute(
        f"SELECT {_SHOWN} FROM charge WHERE tenant_id = %s AND id = ANY(%s) ORDER BY id",  # noqa: S608
        [ctx.tenant, list(charges)],
    ).fetchall()
