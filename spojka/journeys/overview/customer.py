"""Everything about one customer, gathered in a constant number of statements."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.ledger.accounts import ADVANCE, RECEIVABLE
from spojka.charging.ledger.store import party_balance, party_postings
from spojka.journeys.overview.clauses import ClauseWords, clauses_by_id
from spojka.journeys.overview.meters import LeftView, left_of
from spojka.kernel.ids import ContractId, InvoiceId, PartyId
from spojka.kernel.money import Money
from spojka.terms.precedence import TermMissing
from spojka.trade.catalogue.terms import Catalogue
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.views import ServiceView, views

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

SHOWN: Final = 60
"""The most invoices, postings, deadlines and notices of one page."""


@dataclass(frozen=True, slots=True)
class PartyView:
    """Who a customer is and how to reach them."""

    id: PartyId
    kind: str
    name: str
    born_on: date | None
    ico: str | None
    dic: str | None
    email: str
    phone: str
    language: str
    street: str
    city: str
    zip_code: str
    country: str
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class ContractLine:
    """One contract; `editions` are those accepted at signature."""

    id: ContractId
    number: str
    product: str
    title_cs: str
    title_en: str
    state: str
    signed_on: date
    channel: str
    committed_until: date | None
    editions: list[str]


@dataclass(frozen=True, slots=True)
class AddonLine:
    """An add-on that runs."""

    code: str
    title_cs: str
    title_en: str


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """
    One service with what is left of it.

    Args:
        service: as it stands.
        tariff_cs: its tariff's name in Czech.
        tariff_en: the same in English.
        addons: what runs beside the tariff.
        left: pools, volumes and limits of the running period; `None` when it does not run in it.
        hold_clauses: the words behind every hold, by clause id.
        topups: codes of the volumes that its tariff takes.

    """

    service: ServiceView
    tariff_cs: str
    tariff_en: str
    addons: list[AddonLine]
    left: LeftView | None
    hold_clauses: dict[str, ClauseWords]
    topups: list[str]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One invoice or credit note; `open` is what is still to be paid of it."""

    id: InvoiceId
    kind: str
    number: str
    contract: ContractId
    period_on: date
    issued_on: date
    due_on: date | None
    total: Money
    open: Money
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One entry on a customer's account; `balance` runs along, above zero the customer owes."""

    booked_on: date
    kind: str
    reference: str
    amount: Money
    balance: Money


@dataclass(frozen=True, slots=True)
class MoneyView:
    """How a customer stands: what is owed, what was paid ahead, the difference, and the last postings, newest first."""

    owed: Money
    advance: Money
    balance: Money
    postings: list[PostingLine]


@dataclass(frozen=True, slots=True)
class DeadlineLine:
    """
    One thing that will happen or has happened by itself.

    Args:
        about: the number, contract or invoice it concerns.
        unless_cs, unless_en: what prevents it.
        outcome: the code of its refusal, or `error: …` with the kind of its last failure.
        attempts: how often it has failed.
        again_at: when it is tried again after a failure.

    """

    due_at: datetime
    operation: str
    about: str
    clauses: list[ClauseWords]
    unless_cs: str
    unless_en: str
    state: str
    outcome: str
    attempts: int
    again_at: datetime | None


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice that was written to a customer."""

    id: UUID
    kind: str
    channel: str
    recipient: str
    subject: str
    body: str
    clauses: list[str]
    state: str
    written_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class CustomerView:
    """One page a customer."""

    party: PartyView
    contracts: list[ContractLine]
    services: list[ServiceCard]
    invoices: list[InvoiceLine]
    money: MoneyView
    ahead: list[DeadlineLine]
    past: list[DeadlineLine]
    notices: list[NoticeLine]


def _party(row: Row) -> PartyView:
    names = PartyView.__dataclass_fields__
    return PartyView(**{name: row[name] for name in names})


def _contracts(ctx: Context, party: PartyId) -> list[ContractLine]:
    rows = ctx.db.execute(
        "SELECT id, number, product, state, signed_on, channel, committed_until, editions FROM contract"
        " WHERE tenant_id = %s AND party_id = %s ORDER BY id",
        [ctx.tenant, party],
    ).fetchall()
    pack = shelf_of(ctx).pack
    lines = []
    for row in rows:
        facts = pack.product(row["product"]) or {}
        titles = {key: facts.get(key, row["product"]) for key in ("title_cs", "title_en")}
        lines.append(ContractLine(**row, **titles))
    return lines


def catalogue_of(ctx: Context) -> Catalogue | None:
    """The price list of today, or `None` before the tenant has published one."""
    try:
        return shelf_of(ctx).sheet(Catalogue, ctx.today)
    except TermMissing:
        return None


def service_cards(ctx: Context, party: PartyId) -> list[ServiceCard]:
    """A customer's services with their meters, running ones first."""
    rows = ctx.db.execute(
        "SELECT * FROM service WHERE tenant_id = %s AND party_id = %s ORDER BY (state = 'ended'), id LIMIT 200",
        [ctx.tenant, party],
    ).fetchall()
    if not rows:
        return []
    shown, catalogue = views(ctx, rows), catalogue_of(ctx)
    left = left_of(ctx, [view.id for view in shown])
    cited = clauses_by_id(ctx, (ref for view in shown for hold in view.holds for ref in hold.clauses), ctx.today)
    return [_card(view, catalogue, left.get(view.id), cited) for view in shown]


