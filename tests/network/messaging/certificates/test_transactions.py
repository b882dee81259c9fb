"""Who disputes what was sent with a certificate gets the list of it, and the clause that attributes it (o2/6.3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Actor, Context
from spojka.kernel.ids import PartyId, uuid7, uuid7_at
from spojka.network.messaging.messages.finding import Wanted, accepted_with_statement
from spojka.network.messaging.messages.store import add_messages
from tests.network.messaging.certificates.connected import NOW, Connected, by_tool
from tests.network.messaging.messages.test_store import message

SECOND = timedelta(seconds=1)


@pytest.fixture
def stolen(acme: Connected):
    """A certificate with which a thief sent 500 SMS, a second apart, among those of its holder's other one."""
    stolen, kept = by_tool(), by_tool()
    for one in (stolen, kept):
        acme.do("certificates.register_generated", application=acme.application, certificate=one.pem)
    made = [
        message(
            id=uuid7_at(NOW + place * SECOND),
            application=acme.application,
            accepted_at=NOW + place * SECOND,
            certificate=one.read.fingerprint,
        )
        for place in range(500)
        for one in (stolen, kept)
    ]
    with transaction(acme.tenant) as db:
        add_messages(Context(db, acme.tenant, OPERATOR, NOW, uuid7(), None), made)
    return stolen


@pytest.mark.clause("o2/6.3")
def test_five_hundred_sms_of_a_thief_are_listed_by_fingerprint_and_time_and_are_the_subscribers(acme, stolen):
    found, before = [], None
    while not found or before is not None:
        page = acme.do("certificates.transactions", fingerprint=stolen.hex, before=before)
        found += page.messages
        before = page.next_before

    assert [one.accepted_at for one in found] == [NOW + place * SECOND for place in reversed(range(500))]
    assert (page.fingerprint, page.requested_at) == (stolen.hex, None)
    assert (page.attributed_to.value, page.attributed_to.ref.id) == ("subscriber", "o2/6.3")


def test_the_time_asked_for_is_half_open(acme, stolen):
    page = acme.do("certificates.transactions", fingerprint=stolen.hex, from_at=NOW + SECOND, to_at=NOW + 3 * SECOND)

    assert [one.accepted_at for one in page.messages] == [NOW + 2 * SECOND, NOW + SECOND]
    assert page.next_before is None


def test_a_certificate_of_somebody_else_is_not_known(acme, stolen):
    other = Actor("jana", frozenset({"messages.read"}), PartyId(uuid7()))

    assert acme.refused("certificates.transactions", fingerprint="00" * 32) == "CERT_UNKNOWN"
    assert acme.refused("certificates.transactions", fingerprint=stolen.hex, actor=other) == "CERT_UNKNOWN"


def test_the_list_is_read_by_an_index(acme, stolen):
    with transaction(acme.tenant) as db:
        ctx = Context(db, acme.tenant, OPERATOR, NOW, uuid7(), None)
        for way in ("seqscan", "hashjoin", "mergejoin"):  # as it is where there is much
            db.execute(f"SET LOCAL enable_{way} = off")
        statement, given = accepted_with_statement(
            ctx, stolen.read.fingerprint, Wanted(from_at=NOW), applications=[acme.application], limit=101
        )
        plan = "\n".join(row["QUERY PLAN"] for row in db.execute(f"EXPLAIN {statement}", given))

    conditions = [line for line in plan.splitlines() if "Index Cond" in line]
    assert conditions
    assert all("application_id = a.id" in line and "id >=" in line for line in conditions), plan
    assert "Seq Scan" not in plan
