"""Nothing unbalanced gets into the books, and what is there stays."""

from __future__ import annotations

from datetime import date

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from spojka.access.operations.context import Actor
from spojka.charging.ledger.accounts import ADVANCE, BANK, RECEIVABLE, REVENUE, VAT, AccountUnknown
from spojka.charging.ledger.queries import accounts, balance, statement
from spojka.charging.ledger.store import Entry, EntryWrong, Posting, post
from spojka.kernel.ids import uuid7
from spojka.kernel.money import Money

TODAY = date(2026, 2, 1)


def invoice(reference: str, party, gross: int = 121_000_000) -> Entry:
    tax = gross * 21 // 121
    return Entry(
        "invoice",
        reference,
        TODAY,
        (Posting(RECEIVABLE, gross, party), Posting(VAT, -tax), Posting(REVENUE, tax - gross)),
    )


def counted(ctx, table: str) -> int:
    return ctx.db.execute(f"SELECT count(*) AS n FROM {table} WHERE tenant_id = %s", [ctx.tenant]).fetchone()["n"]


def test_an_entry_is_posted_once_however_often_it_comes(ctx):
    party = uuid7()

    first = post(ctx, [invoice("A", party), invoice("B", party)])
    again = post(ctx, [invoice("B", party), invoice("C", party)])

    assert (first, again) == (2, 1)
    assert counted(ctx, "ledger_entry") == 3
    assert counted(ctx, "ledger_posting") == 9


def test_a_customer_owes_invoices_less_payments(ctx):
    party = uuid7()
    post(ctx, [invoice("A", party)])
    paid = (Posting(BANK, 150_000_000), Posting(RECEIVABLE, -121_000_000, party), Posting(ADVANCE, -29_000_000, party))
    post(ctx, [Entry("payment", "P", TODAY, paid)])

    found = balance(ctx, party=party)

    assert (found.owed, found.advance, found.balance) == (Money.zero(), Money.czk("29.00"), Money.czk("-29.00"))


def test_a_statement_runs_along_and_keeps_to_its_days(ctx):
    party = uuid7()
    post(ctx, [invoice("A", party)])

    lines = statement(ctx, party=party, starts_on=TODAY)
    before = statement(ctx, party=party, ends_on=TODAY)

    assert [(line.account, line.balance) for line in lines] == [(RECEIVABLE, Money.czk("121.00"))]
    assert before == []


def test_another_customer_sees_no_balance(ctx):
    party = uuid7()
    stranger = Actor("eva", frozenset({"*"}), uuid7())

    found = balance(type(ctx)(ctx.db, ctx.tenant, stranger, ctx.now, ctx.call_id, ctx.files), party=party)

    assert found.code == "PARTY_UNKNOWN"


def test_all_accounts_together_come_to_nothing(ctx):
    post(ctx, [invoice(str(number), uuid7(), 1_210_000 * number) for number in range(1, 20)])

    found = accounts(ctx)

    assert {one.account for one in found} == {RECEIVABLE, VAT, REVENUE}
    assert sum(one.balance.micros for one in found) == 0


@pytest.mark.parametrize(
    "postings",
    [
        (Posting(RECEIVABLE, 1, uuid7()), Posting(REVENUE, -2)),
        (Posting(REVENUE, 0),),
        (Posting(RECEIVABLE, 1), Posting(REVENUE, -1)),
        (Posting(BANK, 1, uuid7()), Posting(REVENUE, -1)),
    ],
)
def test_an_entry_that_is_not_right_is_not_posted(ctx, postings):
    with pytest.raises(EntryWrong):
        post(ctx, [Entry("invoice", "A", TODAY, postings)])


def test_an_account_outside_the_chart_is_not_posted_to(ctx):
    with pytest.raises(AccountUnknown, match="'999'"):
        post(ctx, [Entry("invoice", "A", TODAY, (Posting("999", 1), Posting(REVENUE, -1)))])


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    entries=some.lists(some.lists(some.integers(-10, 10).filter(bool), min_size=1, max_size=4), min_size=1, max_size=4)
)
def test_the_database_takes_postings_exactly_when_every_entry_of_theirs_balances(ctx, entries):
    balanced = all(sum(amounts) == 0 for amounts in entries)
    ids = [uuid7() for _ in entries]

    def write() -> None:
        with ctx.db.transaction():
            ctx.db.cursor().executemany(
                "INSERT INTO ledger_entry (tenant_id, id, booked_on, made_at, kind, reference)"
                " VALUES (%s, %s, %s, now(), 'any', %s)",
                [(ctx.tenant, one, TODAY, str(one)) for one in ids],
            )
            rows = [
                (one, position, amount)
                for one, amounts in zip(ids, entries, strict=True)
                for position, amount in enumerate(amounts)
            ]
            ctx.db.execute(
                "INSERT INTO ledger_posting (tenant_id, entry_id, position, account, amount_micros)"
                " SELECT %s, * FROM unnest(%s::uuid[], %s::int[], %s::text[], %s::bigint[])",
                [ctx.tenant, [r[0] for r in rows], [r[1] for r in rows], ["602"] * len(rows), [r[2] for r in rows]],
            )

    if balanced:
        write()
    else:
        with pytest.raises(psycopg.errors.CheckViolation, match="does not balance"):
            write()

    kept = ctx.db.execute(
        "SELECT coalesce(sum(amount_micros), 0)::bigint AS total FROM ledger_posting WHERE tenant_id = %s",
        [ctx.tenant],
    ).fetchone()
    assert kept["total"] == 0


@pytest.mark.parametrize("table", ["ledger_entry", "ledger_posting"])
@pytest.mark.parametrize("change", ["UPDATE {} SET tenant_id = tenant_id", "DELETE FROM {}"])
def test_what_was_posted_cannot_be_changed_or_taken_out(ctx, table, change):
    post(ctx, [invoice("A", uuid7())])

    with pytest.raises(psycopg.errors.InsufficientPrivilege), ctx.db.transaction():
        ctx.db.execute(change.format(table))

    assert counted(ctx, "ledger_posting") == 3
