"""What came in, delivered over SMPP: once while a link lives, again after a lost one, until the program says yes."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import psycopg
import pytest

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.messages.leases import forget_leases
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.fields import Destination
from spojka.network.messaging.smpp.pdus import SubmitMulti, answer_to
from spojka.network.messaging.smpp.receipts import MessageState, read_receipt
from spojka.network.messaging.smpp.tlvs import MESSAGE_PAYLOAD
from spojka.network.messaging.smpp.waiting import Timers, Way, now_ms
from spojka.surfaces.gateway.smpp import delivering
from spojka.surfaces.gateway.smpp.delivering import Courier
from tests.surfaces.gateway.connector.programs import now
from tests.surfaces.gateway.smpp.speakers import Inbox, Speaker, asked, ends, message, until, waiting


@pytest.mark.clause("o2/3.2")
def test_a_message_leaves_the_inbox_once_the_program_took_it(speaker):
    inbox = Inbox()

    async def going():
        async with speaker.speaking(way=Way.RECEIVER, on_requests=inbox):
            for text in ("první", "Hello"):
                speaker.world.arrives(speaker.id, {"text": text})
            await until(lambda: not waiting(speaker))

    asyncio.run(going())

    first, second = inbox.pdus
    assert (first.short_message.decode("utf-16-be"), first.data_coding) == ("první", 8)
    assert (second.short_message, second.data_coding, second.esm_class) == (b"Hello", 0, 0)
    assert (second.source_addr, second.source_addr_ton, second.destination_addr) == ("420602000009", 1, "999021")
    kept = speaker.world.rows(
        "SELECT operation, items FROM audit WHERE actor = %s", f"certificate:{speaker.certificate.hex}"
    )
    assert {row["operation"] for row in kept} == {"messages.fetch", "messages.acknowledge"}
    assert speaker.world.rows("SELECT 1 FROM inbox_lease WHERE application_id = %s", speaker.id) == []


def test_a_transmitter_is_delivered_nothing(speaker):
    inbox = Inbox()

    async def going():
        async with speaker.speaking(way=Way.TRANSMITTER, on_requests=inbox) as client:
            speaker.world.arrives(speaker.id, {"text": "x"})
            await asked(client, message())
            await asyncio.sleep(0.5)

    asyncio.run(going())

    assert (inbox.pdus, len(waiting(speaker))) == ([], 1)


@pytest.mark.parametrize("text", ["x" * 400, "ř" * 200])
def test_a_long_text_comes_whole_or_in_parts_as_the_account_says(world, text):
    whole, parts = Speaker(world), Speaker(world, long_texts="parts")
    inboxes = Inbox(), Inbox()

    async def going():
        for speaker, inbox in zip((whole, parts), inboxes, strict=True):
            async with speaker.speaking(on_requests=inbox):
                speaker.world.arrives(speaker.id, {"text": text})
                await until(lambda speaker=speaker: not waiting(speaker))

    asyncio.run(going())

    coding = "utf-16-be" if "ř" in text else "ascii"
    (one,) = inboxes[0].pdus
    assert (one.short_message, [tag for tag, _ in one.tlvs]) == (b"", [MESSAGE_PAYLOAD])
    assert one.content.decode(coding) == text
    cut = inboxes[1].pdus
    assert {pdu.esm_class for pdu in cut} == {0x40}
    assert [pdu.short_message[:6][4:].hex() for pdu in cut] == [
        f"{len(cut):02x}{n:02x}" for n in range(1, len(cut) + 1)
    ]
    assert "".join(pdu.short_message[6:].decode(coding) for pdu in cut) == text


def test_octets_from_a_mobile_stay_octets(speaker):
    inbox = Inbox()

    async def going():
        async with speaker.speaking(on_requests=inbox):
            speaker.world.arrives(speaker.id, {"octets": "00ff80"})
            await until(lambda: not waiting(speaker))

    asyncio.run(going())

    assert [(one.short_message, one.data_coding) for one in inbox.pdus] == [(b"\x00\xff\x80", 4)]


def test_a_receipt_names_the_message_as_its_answer_did(speaker):
    inbox = Inbox()

    async def going():
        async with speaker.speaking(on_requests=inbox) as client:
            sent = await asked(client, message(registered_delivery=1), message(registered_delivery=1))
            ends(speaker, sent[0].message_id)
            ends(speaker, sent[1].message_id, kind="undelivered", detail={"error": 27})
            await until(lambda: not waiting(speaker))
            return [one.message_id for one in sent]

    ids = asyncio.run(going())

    good, bad = inbox.pdus
    text = good.short_message.decode()
    assert text.startswith(f"id:{ids[0]} sub:001 dlvrd:001 submit date:")
    assert text.endswith(" stat:DELIVRD err:000 text:")
    assert (good.esm_class, good.source_addr, good.destination_addr) == (0x04, "420602000001", speaker.number)
    said = [read_receipt(one) for one in inbox.pdus]
    assert [(one.message_id, one.state) for one in said] == [
        (ids[0], MessageState.DELIVERED),
        (ids[1], MessageState.UNDELIVERABLE),
    ]
    assert (bad.short_message.split()[-2], said[1].error) == (b"err:027", 27)


@pytest.mark.parametrize(("second", "state"), [("delivered", "DELIVRD"), ("undelivered", "UNDELIV")])
def test_a_long_message_has_one_receipt_when_all_its_parts_ended(speaker, second, state):
    inbox = Inbox()

    async def going():
        async with speaker.speaking(on_requests=inbox) as client:
            long = message(b"", tlvs=((MESSAGE_PAYLOAD, b"x" * 200),), registered_delivery=1)
            (sent,) = await asked(client, long)
            ends(speaker, sent.message_id, part=2, parts=2, kind=second)
            await until(lambda: not waiting(speaker))
            early = list(inbox.pdus)
            ends(speaker, sent.message_id, part=1, parts=2)
            await until(lambda: not waiting(speaker))
            return early

    early = asyncio.run(going())

    assert early == []
    assert [one.content.split()[-3] for one in inbox.pdus] == [f"stat:{state}".encode()]


def test_who_wants_failures_alone_hears_of_nothing_else(speaker):
    inbox = Inbox()

    async def going():
        async with speaker.speaking(on_requests=inbox) as client:
            sent = await asked(client, message(registered_delivery=2), message(registered_delivery=2))
            ends(speaker, sent[0].message_id)
            ends(speaker, sent[1].message_id, kind="expired")
            await until(lambda: not waiting(speaker))
            return sent[1].message_id

    failed = asyncio.run(going())

    assert [(read_receipt(one).message_id, read_receipt(one).state) for one in inbox.pdus] == [
        (failed, MessageState.EXPIRED)
    ]


def test_receipts_of_one_submit_multi_carry_its_id_and_each_its_recipient(speaker):
    inbox = Inbox()

    async def going():
        async with speaker.speaking(on_requests=inbox) as client:
            to = (Destination("420602000001"), Destination("420777000002"))
            (sent,) = await asked(client, SubmitMulti(destinations=to, short_message=b"x", registered_delivery=1))
            for row in speaker.messages():
                ends(speaker, row["id"])
            await until(lambda: not waiting(speaker))
            return sent.message_id

    known = asyncio.run(going())

    assert [(read_receipt(one).message_id, one.source_addr) for one in inbox.pdus] == [
        (known, "420602000001"),
        (known, "420777000002"),
    ]


@pytest.mark.clause("o2/3.2")
def test_what_a_lost_link_did_not_answer_comes_again_and_nothing_else_does(speaker):
    dead, alive = Inbox(silent=True), Inbox()

    async def going():
        async with speaker.speaking(on_requests=dead, first_wait_ms=60_000, most_wait_ms=60_000) as client:
            for n in range(3):
                speaker.world.arrives(speaker.id, {"text": f"{n}"})
            await until(lambda: len(dead.pdus) == 3)
            async with speaker.speaking(on_requests=alive):
                await asyncio.sleep(1.2)
                shared = list(alive.pdus)
                client.link.abort("the machine fell")
                await until(lambda: not waiting(speaker))
        return shared

    shared = asyncio.run(going())

    assert shared == []
    assert sorted(alive.contents) == [b"0", b"1", b"2"]


def test_links_of_one_application_share_and_none_is_given_what_another_has(speaker):
    inboxes = Inbox(), Inbox()

    async def going():
        async with speaker.speaking(on_requests=inboxes[0], window=50), speaker.speaking(on_requests=inboxes[1]):
            for n in range(120):
                speaker.world.arrives(speaker.id, {"text": f"{n}"})
            await until(lambda: not waiting(speaker))

    asyncio.run(going())

    found = [int(one) for inbox in inboxes for one in inbox.contents]
    assert sorted(found) == list(range(120))


def test_what_a_program_refuses_stays_and_is_tried_again_later(speaker):
    refusing, taking = Inbox(status=statuses.ESME_RSYSERR), Inbox()

    async def going():
        async with speaker.speaking(on_requests=refusing):
            item = speaker.world.arrives(speaker.id, {"text": "x"})
            await until(lambda: speaker.world.rows("SELECT 1 FROM inbox_lease WHERE item_id = %s", item))
            await asyncio.sleep(1.5)
            early = len(refusing.pdus)
            (lease,) = speaker.world.rows("SELECT * FROM inbox_lease WHERE item_id = %s", item)
        async with speaker.speaking(on_requests=taking):
            speaker.world.write("UPDATE inbox_lease SET until_at = %s WHERE item_id = %s", now(), item)
            await until(lambda: not waiting(speaker))
        return early, lease

    early, lease = asyncio.run(going())

    assert (early, lease["tries"]) == (1, 1)
    assert timedelta(0) < lease["until_at"] - now() < timedelta(seconds=5)
    assert taking.contents == [b"x"]


def put_off_at(speaker, item, tries):
    """Until when an item is put off that was not answered; nothing while it is lent."""
    (lease,) = speaker.world.rows("SELECT * FROM inbox_lease WHERE item_id = %s", item)
    assert lease["tries"] <= tries
    soon = lease["until_at"] < now() + timedelta(seconds=31)
    return lease["until_at"] if soon and lease["tries"] == tries else None


@pytest.mark.parametrize("is_sent_again", [False, True])
def test_an_answer_after_its_time_counts_and_until_then_the_item_is_put_off(speaker, world, is_sent_again):
    kept = []

    async def going():
        async with speaker.speaking(on_requests=lambda link, requests: kept.extend(requests)) as client:
            (session,) = [one.session for one in world.running.smpp.bound if one.account.application == speaker.id]
            session.timers = Timers(bind_ms=5000, response_ms=200, enquire_link_ms=0, inactivity_ms=0)
            item = speaker.world.arrives(speaker.id, {"text": "x"})
            await until(lambda: kept and put_off_at(speaker, item, 1))
            left_s = (put_off_at(speaker, item, 1) - now()).total_seconds()
            if is_sent_again:
                speaker.world.write("UPDATE inbox_lease SET until_at = %s WHERE item_id = %s", now(), item)
                await until(lambda: len(kept) == 2 and put_off_at(speaker, item, 2))
            else:
                await asyncio.sleep(1.2)
            sent, still = len(kept), waiting(speaker)
            for one in kept:
                client.link.answer([answer_to(one)])
            await until(lambda: not waiting(speaker))
            return left_s, sent, still == [str(item)]

    left_s, sent, still = asyncio.run(going())

    assert 0 < left_s <= 5
    assert (sent, still) == (1 + is_sent_again, True)
    actor = f"certificate:{speaker.certificate.hex}"
    kept_of = speaker.world.rows("SELECT 1 FROM audit WHERE actor = %s AND operation = 'messages.acknowledge'", actor)
    assert len(kept_of) == 1


def test_a_refusal_after_its_time_leaves_the_item_put_off(speaker, world):
    kept = []

    async def going():
        async with speaker.speaking(on_requests=lambda link, requests: kept.extend(requests)) as client:
            (session,) = [one.session for one in world.running.smpp.bound if one.account.application == speaker.id]
            session.timers = Timers(bind_ms=5000, response_ms=200, enquire_link_ms=0, inactivity_ms=0)
            item = speaker.world.arrives(speaker.id, {"text": "x"})
            await until(lambda: kept and put_off_at(speaker, item, 1))
            client.link.answer([answer_to(kept[0], status=statuses.ESME_RSYSERR)])
            await until(lambda: session.late_answers == 1)
            await asyncio.sleep(0.3)
            return waiting(speaker) == [str(item)]

    assert asyncio.run(going())


def test_what_is_on_its_way_for_long_stays_lent(speaker, monkeypatch):
    inbox = Inbox(silent=True)
    monkeypatch.setattr(delivering, "RENEW_S", 0.3)

    async def going():
        async with speaker.speaking(on_requests=inbox):
            item = speaker.world.arrives(speaker.id, {"text": "x"})
            await until(lambda: inbox.pdus)
            find = "SELECT * FROM inbox_lease WHERE item_id = %s"
            (first,) = speaker.world.rows(find, item)
            await asyncio.sleep(0.8)
            (later,) = speaker.world.rows(find, item)
            return first, later

    first, later = asyncio.run(going())

    assert later["until_at"] - first["until_at"] >= timedelta(seconds=0.3)
    assert (later["tries"], len(inbox.pdus)) == (1, 1)


def failing_for(bound, monkeypatch, *, times):
    """Let a courier's writing fail so often; returns what it failed."""
    failed, real = [], Courier._write_and_take

    def write_and_take(self, ctx, **given):
        if self._bound is bound and len(failed) < times:
            failed.append(given)
            raise psycopg.errors.ReadOnlySqlTransaction("failing over")
        return real(self, ctx, **given)

    monkeypatch.setattr(Courier, "_write_and_take", write_and_take)
    return failed


