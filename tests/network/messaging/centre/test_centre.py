"""The simulated centre behaves as its settings say, and counts what it got."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.fates import Fate
from spojka.network.messaging.smpp.fields import Destination
from spojka.network.messaging.smpp.pdus import (
    CancelSm,
    DataSm,
    DeliverSm,
    QuerySm,
    ReplaceSm,
    SubmitMulti,
    SubmitSm,
    answer_to,
)
from spojka.network.messaging.smpp.receipts import IdForm, IdForms, MessageState, read_receipt
from spojka.network.messaging.smpp.waiting import Way
from tests.network.messaging.smpp.peers import QUICK, bound, client_of, until

NOW = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)


def centre_of(**settings):
    return Centre(CentreSettings(**{"retry_ms": 20} | settings), now=lambda: NOW, timers=QUICK)


def messages(count, **given):
    facts = {"source_addr": "999111", "registered_delivery": 1, "short_message": b"Hello"}
    return [SubmitSm(destination_addr=f"4206010{n:05}", **facts | given) for n in range(count)]


class Inbox:
    """What a client was delivered; it answers with a status that the test may change."""

    def __init__(self):
        self.deliveries, self.status = [], 0

    def __call__(self, link, requests):
        self.deliveries += requests
        link.answer([answer_to(one, status=self.status) for one in requests])

    @property
    def receipts(self):
        return [found for one in self.deliveries if (found := read_receipt(one)) is not None]


async def exchanged(centre, count, *, receipts, **given):
    """Send messages and wait for so many receipts; the outcomes and the inbox."""
    inbox = Inbox()
    async with client_of(centre, on_requests=inbox, window=50, **given) as client:
        await bound(client)
        outcomes = await client.submit(messages(count))
        await until(lambda: len(inbox.receipts) >= receipts)
    return outcomes, inbox


def run(settings, count, *, receipts):
    async def running():
        async with centre_of(**settings) as centre:
            return *(await exchanged(centre, count, receipts=receipts)), centre

    return asyncio.run(running())


@pytest.mark.parametrize("mode", ["immediate", "early", "late"])
@pytest.mark.parametrize(
    ("ids", "forms"),
    [
        ("decimal", IdForms()),
        ("hex", IdForms()),
        ("mixed", IdForms(answer=IdForm.HEX, receipt=IdForm.DECIMAL)),
    ],
)
def test_every_message_gets_its_receipt(mode, ids, forms):
    outcomes, inbox, centre = run({"receipts": mode, "receipt_delay_ms": 20, "ids": ids}, 120, receipts=120)

    answered = [forms.of_answer(one.answer.message_id) for one in outcomes]
    assert len(set(answered)) == 120
    assert sorted(forms.of_receipt(one.message_id) for one in inbox.receipts) == sorted(answered)
    assert {one.state for one in inbox.receipts} == {MessageState.DELIVERED}
    assert (centre.counts.accepted, centre.counts.receipts_taken) == (120, 120)


def test_early_receipts_come_before_the_answer_and_immediate_ones_after_it():
    def first(mode):
        order = []

        async def watching():
            async with centre_of(receipts=mode) as centre:

                def take(link, requests):
                    order.append("receipt")
                    link.answer([answer_to(one) for one in requests])

                async with client_of(centre, on_requests=take) as client:
                    await bound(client)
                    client.link._take_answer = watched(client.link._take_answer)
                    client.link._take = watched_requests(client.link._take)
                    await client.submit(messages(1))
                    await until(lambda: len(order) >= 2)

        def watched(take_answer):
            def seen(pdu, groups):
                order.append("answer")
                take_answer(pdu, groups)

            return seen

        def watched_requests(take):
            def seen(pdu, requests, groups):
                if isinstance(pdu, DeliverSm):
                    order.append("delivery")
                take(pdu, requests, groups)

            return seen

        asyncio.run(watching())
        return order[0]

    assert (first("early"), first("immediate")) == ("delivery", "answer")


def test_receipts_carry_parameters_when_told():
    _, inbox, _ = run({"receipt_tlvs": True, "failed_permille": 1000, "failed_error": 27}, 5, receipts=5)

    assert all(one.tlvs for one in inbox.deliveries)
    assert {(one.state, one.error, one.network) for one in inbox.receipts} == {(MessageState.UNDELIVERABLE, 27, 3)}


def test_nobody_gets_a_receipt_who_did_not_ask():
    async def sending():
        inbox = Inbox()
        async with centre_of() as centre, client_of(centre, on_requests=inbox) as client:
            await bound(client)
            await client.submit(messages(10, registered_delivery=0) + messages(1))
            await until(lambda: inbox.receipts)
            await asyncio.sleep(0.02)
            return len(inbox.receipts)

    assert asyncio.run(sending()) == 1


def test_receipts_are_lost_and_come_twice_in_their_shares():
    _, inbox, centre = run({"lost_permille": 300, "twice_permille": 300}, 400, receipts=300)

    ids = [one.message_id for one in inbox.receipts]
    assert 60 <= centre.counts.receipts_lost <= 180
    assert len(set(ids)) <= 400 - centre.counts.receipts_lost
    assert len(ids) > len(set(ids))


def test_shuffled_receipts_come_in_another_order():
    outcomes, inbox, _ = run({"shuffled": True}, 100, receipts=100)

    received = [one.message_id for one in inbox.receipts]
    assert sorted(received) == sorted(one.answer.message_id for one in outcomes)
    assert received != sorted(received)


def test_refusals_have_the_share_and_status_of_the_settings_and_one_seed_one_behaviour():
    settings = {"refused_permille": 250, "refused_status": statuses.ESME_RINVDSTADR, "receipts": "none"}

    first, _, centre = run(settings, 400, receipts=0)
    again, _, _ = run(settings, 400, receipts=0)

    refused = [one.token for one in first if one.status == statuses.ESME_RINVDSTADR]
    assert 60 <= len(refused) <= 140
    assert centre.counts.refused == {statuses.ESME_RINVDSTADR: len(refused)}
    assert [one.token for one in again if one.status] == refused


def test_answers_wait_for_the_latency():
    async def timing():
        async with centre_of(latency_ms=60) as centre, client_of(centre) as client:
            await bound(client)
            loop = asyncio.get_running_loop()
            began = loop.time()
            await client.submit(messages(10))
            return loop.time() - began

    assert 0.05 <= asyncio.run(timing()) < 1


def test_more_than_its_rate_is_throttled():
    outcomes, _, centre = run({"rate_per_s": 100, "receipts": "none"}, 50, receipts=0)

    throttled = [one for one in outcomes if one.status == statuses.ESME_RTHROTTLED]
    assert 10 <= len(outcomes) - len(throttled) <= 30
    assert centre.counts.throttled == len(throttled)


def test_more_than_its_window_is_throttled():
    async def flooding():
        async with centre_of(window=5, latency_ms=50) as centre, client_of(centre, window=9) as client:
            await bound(client)
            return [one.status for one in await client.submit(messages(9))]

    assert sorted(asyncio.run(flooding())) == [0] * 5 + [statuses.ESME_RTHROTTLED] * 4


def test_a_lost_connection_takes_answers_with_it_and_receipts_come_after_the_next_bind():
    async def losing():
        inbox = Inbox()
        async with centre_of(disconnect_every=10) as centre:
            async with client_of(centre, on_requests=inbox, window=10) as client:
                await bound(client)
                outcomes = await client.submit(messages(10))
                await until(lambda: len(inbox.receipts) == 10)
            return {one.fate for one in outcomes}, centre.counts.disconnections, len(inbox.receipts)

    assert asyncio.run(losing()) == ({Fate.UNCERTAIN}, 1, 10)


def test_unanswered_messages_are_carried():
    async def ignoring():
        inbox = Inbox()
        async with (
            centre_of(unanswered_permille=1000) as centre,
            client_of(centre, on_requests=inbox, timers=replace(QUICK, response_ms=50)) as client,
        ):
            await bound(client)
            outcomes = await client.submit(messages(3))
            await until(lambda: len(inbox.receipts) == 3)
            return {one.fate for one in outcomes}, centre.counts.unanswered

    assert asyncio.run(ignoring()) == ({Fate.UNCERTAIN}, 3)


def test_a_silent_centre_answers_when_its_silence_is_over():
    async def hushing():
        async with centre_of() as centre, client_of(centre) as client:
            await bound(client)
            centre.silence(120)
            loop = asyncio.get_running_loop()
            began = loop.time()
            outcomes = await client.submit(messages(5))
            return {one.fate for one in outcomes}, loop.time() - began

    fates, took = asyncio.run(hushing())

    assert fates == {Fate.ANSWERED}
    assert took >= 0.1


def test_silence_comes_again_and_again_by_the_settings():
    async def listening():
        async with (
            centre_of(silent_every_ms=30, silent_ms=60, receipts="none") as centre,
            client_of(centre) as client,
        ):
            await bound(client)
            loop = asyncio.get_running_loop()
            waits = []
            for _ in range(40):
                began = loop.time()
                await client.submit(messages(1))
                waits.append(loop.time() - began)
                await asyncio.sleep(0.005)
            return sum(wait > 0.02 for wait in waits)

    assert asyncio.run(listening()) >= 2


def test_only_accounts_that_it_knows_may_bind():
    async def binding(system_id, password):
        async with (
            centre_of(accounts={"tester": "secret"}) as centre,
            client_of(centre, system_id=system_id, password=password) as client,
        ):
            await until(lambda: client.is_bound or client.refusal)
            return client.refusal

    assert asyncio.run(binding("tester", "secret")) is None
    assert asyncio.run(binding("tester", "other")) == statuses.ESME_RINVPASWD
    assert asyncio.run(binding("nobody", "secret")) == statuses.ESME_RINVSYSID


def test_receipts_go_to_the_receiver_of_the_same_account():
    async def parting():
        inbox, others = Inbox(), Inbox()
        async with (
            centre_of() as centre,
            client_of(centre, way=Way.TRANSMITTER) as transmitter,
            client_of(centre, way=Way.RECEIVER, on_requests=inbox) as receiver,
            client_of(centre, way=Way.RECEIVER, on_requests=others, system_id="else") as other,
        ):
            for one in (transmitter, receiver, other):
                await bound(one)
            await transmitter.submit(messages(30))
            await until(lambda: len(inbox.receipts) == 30)
            return len(others.deliveries)

    assert asyncio.run(parting()) == 0


def test_what_a_program_refuses_for_now_is_delivered_again_and_for_good_not():
    async def refusing(status):
        inbox = Inbox()
        inbox.status = status
        async with centre_of() as centre, client_of(centre, on_requests=inbox) as client:
            await bound(client)
            centre.originate(mobile="+420601000001", to="999111", text="ANO")
            await until(lambda: inbox.deliveries)
            inbox.status = 0
            await asyncio.sleep(0.08)
            counts = centre.counts
            return len(inbox.deliveries), counts.originated_taken, counts.deliveries_given_up

    assert asyncio.run(refusing(statuses.ESME_RMSGQFUL)) == (2, 1, 0)
    assert asyncio.run(refusing(statuses.ESME_RINVDSTADR)) == (1, 0, 1)


@pytest.mark.parametrize(
    ("text", "coding", "parts"),
    [("x" * 160, 0, 1), ("x" * 161, 0, 2), ("ř" * 70, 8, 1), ("ř" * 71, 8, 2), ("[", 8, 1), ("😀" * 40, 8, 2)],
)
def test_a_mobile_writes_long_texts_in_parts(text, coding, parts):
    async def writing():
        inbox = Inbox()
        async with centre_of() as centre, client_of(centre, on_requests=inbox) as client:
            await bound(client)
            sent = centre.originate(mobile="+420601000001", to="999111", text=text)
            await until(lambda: len(inbox.deliveries) == sent)
            return inbox.deliveries

    found = asyncio.run(writing())

    head = 6 if parts > 1 else 0
    codec = "utf-16-be" if coding else "ascii"
    assert len(found) == parts
    assert {one.data_coding for one in found} == {coding}
    assert "".join(one.short_message[head:].decode(codec) for one in found) == text
    assert [one.short_message[:6] for one in found if head] == [
        bytes((5, 0, 3, 1, parts, place)) for place in range(1, parts + 1) if head
    ]
    assert all(len(one.short_message) <= (140 if coding else 160) for one in found)


def test_it_remembers_what_became_of_messages():
    async def asking():
        async with centre_of(receipts="late", receipt_delay_ms=60, ids="hex") as centre, client_of(centre) as client:
            await bound(client)
            one, other, third = [each.answer.message_id for each in await client.submit(messages(3))]
            early = await client.submit(
                [
                    QuerySm(message_id=one),
                    CancelSm(message_id=other, source_addr="999111"),
                    ReplaceSm(message_id=third, source_addr="999111", short_message=b"Better"),
                    QuerySm(message_id="FFFF"),
                ]
            )
            await until(lambda: all(each.done_at for each in centre.memory))
            late = await client.submit(
                [
                    QuerySm(message_id=one),
                    QuerySm(message_id=other),
                    CancelSm(message_id=one),
                    ReplaceSm(message_id=one),
                ]
            )
            texts = [each.request.short_message for each in centre.memory]
            return [each.answer for each in early], [each.answer for each in late], texts

    early, late, texts = asyncio.run(asking())

    assert [one.status for one in early] == [0, 0, 0, statuses.ESME_RQUERYFAIL]
    assert (early[0].message_state, early[0].final_date) == (MessageState.ENROUTE, "")
    assert [one.status for one in late] == [0, 0, statuses.ESME_RCANCELFAIL, statuses.ESME_RREPLACEFAIL]
    assert [one.message_state for one in late[:2]] == [MessageState.DELIVERED, MessageState.DELETED]
    assert late[0].final_date == "260201083000000+"
    assert texts == [b"Hello", b"Hello", b"Better"]


def test_all_messages_of_a_sender_to_a_destination_are_taken_back_at_once():
    async def cancelling():
        async with centre_of(receipts="late", receipt_delay_ms=10_000) as centre, client_of(centre) as client:
            await bound(client)
            await client.submit(messages(2) + messages(1))
            (answer,) = await client.submit([CancelSm(source_addr="999111", destination_addr="420601000000")])
            return answer.status, [one.state for one in centre.memory]

    status, states = asyncio.run(cancelling())

    assert status == 0
    assert states == [MessageState.DELETED, MessageState.ENROUTE, MessageState.DELETED]


def test_a_message_to_many_has_one_id_and_a_receipt_from_each():
    async def sending():
        inbox = Inbox()
        to = (Destination("420601000001"), Destination("420601000002"), Destination("", 0, 0, "friends"))
        async with centre_of() as centre, client_of(centre, on_requests=inbox) as client:
            await bound(client)
            (outcome,) = await client.submit(
                [SubmitMulti(source_addr="999111", destinations=to, registered_delivery=1, short_message=b"All")]
            )
            await until(lambda: len(inbox.receipts) == 2)
            return outcome.answer, inbox

    answer, inbox = asyncio.run(sending())

    assert [one.status for one in answer.unsuccessful] == [statuses.ESME_RINVDLNAME]
    assert {one.message_id for one in inbox.receipts} == {answer.message_id}
    assert sorted(one.source_addr for one in inbox.deliveries) == ["420601000001", "420601000002"]


def test_data_sm_is_carried_with_its_payload():
    async def sending():
        async with centre_of() as centre, client_of(centre) as client:
            await bound(client)
            await client.submit([DataSm(destination_addr="420601000001", tlvs=((0x0424, b"x" * 3000),))])
            return [len(one.request.content) for one in centre.memory]

    assert asyncio.run(sending()) == [3000]


def test_a_message_that_is_not_delivered_within_its_validity_expires():
    async def sending():
        async with centre_of(receipts="late", receipt_delay_ms=2000) as centre, client_of(centre) as client:
            await bound(client)
            await client.submit(
                messages(1, validity_period="000000000002000R") + messages(1, validity_period="000000000003000R")
            )
            return [one.ends_as for one in centre.memory]

    assert asyncio.run(sending()) == [MessageState.EXPIRED, MessageState.DELIVERED]


def test_a_killed_centre_leaves_its_clients_uncertain():
    async def killing():
        async with centre_of(latency_ms=1000) as centre, client_of(centre) as client:
            await bound(client)
            asked = asyncio.create_task(client.submit(messages(3)))
            await until(lambda: centre.sessions[0].unanswered == 3)
            await centre.kill()
            return [one.fate for one in await asyncio.wait_for(asked, 1)]

    assert asyncio.run(killing()) == [Fate.UNCERTAIN] * 3
