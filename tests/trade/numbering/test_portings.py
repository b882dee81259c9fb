"""Portings told in any order and any written form, and a stock that says in the reader's language what it lacks."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest

from spojka.access.database.connections import transaction
from spojka.terms.refusals import explain_refusal

MARCH, APRIL, MAY = (datetime(2026, month, 4, 1, tzinfo=UTC) for month in (3, 4, 5))
TOLD = {MARCH: "o2", APRIL: "own", MAY: "vodafone"}


@pytest.fixture(autouse=True)
def _provider(do):
    do("provider.load", sims=0)


def stays(tenant):
    with transaction(tenant) as db:
        rows = db.execute(
            "SELECT msisdn, network, valid_from, valid_to FROM ported_number ORDER BY valid_from"
        ).fetchall()
    return [tuple(row.values()) for row in rows]


@pytest.mark.clause("nej/2.12")
@pytest.mark.parametrize("order", list(permutations(TOLD)), ids=lambda order: "-".join(f"{at:%b}" for at in order))
def test_portings_told_in_any_order_leave_the_same_stays(do, tenant, order):
    for at in order:
        do("numbering.record_porting", msisdn="+420605234567", network=TOLD[at], at=at.isoformat())

    assert stays(tenant) == [
        ("+420605234567", "o2", MARCH, APRIL),
        ("+420605234567", "own", APRIL, MAY),
        ("+420605234567", "vodafone", MAY, None),
    ]


def test_a_porting_told_again_is_corrected_and_not_doubled(do, tenant):
    told = [
        do("numbering.record_porting", msisdn="+420605234567", network=network, at=MAY.isoformat()).plain["new"]
        for network in ("o2", "own")
    ]

    assert told == [1, 0]
    assert stays(tenant) == [("+420605234567", "own", MAY, None)]


@pytest.mark.clause("nej/2.12")
@pytest.mark.parametrize("written", ["605 234 567", "00420605234567", "+420605234567"])
def test_a_number_is_kept_in_one_form_however_it_is_written(do, tenant, written):
    do("numbering.record_porting", msisdn=written, network="own", at=MAY.isoformat())

    assert [stay[0] for stay in stays(tenant)] == ["+420605234567"]


@pytest.mark.parametrize("written", ["60523456x", "+42060523456", "*30", "112"])
def test_what_is_no_subscribers_number_is_not_ported(do, tenant, written):
    refused = do("numbering.record_porting", msisdn=written, network="own", at=MAY.isoformat()).refusal

    assert refused.code == "INVALID_NUMBER"
    assert stays(tenant) == []


@pytest.mark.clause("nej/1.7")
@pytest.mark.parametrize(
    ("stock", "missing"), [("numbering.receive_sims", "MSISDN"), ("numbering.receive_numbers", "SIM")]
)
def test_an_empty_stock_is_told_in_one_language_with_what_is_missing(do, stock, missing):
    eva = do("parties.register", kind="consumer", name="Eva").plain["id"]
    do(stock, count=1)

    refused = do("contracts.sign", party=eva, product="nej-mobil").refusal

    assert explain_refusal(refused, "cs").startswith(f"Službu teď nelze zřídit, na skladě chybí {missing}.")
    assert explain_refusal(refused, "en").startswith(f"The service cannot be set up now: there is no free {missing}")