def test_what_was_answered_when_a_courier_failed_is_written_and_its_link_ends(speaker, world, monkeypatch):
    kept = []

    async def going():
        given = {"first_wait_ms": 60_000, "most_wait_ms": 60_000}
        async with speaker.speaking(on_requests=lambda link, requests: kept.extend(requests), **given) as client:
            (bound,) = [one for one in world.running.smpp.bound if one.account.application == speaker.id]
            link = client.link
            speaker.world.arrives(speaker.id, {"text": "x"})
            await until(lambda: kept)
            failed = failing_for(bound, monkeypatch, times=1)
            speaker.world.arrives(speaker.id, {"text": "y"})
            await until(lambda: failed)
            link.answer([answer_to(kept[0])])
            return await asyncio.wait_for(link.closed, 10)

    reason = asyncio.run(going())

    assert reason == "unbound by the other side"
    assert [one.content for one in kept] == [b"x"]
    assert len(waiting(speaker)) == 1


def test_what_a_courier_held_when_it_failed_goes_to_another_link(speaker, world, monkeypatch):
    first, second = Inbox(silent=True), Inbox()

    async def going():
        given = {"first_wait_ms": 60_000, "most_wait_ms": 60_000}
        async with speaker.speaking(on_requests=first, **given) as client:
            (bound,) = [one for one in world.running.smpp.bound if one.account.application == speaker.id]
            bound.session.timers = Timers(bind_ms=5000, response_ms=1500, enquire_link_ms=0, inactivity_ms=0)
            link = client.link
            item = speaker.world.arrives(speaker.id, {"text": "x"})
            await until(lambda: first.pdus)
            async with speaker.speaking(on_requests=second):
                failed = failing_for(bound, monkeypatch, times=9)
                await asyncio.wait_for(link.closed, 10)
                speaker.world.write("UPDATE inbox_lease SET until_at = %s WHERE item_id = %s", now(), item)
                await until(lambda: not waiting(speaker))
                return len(failed)

    failed = asyncio.run(going())

    assert failed == 2
    assert (first.contents, second.contents) == ([b"x"], [b"x"])


