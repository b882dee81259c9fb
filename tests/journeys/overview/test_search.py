"""Search: by the beginning of a name without accents, of numbers, contracts and invoices; by index."""

from __future__ import annotations

import pytest

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.journeys.overview.search import search_values
from tests.conftest import NOW

NAMES = ("Řehoř Čapek", "Rehana Nová", "Eva Malá", "Chalupa s.r.o.", "Anna Nováková-Čápová")
EMAILS = {"Eva Malá": "Eva.Mala@example.cz", "Řehoř Čapek": "rehor@example.cz"}


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
            {"name": each, "email": EMAILS.get(each, ""), **kinds.get(each, {"kind": "consumer"})},
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
        ("malá", ["Eva Malá"]),
        ("MALA", ["Eva Malá"]),
        ("čap", ["Anna Nováková-Čápová", "Řehoř Čapek"]),
        ("capova anna", ["Anna Nováková-Čápová"]),
        ("mal ev", ["Eva Malá"]),
        ("nova", ["Anna Nováková-Čápová", "Rehana Nová"]),
        ("nova r", ["Rehana Nová"]),
        ("novak novak", ["Anna Nováková-Čápová"]),
        ("malá čapek", []),
        ("alá", []),
        ("r.o.", ["Chalupa s.r.o."]),
        ("eva.mala@EXAMPLE.cz", ["Eva Malá"]),
        ("eva.m@", []),
        ("EVA.MALA@", ["Eva Malá"]),
        ("@example", []),
        ("example", []),
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


def test_a_changed_address_is_found_and_the_old_one_is_not(do, people):
    do("parties.change_contact", party=people["Eva Malá"], email="mala@example.cz")
    moved = [len(do("overview.search", text=text).result) for text in ("eva.mala@", "mala@")]
    do("parties.change_contact", party=people["Eva Malá"], email="")
    gone = [len(do("overview.search", text=text).result) for text in ("mala@", "eva")]

    assert (moved, gone) == ([0, 1], [0, 1])


def test_parties_registered_before_the_words_were_kept_are_found_after_the_migration(do, people, tenant, database):
    import importlib
    from types import SimpleNamespace

    import psycopg

    words = "SELECT kind, word, party_id FROM party_word WHERE tenant_id = %s ORDER BY kind, word, party_id"
    migration = importlib.import_module("spojka.migrations.0015_party_words")
    with psycopg.connect(database) as owner:
        before = owner.execute(words, [tenant]).fetchall()
        owner.execute("DELETE FROM party_word WHERE tenant_id = %s", [tenant])

        migration.words_of_present_parties(None, SimpleNamespace(connection=owner))

        assert owner.execute(words, [tenant]).fetchall() == before
        assert len(before) == 15


@pytest.mark.parametrize(
    ("text", "indexes"),
    [
        ("eva", ["party_word_pkey"]),
        ("novák petr", ["party_word_pkey", "party_word_party"]),
        ("eva@", ["party_word_pkey"]),
        ("601", ["service_msisdn"]),
    ],
)
def test_the_search_meets_its_indexes_behind_the_walls(ctx, text, indexes):
    ctx.db.execute("SET LOCAL enable_seqscan = off")
    ctx.db.execute("SET LOCAL enable_bitmapscan = off")
    ctx.db.execute("SET LOCAL enable_hashjoin = off")
    statements, values = search_values(ctx, text, 20)

    plan = "\n".join(row["QUERY PLAN"] for row in ctx.db.execute(f"EXPLAIN {statements[0]}", values).fetchall())

    conditions = [line for line in plan.splitlines() if "Index Cond" in line]
    assert [index for index in indexes if index not in plan] == []
    assert len(conditions) == len(indexes)
    assert all(">=" in condition and "<" in condition for condition in conditions)
    assert "Seq Scan" not in plan
    assert ctx.db.execute("SELECT current_user AS role").fetchone()["role"] == "spojka_app"
