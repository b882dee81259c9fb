"""Search: by the beginning of a name without accents, of numbers, contracts and invoices; by index."""

from __future__ import annotations

import pytest

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.journeys.overview.search import NAME_SQL, NUMBER_SQL, search_values
from tests.conftest import NOW

NAMES = ("Řehoř Čapek", "Rehana Nová", "Eva Malá", "Chalupa s.r.o.")


@pytest.fixture
def people(tenant):
    """Four customers, of whom Eva has a number."""

    def do(operation, **given):
        outcome = call(operation, given, tenant=tenant, actor=OPERATOR, now=NOW)
        assert outcome.refusal is None
        return outcome.result

    do("provider.load")
    kinds = {"Chalupa s.r.o.": {"kind": "business", "ico": "25596641"}}
    found = {
        each: call(
            "parties.register",
            {"name": each, **kinds.get(each, {"kind": "consumer"})},
            tenant=tenant,
            actor=OPERATOR,
            now=NOW,
        ).result.id
        for each in NAMES
    }
    options = {"msisdn": "+420601000001"}
    do("contracts.sign", party=found["Eva Malá"], product="nej-mobil", options=options)
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("reh", ["Rehana Nová", "Řehoř Čapek"]),
        ("ŘEHOŘ", ["Řehoř Čapek"]),
        ("  eva   m", ["Eva Malá"]),
        ("601000001", ["Eva Malá"]),
        ("+420 601 000", ["Eva Malá"]),
        ("420601", ["Eva Malá"]),
        ("1000001", ["Eva Malá"]),
        ("1000", ["Eva Malá"]),
        ("25596641", ["Chalupa s.r.o."]),
        ("2559664", []),
        ("602", []),
        ("malá", []),
        ("", []),
        ("   ", []),
        ("%", []),
    ],
)
def test_customers_are_found_by_the_beginning_of_what_is_known(do, people, text, found):
    answer = do("overview.search", text=text)

    assert [line.name for line in answer.result] == found


def test_a_line_says_what_fitted_and_how_many_numbers_run(do, people):
    line = do("overview.search", text="601").result[0]

    assert (line.matched, line.text, line.services) == ("number", "+420601000001", 1)


def test_no_more_lines_are_answered_than_asked_for(do, people):
    assert len(do("overview.search", text="reh", most=1).result) == 1


def test_another_providers_customers_are_not_found(do, people, database):
    from spojka.access.database.connections import transaction
    from spojka.access.tenants.store import add_tenant
    from spojka.kernel.ids import uuid7

    with transaction(None) as db:
        other = add_tenant(db, code=f"other-{uuid7().hex}", pack="nej-mobil")

    answer = call("overview.search", {"text": "eva"}, tenant=other, actor=OPERATOR, now=NOW)

    assert answer.result == []


def test_a_customer_searches_for_nobody(do, people):
    outcome = do("overview.search", text="reh", actor=Actor("eva", frozenset({"overview.read"}), people["Eva Malá"]))

    assert outcome.refusal.code == "NOT_AUTHORISED"


@pytest.mark.parametrize(
    ("statement", "text", "index"),
    [(NAME_SQL, "eva", "party_search"), (NUMBER_SQL, "601", "service_msisdn")],
)
def test_the_search_meets_its_index_behind_the_walls(ctx, statement, text, index):
    ctx.db.execute("SET LOCAL enable_seqscan = off")
    ctx.db.execute("SET LOCAL enable_bitmapscan = off")
    _, values = search_values(ctx, text, 20)

    plan = "\n".join(row["QUERY PLAN"] for row in ctx.db.execute(f"EXPLAIN {statement}", values).fetchall())

    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert index in plan
    assert ">=" in condition
    assert "<" in condition
    assert ctx.db.execute("SELECT current_user AS role").fetchone()["role"] == "spojka_app"
