"""Messages sent with a certificate after the subscriber's liability ended are the provider's and on no bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.kernel.ids import PartyId, uuid7
from spojka.kernel.time import Period
from spojka.network.messaging.billing.closing import bill_messages
from spojka.network.messaging.certificates.rules import liable_party
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.messages.store import add_events, add_messages
from tests.access.committed import committed
from tests.network.messaging.billing.traffic import accepted, handed_over
from tests.network.messaging.connector import new_application, new_provider

PRAGUE = ZoneInfo("Europe/Prague")
BEGINS = datetime(2025, 5, 1, 8, tzinfo=UTC)
CLOSED = datetime(2025, 7, 1, tzinfo=UTC)
JUNE = Period.month(2025, 6)
FILED = datetime(2025, 6, 6, 17, 20, tzinfo=PRAGUE)
ENDS = FILED + timedelta(hours=24)
SECOND = timedelta(seconds=1)
STOLEN, OWN = b"\x01" * 32, b"\x02" * 32

_CERTIFICATE = """
INSERT INTO connector_certificate (tenant_id, id, service_id, party_id, kind, subject, issuer, serial, fingerprint,
    key_digest, der, not_before, not_after, owner_proof, registered_at, registered_by, block_due_at,
    revocation_asked_at, blocked_by)
SELECT tenant_id, %(id)s, id, party_id, %(kind)s, '', '', '1', %(fingerprint)s, %(fingerprint)s, '', %(from)s, %(to)s,
    '{}', %(from)s, '', %(due)s, %(asked)s, '' FROM service WHERE id = %(service)s
