"""Many customers at once, written straight into the tables, and what must hold of their bills."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from uuid import UUID

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_next
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.kernel.ids import TenantId
from spojka.kernel.time import Period
from spojka.revenue.billing import runs
from spojka.revenue.billing.drafting import draft_page
from spojka.revenue.billing.issuing import issue_page
from spojka.surfaces.bench.bill import _make_world
from spojka.surfaces.registered import register_all

FEBRUARY = Period.month(2026, 2)
LOADED = datetime(2026, 2, 1, 8, tzinfo=UTC)
CLOSES = datetime(2026, 3, 1, 1, tzinfo=UTC)
CONTRACTS_A_PAGE, INVOICES_A_PAGE = 20, 15


def crowd(tenant: TenantId, customers: int) -> None:
    """A provider whose customers have one service, one tariff and three totals of use each; its run is open."""
    call("provider.load", {"sims": 0}, tenant=tenant, actor=OPERATOR, now=LOADED)
    with transaction(tenant) as db:
        db.execute("UPDATE deadline SET state = 'cancelled'")
        _make_world(db, tenant, customers)
    call("billing.run", {"period": FEBRUARY}, tenant=tenant, actor=OPERATOR, now=CLOSES)


def small_pages() -> None:
    """Have this process do runs in many small batches."""
    runs.draft_page = partial(draft_page, limit=CONTRACTS_A_PAGE)
    runs.issue_page = partial(issue_page, limit=INVOICES_A_PAGE)
    runs.CONTRACTS_A_BATCH = CONTRACTS_A_PAGE


def facts_of(tenant: TenantId) -> dict[str, object]:
    """What must hold of a finished run, counted by the database."""
    with transaction(tenant) as db:
        row = db.execute(
            "SELECT (SELECT count(*) FROM contract) AS contracts,"
            " count(*) AS invoices, count(DISTINCT contract_id) AS billed, count(number) AS numbered,"
            " max(number::bigint) - min(number::bigint) + 1 AS span, sum(gross_micros) AS gross,"
            " sum(tax_micros) AS tax,"
            " (SELECT count(*) FROM charge WHERE invoice_id IS NULL) AS open_items,"
            " (SELECT count(*) FROM charge) AS items,"
            " (SELECT sum(amount_micros) FROM ledger_posting WHERE account = '311') AS owed,"
            " (SELECT sum(amount_micros) FROM ledger_posting) AS unbalanced,"
            " (SELECT count(*) FROM ledger_entry) AS entries FROM invoice",
        ).fetchone()
        listed = db.execute(
            "SELECT count(*) AS listed, count(DISTINCT item) AS once, count(*) FILTER (WHERE charge.invoice_id = i.id)"
            " AS right_invoice FROM invoice i, jsonb_each(i.body -> 'charges') AS line,"
            " jsonb_array_elements_text(line.value) AS item LEFT JOIN charge ON charge.id = item::uuid",
        ).fetchone()
        run = db.execute("SELECT state, drafted, issued, gross_micros FROM bill_run").fetchone()
    facts = {**row, **listed, **{f"run_{name}": value for name, value in run.items()}}
    return {name: int(value) if isinstance(value, Decimal) else value for name, value in facts.items()}


def flaws(facts: dict[str, object]) -> list[str]:
    """What does not hold: every contract one invoice, numbers without a gap, every item once, books that agree."""
    equal = {
        "every contract has one invoice with a number, without a gap": (
            "contracts",
            "invoices",
            "billed",
            "numbered",
            "span",
            "entries",
            "run_drafted",
            "run_issued",
        ),
        "every item stands on one line of its own invoice": ("items", "listed", "once", "right_invoice"),
        "books and run say what the invoices say": ("gross", "owed", "run_gross_micros"),
    }
    found = [f"{text}: {facts}" for text, names in equal.items() if len({facts[name] for name in names}) != 1]
    nothing = [f"{name} is {facts[name]}" for name in ("open_items", "unbalanced") if facts[name] != 0]
    state = [] if facts["run_state"] == "finished" else [f"the run is {facts['run_state']}"]
    return found + nothing + state


def work(tenant: TenantId) -> None:
    """Carry a run on, one batch for every line of input, saying so when it is done."""
    register_all()
    small_pages()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while sys.stdin.readline() and run_next(tenant, CLOSES, CLOSES) is not None:
        sys.stdout.write("batch\n")
        sys.stdout.flush()


if __name__ == "__main__":
    work(TenantId(UUID(sys.argv[1])))
