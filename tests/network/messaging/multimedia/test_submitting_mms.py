"""MMS from the desk through their sender to the simulated MMSC, and what comes back on them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest

from spojka.access.database.connections import transaction
from spojka.network.messaging.centre.mms import Answering, Conduct, Reporting
from spojka.network.messaging.messages import store
from spojka.network.messaging.mm7.client import Peer
from spojka.network.messaging.mm7.entities import read_entity
from spojka.network.messaging.mm7.integrity import alterations, digests
from spojka.network.messaging.mm7.messages import AddressKind
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from tests.network.messaging.connector import new_application
from tests.network.messaging.mm7.sockets import free_port
from tests.network.messaging.multimedia.conftest import pace
from tests.network.messaging.multimedia.worlds import (
    BODY,
    LOADED,
    O2,
    VODAFONE,
    at,
    events,
    inbox,
    left,
    mms,
    now,
    talking,
)


@pytest.mark.clause("o2/7.1")
@pytest.mark.clause("o2/3.1")
def test_an_mms_reaches_the_centre_unchanged_and_is_reported_on(provider, me):
    async def going():
        async with talking(provider) as talk:
            answers = await talk.desk.submit([mms(me, report=True), mms(me, VODAFONE, sender="auto")])
            await talk.counted("report_written", 2)
            return answers, [one.request for one in talk.centre.taken.values()], talk.centre.transactions

    answers, requests, transactions = asyncio.run(going())

    assert events(provider, answers) == [["sent", "delivered"]] * 2
    assert left(provider) == []
    assert set(transactions) == {one.id.hex for one in answers}
    submitted = digests(read_entity(BODY).content.parts)
    assert [alterations(submitted, digests(one.content.parts)) for one in requests] == [(), ()]
    assert {(one.sender.vasp_id, one.sender.vas_id, one.subject) for one in requests} == {("spojka", "mms", "Léto")}
    assert {(one.recipients.to[0].value, one.sender.address.kind, one.sender.address.value) for one in requests} == {
        (O2, AddressKind.SHORT_CODE, "1991033"),
        (VODAFONE, AddressKind.NUMBER, "+420720001033"),
    }
    (report,) = inbox(provider, me, "report")
    assert (report["message_id"], report["content"]["state"]) == (answers[0].id, "delivered")


@pytest.mark.clause("o2/7.1")
def test_the_digests_of_what_was_dispatched_stand_with_the_message(provider, me):
    async def going():
        async with talking(provider) as talk:
            (answer,) = await talk.desk.submit([mms(me)])
            await talk.counted("sent")
            return answer, list(talk.centre.taken)

    answer, taken = asyncio.run(going())

    rows = at(provider, lambda ctx: store.events_of(ctx, [answer.id]))
    shown = [[one.media_type, one.length_bytes, one.sha256.hex()] for one in digests(read_entity(BODY).content.parts)]
    assert rows[0]["detail"]["parts"] == shown
    assert (rows[0]["link"], [rows[0]["remote_id"]]) == ("mmsc", taken)


@pytest.mark.parametrize(
    ("reporting", "parked"), [(Reporting.EARLY, 1), (Reporting.TWICE, 0), (Reporting.ONCE, 0)], ids=str
)
def test_a_report_counts_once_whenever_and_however_often_it_comes(provider, me, reporting, parked):
    async def going():
        async with talking(provider, Conduct(reporting=reporting, latency_ms=50)) as talk:
            answers = await talk.desk.submit([mms(me, report=True)])
            await talk.counted("sent")
            await talk.centre.settle()
            return answers, talk.sender.counts

    answers, counts = asyncio.run(going())

    assert events(provider, answers) == [["sent", "delivered"]]
    assert counts.get("report_parked", 0) == parked
    assert counts.get("report_repeated", 0) == (1 if reporting is Reporting.TWICE else 0)
    assert len(inbox(provider, me, "report")) == 1


def test_a_centre_that_uses_its_ids_again_is_understood(provider, me):
    async def going(answers):
        async with talking(provider, Conduct(reporting=Reporting.EARLY), relay_id="again") as talk:
            answers += await talk.desk.submit([mms(me)])
            await talk.counted("sent")
            await talk.centre.settle()

    answers = []
    for _ in range(2):
        asyncio.run(going(answers))

    assert events(provider, answers) == [["sent", "delivered"]] * 2


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("Rejected", ["sent", "undelivered"]),
        ("Expired", ["sent", "expired"]),
        ("Deferred", ["sent", "enroute"]),
        ("Indeterminate", ["sent", "unknown"]),
        ("Whatever", ["sent", "unknown"]),
    ],
)
def test_what_a_report_says_becomes_of_the_message(provider, me, said, kinds):
    async def going():
        async with talking(provider, Conduct(mm_status=said)) as talk:
            answers = await talk.desk.submit([mms(me)])
            await talk.counted("report_written")
        return answers

    assert events(provider, asyncio.run(going())) == [kinds]


@pytest.mark.parametrize("code", [2001, 2007, 4004])
def test_what_is_refused_for_good_fails_with_its_status(provider, me, code):
    async def going():
        async with talking(provider, Conduct(code=code)) as talk:
            answers = await talk.desk.submit([mms(me, report=True)])
            await talk.counted("failed")
        return answers

    (answer,) = asyncio.run(going())

    rows = at(provider, lambda ctx: store.events_of(ctx, [answer.id]))
    assert [(row["kind"], row["detail"]["code"], row["detail"]["permanent"]) for row in rows] == [
        ("failed", code, True)
    ]
    assert left(provider) == []


@pytest.mark.parametrize("trouble", [Conduct(code=4006), Conduct(http_status=503)], ids=["4006", "503"])
def test_what_is_refused_for_the_moment_waits_and_goes_out_later(provider, me, trouble, monkeypatch):
    monkeypatch.setattr("spojka.network.messaging.multimedia.settling.PAUSES_S", (1,))

    async def going():
        async with talking(provider, choose=lambda _, count: trouble if count == 1 else Conduct()) as talk:
            answers = await talk.desk.submit([mms(me)])
            await talk.counted("deferred")
            waiting = left(provider)
            await talk.counted("report_written")
            return answers, waiting, talk.centre.transactions

    answers, waiting, transactions = asyncio.run(going())

    assert waiting == ["waiting"]
    assert events(provider, answers) == [["deferred", "sent", "delivered"]]
    assert transactions == {answers[0].id.hex: 2}


def test_what_would_not_be_worth_sending_by_its_next_try_expires(provider, me):
    async def going():
        async with talking(provider, Conduct(code=3000)) as talk:
            answers = await talk.desk.submit([mms(me, report=True, expires_at=now() + timedelta(seconds=4))])
            await talk.counted("expired")
        return answers

    answers = asyncio.run(going())

    assert events(provider, answers) == [["deferred", "expired"]]
    assert left(provider) == []
    assert [row["content"]["state"] for row in inbox(provider, me, "report")] == ["expired"]


def test_an_mms_whose_answer_was_lost_is_not_sent_again_and_settled_by_its_report(provider, me):
    conduct = Conduct(answering=Answering.LOSE, report_after_ms=700)

    async def going():
        async with talking(provider, conduct) as talk:
            answers = await talk.desk.submit([mms(me, report=True)])
            await talk.counted("uncertain")
            before = events(provider, answers)
            await talk.counted("report_written")
            return answers, before, talk.centre.transactions

    answers, before, transactions = asyncio.run(going())

    assert before == [["uncertain"]]
    assert events(provider, answers) == [["uncertain", "sent", "delivered"]]
    assert transactions == {answers[0].id.hex: 1}
    assert [row["content"]["state"] for row in inbox(provider, me, "report")] == ["delivered"]


def test_a_report_before_the_loss_of_its_answer_settles_the_message_too(provider, me):
    conduct = Conduct(answering=Answering.LOSE, reporting=Reporting.EARLY)

    async def going():
        async with talking(provider, conduct) as talk:
            answers = await talk.desk.submit([mms(me)])
            await talk.counted("uncertain")
        return answers

    assert events(provider, asyncio.run(going())) == [["uncertain", "sent", "delivered"]]


def test_a_report_that_two_lost_answers_may_belong_to_is_kept_and_guessed_for_neither(provider, me):
    conduct = Conduct(answering=Answering.LOSE, report_after_ms=900)

    async def going():
        async with talking(provider, conduct) as talk:
            answers = await talk.desk.submit([mms(me), mms(me)])
            await talk.counted("report_parked", 2)
        return answers

    assert events(provider, asyncio.run(going())) == [["uncertain"], ["uncertain"]]
    at(provider, lambda ctx: ctx.db.execute("DELETE FROM message_receipt"))


def test_what_was_claimed_when_a_sender_died_is_uncertain_and_not_sent_again(provider, me):
    async def going():
        desk = SubmissionDesk(provider, now=now)
        claimed, waits = await desk.submit([mms(me), mms(me)])
        await desk.close()
        at(provider, lambda ctx: store.claim(ctx, [claimed.id]))
        async with talking(provider) as talk:
            await talk.counted("report_written")
            return [claimed, waits], talk.centre.transactions

    answers, transactions = asyncio.run(going())

    assert events(provider, answers) == [["uncertain"], ["sent", "delivered"]]
    assert set(transactions) == {answers[1].id.hex}


def test_a_sender_that_is_told_to_stop_lets_what_it_has_not_submitted_wait_again(provider, me, monkeypatch):
    monkeypatch.setattr("spojka.network.messaging.multimedia.sender.DRAIN_S", 0.2)

    async def going():
        slow = Conduct(latency_ms=60_000)
        async with talking(provider, slow) as talk:
            answers = await talk.desk.submit([mms(me) for _ in range(8)])
            await asyncio.sleep(1)
        return answers

    answers = asyncio.run(going())

    assert sorted(events(provider, answers)) == [[]] * 4 + [["uncertain"]] * 4
    assert left(provider) == ["waiting"] * 4


def test_an_mmsc_that_is_away_or_does_not_know_us_is_tried_again_and_loses_nothing(provider, me):
    async def going():
        async with talking(provider, user=("spojka", "heslo"), peer=Peer(f"http://127.0.0.1:{free_port()}/")) as talk:
            (away,) = await talk.desk.submit([mms(me)])
            await asyncio.sleep(0.5)
            waited = left(provider), talk.sender.waiting
        async with talking(provider, user=("spojka", "heslo")) as talk:
            await asyncio.sleep(0.5)
            stranger = left(provider), talk.sender.counts, dict(talk.centre.transactions)
        return away, waited, stranger

    away, waited, (queue, counts, heard) = asyncio.run(going())

    assert waited == (["waiting"], 1)
    assert (queue, counts.get("failed"), heard) == (["waiting"], None, {})
    assert events(provider, [away]) == [[]]


def test_a_message_that_names_us_rightly_goes_out_when_the_mmsc_is_back(provider, me):
    port = free_port()

    async def going():
        async with talking(provider, peer=Peer(f"http://127.0.0.1:{port}/mm7")) as talk:
            answers = await talk.desk.submit([mms(me)])
            await asyncio.sleep(0.3)
            await talk.centre._listener.close()
            await talk.centre.listen(port=port)
            await talk.counted("sent")
        return answers

    assert events(provider, asyncio.run(going()))[0][0] == "sent"


def test_without_a_way_an_mms_fails_and_what_is_no_message_fails_too(provider, me):
    async def going():
        async with talking(provider, networks=("O2",)) as talk:
            answers = await talk.desk.submit([mms(me, VODAFONE), Submission(me, O2, data=b"\xff\xd8", kind="mms")])
            await talk.counted("failed", 2)
            return answers, talk.sender.is_broken

    answers, is_broken = asyncio.run(going())

    codes = [
        row["detail"]["code"] for row in at(provider, lambda ctx: store.events_of(ctx, [one.id for one in answers]))
    ]
    assert sorted(codes) == ["message_invalid", "no_route"]
    assert not is_broken


@pytest.mark.clause("o2/4.3")
def test_an_application_that_bought_nothing_sends_an_mms_every_two_seconds(provider, me):
    slow = new_application(provider, LOADED, product="MMSC", number=34)

    async def going():
        async with talking(provider) as talk:
            answers = await talk.desk.submit([mms(slow) for _ in range(2)] + [mms(me)])
            await talk.counted("sent", 3)
        return answers

    answers = asyncio.run(going())

    with transaction(provider) as db:
        first, second, other = (
            db.execute("SELECT at FROM message_event WHERE kind = 'sent' AND message_id = %s", [one.id]).fetchone()[
                "at"
            ]
            for one in answers
        )
    assert second - first >= timedelta(seconds=1.9)
    assert other - first < timedelta(seconds=1.9)


@pytest.mark.clause("o2/4.3")
def test_what_waited_for_its_mmsc_leaves_at_the_pace_too(provider, me):
    port = free_port()
    raised = new_application(provider, LOADED, product="MMSC", number=35)
    pace(provider, raised, "2")

    async def going():
        async with talking(provider, peer=Peer(f"http://127.0.0.1:{port}/mm7")) as talk:
            answers = await talk.desk.submit([mms(raised) for _ in range(3)])
            await asyncio.sleep(1.5)
            await talk.centre._listener.close()
            await talk.centre.listen(port=port)
            await talk.counted("sent", 3)
        return answers

    answers = asyncio.run(going())

    with transaction(provider) as db:
        rows = db.execute(
            "SELECT at FROM message_event WHERE kind = 'sent' AND message_id = ANY(%s) ORDER BY at",
            [[one.id for one in answers]],
        ).fetchall()
    apart = [later["at"] - earlier["at"] for earlier, later in pairwise(rows)]
    assert [timedelta(seconds=0.4) <= one for one in apart] == [True, True]


@pytest.mark.clause("o2/7.1")
def test_an_mms_whose_body_was_altered_in_the_table_fails_and_never_leaves(provider, me):
    async def going():
        async with talking(provider) as talk:
            later = now() + timedelta(seconds=1)
            kept, altered = await talk.desk.submit([mms(me), mms(me, not_before=later)])
            with transaction(provider) as db:
                changed = BODY.replace("Žluťoučký".encode(), "Žluťoučka".encode() + b"\0")
                db.execute("UPDATE message SET body = %s WHERE id = %s", [changed[: len(BODY)], altered.id])
            await talk.counted("sent")
            await talk.counted("failed")
            return kept, altered, list(talk.centre.transactions)

    kept, altered, transactions = asyncio.run(going())

    (event,) = at(provider, lambda ctx: store.events_of(ctx, [altered.id]))
    assert (event["kind"], event["detail"]) == ("failed", {"code": "BODY_ALTERED", "clauses": ["o2/7.1"]})
    assert transactions == [kept.id.hex]
