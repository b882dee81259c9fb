"""From the desk through the sender to a simulated centre and back, over sockets."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import pending
from spojka.network.messaging.sending.journal import Journal
from spojka.network.messaging.sending.routes import RouteSettings
from spojka.network.messaging.sending.sender import Sender
from spojka.network.messaging.smpp.clients import ClientSettings
from spojka.network.messaging.smpp.pdus import DeliverSm
from spojka.network.messaging.smpp.receipts import IdForm, IdForms
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from tests.network.messaging.connector import new_application, new_provider

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
O2, VODAFONE = "+420602000001", "+420777000002"
FIRST = UUID(int=0)


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    """An application that may send 10,000 messages a second."""
    with transaction(provider) as db:
        db.execute("DELETE FROM message_queue")
        db.execute("UPDATE application SET closed_at = opened_at WHERE closed_at IS NULL")
    application = new_application(provider, LOADED)
    with transaction(provider) as db:
        db.execute(
            "INSERT INTO application_option (tenant_id, id, application_id, kind, value, folded, state, reason,"
            " channel, caller, evidence, requested_at, active_from) VALUES (%s, %s, %s, 'throughput', '10000', '',"
            " 'active', '', 'care_line', '', '{}', %s, %s)",
            [provider, uuid7(), application, LOADED, LOADED],
        )
    return application


def route(centre: Centre, name: str = "o2", networks=("*",), **changed) -> RouteSettings:
    client = ClientSettings("127.0.0.1", centre.port, "spojka", "secret", first_wait_ms=50, window=50)
    return RouteSettings(name, networks, client, **changed)


@contextlib.asynccontextmanager
async def running(provider, *routes: RouteSettings, now=now):
    """A sender and a desk that hands it what it accepts."""
    sender = Sender(provider, routes, now=now, random=Random(1))
    await sender.start()
    desk = SubmissionDesk(provider, now=now, heard=sender.hear)
    try:
        yield desk, sender
    finally:
        await desk.close()
        await sender.close()


async def until(holds, *, seconds: float = 60) -> None:
    """Wait until something holds; fail when it does not."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  # nobody tells a test
            await asyncio.sleep(0.01)


def events(provider, answers) -> list[list[str]]:
    with transaction(provider) as db:
        ctx = Context(db, provider, OPERATOR, now(), uuid7(), None)
        rows = store.events_of(ctx, [one.id for one in answers])
    return [[row["kind"] for row in rows if row["message_id"] == one.id] for one in answers]


def left(provider) -> int:
    with transaction(provider) as db:
        return db.execute("SELECT count(*) AS n FROM message_queue").fetchone()["n"]


def test_messages_are_sent_delivered_and_gone_from_the_queue(provider, me):
    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            answers = await desk.submit([Submission(me, O2, f"Dobrý den {n}") for n in range(200)])
            await until(lambda: sender.counts.get("delivered", 0) == 200)
            return answers, centre.counts

    answers, _ = asyncio.run(going())

    assert left(provider) == 0
    assert events(provider, answers) == [["sent", "delivered"]] * 200


def test_the_parts_of_a_long_message_are_each_sent_and_delivered(provider, me):
    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            answers = await desk.submit([Submission(me, O2, "ř" * 150)])
            await until(lambda: sender.counts.get("delivered", 0) == 3)
            return answers

    (answer,) = asyncio.run(going())

    assert answer.parts == 3
    assert sorted(events(provider, [answer])[0]) == ["delivered"] * 3 + ["sent"] * 3


@pytest.mark.parametrize(
    "settings",
    [
        CentreSettings(receipts="early"),
        CentreSettings(receipts="late", receipt_delay_ms=200),
        CentreSettings(twice_permille=1000),
        CentreSettings(receipts="late", receipt_delay_ms=100, shuffled=True),
        CentreSettings(ids="mixed"),
        CentreSettings(receipt_tlvs=True),
    ],
    ids=["early", "late", "twice", "shuffled", "mixed-ids", "parameters"],
)
def test_no_receipt_stays_unmatched(provider, me, settings):
    forms = IdForms(IdForm.HEX, IdForm.DECIMAL) if settings.ids == "mixed" else IdForms()

    async def going():
        async with (
            Centre(settings, now=now) as centre,
            running(provider, route(centre, ids=forms)) as (desk, sender),
        ):
            answers = await desk.submit([Submission(me, O2, str(n)) for n in range(100)])
            await until(lambda: sender.counts.get("delivered", 0) == 100)
            await asyncio.sleep(0.3)
            return answers, sender.counts

    answers, counts = asyncio.run(going())

    assert counts["delivered"] == 100
    assert counts.get("parked", 0) == 0
    assert all(sorted(one) == ["delivered", "sent"] for one in events(provider, answers))


def reports(provider):
    """What applications are told became of their messages: which message, what, which part."""
    with transaction(provider) as db:
        rows = db.execute("SELECT message_id, content FROM message_inbox WHERE kind = 'report'").fetchall()
    return sorted((row["message_id"], row["content"]["state"], row["content"]["part"]) for row in rows)


