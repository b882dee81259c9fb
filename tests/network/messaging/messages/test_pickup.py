"""What waits in an inbox, looked at and taken out by people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor, Context
from spojka.access.users.rules import permissions_of
from spojka.kernel.ids import PartyId, uuid7
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.media import Medium, add_media
from spojka.network.messaging.messages.records import Arrived
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
KEPT = timedelta(hours=96)


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(AT)


@pytest.fixture
def waiting(provider):
    """An application with two items, the later one read by nobody."""
    application = new_application(provider, AT, number=40 + uuid7().int % 50)
    items = [
        Arrived(uuid7(), application, "sms", "+420601000001", "O2", "999021", {"text": text}, AT, AT + KEPT)
        for text in ("Ano", "Ne")
    ]
    with transaction(provider) as db:
        inbox.add_arrived(Context(db, provider, OPERATOR, AT, uuid7(), None), items)
        party = db.execute("SELECT party_id FROM application WHERE id = %s", [application]).fetchone()["party_id"]
        yield_to = Actor("own", frozenset({"messages.*"}), PartyId(party))
    yield provider, application, items, yield_to
    with transaction(provider) as db:
        db.execute("DELETE FROM application WHERE id = %s", [application])


def look(waiting, at=AT, **given):
    provider, application, _, own = waiting
    return call("messages.inbox", {"application": application, **given}, tenant=provider, actor=own, now=at).result


@pytest.mark.clause("o2/3.2")
def test_what_waits_is_shown_until_its_end_and_looking_does_not_fetch_it(waiting):
    first, _ = look(waiting)

    again, other = look(waiting, at=AT + KEPT - timedelta(microseconds=1))

    assert (first.content, first.expires_at, first.fetched_at) == ({"text": "Ano"}, AT + KEPT, None)
    assert (again.fetched_at, other.content) == (None, {"text": "Ne"})
    assert [one.id for one in look(waiting, after=first.id)] == [other.id]
    assert look(waiting, at=AT + KEPT) == []


def test_what_is_taken_out_waits_no_more_and_what_is_not_there_is_left_out(waiting):
    provider, application, items, own = waiting
    given = {"application": application, "items": [items[0].id, uuid7()]}

    taken = call("messages.acknowledge", given, tenant=provider, actor=own, now=AT)
    again = call("messages.acknowledge", given, tenant=provider, actor=own, now=AT)

    assert taken.result.items == again.result.items == [items[0].id]
    assert [one.id for one in look(waiting)] == [items[1].id]


@pytest.mark.parametrize(("role", "reads"), [("care", True), ("network", False)])
def test_staff_read_what_came_in_only_with_the_permission_for_words(waiting, role, reads):
    provider, application, _, _ = waiting
    report = Arrived(
        uuid7(), application, "report", "+420601000001", "O2", "999021", {"state": "expired"}, AT, AT + KEPT
    )
    picture = Arrived(uuid7(), application, "mms", "+420601000001", "O2", "999021", {"parts": []}, AT, AT + KEPT)
    with transaction(provider) as db:
        ctx = Context(db, provider, OPERATOR, AT, uuid7(), None)
        inbox.add_arrived(ctx, [report, picture])
        add_media(ctx, picture.id, [Medium("image/png", b"png")])
    staff = Actor(role, permissions_of([role]))

    listed = call("messages.inbox", {"application": application}, tenant=provider, actor=staff, now=AT).result
    asked = {"application": application, "item": picture.id, "part": 1}
    part = call("messages.medium", asked, tenant=provider, actor=staff, now=AT)

    seen = {one.kind: (one.content, one.hidden) for one in listed}
    assert seen["sms"] == (({"text": "Ne"}, False) if reads else ({}, True))
    assert seen["mms"] == (({"parts": []}, False) if reads else ({}, True))
    assert seen["report"] == ({"state": "expired"}, False)
    assert (part.refusal and part.refusal.code) == (None if reads else "NOT_AUTHORISED")


@pytest.mark.clause("o2/3.2")
def test_a_subscriber_sees_what_waits_until_when_and_what_was_deleted_unread(waiting):
    provider, application, items, own = waiting
    call(
        "messages.acknowledge", {"application": application, "items": [items[0].id]}, tenant=provider, actor=own, now=AT
    )

    def stands(at, actor=own):
        given = {"application": application}
        return call("messages.inbox_summary", given, tenant=provider, actor=actor, now=at)

    before, after = stands(AT + KEPT - timedelta(microseconds=1)).result, stands(AT + KEPT).result
    stranger = stands(AT, Actor("other", frozenset({"messages.*"}), PartyId(uuid7())))

    assert (before.waiting, before.oldest_expires_at, before.deleted_unread) == (1, AT + KEPT, 0)
    assert (after.waiting, after.oldest_expires_at, after.deleted_unread) == (0, None, 1)
    assert stranger.refusal.code == "APPLICATION_UNKNOWN"
