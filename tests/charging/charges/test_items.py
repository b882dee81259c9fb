"""Items to bill: written once by their key, many at once, and fixed once they are on an invoice."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import psycopg
import pytest

from spojka.charging.charges.fees import whole_fee
from spojka.charging.charges.store import NewCharge, charges_by_id, open_charges, put_charges
from spojka.kernel.ids import uuid7
from spojka.kernel.money import Money
from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.findings import read_finding


@pytest.fixture
def contract(ctx):
    party, contract = uuid7(), uuid7()
    ctx.db.execute(
        "INSERT INTO party (tenant_id, id, kind, name, sort_key, folded, email, phone, language, street, city,"
        " zip_code, country, roles, registered_at)"
        " VALUES (%s, %s, 'consumer', 'Eva', 'eva', 'eva', '', '', 'cs', '', '', '', 'CZ', '[]', now())",
        [ctx.tenant, party],
    )
    ctx.db.execute(
        "INSERT INTO contract (tenant_id, id, number, party_id, product, state, signed_at, signed_on, channel, proof,"
        " editions, declared_no_resale) VALUES (%s, %s, '1', %s, 'nej-mobil', 'concluded', now(), '2026-01-01',"
        " 'paper', 'signature', '[]', true)",
        [ctx.tenant, contract, party],
    )
    return contract


def charge(contract, key: str, micros: int = 99_000_000) -> NewCharge:
    clause = ClauseRef("price", "test", "8.2", "price")
    finding = whole_fee(monthly_fee=Term("fee", Money(micros), clause), prorated=Term("prorated", False, clause))
    return NewCharge(
        contract=contract,
        service=None,
        group="other",
        line="fee:sim_swap",
        period_on=date(2026, 2, 1),
        billable_on=date(2026, 2, 28),
        quantity=1,
        unit="item",
        amount_micros=micros,
        vat_rate_pct=Decimal(21),
        words={"cs": "Výměna karty\ts \\ a \n", "en": "Card exchange"},
        finding=finding.stored(),
        clauses=finding.clauses,
        key=key,
    )


@pytest.mark.parametrize("count", [1, 99, 100, 300])
def test_items_are_written_once_however_often_they_come(ctx, contract, count):
    items = [charge(contract, f"key-{number}", number * 10_000) for number in range(1, count + 1)]

    first = put_charges(ctx, items)
    again = put_charges(ctx, [*items, charge(contract, "another")])

    assert (first, again) == (count, 1)
    assert (
        sum(row["amount_micros"] for row in open_charges(ctx, contract)) == sum(range(count + 1)) * 10_000 + 99_000_000
    )


@pytest.mark.parametrize("count", [1, 150])
def test_what_is_written_is_read_back_as_it_was(ctx, contract, count):
    put_charges(ctx, [charge(contract, f"key-{number}") for number in range(count)])

    row = charges_by_id(ctx, [open_charges(ctx, contract)[0]["id"]])[0]

    assert row["words"] == {"cs": "Výměna karty\ts \\ a \n", "en": "Card exchange"}
    assert row["vat_rate_pct"] == Decimal(21)
    assert row["clauses"] == ["price/8.2"]
    assert read_finding(row["finding"]).value == Money.czk(99)


def test_the_same_key_twice_in_one_batch_is_one_item(ctx, contract):
    written = put_charges(ctx, [charge(contract, "one"), charge(contract, "one", 10_000)])

    assert written == 1
    assert [row["amount_micros"] for row in open_charges(ctx, contract)] == [99_000_000]


def test_nothing_to_write_writes_nothing(ctx):
    assert put_charges(ctx, []) == 0


@pytest.mark.parametrize("change", ["UPDATE charge SET amount_micros = 0", "DELETE FROM charge"])
def test_an_item_on_an_invoice_never_changes(ctx, contract, change):
    put_charges(ctx, [charge(contract, "one")])
    ctx.db.execute("UPDATE charge SET invoice_id = %s", [uuid7()])

    with pytest.raises(psycopg.errors.CheckViolation, match="on an invoice and never changes"), ctx.db.transaction():
        ctx.db.execute(change)


def test_an_item_that_waits_may_still_be_moved_to_an_invoice(ctx, contract):
    put_charges(ctx, [charge(contract, "one")])

    moved = ctx.db.execute("UPDATE charge SET invoice_id = %s", [uuid7()]).rowcount

    assert moved == 1
    assert open_charges(ctx, contract) == []
