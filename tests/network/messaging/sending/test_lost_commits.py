"""A page whose commit nobody answered: what it wrote stands once, and its claims are sent."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime

import psycopg
import pytest

from spojka.access.database import connections
from spojka.access.database.connections import transaction
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages.records import Happened
from spojka.network.messaging.sending import journal
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.network.messaging.sending.test_sender import O2, events, left, now, route, running, until

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


class Losing:
    """Transactions whose ends are not told: committed and not said so, or not committed at all, every other one."""

    def __init__(self, *, committed: bool) -> None:
        self.committed, self.count, self.lost = committed, 0, 0

    def close(self) -> None:
        """Nothing is kept."""

    @contextlib.contextmanager
    def transaction(self, tenant):
        self.count += 1
        loses = self.count % 2 == 0
        with contextlib.suppress(_Undone), connections.transaction(tenant) as db:
            yield db
            if loses and not self.committed:
                self.lost += 1
                raise _Undone
        if loses:
            self.lost += self.committed
            raise psycopg.OperationalError("the connection is lost")


class _Undone(Exception):
    """Rolls a transaction back."""


@pytest.mark.parametrize("committed", [True, False], ids=["committed", "rolled back"])
def test_nothing_is_doubled_and_nothing_is_lost(provider, monkeypatch, committed):
    me = new_application(provider, LOADED, number=40 + committed)
    unbind(provider, me, LOADED, per_s=1000)
    losing = Losing(committed=committed)
    monkeypatch.setattr(journal, "Line", lambda: losing)
    monkeypatch.setattr(journal, "WAIT_S", 0.01)

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            await until(lambda: bool(centre.sessions))
            answers = await desk.submit([Submission(me, O2, f"číslo {n}", report=True) for n in range(30)])
            centre.originate(mobile=O2, to=f"9990{40 + committed}", text="Ř" * 100)
            await until(lambda: sender.counts.get("delivered", 0) == 30 and sender.counts.get("arrived", 0) == 2)
            return answers, sender.counts

    answers, counts = asyncio.run(going())

    assert losing.lost >= 3
    assert events(provider, answers) == [["sent", "delivered"]] * 30
    assert left(provider) == 0
    assert "uncertain" not in counts
    with transaction(provider) as db:
        inbox = db.execute(
            "SELECT kind, count(*) AS n, max(content ->> 'text') AS text FROM message_inbox WHERE application_id = %s"
            " GROUP BY kind ORDER BY kind",
            [me],
        ).fetchall()
    assert [(row["kind"], row["n"], row["text"]) for row in inbox] == [("report", 30, None), ("sms", 1, "Ř" * 100)]


def test_what_is_written_is_not_written_again_because_somebody_fails_to_take_it_in(provider):
    me = new_application(provider, LOADED, number=44)
    unbind(provider, me, LOADED, per_s=1000)

    def fails(_):
        raise KeyError("a fault of the program")

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            (answer,) = await desk.submit([Submission(me, O2, "x")])
            await until(lambda: sender.counts.get("delivered", 0) == 1)
            page = sender._journal.page
            page.events.append(Happened(answer.id, 1, "enroute", now()))
            page.work.append((lambda _: None, fails))
            told = await sender._journal.ask(lambda _: "told")
            return answer, told, sender.is_broken

    answer, told, broken = asyncio.run(going())

    assert (told, broken) == ("told", False)
    assert events(provider, [answer]) == [["sent", "delivered", "enroute"]]
