"""Drafts of a period's invoices, a page of contracts at a time: fees, items, lines, documents, all set-based."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.database.copying import copy_rows
from spojka.access.operations.context import Context
from spojka.charging.charges.minimum import minimum_due
from spojka.charging.charges.monthly import ContractToBill, NotBillable, fees_due
from spojka.charging.charges.store import put_charges
from spojka.kernel.ids import ContractId, InvoiceId, RunId, uuid7
from spojka.kernel.money import Rounding
from spojka.kernel.time import Period
from spojka.revenue.billing.frozen import DRAFT_NUMBER, Seller, buyer_of, seller_of, to_body
from spojka.revenue.billing.lines import InvoiceLines, Item, make_lines
from spojka.revenue.billing.rules import line_rounding
from spojka.revenue.billing.terms import BillingTerms
from spojka.revenue.documents.invoice import InvoiceDocument, InvoiceNotConsistent
from spojka.terms.clauses import Language
from spojka.terms.precedence import TermMissing
from spojka.trade.publications.shelf import Shelf, shelf_of

CONTRACTS_A_BATCH: Final = 2_000
"""How many contracts one transaction drafts: what a kill loses at most."""

_PAGE: Final = (
    "SELECT id, number AS contract_number, product, signed_on, party_id FROM contract"
    " WHERE tenant_id = %(tenant)s AND id > %(after)s AND state <> 'draft' AND signed_on < %(ends_on)s"
    " ORDER BY id LIMIT %(limit)s"
)
_PARTIES: Final = (
    "SELECT id AS party_id, name, street, city, zip_code, country, ico, dic, email, language FROM party"
    " WHERE tenant_id = %s AND id = ANY(%s)"
)
_ITEMS: Final = (
    'SELECT contract_id, id, service_id, "group", line, period_on, quantity, unit, amount_micros, vat_rate_pct,'
    " words ->> 'cs' AS cs, words ->> 'en' AS en, clauses::text AS clauses FROM charge"
    " WHERE tenant_id = %(tenant)s AND contract_id BETWEEN %(first)s AND %(last)s AND invoice_id IS NULL"
    " AND billable_on < %(ends_on)s"
)
_NUMBERS: Final = "SELECT id, msisdn FROM service WHERE tenant_id = %(tenant)s AND contract_id = ANY(%(contracts)s)"
_DRAFTS: Final = (
    ("id", "uuid"),
    ("contract_id", "uuid"),
    ("party_id", "uuid"),
    ("gross", "bigint"),
    ("tax", "bigint"),
    ("symbol", "text"),
    ("body", "jsonb"),
)
_INSERT: Final = (
    "INSERT INTO invoice (tenant_id, id, kind, state, contract_id, party_id, run_id, period_on, gross_micros,"
    " tax_micros, variable_symbol, body)"
    " SELECT %(tenant)s, id, 'invoice', 'draft', contract_id, party_id, %(run)s, %(period_on)s, gross, tax, symbol,"
    " body FROM new_draft ON CONFLICT (tenant_id, contract_id, period_on) WHERE kind = 'invoice' DO NOTHING"
    " RETURNING id"
)
_TAKE: Final = (
    "UPDATE charge SET invoice_id = (%(owners)s::jsonb ->> contract_id::text)::uuid"
    " WHERE tenant_id = %(tenant)s AND contract_id BETWEEN %(first)s AND %(last)s AND invoice_id IS NULL"
    " AND billable_on < %(ends_on)s AND id = ANY(%(charges)s)"
)


class ItemTakenTwice(RuntimeError):
    """Items drafted onto an invoice were on another one already: two runs read them at once; this one starts again."""


@dataclass(frozen=True, slots=True)
class Draft:
    """One contract's invoice before it has a number."""

    id: InvoiceId
    contract: Row
    document: InvoiceDocument
    lines: InvoiceLines


