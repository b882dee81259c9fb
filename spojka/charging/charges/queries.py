"""Billable items as people read them, each with the finding it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.charging.charges.store import charge_row, open_charges
from spojka.kernel.ids import ChargeId, ContractId, ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.terms.findings import Finding, read_finding
from spojka.terms.refusals import define_refusal
from spojka.trade.contracts.store import contract_row
from spojka.trade.publications.shelf import Shelf, shelf_of
from spojka.trade.services.store import service_row

define_refusal("CHARGE_UNKNOWN", cs="Položka {charge} není v evidenci.", en="There is no item {charge}.")


@dataclass(frozen=True, slots=True)
class ChargeView:
    """One item; `amount` is exact and carries its reasons."""

    id: ChargeId
    contract: ContractId
    service: ServiceId | None
    group: str
    line: str
    period: str
    quantity: int
    unit: str
    words: dict[str, str]
    amount: Finding[Money] | Money
    invoice: UUID | None


@dataclass(frozen=True, slots=True)
class ClauseWords:
    """One clause that an amount rests on, in its words."""

    id: str
    title_cs: str
    title_en: str
    cs: str
    en: str


@dataclass(frozen=True, slots=True)
class Why:
    """Why an item costs what it costs: in words with the figures, and the clauses in theirs."""

    charge: ChargeView
    cs: str
    en: str
    clauses: list[ClauseWords]


def _view(row: Row) -> ChargeView:
    stored: dict[str, Any] | None = row["finding"]
    return ChargeView(
        row["id"],
        row["contract_id"],
        row["service_id"],
        row["group"],
        row["line"],
        str(Period.containing(row["period_on"])),
        row["quantity"],
        row["unit"],
        row["words"],
        read_finding(stored) if stored else Money(row["amount_micros"]),
        row["invoice_id"],
    )


def clause_words(shelf: Shelf, finding: Finding[Any]) -> list[ClauseWords]:
    """The clauses of a finding in the words of the editions it was found by."""
    found = []
    for ref in finding.refs:
        edition = shelf.edition(ref.document, ref.edition)
        clause = edition.clauses.get(ref.clause) if edition else None
        if clause is not None:
            titles = (shelf.title(ref, "cs"), shelf.title(ref, "en"))
            found.append(ClauseWords(ref.id, *titles, clause.cs, clause.en))
    return found


@query("charges.largest", permission="charges.read")
def largest(ctx: Context, *, period: Period, limit: int = 5) -> list[ChargeView]:
    """The largest item of each line of a period, the largest amounts first."""
    rows = ctx.db.execute(
        'SELECT * FROM (SELECT DISTINCT ON ("group", line) * FROM charge WHERE tenant_id = %s AND period_on = %s'
        ' AND finding IS NOT NULL ORDER BY "group", line, amount_micros DESC, id) AS each_line'
        " ORDER BY amount_micros DESC, id LIMIT %s",
        [ctx.tenant, period.starts_on, limit],
    ).fetchall()
    return [_view(row) for row in rows]


@query("charges.open", permission="charges.read", customers=True, refusals=("CONTRACT_UNKNOWN",))
def open_items(ctx: Context, *, contract: ContractId) -> list[ChargeView] | Refusal:
    """What a contract has to be billed for and no invoice holds yet, the oldest period first."""
    if contract_row(ctx, contract) is None:
        return Refusal("CONTRACT_UNKNOWN", (), {"contract": contract})
    return [_view(row) for row in open_charges(ctx, contract)]


@query("charges.of_service", permission="charges.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def of_service(ctx: Context, *, service: ServiceId, period: Period) -> list[ChargeView] | Refusal:
    """What a service's period came to so far, billed or not."""
    if service_row(ctx, service) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    rows = ctx.db.execute(
        "SELECT * FROM charge WHERE tenant_id = %s AND service_id = %s AND period_on = %s ORDER BY line, id",
        [ctx.tenant, service, period.starts_on],
    ).fetchall()
    return [_view(row) for row in rows]


@query("charges.why", permission="charges.read", customers=True, refusals=("CHARGE_UNKNOWN",))
def why(ctx: Context, *, charge: ChargeId) -> Why | Refusal:
    """One item explained in both languages, with its clauses."""
    row = charge_row(ctx, charge)
    if row is None or contract_row(ctx, row["contract_id"]) is None:
        return Refusal("CHARGE_UNKNOWN", (), {"charge": charge})
    view, shelf = _view(row), shelf_of(ctx)
    if not isinstance(view.amount, Finding):
        return Why(view, "", "", [])
    return Why(
        view,
        view.amount.explain("cs", shelf.title),
        view.amount.explain("en", shelf.title),
        clause_words(shelf, view.amount),
    )