def test_what_is_refused_for_good_fails_with_its_status(provider, me):
    async def going():
        refusing = CentreSettings(refused_permille=1000, refused_status=0x0B)
        async with Centre(refusing, now=now) as centre, running(provider, route(centre)) as (desk, sender):
            answers = await desk.submit([Submission(me, O2, "x"), Submission(me, O2, "x" * 200, report=True)])
            await until(lambda: sender.counts.get("failed", 0) == 3)
            return answers

    answers = asyncio.run(going())

    assert events(provider, answers) == [["failed"], ["failed", "failed"]]
    assert left(provider) == 0
    assert reports(provider) == [(answers[1].id, "failed", 1), (answers[1].id, "failed", 2)]


def test_a_throttling_centre_gets_everything_in_the_end(provider, me):
    async def going():
        async with (
            Centre(CentreSettings(rate_per_s=150), now=now) as centre,
            running(provider, route(centre)) as (desk, sender),
        ):
            answers = await desk.submit([Submission(me, O2, str(n)) for n in range(250)])
            await until(lambda: sender.counts.get("delivered", 0) == 250, seconds=120)
            return answers, sender.counts

    answers, counts = asyncio.run(going())

    assert counts["throttled"] > 0
    assert events(provider, answers) == [["sent", "delivered"]] * 250


def test_a_lost_connection_makes_what_was_in_flight_uncertain_and_sends_nothing_twice(provider, me):
    async def going():
        async with (
            Centre(CentreSettings(disconnect_every=70), now=now) as centre,
            running(provider, route(centre)) as (desk, sender),
        ):
            answers = await desk.submit([Submission(me, O2, str(n)) for n in range(300)])
            await until(
                lambda: sender.waiting == 0 and sum(sender.counts.get(k, 0) for k in ("sent", "uncertain")) >= 300
            )
            await asyncio.sleep(0.5)
            return answers, sender.counts

    answers, counts = asyncio.run(going())

    found = events(provider, answers)
    assert left(provider) == 0
    assert counts.get("uncertain", 0) > 0
    assert all(one.count("sent") + one.count("uncertain") >= 1 and one.count("sent") <= 1 for one in found)


def test_networks_have_their_own_ways_and_one_that_is_away_holds_up_no_other(provider, me):
    async def going():
        async with Centre(CentreSettings(), now=now) as o2, Centre(CentreSettings(), now=now) as other:
            away = route(other, "away", ("Vodafone",))
            await other.close()
            async with running(provider, route(o2, "o2", ("O2",)), away) as (desk, sender):
                answers = await desk.submit(
                    [Submission(me, VODAFONE, "a"), Submission(me, O2, "b"), Submission(me, "+43664123456", "c")]
                )
                await until(lambda: sender.counts.get("delivered", 0) == 1)
                return answers, sender.waiting

    answers, waiting = asyncio.run(going())

    assert events(provider, answers) == [[], ["sent", "delivered"], ["failed"]]
    assert (waiting, left(provider)) == (1, 1)


def test_what_waited_when_a_sender_ended_is_sent_by_the_next(provider, me):
    async def going():
        desk = SubmissionDesk(provider, now=now)
        answers = await desk.submit([Submission(me, O2, str(n)) for n in range(50)])
        await desk.close()
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: sender.counts.get("delivered", 0) == 50)
        return answers

    answers = asyncio.run(going())

    assert events(provider, answers) == [["sent", "delivered"]] * 50


def test_what_was_claimed_when_a_sender_died_is_uncertain_and_not_sent_again(provider, me):
    async def going():
        desk = SubmissionDesk(provider, now=now)
        answers = await desk.submit([Submission(me, O2, "x")])
        await desk.close()
        with transaction(provider) as db:
            store.claim(Context(db, provider, OPERATOR, now(), uuid7(), None), [answers[0].id])
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: sender.counts.get("uncertain", 0) == 1)
            await asyncio.sleep(0.2)
            return answers, sender.counts

    answers, counts = asyncio.run(going())

    assert "sent" not in counts
    assert events(provider, answers) == [["uncertain"]]
    assert left(provider) == 0


@pytest.mark.clause("o2/3.2")
@pytest.mark.clause("o2/3.1")
def test_messages_from_mobiles_reach_the_inbox_by_the_number_they_dialled(provider, me):
    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: bool(centre.sessions))
            centre.originate(mobile=O2, to="999021", text="Ano, přijdu")
            centre.originate(mobile=VODAFONE, to="420606999021", text="Ř" * 100)
            centre.originate(mobile=VODAFONE, to="999021", text="nedojde")
            centre.originate(mobile=O2, to="1991999", text="nikomu")
            await until(lambda: sender.counts.get("arrived", 0) >= 5)

    asyncio.run(going())

    with transaction(provider) as db:
        rows = pending(Context(db, provider, OPERATOR, now(), uuid7(), None), me, limit=9)
    assert [(row["sender"], row["dialled"], row["network"], row["content"]) for row in rows] == [
        (O2, "999021", "O2", {"text": "Ano, přijdu"}),
        (VODAFONE, "+420606999021", "Vodafone", {"text": "Ř" * 100}),
    ]
    assert rows[0]["expires_at"] - rows[0]["received_at"] == timedelta(hours=96)