"""


@pytest.fixture
def tenant(database):
    return new_provider(BEGINS)


@pytest.fixture
def application(tenant):
    return new_application(tenant, BEGINS)


def register(tenant, application, fingerprint=STOLEN, *, kind="ICA", asked=FILED):
    facts = {"id": uuid7(), "kind": kind, "fingerprint": fingerprint, "service": application, "asked": asked}
    with transaction(tenant) as db:
        db.execute(
            _CERTIFICATE,
            facts | {"from": BEGINS, "to": CLOSED, "due": asked and asked + timedelta(hours=24)},
        )


def send(tenant, application, at, *, certificate=STOLEN, after=timedelta(0), **changed):
    with committed(tenant, BEGINS) as ctx:
        handed_over(ctx, [accepted(application, at, certificate=certificate, **changed)], after=after)


def bill(tenant):
    with committed(tenant, CLOSED) as ctx:
        return bill_messages(ctx, JUNE)


def liability(tenant, fingerprint=STOLEN, actor=OPERATOR):
    given = {"fingerprint": fingerprint.hex()}
    return call("messages.liability", given, tenant=tenant, actor=actor, now=CLOSED)


@pytest.mark.clause("o2/6.4")
@pytest.mark.parametrize(
    ("accepted_at", "completed_at", "paid"),
    [
        (ENDS - SECOND, ENDS - SECOND, "1.10 CZK"),
        (ENDS - SECOND, ENDS, "0.00 CZK"),
        (ENDS, ENDS, "0.00 CZK"),
        (FILED - SECOND, FILED, "1.10 CZK"),
    ],
)
def test_the_subscriber_bears_what_is_complete_before_twenty_four_hours_are_over(
    tenant, application, accepted_at, completed_at, paid
):
    register(tenant, application)
    send(tenant, application, accepted_at, after=completed_at - accepted_at)

    done = bill(tenant)

    by_rule = liable_party(started_at=accepted_at, completed_at=completed_at, ends=ENDS)
    assert (str(done.amount), done.parts_at_risk) == (paid, int(by_rule == "operator"))


@pytest.mark.clause("o2/6.4")
def test_a_long_message_is_judged_whole_by_its_last_part(tenant, application):
    register(tenant, application)
    long = accepted(application, ENDS - 5 * SECOND, certificate=STOLEN, parts=2)
    with committed(tenant, BEGINS) as ctx:
        add_messages(ctx, [long])
        add_events(ctx, [Happened(long.id, 1, "sent", ENDS - SECOND), Happened(long.id, 2, "sent", ENDS)])

    done = bill(tenant)

    assert (str(done.amount), done.parts, done.parts_at_risk) == ("0.00 CZK", 2, 2)


@pytest.mark.clause("o2/6.7")
def test_our_own_tools_certificate_has_the_same_window(tenant, application):
    filed = datetime(2025, 6, 3, 8, tzinfo=PRAGUE)
    register(tenant, application, kind="O2APP", asked=filed)
    for minute in range(15):
        send(tenant, application, filed + timedelta(minutes=minute))
    send(tenant, application, filed + timedelta(hours=24))

    done = bill(tenant)
    (told,) = liability(tenant).plain

    assert (str(done.amount), done.parts_at_risk) == ("16.50 CZK", 1)
    assert told["subscriber"] == {"messages": 15, "parts": 15, "price": "16.50 CZK"}
    assert told["operator"] == {"messages": 1, "parts": 1, "price": "1.10 CZK"}
    assert told["billed_to_subscriber"] == "0.00 CZK"


@pytest.mark.clause("o2/6.3")
def test_without_a_request_and_with_another_certificate_the_subscriber_pays(tenant, application):
    register(tenant, application)
    register(tenant, application, OWN, asked=None)
    send(tenant, application, ENDS, certificate=OWN)
    send(tenant, application, ENDS, certificate=None)
    other = new_application(tenant, BEGINS, number=22)
    send(tenant, other, ENDS)

    assert str(bill(tenant).amount) == "3.30 CZK"
    assert liability(tenant, OWN).plain == []


def test_a_request_that_became_known_after_the_count_gives_back_what_was_posted(tenant, application):
    register(tenant, application, asked=None)
    send(tenant, application, ENDS, class_="priority")
    before = bill(tenant)
    with transaction(tenant) as db:
        db.execute("UPDATE connector_certificate SET revocation_asked_at = %s, block_due_at = %s", [FILED, ENDS])

    after = bill(tenant)

    assert (str(before.amount), str(after.amount)) == ("1.70 CZK", "-1.70 CZK")


def test_messages_at_risk_are_not_among_those_of_the_line(tenant, application):
    register(tenant, application)
    send(tenant, application, ENDS - SECOND)
    send(tenant, application, ENDS)
    bill(tenant)
    with transaction(tenant) as db:
        charge = db.execute("SELECT id FROM charge").fetchone()["id"]

    listed = call("messages.of_charge", {"charge": charge}, tenant=tenant, actor=OPERATOR, now=CLOSED).plain

    assert [datetime.fromisoformat(one["accepted_at"]) for one in listed["messages"]] == [ENDS - SECOND]


def test_a_customer_learns_of_its_own_certificates_alone(tenant, application):
    register(tenant, application)
    stranger = Actor("jana", frozenset({"*"}), PartyId(uuid7()))

    assert liability(tenant, actor=stranger).refusal.code == "CERT_UNKNOWN"


class Busy:
    """A connection during whose statements others hand over one more message each."""

    def __init__(self, db, hand_over):
        self._db, self._hand_over = db, hand_over

    def execute(self, statement, *given):
        if "message_event" in statement:
            self._hand_over()
        return self._db.execute(statement, *given)

    def __getattr__(self, name):
        return getattr(self._db, name)


@pytest.mark.clause("o2/6.4")
def test_what_leaves_while_a_month_is_counted_is_counted_on_both_sides_or_on_none(tenant, application):
    register(tenant, application)
    send(tenant, application, ENDS)

    with committed(tenant, CLOSED) as ctx:
        busy = Busy(ctx.db, lambda: send(tenant, application, ENDS))
        first = bill_messages(replace(ctx, db=busy), JUNE)
    second = bill(tenant)

    assert (first.parts, first.parts_at_risk, str(first.amount)) == (2, 2, "0.00 CZK")
    assert (second.parts, second.parts_at_risk) == (2, 2)
