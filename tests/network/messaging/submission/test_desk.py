"""The desk: whoever is told accepted finds the message in the database, once."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.lanes import LaneClosed
from spojka.access.database.lines import Line
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.store import waiting_after
from spojka.network.messaging.submission import desk as desk_module
from spojka.network.messaging.submission.desk import CommitUnknown, SubmissionDesk
from spojka.network.messaging.submission.requests import Accepted, Submission
from tests.network.messaging.connector import new_application, new_provider

AT = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
O2, VODAFONE = "+420602000001", "+420777000002"
FIRST = uuid7().__class__(int=0)


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(AT)


@pytest.fixture
def me(provider):
    with transaction(provider) as db:
        db.execute("DELETE FROM message_queue")
        db.execute("UPDATE application SET closed_at = opened_at")
    return new_application(provider, AT)


def submit(provider, *asked, now=AT, heard=None, together=True):
    """Hand submissions to a new desk: in one request, or each in its own at once."""

    async def going():
        desk = SubmissionDesk(provider, now=lambda: now, heard=heard)
        groups = [list(asked)] if together else [[one] for one in asked]
        try:
            answers = await asyncio.gather(*(desk.submit(group) for group in groups))
        finally:
            await desk.close()
        return [one for group in answers for one in group]

    return asyncio.run(going())


def waiting(provider):
    with transaction(provider) as db:
        return waiting_after(Context(db, provider, OPERATOR, AT, uuid7(), None), FIRST, limit=10_000)


def test_what_is_accepted_waits_in_the_database_in_order(provider, me):
    heard = []

    answers = submit(provider, Submission(me, O2, "Dobrý den"), Submission(me, VODAFONE, "ř" * 71), heard=heard.extend)

    rows = waiting(provider)
    assert [one.id for one in answers] == [row["id"] for row in rows] == [one.id for one in heard]
    assert [(row["sender"], row["network"], row["parts"], row["coding"]) for row in rows] == [
        ("999021", "O2", 1, "ucs2"),
        ("+420606999021", "Vodafone", 2, "ucs2"),
    ]
    assert rows[0]["body"].decode() == "Dobrý den"
    assert [(one.parts, one.place) for one in answers] == [(1, 0), (2, 1)]


def test_in_a_batch_everyone_has_an_own_answer(provider, me):
    answers = submit(
        provider,
        Submission(me, O2, "1"),
        Submission(me, "222", "2"),
        Submission(ServiceId(uuid7()), O2, "3"),
        Submission(me, O2, "4"),
        together=False,
    )

    assert [one.code if isinstance(one, Refusal) else "accepted" for one in answers] == [
        "accepted",
        "RECIPIENT_INVALID",
        "APPLICATION_UNKNOWN",
        "accepted",
    ]
    assert len(waiting(provider)) == 2


def test_the_same_reference_again_answers_the_same_and_sends_nothing(provider, me):
    one = Submission(me, O2, "Jednou", reference="a-1")

    (first, within) = submit(provider, one, one)
    (after,) = submit(provider, one, now=AT + timedelta(hours=1))

    assert (first.repeated, within.repeated, after.repeated) == (False, True, True)
    assert first.id == within.id == after.id
    assert len(waiting(provider)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Podruhé"},
        {"to": VODAFONE},
        {"sender": "+420606999021"},
        {"url": "priority"},
        {"text": None, "data": b"Jednou"},
    ],
    ids=lambda other: next(iter(other)),
)
def test_the_same_reference_for_another_message_is_refused(provider, me, other):
    first = Submission(me, O2, "Jednou", reference="a-1")
    submit(provider, first)

    (again,) = submit(provider, replace(first, **other))

    assert again.code == "KEY_REUSED"
    assert len(waiting(provider)) == 1


def test_the_same_message_with_another_validity_or_a_number_written_otherwise_is_the_same(provider, me):
    first = Submission(me, O2, "Jednou", reference="a-1")
    submit(provider, first)

    (later, written) = submit(
        provider, replace(first, expires_at=AT + timedelta(hours=2)), replace(first, to=O2.removeprefix("+420"))
    )

    assert later.repeated
    assert written.repeated


@pytest.mark.clause("o2/3.3")
def test_limits_hold_however_many_ask_at_once(provider, me):
    with transaction(provider) as db:
        db.execute(
            "INSERT INTO application_limit (tenant_id, id, application_id, period, asked, granted, state, reason,"
            " asked_by, asked_at, decided_by, valid_from) VALUES (%s, %s, %s, 'day', 7, 7, 'granted', '', '', %s, '',"
            " %s)",
            [provider, uuid7(), me, AT, AT],
        )

    answers = submit(provider, *(Submission(me, O2, str(n)) for n in range(20)), together=False)
    later = submit(provider, Submission(me, O2, "x"), now=AT + timedelta(days=1))

    assert sum(isinstance(one, Accepted) for one in answers) == 7
    assert {one.code for one in answers if isinstance(one, Refusal)} == {"DAILY_LIMIT_EXCEEDED"}
    assert isinstance(later[0], Accepted)


@pytest.mark.clause("o2/3.3")
def test_a_raised_limit_holds_from_its_instant_and_counts_on(provider, me):
    with transaction(provider) as db:
        for granted, at in ((1, AT), (3, AT + timedelta(hours=1))):
            db.execute(
                "INSERT INTO application_limit (tenant_id, id, application_id, period, asked, granted, state, reason,"
                " asked_by, asked_at, decided_by, valid_from) VALUES (%s, %s, %s, 'day', %s, %s, 'granted', '', '',"
                " %s, '', %s)",
                [provider, uuid7(), me, granted, granted, at, at],
            )

    first = submit(provider, *(Submission(me, O2, "x") for _ in range(2)))
    second = submit(provider, *(Submission(me, O2, "x") for _ in range(3)), now=AT + timedelta(hours=1))

    assert [isinstance(one, Accepted) for one in first] == [True, False]
    assert [isinstance(one, Accepted) for one in second] == [True, True, False]


def test_a_suspended_service_takes_nothing_with_the_clauses_of_its_suspension(provider, me):
    with transaction(provider) as db:
        db.execute(
            "INSERT INTO service_hold (tenant_id, id, service_id, reason, scope, clauses, held_at, requested_by)"
            " VALUES (%s, %s, %s, 'spam', 'both', '[\"o2/8.1\"]', %s, 'x')",
            [provider, uuid7(), me, AT],
        )

    (refused,) = submit(provider, Submission(me, O2, "x"))

    assert (refused.code, refused.clauses) == ("SERVICE_SUSPENDED", ("o2/8.1",))


def test_every_accepted_batch_has_its_row_in_the_audit(provider, me):
    with transaction(provider) as db:
        before = db.execute("SELECT coalesce(sum(items), 0) AS n FROM audit WHERE operation = 'messages.submit'")
        known = before.fetchone()["n"]

    submit(provider, Submission(me, O2, "a"), Submission(me, O2, "b"))

    with transaction(provider) as db:
        after = db.execute("SELECT sum(items) AS n FROM audit WHERE operation = 'messages.submit'").fetchone()["n"]
    assert after - known == 2


def test_a_closed_desk_takes_nothing(provider, me):
    async def going():
        desk = SubmissionDesk(provider, now=lambda: AT)
        await desk.submit([Submission(me, O2, "x")])
        await desk.close()
        await desk.submit([Submission(me, O2, "y")])

    with pytest.raises(LaneClosed):
        asyncio.run(going())


class Losing:
    """The first transactions of every line lose their connection: at their end once committed, or before."""

    def __init__(self, *, committed, times=1):
        self.left, self.committed, self.whole = times, committed, Line.transaction

    @contextlib.contextmanager
    def __call__(self, line, tenant):
        loses = self.left > 0
        self.left -= 1
        with contextlib.ExitStack() as stack:
            if loses and not self.committed:
                yield stack.enter_context(self.whole(line, tenant))
                raise psycopg.OperationalError("the connection was lost")
            with self.whole(line, tenant) as db:
                yield db
        if loses:
            raise psycopg.OperationalError("the connection was lost")


def lose(monkeypatch, losing):
    def transaction(line, tenant):
        return losing(line, tenant)

    monkeypatch.setattr(Line, "transaction", transaction)


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "not-committed"])
@pytest.mark.parametrize("reference", ["a-9", None])
def test_a_commit_whose_answer_is_lost_is_looked_for_and_nothing_is_accepted_twice(
    provider, me, monkeypatch, committed, reference
):
    heard = []
    lose(monkeypatch, Losing(committed=committed))

    (answer,) = submit(provider, Submission(me, O2, "Jednou", reference=reference), heard=heard.extend)
    monkeypatch.undo()

    assert not answer.repeated
    assert [row["id"] for row in waiting(provider)] == [answer.id] == [one.id for one in heard]


def test_where_nobody_can_say_whether_a_commit_was_carried_out_the_caller_is_told_so(provider, me, monkeypatch):
    lose(monkeypatch, Losing(committed=True, times=100))
    monkeypatch.setattr(desk_module, "KNOWN_S", 0)

    with pytest.raises(CommitUnknown):
        submit(provider, Submission(me, O2, "Jednou", reference="a-9"))
    monkeypatch.undo()
    (again,) = submit(provider, Submission(me, O2, "Jednou", reference="a-9"))

    assert again.repeated
    assert len(waiting(provider)) == 1
