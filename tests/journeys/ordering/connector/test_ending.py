"""The end of an application: what waits is cancelled, what came in stays, nothing more is taken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import ServiceId, TenantId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.network.messaging.applications.cards import read_cards
from spojka.network.messaging.certificates.pins import Pin
from spojka.network.messaging.certificates.store import add_certificate, change_register
from spojka.network.messaging.certificates.views import pins_of
from spojka.network.messaging.messages.inbox import add_arrived, pending
from spojka.network.messaging.messages.partitions import first_id
from spojka.network.messaging.messages.records import Arrived, Message
from spojka.network.messaging.messages.store import add_messages, claim, events_of, waiting_after
from spojka.network.messaging.submission.rules import refuse_state
from tests.network.messaging.certificates.authority import issue
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)


def context(db, tenant: TenantId) -> Context:
    return Context(db, tenant, OPERATOR, AT, uuid7(), Path("/nowhere"))


def message(application: ServiceId) -> Message:
    return Message(
        id=uuid7(),
        application=application,
        kind="sms",
        class_="standard",
        purpose="service",
        recipient="+420602000001",
        sender="999021",
        sender_kind="app_number",
        network="O2",
        destination="own",
        coding="gsm7",
        parts=1,
        body=b"Ano",
        body_hash=sha256(b"Ano").digest(),
        accepted_at=AT,
        options={"report": True},
    )


@pytest.fixture
def tenant(database: str) -> TenantId:
    return new_provider(AT)


@pytest.mark.clause("o2/3.4")
def test_waiting_messages_are_cancelled_and_reported_and_what_is_on_its_way_is_not(tenant):
    application, other = new_application(tenant, AT, number=21), new_application(tenant, AT, number=22)
    sent, waits, anothers = message(application), message(application), message(other)
    with transaction(tenant) as db:
        ctx = context(db, tenant)
        add_messages(ctx, [sent, waits, anothers])
        claim(ctx, [sent.id])

    ended = call("connector.terminate", {"application": application}, tenant=tenant, actor=OPERATOR, now=AT).result

    with transaction(tenant) as db:
        ctx = context(db, tenant)
        (event,) = events_of(ctx, [sent.id, waits.id, anothers.id])
        left = [row["id"] for row in waiting_after(ctx, first_id(Period.month(2020, 1)), limit=9)]
        told = pending(ctx, application, limit=9)
    assert ended.cancelled_messages == 1
    assert (event["message_id"], event["kind"]) == (waits.id, "cancelled")
    assert event["detail"]["code"] == "SERVICE_TERMINATED"
    assert "o2/3.4" in event["detail"]["clauses"]
    assert [(row["message_id"], row["kind"], row["content"]["state"]) for row in told] == [
        (waits.id, "report", "cancelled")
    ]
    assert left == [anothers.id]


@pytest.mark.clause("o2/3.4")
def test_nothing_more_is_taken_from_an_application_that_ended(tenant):
    application = new_application(tenant, AT)

    call("connector.terminate", {"application": application}, tenant=tenant, actor=OPERATOR, now=AT)

    with transaction(tenant) as db:
        (card,) = read_cards(context(db, tenant), [application], {})
    refusal = refuse_state(card)
    assert refusal is not None
    assert refusal.code == "SERVICE_TERMINATED"


@pytest.mark.clause("o2/3.4")
def test_received_messages_can_be_picked_up_until_their_own_end(tenant):
    application = new_application(tenant, AT)
    kept_until = AT + timedelta(hours=96)
    arrived = Arrived(uuid7(), application, "sms", "+420602000001", "O2", "999021", {"text": "Ano"}, AT, kept_until)
    with transaction(tenant) as db:
        add_arrived(context(db, tenant), [arrived])

    call("connector.terminate", {"application": application}, tenant=tenant, actor=OPERATOR, now=AT)

    with transaction(tenant) as db:
        (row,) = pending(context(db, tenant), application, limit=9)
    assert row["id"] == arrived.id


def test_an_application_ends_once(tenant):
    application = new_application(tenant, AT)
    call("connector.terminate", {"application": application}, tenant=tenant, actor=OPERATOR, now=AT)

    again = call("connector.terminate", {"application": application}, tenant=tenant, actor=OPERATOR, now=AT)

    assert again.refusal is not None
    assert again.refusal.code == "SERVICE_TERMINATED"


@pytest.mark.clause("o2/3.4")
@pytest.mark.clause("o2/3.2")
def test_a_certificate_opens_what_can_be_picked_up_and_is_nobodys_after_that(tenant):
    application, made = new_application(tenant, AT), issue(starts=AT, ends=AT + timedelta(days=300)).read
    with transaction(tenant) as db:
        ctx = context(db, tenant)
        party = db.execute("SELECT party_id FROM service WHERE id = %s", [application]).fetchone()["party_id"]
        add_certificate(ctx, application=application, party=party, kind="O2APP", certificate=made, owner_proof={})
        before = change_register(ctx)

    call("connector.terminate", {"application": application}, tenant=tenant, actor=OPERATOR, now=AT)

    with transaction(tenant) as db:
        pins = pins_of(context(db, tenant))
        later = pins_of(replace(context(db, tenant), now=AT + timedelta(hours=96)))
    last = pins.recognise(made.fingerprint, now=AT + timedelta(hours=96) - timedelta(microseconds=1))
    over = pins.recognise(made.fingerprint, now=AT + timedelta(hours=96))
    assert isinstance(last, Pin)
    assert (last.application, pins.version) == (application, before + 1)
    assert isinstance(over, Refusal)
    assert over.code == "CERT_UNKNOWN"
    assert (later.by_fingerprint, later.anchors) == ({}, ())
