"""What is asked for every message is answered by index: a store of millions slows nothing down."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages import inbox, leases, lines, overdue, receipts, store
from spojka.network.messaging.messages.lives import lives_of
from spojka.network.messaging.messages.queries import life, search
from spojka.network.messaging.messages.records import Arrived
from spojka.network.messaging.webhooks.store import claim_due
from spojka.surfaces.bench.messaging.stock import analyze, fill, queue_up
from tests.network.messaging.connector import new_application, new_provider

LOADED = datetime(2025, 6, 10, 8, tzinfo=UTC)
MESSAGES, QUEUED, ARRIVED = 10_000, 20_000, 3_000
APPLICATIONS = 20
BIG = re.compile(r"message(_event|_queue|_inbox|_key|_receipt)?(_\d{4}_\d\d|_rest)?")
"""Tables that grow with messages, and their partitions; of those only the ones that hold messages count."""


class Explaining:
    """A call's connection that explains what it is asked before it does it."""

    def __init__(self, db):
        self.db, self.plans = db, []
        self.full = {
            row["relname"]
            for row in db.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 1000").fetchall()
        }

    def execute(self, statement, given=None):
        rows = self.db.execute(f"EXPLAIN {statement}", given).fetchall()
        self.plans.append("\n".join(next(iter(row.values())) for row in rows))
        return self.db.execute(statement, given)

    def __getattr__(self, name):
        return getattr(self.db, name)

    @property
    def read_whole(self):
        """Tables that grow with messages and were read from end to end."""
        lines = [line.strip().removeprefix("->").strip() for plan in self.plans for line in plan.splitlines()]
        scanned = [line.split(" on ")[1].split()[0] for line in lines if line.startswith("Seq Scan on ")]
        return {name for name in scanned if BIG.fullmatch(name) and name in self.full}


def arrived(application, at):
    return Arrived(
        uuid7(), application, "sms", "+420602000009", "O2", "999021", {"text": "ANO"}, at, at + timedelta(hours=96)
    )


@pytest.fixture(scope="module")
def filled(database):
    """A provider with old messages, waiting ones, and inboxes of which most is acknowledged."""
    now = datetime.now(UTC)
    tenant = new_provider(LOADED)
    applications = [new_application(tenant, LOADED, number=number) for number in range(APPLICATIONS)]
    fill(tenant, applications, MESSAGES, days=5)
    queue_up(tenant, applications, QUEUED)
    with transaction(tenant) as db:
        ctx = Context(db, tenant, OPERATOR, now, uuid7(), None)
        items = [arrived(applications[place % APPLICATIONS], now) for place in range(ARRIVED)]
        inbox.add_arrived(ctx, items)
        for application in applications:
            inbox.acknowledge(ctx, application, [one.id for one in items[: ARRIVED - 60]])
        parked = [receipts.Parked("sim", f"{place}", "+420602000009", "DELIVERED", {}, now) for place in range(2_000)]
        receipts.park(ctx, parked)
        receipts.give_up(ctx, before=now, reason="nobody")
        ids = [row["id"] for row in db.execute("SELECT id FROM message_queue ORDER BY id LIMIT 50").fetchall()]
        keys = [(applications[place % APPLICATIONS], f"key {place}", ids[0], {"n": place}) for place in range(2_000)]
        store.keep_keys(ctx, keys)
    analyze()
    return tenant, applications, ids, items[-1].id


@pytest.fixture
def asked(filled):
    """What a piece of work reads from end to end; what it writes is taken back."""

    def asking(work):
        tenant, *known = filled
        with transaction(tenant) as db:
            explaining = Explaining(db)
            work(Context(explaining, tenant, OPERATOR, datetime.now(UTC), uuid7(), None), *known)
            found = explaining
            raise psycopg.Rollback
        assert found.plans
        assert len(found.full) >= 5
        return found.read_whole

    return asking


def today(ctx):
    return {"day": ctx.today, "month": ctx.today.replace(day=1)}


def known_keys(ctx, applications):
    return store.known_keys(ctx, [(applications[0], f"key {place}") for place in range(20)])()


def counters(ctx, applications):
    return store.lock_counters(ctx, [(one, "day", ctx.today) for one in applications])()


