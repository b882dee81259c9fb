"""One call, one transaction: a refusal leaves nothing behind but its audit row, a done call leaves its news too."""

from __future__ import annotations

import pytest

from spojka.access.database.connections import transaction
from spojka.access.events.store import of_key, publish
from spojka.access.operations.registry import find
from tests.access.committed import committed, count
from tests.conftest import NOW

EVA = {"kind": "consumer", "name": "Eva Malá", "email": "eva@example.cz"}
NUMBER = {"msisdn": "+420601000001"}


@pytest.fixture
def eva(do):
    do("provider.load")
    return do("parties.register", **EVA).plain["id"]


def _outcomes(tenant, operation):
    with transaction(tenant) as db:
        rows = db.execute("SELECT outcome FROM audit WHERE operation = %s ORDER BY id", [operation]).fetchall()
    return [row["outcome"] for row in rows]


def test_a_refusal_in_the_middle_takes_back_what_was_written_before_it(do, tenant, eva):
    stock = count(tenant, "msisdn")

    refused = do("contracts.sign", party=eva, product="nej-mobil", options=NUMBER, proof="")

    assert refused.refusal.code == "ACCEPTANCE_PROOF_MISSING"
    assert (count(tenant, "contract"), count(tenant, "service"), count(tenant, "msisdn")) == (0, 0, stock)
    assert _outcomes(tenant, "contracts.sign") == ["ACCEPTANCE_PROOF_MISSING"]


def test_after_a_refusal_the_same_number_and_the_same_place_in_the_series_are_free(do, eva):
    do("contracts.sign", party=eva, product="nej-mobil", options=NUMBER, proof="")

    signed = do("contracts.sign", party=eva, product="nej-mobil", options=NUMBER)

    assert (signed.refusal, signed.plain["number"]) == (None, "1000001")


def test_a_failure_takes_back_everything_and_leaves_no_audit_row(do, tenant, eva, monkeypatch):
    monkeypatch.setattr("spojka.trade.contracts.operations._start", lambda _ctx, _contract, _clauses: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        do("contracts.sign", party=eva, product="nej-mobil", options=NUMBER)

    assert (count(tenant, "contract"), _outcomes(tenant, "contracts.sign")) == (0, [])


def test_a_done_call_leaves_one_audit_row_with_who_and_what(do, tenant):
    do("parties.register", **EVA)

    with transaction(tenant) as db:
        rows = db.execute("SELECT actor, operation, outcome, items, at FROM audit").fetchall()
    assert rows == [{"actor": "operator", "operation": "parties.register", "outcome": "ok", "items": 1, "at": NOW}]


def test_a_query_leaves_no_audit_row(do, tenant):
    do("deadlines.of")

    assert count(tenant, "audit") == 0


def test_news_is_told_in_order_by_key_and_only_once_it_is_committed(tenant):
    with committed(tenant, NOW) as ctx:
        for number in range(3):
            publish(ctx, kind="step", key="service:1", body={"number": number})
        publish(ctx, kind="step", key="service:2", body={"number": 9})
        with transaction(tenant) as db:
            assert db.execute("SELECT count(*) AS n FROM event").fetchone()["n"] == 0

    with committed(tenant, NOW) as ctx:
        told = of_key(ctx, "service:1")
        later = of_key(ctx, "service:1", after=told[0]["id"])
    assert [news["body"]["number"] for news in told] == [0, 1, 2]
    assert [news["body"]["number"] for news in later] == [1, 2]


def test_news_of_a_refused_call_is_never_told(do, tenant, eva):
    before = count(tenant, "event")

    do("contracts.sign", party=eva, product="nej-mobil", options=NUMBER, proof="")

    assert count(tenant, "event") == before


def test_an_unknown_operation_names_the_nearest():
    with pytest.raises(LookupError, match=r"no operation or query 'contracts.sing'; near: contracts.sign"):
        find("contracts.sing")
