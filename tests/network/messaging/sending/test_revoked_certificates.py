"""What was accepted with a certificate that is blocked does not leave, is not charged, and is reported (o2/6.2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from spojka.access.database.connections import transaction
from spojka.access.deadlines.running import run_due
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7_at
from spojka.network.messaging.billing.counting import dispatched
from spojka.network.messaging.certificates.store import add_certificate
from spojka.network.messaging.messages.inbox import pending
from spojka.network.messaging.messages.records import Happened, Message
from spojka.network.messaging.messages.store import add_events, add_messages, events_of, waiting_after
from spojka.network.messaging.sending.claiming import claim
from spojka.network.messaging.sending.composing import Outgoing
from tests.network.messaging.certificates.authority import issue
from tests.network.messaging.connector import new_application, new_provider

FRIDAY = datetime(2026, 6, 5, 15, 20, tzinfo=UTC)  # 17:20 in Prague
SATURDAY = FRIDAY + timedelta(hours=24)
JUST_BEFORE = SATURDAY - timedelta(microseconds=1)


class Provider:
    """A provider whose application has two certificates, and messages accepted with each."""

    def __init__(self) -> None:
        self.tenant = new_provider(FRIDAY)
        self.application = new_application(self.tenant, FRIDAY)
        self.stolen, self.kept = issue(starts=FRIDAY, ends=SATURDAY + timedelta(days=300)).read, issue().read

    def at(self, now, work):
        with transaction(self.tenant) as db:
            return work(Context(db, self.tenant, OPERATOR, now, uuid7_at(now), Path("/nowhere")))

    def call(self, operation, *, at, **given):
        return call(operation, given, tenant=self.tenant, actor=OPERATOR, now=at).result

    def accepted(self, certificate, *, count=1, kind="sms", at=FRIDAY) -> list[Message]:
        made = [
            Message(
                id=uuid7_at(at),
                application=self.application,
                kind=kind,
                class_="standard",
                purpose="service",
                recipient="+420602000001",
                sender="999021",
                sender_kind="app_number",
                network="O2",
                destination="own",
                coding="mms" if kind == "mms" else "gsm7",
                parts=1,
                body=b"Ano",
                body_hash=sha256(b"Ano").digest(),
                accepted_at=at,
                certificate=certificate,
                options={"report": True},
            )
            for _ in range(count)
        ]
        self.at(at, lambda ctx: add_messages(ctx, made))
        return made

    def waiting(self, kind="sms") -> list[UUID]:
        rows = self.at(FRIDAY, lambda ctx: waiting_after(ctx, UUID(int=0), limit=999, kind=kind))
        return [row["id"] for row in rows]

    def told(self, messages, *, at) -> list[tuple[UUID, str, str]]:
        """Events of messages with their codes."""
        rows = self.at(at, lambda ctx: events_of(ctx, [one.id for one in messages]))
        return [(row["message_id"], row["kind"], (row["detail"] or {}).get("code")) for row in rows]

    def reports(self, *, at) -> set[tuple[UUID, str]]:
        rows = self.at(at, lambda ctx: pending(ctx, self.application, limit=999))
        return {(row["message_id"], row["content"]["state"]) for row in rows}


@pytest.fixture
def provider(database: str) -> Provider:
    made = Provider()

    def register(ctx):
        party = ctx.db.execute("SELECT party_id FROM service WHERE id = %s", [made.application]).fetchone()["party_id"]
        for one in (made.stolen, made.kept):
            add_certificate(
                ctx, application=made.application, party=party, kind="O2APP", certificate=one, owner_proof={}
            )

    made.at(FRIDAY, register)
    return made


@pytest.mark.clause("o2/6.2")
def test_a_block_cancels_the_backlog_of_its_certificate_and_no_other(provider):
    texts = provider.accepted(provider.stolen.fingerprint, count=20)
    pictures = provider.accepted(provider.stolen.fingerprint, count=3, kind="mms")
    others = provider.accepted(provider.kept.fingerprint, count=2) + provider.accepted(None)
    blocked_at = FRIDAY + timedelta(minutes=40)

    provider.call("certificates.block", fingerprint=provider.stolen.fingerprint.hex(), at=blocked_at)

    assert sorted(provider.waiting()) == sorted(one.id for one in others)
    assert provider.waiting("mms") == []
    gone = texts + pictures
    assert sorted(provider.told(gone + others, at=blocked_at)) == sorted(
        (one.id, "cancelled", "CERT_REVOKED") for one in gone
    )
    (event, *_) = provider.at(blocked_at, lambda ctx: events_of(ctx, [texts[0].id]))
    assert event["detail"]["clauses"] == ["o2/6.2"]
    assert provider.reports(at=blocked_at) == {(one.id, "cancelled") for one in gone}


@pytest.mark.clause("o2/6.2")
def test_what_left_before_the_block_is_charged_and_what_it_cancelled_is_not(provider):
    left, waits = provider.accepted(provider.stolen.fingerprint, count=2)
    message = Outgoing.of(left)
    provider.at(FRIDAY, lambda ctx: claim(ctx, [message]))
    provider.at(FRIDAY, lambda ctx: add_events(ctx, [Happened(left.id, 1, "sent", FRIDAY, "o2", "7")]))

    provider.call("certificates.block", fingerprint=provider.stolen.fingerprint.hex(), at=FRIDAY)

    charged = provider.at(SATURDAY, lambda ctx: dispatched(ctx, [FRIDAY], SATURDAY, []))
    assert sum(one.parts for one in charged.counted) == 1
    assert provider.told([waits], at=FRIDAY) == [(waits.id, "cancelled", "CERT_REVOKED")]


@pytest.mark.clause("o2/6.2")
@pytest.mark.parametrize("kind", ["sms", "mms"])
@pytest.mark.parametrize(("at", "leaves"), [(JUST_BEFORE, True), (SATURDAY, False)])
def test_a_block_that_came_into_force_by_time_alone_stops_what_is_claimed_from_then_on(provider, kind, at, leaves):
    reported, other = (provider.accepted(one.fingerprint, kind=kind)[0] for one in (provider.stolen, provider.kept))
    provider.call("certificates.report", fingerprint=provider.stolen.fingerprint.hex(), at=FRIDAY)

    claimed = provider.at(at, lambda ctx: claim(ctx, [Outgoing.of(reported), Outgoing.of(other)]))

    assert list(claimed.taken) == ([reported.id, other.id] if leaves else [other.id])
    assert {one: (why.code, why.clauses) for one, why in claimed.cancelled.items()} == (
        {} if leaves else {reported.id: ("CERT_REVOKED", ("o2/6.2",))}
    )
    assert provider.told([reported], at=at) == ([] if leaves else [(reported.id, "cancelled", "CERT_REVOKED")])
    assert provider.reports(at=at) == (set() if leaves else {(reported.id, "cancelled")})


@pytest.mark.clause("o2/6.2")
def test_the_deadline_that_blocks_empties_the_queue_too(provider):
    (waits,) = provider.accepted(provider.stolen.fingerprint)
    provider.call("certificates.report", fingerprint=provider.stolen.fingerprint.hex(), at=FRIDAY)

    run_due(provider.tenant, JUST_BEFORE)
    before = provider.waiting()
    run_due(provider.tenant, SATURDAY)

    assert before == [waits.id]
    assert provider.waiting() == []
    assert provider.told([waits], at=SATURDAY) == [(waits.id, "cancelled", "CERT_REVOKED")]


@pytest.mark.clause("o2/6.2")
def test_what_is_read_from_the_queue_knows_its_certificate(provider):
    provider.accepted(provider.stolen.fingerprint)

    (row,) = provider.at(FRIDAY, lambda ctx: waiting_after(ctx, UUID(int=0), limit=9))

    assert Outgoing.read(row).certificate == provider.stolen.fingerprint
