"""Where an application is called and what was not taken, as its subscriber sees it."""

from __future__ import annotations

import importlib
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
from psycopg.types.json import Jsonb

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import inbox
from spojka.network.messaging.messages.records import Arrived
from spojka.network.messaging.webhooks.store import claim_due
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


def test_the_secret_is_kept_sealed_and_opened_for_the_call_alone(database):
    tenant = new_provider(AT)
    application = new_application(tenant, AT)
    given = {"application": application, "url": "https://example.cz/hook"}
    made = call("connector.set_webhook", given, tenant=tenant, actor=OPERATOR, now=AT, key="k1").result
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, AT, uuid7(), None)
        inbox.add_arrived(ctx, [arrived(application)])

        (told,) = claim_due(ctx, resting=[], lease_s=60, limit=10, total=10)

        kept = bytes(db.execute("SELECT webhook_secret FROM application").fetchone()["webhook_secret"])
        answer = db.execute("SELECT answer FROM operation_key WHERE key = 'k1'").fetchone()["answer"]
    assert told.secret.hex() == made.secret
    assert told.secret not in kept
    assert made.secret.encode() not in kept
    assert answer is None


def test_secrets_and_answers_of_before_are_sealed_and_emptied(database):
    tenant = new_provider(AT)
    application = new_application(tenant, AT)
    given = {"application": application, "url": "https://example.cz/hook"}
    call("connector.set_webhook", given, tenant=tenant, actor=OPERATOR, now=AT, key="k1")
    migration = importlib.import_module("spojka.migrations.0034_sealed_secrets")
    with transaction(tenant) as db:
        db.execute("UPDATE application SET webhook_secret = %s", [b"s" * 32])
        db.execute(
            "INSERT INTO operation_key (tenant_id, key, operation, digest) VALUES (%s, 'k2', 'parties.register', 'x')",
            [tenant],
        )
        db.execute("UPDATE operation_key SET answer = %s", [Jsonb({"secret": "x"})])
        inbox.add_arrived(Context(db, tenant, OPERATOR, AT, uuid7(), None), [arrived(application)])

    with psycopg.connect(database) as owner:
        only = SimpleNamespace(cursor=lambda: OneTenant(owner, tenant))
        migration.seal_secrets(None, SimpleNamespace(connection=only))

    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, AT, uuid7(), None)
        (told,) = claim_due(ctx, resting=[], lease_s=60, limit=10, total=10)
        kept = db.execute("SELECT key, answer FROM operation_key WHERE key IN ('k1', 'k2') ORDER BY key").fetchall()
    assert told.secret == b"s" * 32
    assert [one["answer"] for one in kept] == [None, {"secret": "x"}]


class OneTenant(psycopg.Cursor):
    """A cursor that knows of one tenant alone, for secrets of other tests are sealed already."""

    def __init__(self, owner, tenant):
        super().__init__(owner)
        self.tenant = tenant

    def execute(self, query, params=None, **said):
        if query == "SELECT id FROM tenant":
            return super().execute("SELECT id FROM tenant WHERE id = %s", [self.tenant])
        return super().execute(query, params, **said)


def arrived(application):
    return Arrived(uuid7(), application, "sms", "+420601000001", "O2", "999021", {}, AT, AT + timedelta(hours=96))
