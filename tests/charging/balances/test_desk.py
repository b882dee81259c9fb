"""The desk under concurrency: nothing is granted twice, nothing is committed twice, one fault takes nobody down."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.database.lanes import LaneClosed
from spojka.charging.balances.online import batches
from spojka.charging.balances.online.desk import ChargingDesk
from spojka.charging.balances.online.sessions import Step, Wanted
from spojka.charging.balances.online.store import write_sessions
from spojka.kernel.ids import uuid7
from tests.charging.balances.network import MB, opened

JUNE = datetime(2026, 6, 1, 8, tzinfo=UTC)
DATA = Wanted("data")


class Clock:
    """Moves on a little with every look."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


def ask(*steps_of_desks, tenant, clock, desks=1):
    """Answers of several desks that are asked at once; each is given (desk number, step)."""

    async def asking():
        opened_desks = [ChargingDesk(tenant, now=clock) for _ in range(desks)]
        answers = await asyncio.gather(*(opened_desks[number].reserve([step]) for number, step in steps_of_desks))
        for desk in opened_desks:
            await desk.close()
        return [answer for (answer,) in answers]

    return asyncio.run(asking())


@pytest.mark.parametrize("desks", [1, 2])
def test_many_at_once_are_granted_no_more_than_there_is(tenant, desks):
    _, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    clock = Clock(JUNE + timedelta(hours=1))
    steps = [(n % desks, Step(uuid7(), 1, "reserve", clock(), service, DATA, asked=30 * MB)) for n in range(40)]

    answers = ask(*steps, tenant=tenant, clock=clock, desks=desks)

    assert sum(answer.granted for answer in answers) == 500 * MB
    assert min(answer.granted for answer in answers if answer.granted) == 20 * MB
    assert {answer.why.code for answer in answers if not answer.granted} == {"UNITS_EXHAUSTED"}


