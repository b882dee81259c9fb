"""How the ordinary role's statements find their rows: always by an index, also behind the walls."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.server import owner_url
from spojka.access.deadlines.running import run_due
from spojka.access.operations.context import OPERATOR, Context
from spojka.access.tenants.store import add_tenant
from spojka.charging.charges import monthly
from spojka.charging.ledger.store import party_postings
from spojka.kernel.ids import TenantId, uuid7
from spojka.revenue.billing import drafting, issuing
from spojka.revenue.payments.store import open_advances, open_invoices
from spojka.trade.notices.store import due_notices
from tests.revenue.billing.crowd import CLOSES, FEBRUARY, crowd

CUSTOMERS = 1500


class Watched:
    """A connection that explains what it is asked instead of doing it."""

    def __init__(self, db) -> None:
        self.db, self.plans = db, []

    def execute(self, statement: str, given: Any = None):
        plan = self.db.execute(f"EXPLAIN {statement}", given).fetchall()
        self.plans.append("\n".join(next(iter(row.values())) for row in plan))
        return self

    def fetchall(self) -> list[Any]:
        return []


@pytest.fixture(scope="module")
def two(database) -> tuple[TenantId, TenantId]:
    """A tenant before its bill run and one after it, with the statistics of both."""
    with transaction(None) as db:
        before, after = (add_tenant(db, code=f"test-{uuid7().hex}", pack="nej-mobil") for _ in range(2))
    crowd(before, CUSTOMERS)
    crowd(after, CUSTOMERS)
    run_due(after, CLOSES, CLOSES)
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        owner.execute("ANALYZE")
    return before, after


def watching(tenant: TenantId):
    with transaction(tenant) as db:
        yield Watched(db), tenant
        raise psycopg.Rollback


@pytest.fixture
def unbilled(two):
    yield from watching(two[0])


@pytest.fixture
def billed(two):
    yield from watching(two[1])


def indexes(plan: str) -> set[str]:
    assert "Seq Scan" not in plan, plan
    return set(re.findall(r"Index (?:Only )?Scan(?: Backward)? (?:using|on) (\w+)", plan))


def test_drafts_are_found_among_all_that_was_ever_issued_by_an_index_of_their_own(billed):
    watch, tenant = billed
    drafting.look_up_by_index(Context(watch.db, tenant, OPERATOR, CLOSES, uuid7(), None))

    watch.execute(issuing._PICK, [tenant, uuid7(), 20])

    assert "invoice_draft" in indexes(watch.plans[0])


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (drafting._PAGE, "contract_pkey"),
        (drafting._PARTIES, "party_pkey"),
        (drafting._ITEMS, "charge_open"),
        (drafting._NUMBERS, "service_of_contract"),
        (drafting._TAKE, "charge_open"),
        (issuing._SIGNED, "contract_pkey"),
        (monthly._SERVICES, "service_of_contract"),
        (monthly._STRETCHES, "service_tariff_days_ix"),
        (monthly._HOLDS, "service_hold_ix"),
    ],
    ids=lambda value: value if re.fullmatch(r"\w+", value) else "",
)
def test_every_statement_of_a_page_finds_its_rows_by_index(unbilled, statement, index):
    watch, tenant = unbilled
    ids = [uuid7() for _ in range(5)]
    named = {
        "tenant": tenant,
        "after": ids[0],
        "limit": 20,
        "contracts": ids,
        "services": ids,
        "charges": ids,
        "owners": "{}",
        "first": ids[0],
        "last": ids[-1],
        "period_on": FEBRUARY.starts_on,
        "starts_on": FEBRUARY.starts_on,
        "ends_on": FEBRUARY.ends_on,
        "starts_at": FEBRUARY.starts_at,
        "ends_at": FEBRUARY.ends_at,
    }
    given = named if "%(" in statement else [tenant, ids] if statement.count("%s") == 2 else [tenant, ids[0], 20]
    drafting.look_up_by_index(Context(watch.db, tenant, OPERATOR, CLOSES, uuid7(), None))

    watch.execute(statement, given)

    assert index in indexes(watch.plans[0])


@pytest.mark.parametrize(
    ("ask", "allowed"),
    [
        (lambda ctx: open_advances(ctx, [uuid7()]), {"payment_open", "payment_of_party"}),
        (lambda ctx: open_invoices(ctx, uuid7()), {"invoice_of_party"}),
        (lambda ctx: party_postings(ctx, uuid7(), None, None), {"ledger_posting_party"}),
        (lambda ctx: due_notices(ctx, 100), {"notice_due"}),
    ],
    ids=["advances", "open invoices", "statement", "due notices"],
)
def test_what_grows_with_every_month_is_found_by_index(billed, ask, allowed):
    watch, tenant = billed
    watch.db.execute("SET LOCAL enable_seqscan = off")  # tables are small here; the question is which index serves

    ask(Context(watch, tenant, OPERATOR, CLOSES, uuid7(), None))

    assert allowed & indexes(watch.plans[0])