PIECES = {
    "claiming": lambda ctx, _, ids, __: store.claim(ctx, ids),
    "waiting again": lambda ctx, _, ids, __: store.unclaim(ctx, ids),
    "leaving the queue": lambda ctx, _, ids, __: store.leave_queue(ctx, ids),
    "catching up": lambda ctx, _, ids, __: store.waiting_after(ctx, ids[-1], limit=100),
    "priority among others": lambda ctx, *_: lines.priority_after(ctx, UUID(int=0), limit=200),
    "events": lambda ctx, _, ids, __: store.events_of(ctx, ids),
    "messages": lambda ctx, _, ids, __: store.messages_by_id(ctx, ids),
    "silent parts": lambda ctx, _, ids, __: overdue.silent_parts(ctx, ids),
    "parts without a name": lambda ctx, *_: receipts.nameless_parts(ctx, named(50), since=ctx.now),
    "receipts looked up": lambda ctx, *_: store.sent_as(ctx, "stock", [f"{place:032x}" for place in range(50)]),
    "receipts settled": lambda ctx, *_: receipts.matched(ctx, [uuid7(), uuid7()]),
    "receipts parked": lambda ctx, *_: receipts.parked_receipts(
        ctx, ["sim"], until=ctx.now - timedelta(days=9), limit=100
    ),
    "references": lambda ctx, applications, *_: known_keys(ctx, applications),
    "counters held": lambda ctx, applications, *_: counters(ctx, applications),
    "counters read": lambda ctx, applications, *_: store.counters(ctx, applications, **today(ctx)),
    "queues of many": lambda ctx, applications, *_: store.queue_lengths(ctx, applications),
    "inbox": lambda ctx, applications, *_: inbox.pending(ctx, applications[0], limit=100, kinds=["sms"]),
    "inboxes with news": lambda ctx, applications, *_: inbox.waiting_among(ctx.db, ctx.tenant, applications),
    "an item": lambda ctx, applications, _, item: inbox.arrived_by_id(ctx, applications[-1], [item]),
    "handing out": lambda ctx, _, __, item: inbox.mark_fetched(ctx, [{"id": item, "kind": "report", "content": {}}]),
    "acknowledging": lambda ctx, applications, _, item: inbox.acknowledge(ctx, applications[-1], [item]),
    "lending": lambda ctx, applications, *_: leases.lease(
        ctx, applications[-1], kinds=["sms"], held=[], lease_s=60, limit=10
    ),
    "telling": lambda ctx, *_: claim_due(ctx, resting=[], lease_s=60, limit=100, total=100),
    "the latest": lambda ctx, applications, *_: search(ctx, application=applications[0]),
    "to a number": lambda ctx, *_: search(ctx, recipient="+420602000777"),
    "by a reference": lambda ctx, *_: search(ctx, reference="key 7"),
    "what failed": lambda ctx, *_: search(ctx, status="undelivered"),
    "within an hour": lambda ctx, *_: search(ctx, from_at=ctx.now - timedelta(hours=1), to_at=ctx.now),
    "a life": lambda ctx, applications, ids, _: life(ctx, application=applications[0], message=ids[0]),
}


@pytest.mark.parametrize("name", PIECES)
def test_what_is_asked_for_every_message_reads_no_table_from_end_to_end(asked, name):
    read_whole = asked(PIECES[name])

    assert read_whole == set()


@pytest.fixture(scope="module")
def uncounted(filled):
    """A provider that came after the tables were last counted, as they are said to be now."""
    tenant = new_provider(LOADED)
    applications = [new_application(tenant, LOADED, number=number) for number in range(2)]
    queue_up(tenant, applications, 500, counted=False)
    with transaction(tenant) as db:
        return tenant, applications, [row["id"] for row in db.execute("SELECT id FROM message_queue LIMIT 50")]


def named(count):
    now = datetime.now(UTC)
    return [receipts.Parked("sim", f"{n}", f"+420602{n:06}", "DELIVERED", {}, now) for n in range(count)]


LOOKED_UP = {
    "catching up": lambda ctx, _, __: store.waiting_after(ctx, UUID(int=0), limit=1000),
    "lines": lambda ctx, applications, _: lines.read_lines(
        ctx, {(applications[0], "standard"): lines.Wanted(UUID(int=0), 1000)}
    ),
    "priority": lambda ctx, *_: lines.priority_after(ctx, UUID(int=0), limit=200),
    "receipts looked up": lambda ctx, _, ids: store.sent_as(ctx, "stock", [f"{one.int:x}" for one in ids]),
    "lives": lambda ctx, applications, ids: lives_of(ctx, applications[0], ids),
    "silent parts": lambda ctx, _, ids: overdue.silent_parts(ctx, ids),
    "parts without a name": lambda ctx, *_: receipts.nameless_parts(ctx, named(50), since=ctx.now),
    "counts of lines": lambda ctx, applications, ids: lines.counts_until(
        ctx, {(one, "standard"): ids[-1] for one in applications}
    ),
    "lending": lambda ctx, applications, _: leases.lease(
        ctx, applications[0], kinds=["sms"], held=[], lease_s=60, limit=10
    ),
}


@pytest.mark.parametrize("name", LOOKED_UP)
def test_messages_of_a_provider_that_nobody_counted_yet_are_looked_up_one_by_one(uncounted, name):
    tenant, *known = uncounted
    with transaction(tenant) as db:
        explaining = Explaining(db)
        LOOKED_UP[name](Context(explaining, tenant, OPERATOR, datetime.now(UTC), uuid7(), None), *known)

    assert "Join Filter" not in "\n".join(explaining.plans)


def test_a_line_is_read_in_the_order_of_its_index_and_never_sorted(filled):
    tenant, applications, *_ = filled
    wanted = {(one, "standard"): lines.Wanted(UUID(int=0), 20) for one in applications}
    with transaction(tenant) as db:
        explaining = Explaining(db)
        lines.read_lines(Context(explaining, tenant, OPERATOR, datetime.now(UTC), uuid7(), None), wanted)

    assert "message_queue_line" in explaining.plans[0]
    assert "Sort" not in explaining.plans[0]


def test_priority_messages_are_found_by_an_index_of_their_own(filled):
    with transaction(filled[0]) as db:
        explaining = Explaining(db)
        lines.priority_after(
            Context(explaining, filled[0], OPERATOR, datetime.now(UTC), uuid7(), None), UUID(int=0), limit=200
        )

    assert "message_queue_priority" in explaining.plans[0]


def test_uncertain_parts_are_found_by_an_index_of_their_own(filled):
    with transaction(filled[0]) as db:
        explaining = Explaining(db)
        ctx = Context(explaining, filled[0], OPERATOR, datetime.now(UTC), uuid7(), None)
        receipts.nameless_parts(ctx, named(50), since=ctx.now - timedelta(hours=96))

    assert "tenant_id_at_idx" in explaining.plans[0]
    assert "kind_message_id_idx" not in explaining.plans[0]


def test_what_has_no_index_is_told(asked):
    read_whole = asked(
        lambda ctx, *_: ctx.db.execute("SELECT id FROM message_inbox WHERE dialled = 'x' AND id <> %s", [UUID(int=0)])
    )

    assert read_whole == {"message_inbox"}