@pytest.mark.clause("o2/8.1")
def test_stop_withdraws_the_consent_to_commercial_messages_at_once(provider, me):
    async def going():
        async with (
            Centre(CentreSettings(), now=now) as centre,
            running(provider, route(centre)) as (desk, sender),
        ):
            await until(lambda: bool(centre.sessions))
            (before,) = await desk.submit([Submission(me, O2, "sleva")])
            centre.originate(mobile=O2, to="999021", text="stop prosím")
            await until(lambda: sender.counts.get("arrived", 0) == 1)
            commercial, service = await desk.submit(
                [Submission(me, O2, "sleva"), Submission(me, O2, "objednávka", purpose="service")]
            )
            return before, commercial, service

    before, commercial, service = asyncio.run(going())

    assert (before.parts, commercial.code, service.parts) == (1, "CONSENT_WITHDRAWN", 1)


@pytest.mark.clause("o2/4.1")
def test_an_application_sends_at_its_pace(provider, me):
    with transaction(provider) as db:
        db.execute("UPDATE application_option SET value = '20' WHERE application_id = %s", [me])

    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            await desk.submit([Submission(me, O2, "warm")])
            await until(lambda: sender.counts.get("delivered", 0) == 1)
            await asyncio.sleep(0.2)
            answers = await desk.submit([Submission(me, O2, str(n)) for n in range(21)])
            await until(lambda: sender.counts.get("delivered", 0) == 22)
            return answers

    answers = asyncio.run(going())

    with transaction(provider) as db:
        rows = db.execute(
            "SELECT at FROM message_event WHERE kind = 'sent' AND message_id = ANY(%s) ORDER BY at",
            [[one.id for one in answers]],
        ).fetchall()
    took = rows[-1]["at"] - rows[0]["at"]
    assert timedelta(seconds=0.8) <= took <= timedelta(seconds=10)


def test_multimedia_messages_are_left_to_their_own_sender(provider, me):
    mms = new_application(provider, LOADED, product="MMSC", number=33)

    async def going():
        desk = SubmissionDesk(provider, now=now)
        waited, claimed = await desk.submit([Submission(mms, O2, data=b"x", kind="mms") for _ in range(2)])
        await desk.close()
        with transaction(provider) as db:
            store.claim(Context(db, provider, OPERATOR, now(), uuid7(), None), [claimed.id])
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (desk, sender):
            heard, text = await desk.submit([Submission(mms, O2, data=b"x", kind="mms"), Submission(me, O2, "x")])
            await until(lambda: sender.counts.get("delivered", 0) == 1)
            swept = await sender.sweep()
            return [waited, claimed, heard, text], swept

    answers, swept = asyncio.run(going())

    assert events(provider, answers) == [[], [], [], ["sent", "delivered"]]
    assert (swept, left(provider)) == (0, 3)


def test_what_no_database_can_hold_arrives_with_a_sign_in_its_place(provider, me):
    async def going():
        async with Centre(CentreSettings(), now=now) as centre, running(provider, route(centre)) as (_, sender):
            await until(lambda: bool(centre.sessions))
            pdu = DeliverSm(
                source_addr="420602000001", destination_addr="999021", data_coding=8, short_message=b"\0A\0\0\0B"
            )
            centre.deliver([pdu])
            await until(lambda: sender.counts.get("arrived", 0) == 1)

    asyncio.run(going())

    with transaction(provider) as db:
        (row,) = pending(Context(db, provider, OPERATOR, now(), uuid7(), None), me, limit=9)
    assert row["content"] == {"text": "A\ufffdB", "exact": False}


def test_a_sender_that_is_told_to_stop_lets_what_it_has_not_sent_wait_again(provider, me):
    async def going():
        async with Centre(CentreSettings(latency_ms=60_000), now=now) as centre:
            slow = replace(route(centre), client=replace(route(centre).client, window=1))
            async with running(provider, slow) as (desk, sender):
                await desk.submit([Submission(me, O2, str(n)) for n in range(20)])
                await until(lambda: not sender.waiting)
                await asyncio.sleep(1)

    asyncio.run(going())

    with transaction(provider) as db:
        states = [row["state"] for row in db.execute("SELECT state FROM message_queue").fetchall()]
    assert states == ["waiting"] * 19


def test_a_piece_of_work_that_fails_does_not_take_the_others_down(provider):
    done = []

    def wrong(ctx):
        ctx.db.execute("SELECT 1 / 0")

    async def going():
        journal = Journal(provider, now=now, claimed=lambda _: None)
        journal.page.work += [(wrong, done.append), (lambda _: "right", done.append)]
        journal.start()
        journal.wake()
        await until(lambda: done == ["right"])
        await journal.close()
        return journal.is_broken

    assert not asyncio.run(going())