def test_a_link_that_cannot_write_is_lent_nothing_until_it_can(speaker, world):
    inbox = Inbox()

    async def going():
        async with speaker.speaking(on_requests=inbox):
            (session,) = [one.session for one in world.running.smpp.bound if one.account.application == speaker.id]
            session._paused_ms = now_ms()
            await asyncio.sleep(0.5)  # what was being taken then is over
            item = speaker.world.arrives(speaker.id, {"text": "x"})
            await asyncio.sleep(1.2)
            lent = speaker.world.rows("SELECT 1 FROM inbox_lease WHERE item_id = %s", item)
            session._loop.call_soon_threadsafe(session.resume_writing)
            await until(lambda: not waiting(speaker))
            return lent

    assert asyncio.run(going()) == []
    assert inbox.contents == [b"x"]


def test_another_application_is_delivered_nothing_of_it(speaker, world):
    other, inbox = Speaker(world), Inbox()

    async def going():
        async with other.speaking(on_requests=inbox):
            speaker.world.arrives(speaker.id, {"text": "tajné"})
            await asyncio.sleep(0.5)

    asyncio.run(going())

    assert (inbox.pdus, len(waiting(speaker))) == ([], 1)


def test_old_leases_are_forgotten(world):
    item = uuid7()
    world.write(
        "INSERT INTO inbox_lease (tenant_id, item_id, application_id, tries, until_at) VALUES (%s, %s, %s, 1, %s)",
        world.tenant,
        item,
        uuid7(),
        now() - timedelta(days=1, seconds=1),
    )

    with transaction(world.tenant) as db:
        forgotten = forget_leases(Context(db, world.tenant, OPERATOR, now(), uuid7(), None))

    assert forgotten >= 1
    assert world.rows("SELECT 1 FROM inbox_lease WHERE item_id = %s", item) == []