def _card(
    view: ServiceView,
    catalogue: Catalogue | None,
    left: LeftView | None,
    cited: dict[str, ClauseWords],
) -> ServiceCard:
    tariff = catalogue.tariff.get(view.tariff) if catalogue else None
    addons = []
    for code in view.addons:
        addon = catalogue.addon.get(code) if catalogue else None
        titles = (addon.title_cs.value, addon.title_en.value) if addon else (code, code)
        addons.append(AddonLine(code, *titles))
    return ServiceCard(
        service=view,
        tariff_cs=tariff.title_cs.value if tariff else view.tariff,
        tariff_en=tariff.title_en.value if tariff else view.tariff,
        addons=addons,
        left=left,
        hold_clauses={ref: cited[ref] for hold in view.holds for ref in hold.clauses if ref in cited},
        topups=list(tariff.topups.value) if tariff else [],
    )


_INVOICES: Final = """
SELECT i.id, i.kind, i.number, i.contract_id AS contract, i.period_on, i.issued_on, i.due_on, i.gross_micros,
  i.gross_micros - coalesce((SELECT sum(a.amount_micros)::bigint FROM payment_allocation a
    WHERE a.tenant_id = i.tenant_id AND a.invoice_id = i.id), 0) AS open_micros
FROM invoice i WHERE i.tenant_id = %(tenant)s AND i.party_id = %(party)s AND i.state = 'issued'
ORDER BY i.period_on DESC, i.id DESC LIMIT %(most)s
"""


def invoice_lines(ctx: Context, party: PartyId) -> list[InvoiceLine]:
    """A customer's issued invoices and credit notes, newest first."""
    given = {"tenant": ctx.tenant, "party": party, "most": SHOWN}
    return [_invoice(ctx, row) for row in ctx.db.execute(_INVOICES, given).fetchall()]


def _invoice(ctx: Context, row: Row) -> InvoiceLine:
    left = Money(row["open_micros"] if row["kind"] == "invoice" else 0)
    return InvoiceLine(
        id=row["id"],
        kind=row["kind"],
        number=row["number"],
        contract=row["contract"],
        period_on=row["period_on"],
        issued_on=row["issued_on"],
        due_on=row["due_on"],
        total=Money(row["gross_micros"]),
        open=left,
        is_overdue=left.micros > 0 and row["due_on"] is not None and row["due_on"] < ctx.today,
    )


_NAMED: Final = """
SELECT id, number AS name FROM invoice WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s) AND number IS NOT NULL
UNION ALL SELECT id, source || ' ' || source_id FROM payment WHERE tenant_id = %(tenant)s AND id = ANY(%(ids)s)
"""


def _named(ctx: Context, references: Iterable[str]) -> dict[str, str]:
    """References of postings as people know them: invoices by number, payments by their source's id."""
    ids = {reference: [UUID(each) for each in _ID.findall(reference)] for reference in references}
    wanted = [one for found in ids.values() for one in found]
    rows = ctx.db.execute(_NAMED, {"tenant": ctx.tenant, "ids": wanted}).fetchall() if wanted else []
    names = {row["id"]: row["name"] for row in rows}
    return {
        reference: ", ".join(names[one] for one in found if one in names) if found else reference
        for reference, found in ids.items()
    }