@dataclass(frozen=True, slots=True)
class DraftedPage:
    """
    What one transaction drafted.

    Args:
        last: the last contract of the page, or `None` when there are no more pages.
        contracts: how many contracts it held.
        drafted: how many invoices were new.
        gross_micros, tax_micros: their sums.
        by_heading: gross sums by the lines' heading.
        problems: contracts that could not be drafted; somebody must act.

    """

    last: ContractId | None
    contracts: int
    drafted: int
    gross_micros: int
    tax_micros: int
    by_heading: dict[str, int]
    problems: tuple[NotBillable, ...]


@lru_cache(maxsize=4096)
def _clauses(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _items(ctx: Context, period: Period, contracts: Sequence[Row]) -> dict[UUID, list[Item]]:
    """What is to be billed, by contract."""
    languages: dict[UUID, Language] = {row["id"]: row["language"] for row in contracts}
    given = {**_page_of(ctx, period, contracts), "contracts": list(languages)}
    numbers: dict[UUID | None, str] = {row["id"]: row["msisdn"] for row in ctx.db.execute(_NUMBERS, given)}
    found: dict[UUID, list[Item]] = defaultdict(list)
    for row in sorted(ctx.db.execute(_ITEMS, given), key=itemgetter("id")):
        contract = row["contract_id"]
        if contract not in languages:
            continue
        found[contract].append(
            Item(
                row["id"],
                row["service_id"],
                numbers.get(row["service_id"], ""),
                row["group"],
                row["line"],
                row["period_on"],
                row["quantity"],
                row["unit"],
                row["amount_micros"],
                row["vat_rate_pct"],
                row[languages[contract]],
                _clauses(row["clauses"]),
            )
        )
    return found


def _page_of(ctx: Context, period: Period, contracts: Sequence[Row]) -> dict[str, object]:
    """What names the open items of a page: its range of contracts, and by when they are billable."""
    ends = {"first": contracts[0]["id"], "last": contracts[-1]["id"]}
    return {"tenant": ctx.tenant, "ends_on": period.ends_on, **ends}


class _Drafter:
    """Makes drafts of one period; what many contracts share is looked up once."""

    def __init__(self, shelf: Shelf, period: Period) -> None:
        self.shelf, self.period = shelf, period
        self.last_on = period.ends_on - timedelta(days=1)
        self._roundings: dict[date, Rounding] = {}
        self._sellers: dict[Language, Seller] = {}

    def rounding(self, signed_on: date) -> Rounding:
        found = self._roundings.get(signed_on)
        if found is None:
            terms = self.shelf.sheet(BillingTerms, self.last_on, signed_on)
            found = self._roundings[signed_on] = line_rounding(terms.invoice_line_decimals, terms.rounding)
        return found

    def seller(self, language: Language) -> Seller:
        if language not in self._sellers:
            self._sellers[language] = seller_of(self.shelf.pack, language)
        return self._sellers[language]

    def draft(self, contract: Row, items: Sequence[Item]) -> Draft:
        """One contract's invoice; raises `InvoiceNotConsistent` or `TermMissing`."""
        product = self.shelf.pack.product(contract["product"])
        if product is None:
            raise TermMissing(f"product.{contract['product']}", [self.shelf.pack.code])
        language: Language = contract["language"]
        lines = make_lines(
            items,
            period=self.period,
            rounding=self.rounding(contract["signed_on"]),
            language=language,
            prices_with_vat=product["prices_with_vat"],
        )
        seller, account, brand = self.seller(language)
        invoice = InvoiceId(uuid7())
        document = InvoiceDocument(
            id=invoice,
            number=DRAFT_NUMBER,
            kind="invoice",
            language=language,
            issued_on=self.last_on,
            taxable_supply_on=self.last_on,
            due_on=self.last_on,
            period=self.period,
            seller=seller,
            buyer=buyer_of(contract),
            account=account,
            variable_symbol=contract["contract_number"],
            lines=lines.lines,
            vat=lines.vat,
            prices_with_vat=product["prices_with_vat"],
            contract=contract["contract_number"],
            contract_signed_on=contract["signed_on"],
            agreed_electronic=contract["contract_number"],
            brand=brand,
        )
        return Draft(invoice, contract, document, lines)


def _write(ctx: Context, run: RunId | None, period: Period, drafts: Sequence[Draft]) -> list[Draft]:
    """Keep the drafts that no other run has made meanwhile, and put their items onto them."""
    rows = (
        (
            draft.id,
            draft.contract["id"],
            draft.contract["party_id"],
            draft.lines.gross_micros,
            draft.lines.tax_micros,
            draft.contract["contract_number"],
            to_body(draft.document, draft.lines.charges, draft.lines.books),
        )
        for draft in drafts
    )
    copy_rows(ctx.db, "new_draft", _DRAFTS, rows)
    given = {"tenant": ctx.tenant, "run": run, "period_on": period.starts_on}
    kept = {row["id"] for row in ctx.db.execute(_INSERT, given)}
    new = [draft for draft in drafts if draft.id in kept]
    if new:
        taken = [charge for draft in new for charges in draft.lines.charges.values() for charge in charges]
        owners = Jsonb({str(draft.contract["id"]): str(draft.id) for draft in new})
        page = _page_of(ctx, period, [draft.contract for draft in new])
        moved = ctx.db.execute(_TAKE, {**page, "charges": taken, "owners": owners}).rowcount
        if moved != len(taken):
            raise ItemTakenTwice(f"{len(taken) - moved} of {len(taken)} items of {period} were taken meanwhile")
    return new


def _contracts(ctx: Context, given: dict[str, object]) -> list[Row]:
    """A page of contracts, each with its party."""
    rows = ctx.db.execute(_PAGE, given).fetchall()
    parties = {
        row["party_id"]: row for row in ctx.db.execute(_PARTIES, [ctx.tenant, [row["party_id"] for row in rows]])
    }
    return [row | parties[row["party_id"]] for row in rows]


def look_up_by_index(ctx: Context) -> None:
    """
    Have the rest of this transaction find rows by index.

    A page must cost the same however large the tables are, also where statistics are of yesterday: without this the
    planner reads a whole table for every page as soon as a page looks large to it. For the same reason every statement
    about a page names the rows it is about, by id or by the page's range of contracts, and leaves joins and order to
    Python: a guess of one row for a new tenant makes any join and any index look as good as another.
    """
    ctx.db.execute("SET LOCAL enable_seqscan = off")


def draft_page(
    ctx: Context,
    *,
    run: RunId | None,
    period: Period,
    after: ContractId | None,
    limit: int = CONTRACTS_A_BATCH,
) -> DraftedPage:
    """
    Draft the invoices of the next contracts after one (`None`: from the first); repeating it changes nothing.

    A contract with nothing to bill gets no invoice; one whose document cannot be made is reported and leaves its items
    open, the others go on.
    """
    look_up_by_index(ctx)
    nil = UUID(int=0)
    given = {"tenant": ctx.tenant, "after": after or nil, "ends_on": period.ends_on, "limit": limit}
    contracts = _contracts(ctx, given)
    if not contracts:
        return DraftedPage(None, 0, 0, 0, 0, {}, ())
    to_bill = [ContractToBill(row["id"], row["product"], row["signed_on"]) for row in contracts]
    fees = fees_due(ctx, period, to_bill)
    put_charges(ctx, fees.charges)
    put_charges(ctx, minimum_due(ctx, period, fees.minimums))
    problems = list(fees.problems)
    failed = {problem.contract for problem in problems}
    items = _items(ctx, period, contracts)
    drafter = _Drafter(shelf_of(ctx), period)
    drafts: list[Draft] = []
    for row in contracts:
        if row["id"] in failed or row["id"] not in items:
            continue
        try:
            drafts.append(drafter.draft(row, items[row["id"]]))
        except (InvoiceNotConsistent, TermMissing) as bad:
            problems.append(NotBillable(row["id"], str(bad)))
    new = _write(ctx, run, period, drafts) if drafts else []
    by_heading: dict[str, int] = {}
    for draft in new:
        for line in draft.document.lines:
            by_heading[line.group] = by_heading.get(line.group, 0) + line.gross_micros
    return DraftedPage(
        ContractId(contracts[-1]["id"]) if len(contracts) == limit else None,
        len(contracts),
        len(new),
        sum(draft.lines.gross_micros for draft in new),
        sum(draft.lines.tax_micros for draft in new),
        by_heading,
        tuple(problems),
    )
