"""Bringing a pack into a tenant: stock where the pack has ranges, periods that close, volumes where there are any."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.tenants.store import add_tenant
from spojka.kernel.ids import uuid7

NOW = datetime(2026, 2, 10, 8, tzinfo=UTC)


def loaded(pack):
    """A new tenant with a pack, the answer of the load and the tenant's deadlines."""
    with transaction(None) as db:
        tenant = add_tenant(db, code=f"load-{uuid7().hex}", pack=pack)
    answers = [call("provider.load", {}, tenant=tenant, actor=OPERATOR, now=NOW).plain for _ in range(2)]
    promised = call("deadlines.of", {}, tenant=tenant, actor=OPERATOR, now=NOW).plain
    with transaction(tenant) as db:
        stock = [db.execute(f"SELECT count(*) AS n FROM {table}").fetchone()["n"] for table in ("sim", "msisdn")]
    return answers, [(one["operation"], one["due_at"], one["clauses"]) for one in promised], stock


def test_a_mobile_pack_brings_cards_and_numbers_and_both_ends_of_the_period(database):
    answers, promised, stock = loaded("nej-mobil")

    assert [answer["sims"] for answer in answers] == [100, 0]
    assert stock == [100, 100]
    assert promised == [
        ("balances.open_period", "2026-02-28T23:00:00+00:00", ["nej/2.17"]),
        ("billing.close_period", "2026-03-01T01:00:00+00:00", ["nej/1.10"]),
    ]


def test_a_pack_without_ranges_brings_no_stock_and_has_no_volumes_to_carry(database):
    answers, promised, stock = loaded("o2-connector")

    assert [(answer["editions"], answer["new"], answer["sims"]) for answer in answers] == [
        (answers[0]["editions"], answers[0]["editions"], 0),
        (answers[0]["editions"], 0, 0),
    ]
    assert stock == [0, 0]
    assert promised == [("billing.close_period", "2026-03-01T01:00:00+00:00", ["o2-connector/general-terms/3.1"])]


@pytest.mark.parametrize("pack", ["nej-mobil", "o2-connector"])
def test_a_period_that_runs_is_not_closed_and_the_refusal_names_the_packs_clause(database, pack):
    with transaction(None) as db:
        tenant = add_tenant(db, code=f"load-{uuid7().hex}", pack=pack)
    call("provider.load", {}, tenant=tenant, actor=OPERATOR, now=NOW)

    refused = call("billing.close_period", {"period": "2026-02"}, tenant=tenant, actor=OPERATOR, now=NOW).refusal

    expected = {"nej-mobil": ("nej/1.10",), "o2-connector": ("o2-connector/general-terms/3.1",)}
    assert (refused.code, refused.clauses) == ("PERIOD_NOT_OVER", expected[pack])
