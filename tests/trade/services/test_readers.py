"""Who may read the list of a service: its holder, staff, and whom the holder authorised for that one service."""

from __future__ import annotations

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import Actor
from spojka.access.users.rules import permissions_of
from spojka.kernel.ids import uuid7
from spojka.terms.clauses import ClauseRef, Term
from spojka.trade.services.readers.rules import refuse_reading

MINE, OTHER = uuid7(), uuid7()
REF = ClauseRef("nej-mobil/operating-rules", "2021-08", "3.8", "nej")
BOTH = Term("default_itemised_readers", ["holder", "authorised"], REF)
HOLDER_ALONE = Term("default_itemised_readers", ["holder"], REF)


@pytest.mark.clause("nej/3.8")
@pytest.mark.parametrize(
    ("authorised_for", "readers", "code", "clauses"),
    [
        ({MINE}, BOTH, None, None),
        ({MINE, OTHER}, BOTH, None, None),
        ({OTHER}, BOTH, "NOT_AUTHORISED", ("nej/3.8",)),
        (set(), BOTH, "SERVICE_UNKNOWN", ()),
        ({MINE}, HOLDER_ALONE, "SERVICE_UNKNOWN", ()),
    ],
)
def test_a_list_is_read_by_whoever_is_authorised_for_it_alone(authorised_for, readers, code, clauses):
    refusal = refuse_reading(service=MINE, actor="adam", authorised_for=authorised_for, readers=readers)

    assert (refusal and refusal.code) == code
    if refusal is not None:
        assert refusal.clauses == clauses


@pytest.fixture
def parties(do):
    """A holder with a service, and two others."""
    do("provider.load")
    ids = [do("parties.register", kind="consumer", name=name).plain["id"] for name in ("Eva", "Adam", "Petr")]
    contract = do("contracts.sign", party=ids[0], product="nej-mobil")
    return contract.result.services[0].id, *ids


def customer(party) -> Actor:
    return Actor(f"customer:{party}", permissions_of(["customer"]), party)


def test_somebody_who_is_not_registered_cannot_be_authorised(do, parties):
    service, *_ = parties

    outcome = do("services.authorise_reader", service=service, party=uuid7())

    assert outcome.refusal.code == "PARTY_UNKNOWN"


def test_a_reader_learns_neither_of_other_readers_nor_of_what_others_may_read(do, parties):
    service, _, adam, petr = parties
    for party in (adam, petr):
        do("services.authorise_reader", service=service, party=party)
    as_adam = customer(do("services.readers", service=service).result[0].party)

    asked = do("services.readers", service=service, actor=as_adam)
    of_petr = do("services.readable", party=petr, actor=as_adam)

    assert asked.refusal.code == "SERVICE_UNKNOWN"
    assert of_petr.result == []


def test_who_had_the_right_from_when_to_when_stays_on_record(do, parties, tenant):
    service, _, adam, _ = parties
    do("services.authorise_reader", service=service, party=adam)
    do("services.end_reader", service=service, party=adam)
    do("services.authorise_reader", service=service, party=adam)

    with transaction(tenant) as db:
        rows = db.execute("SELECT granted_by, ended_by, ended_at IS NULL AS open FROM service_reader ORDER BY id")
        kept = [tuple(row.values()) for row in rows.fetchall()]

    assert kept == [("operator", "operator", False), ("operator", "", True)]
