"""Where an application is called and what was not taken, as its subscriber sees it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.records import Arrived
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)


def test_an_item_that_was_not_taken_says_how_often_and_why_and_the_secret_is_not_shown_again(database):
    tenant = new_provider(AT)
    application = new_application(tenant, AT)
    given = {"application": application, "url": "https://example.cz/hook"}
    made = call("connector.set_webhook", given, tenant=tenant, actor=OPERATOR, now=AT).result
    items = [
        Arrived(uuid7(), application, "sms", "+420601000001", "O2", "999021", {}, AT, AT + timedelta(hours=96))
        for _ in range(2)
    ]
    with transaction(tenant) as db:
        inbox.add_arrived(Context(db, tenant, OPERATOR, AT, uuid7(), None), items)
        db.execute(
            "INSERT INTO webhook_try (tenant_id, item_id, application_id, tries, due_at, error)"
            " VALUES (%s, %s, %s, 3, %s, '503')",
            [tenant, items[0].id, application, AT + timedelta(minutes=2)],
        )
        db.execute("UPDATE message_inbox SET acked_at = %s WHERE id = %s", [AT, items[1].id])

    outcome = call("connector.webhook", {"application": application}, tenant=tenant, actor=OPERATOR, now=AT)

    taken, failing = outcome.result.calls
    assert outcome.result.url == "https://example.cz/hook"
    assert made.secret not in str(outcome.plain)
    assert (taken.taken_at, taken.tries) == (AT, 0)
    assert (failing.tries, failing.error, failing.due_at) == (3, "503", AT + timedelta(minutes=2))
    assert failing.taken_at is None