def money_of(ctx: Context, party: PartyId) -> MoneyView:
    """How a customer stands in the books; entries that only move money between the customer's accounts are left out."""
    accounts = party_balance(ctx, party)
    owed, advance = Money(accounts.get(RECEIVABLE, 0)), Money(-accounts.get(ADVANCE, 0))
    entries: dict[tuple[date, str, str], Money] = {}
    for row in party_postings(ctx, party, None, None):
        key = (row["booked_on"], row["kind"], row["reference"])
        entries[key] = entries.get(key, Money.zero()) + Money(row["amount_micros"])
    names = _named(ctx, [reference for _, _, reference in entries])
    running, lines = Money.zero(), []
    for (booked_on, kind, reference), amount in entries.items():
        running += amount
        if amount:
            lines.append(PostingLine(booked_on, kind, names[reference], amount, running))
    return MoneyView(owed, advance, owed - advance, lines[: -SHOWN - 1 : -1])


_DEADLINES: Final = """
WITH own AS (
  SELECT 'party:' || %(party)s::text AS subject, '' AS about
  UNION ALL SELECT 'contract:' || id::text, number FROM contract WHERE tenant_id = %(tenant)s AND party_id = %(party)s
  UNION ALL SELECT 'service:' || id::text, msisdn FROM service WHERE tenant_id = %(tenant)s AND party_id = %(party)s
  UNION ALL SELECT 'invoice:' || id::text, number FROM invoice WHERE tenant_id = %(tenant)s AND party_id = %(party)s
)
(SELECT d.due_at, d.operation, own.about, d.clauses, d.unless_cs, d.unless_en, d.state, d.outcome, d.attempts,
    d.again_at
  FROM own JOIN deadline d ON d.tenant_id = %(tenant)s AND d.subject = own.subject
  WHERE d.state = 'pending' ORDER BY d.due_at, d.id LIMIT %(most)s)
UNION ALL
(SELECT d.due_at, d.operation, own.about, d.clauses, d.unless_cs, d.unless_en, d.state, d.outcome, d.attempts,
    d.again_at
  FROM own JOIN deadline d ON d.tenant_id = %(tenant)s AND d.subject = own.subject
  WHERE d.state <> 'pending' ORDER BY d.due_at DESC, d.id LIMIT %(most)s)
"""


def deadline_lines(ctx: Context, party: PartyId) -> list[DeadlineLine]:
    """What will happen to a customer by itself, in order, then what has, newest first."""
    rows = ctx.db.execute(_DEADLINES, {"tenant": ctx.tenant, "party": party, "most": SHOWN}).fetchall()
    cited = clauses_by_id(ctx, (ref for row in rows for ref in row["clauses"]), ctx.today) if rows else {}
    return [DeadlineLine(**{**row, "clauses": [cited[ref] for ref in row["clauses"] if ref in cited]}) for row in rows]


def notice_lines(ctx: Context, party: PartyId) -> list[NoticeLine]:
    """What was written to a customer, newest first."""
    rows = ctx.db.execute(
        "SELECT id, kind, channel, recipient, subject, body, clauses, state, written_at, sent_at FROM notice"
        " WHERE tenant_id = %s AND party_id = %s ORDER BY written_at DESC, id DESC LIMIT %s",
        [ctx.tenant, party, SHOWN],
    ).fetchall()
    return [NoticeLine(**row) for row in rows]


def customer_view(ctx: Context, party: PartyId) -> CustomerView | None:
    """Everything about a customer, or `None` when there is none, or none of the actor's."""
    row = party_row(ctx, party)
    if row is None:
        return None
    deadlines = deadline_lines(ctx, party)
    return CustomerView(
        party=_party(row),
        contracts=_contracts(ctx, party),
        services=service_cards(ctx, party),
        invoices=invoice_lines(ctx, party),
        money=money_of(ctx, party),
        ahead=[line for line in deadlines if line.state == "pending"],
        past=[line for line in deadlines if line.state != "pending"],
        notices=notice_lines(ctx, party),
    )