def test_a_step_sent_twice_at_once_counts_once(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    clock = Clock(JUNE + timedelta(hours=1))
    session = network.reserve(service, "data", asked=100 * MB).session
    release = Step(session, 2, "release", clock(), used=100 * MB)

    answers = ask(*[(number % 2, release) for number in range(20)], tenant=tenant, clock=clock, desks=2)

    assert {(answer.result, answer.used) for answer in answers} == {("released", 100 * MB)}
    assert sum(not answer.repeated for answer in answers) == 1
    assert network.do("balances.of", service=service).data.used == 100 * MB


def test_a_session_begun_twice_is_begun_once(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    clock = Clock(JUNE + timedelta(hours=1))
    begin = Step(uuid7(), 1, "reserve", clock(), service, DATA, asked=400 * MB)

    answers = ask(*[(number % 2, begin) for number in range(10)], tenant=tenant, clock=clock, desks=2)
    rest = network.reserve(service, "data", asked=400 * MB)

    assert {answer.granted for answer in answers} == {400 * MB}
    assert rest.granted == 100 * MB


def test_calls_and_purchases_at_once_leave_the_balance_that_rating_gives(tenant, tmp_path):
    network, (service,) = opened(tenant, now=JUNE)
    clock = Clock(JUNE + timedelta(hours=1))

    async def living():
        desk = ChargingDesk(tenant, now=clock)

        async def using(kind, to, units):
            for _ in range(6):
                session = uuid7()
                wanted = Wanted(kind, to)
                (begun,) = await desk.reserve([Step(session, 1, "reserve", clock(), service, wanted, asked=units)])
                used = min(units, begun.granted)
                if begun.granted:
                    await desk.reserve([Step(session, 2, "release", clock(), used=used)])

        async def buying():
            for _ in range(3):
                network.now = clock()
                await asyncio.to_thread(network.do, "balances.buy_topup", service=service, topup="topup-500")

        calls = [using("voice", "602000002", 61), using("voice", "844111222", 90), using("sms", "602000002", 3)]
        await asyncio.gather(*calls, using("data", "", 300 * MB), using("data", "", 200 * MB), buying())
        await desk.close()

    asyncio.run(living())
    network.now = clock()

    assert network.kept(service, "2026-06") == network.walked(service, tmp_path, "2026-06")
    assert network.do("balances.of", service=service).data.total_mb == 3000


def test_a_faulty_step_takes_no_other_down(tenant, monkeypatch):
    network, (service,) = opened(tenant, now=JUNE)
    clock = Clock(JUNE + timedelta(hours=1))
    network.reserve(service)
    faulty = uuid7()
    decide = batches.decide

    def stumbling(work, step, seats):
        if step.session == faulty:
            raise ZeroDivisionError
        return decide(work, step, seats)

    monkeypatch.setattr(batches, "decide", stumbling)

    async def asking():
        desk = ChargingDesk(tenant, now=clock)
        sound = [Step(uuid7(), 1, "reserve", clock(), service, Wanted("sms", "602000002")) for _ in range(5)]
        broken = Step(faulty, 1, "reserve", clock(), service, DATA)
        found = await asyncio.gather(*(desk.reserve([one]) for one in [*sound, broken]), return_exceptions=True)
        await desk.close()
        return found

    *sound, broken = asyncio.run(asking())

    assert [answer.result for (answer,) in sound] == ["granted"] * 5
    assert isinstance(broken, ZeroDivisionError)


def test_a_batch_whose_commit_was_lost_is_done_again_and_counts_once(tenant, monkeypatch):
    network, (service,) = opened(tenant, now=JUNE)
    clock = Clock(JUNE + timedelta(hours=1))
    session = network.reserve(service).session
    lost = []

    def losing(ctx, sessions, *, new):
        written = write_sessions(ctx, sessions, new=new)
        if not new and sessions and not lost:
            lost.append(True)
            raise psycopg.OperationalError("the connection is lost")
        return written

    monkeypatch.setattr(batches.store, "write_sessions", losing)

    (answer,) = ask((0, Step(session, 2, "release", clock(), used=60)), tenant=tenant, clock=clock)

    assert lost
    assert (answer.result, answer.repeated) == ("released", False)
    assert network.kept(service, "2026-06")["slots"]["voice.all_networks.0"] == (6000, 5940)


def test_every_batch_is_one_row_of_the_audit(tenant):
    _, (service,) = opened(tenant, now=JUNE)
    clock = Clock(JUNE + timedelta(hours=1))
    steps = [(0, Step(uuid7(), 1, "reserve", clock(), service, Wanted("sms", "602000002"))) for _ in range(30)]

    ask(*steps, tenant=tenant, clock=clock)

    with transaction(tenant) as db:
        rows = db.execute("SELECT items, outcome FROM audit WHERE operation = 'charging.batch'").fetchall()
    assert sum(row["items"] for row in rows) == 30
    assert len(rows) < 30
    assert {row["outcome"] for row in rows} == {"ok"}


def test_silent_sessions_are_swept(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    network.reserve(service, "data", asked=500 * MB)
    clock = Clock(network.now + timedelta(seconds=4499))

    async def sweeping():
        desk = ChargingDesk(tenant, now=clock)
        early = await desk.expire()
        clock.now += timedelta(seconds=2)
        late = await desk.expire()
        await desk.close()
        return early, late

    assert asyncio.run(sweeping()) == (0, 1)


def test_a_closed_desk_says_so(tenant):
    clock = Clock(JUNE)

    async def asking():
        desk = ChargingDesk(tenant, now=clock)
        await desk.close()
        await desk.reserve([Step(uuid7(), 1, "commit", JUNE)])

    with pytest.raises(LaneClosed):
        asyncio.run(asking())


@pytest.mark.parametrize(
    ("given", "fits"),
    [
        ({"used": 0}, True),
        ({"used": 2**42}, True),
        ({"used": -1}, False),
        ({"used": 2**42 + 1}, False),
        ({"asked": -1}, False),
        ({"asked": 2**42 + 1}, False),
        ({"sequence": 2**31 - 1}, True),
        ({"sequence": 2**31}, False),
    ],
)
def test_a_step_holds_only_figures_that_fit(given, fits):
    facts = {"session": UUID(int=1), "sequence": 1, "act": "commit", "at": JUNE, **given}

    if fits:
        assert Step(**facts).session == UUID(int=1)
    else:
        with pytest.raises(ValueError, match="step"):
            Step(**facts)


def test_a_balance_whose_pools_are_called_otherwise_now_is_charged_by_the_book_of_today(tenant):
    network, (service,) = opened(tenant, "nej-mobil-basic", now=JUNE)
    clock = Clock(JUNE + timedelta(hours=1))
    network.reserve(service, "data", asked=10 * MB)
    with transaction(tenant) as db:
        (row,) = db.execute("SELECT slots, remaining FROM balance WHERE service_id = %s", [service]).fetchall()
        db.execute(
            "UPDATE balance SET slots = slots || ARRAY['gone'], capacity = capacity || 7::bigint,"
            " remaining = remaining || 7::bigint, version = version + 1 WHERE service_id = %s",
            [service],
        )

    (answer,) = ask((0, Step(uuid7(), 1, "reserve", clock(), service, DATA, asked=10 * MB)), tenant=tenant, clock=clock)

    with transaction(tenant) as db:
        (after,) = db.execute("SELECT slots, remaining FROM balance WHERE service_id = %s", [service]).fetchall()
    assert answer.granted == 10 * MB
    assert (after["slots"], after["remaining"]) == (row["slots"], row["remaining"])
