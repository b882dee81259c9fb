"""The server itself: what is malformed, away, half open or ending leaves programs with an answer."""

from __future__ import annotations

import asyncio
import socket
import threading

import psycopg
import pytest

from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.fates import Fate
from spojka.network.messaging.smpp.pdus import QuerySm
from spojka.network.messaging.smpp.waiting import Way
from spojka.surfaces.gateway.connector.bounds import Bounds
from tests.surfaces.gateway.connector.programs import context_of, listening
from tests.surfaces.gateway.smpp.speakers import Inbox, Speaker, asked, message, reason, until


def frame(command, sequence, body=b""):
    return b"".join(one.to_bytes(4, "big") for one in (16 + len(body), command, 0, sequence)) + body


def test_what_is_malformed_is_answered_and_the_link_goes_on(speaker):
    async def going():
        async with speaker.speaking() as client:
            link = client.link
            answers = []
            link._take_answer = lambda pdu, groups: answers.append((pdu.command, pdu.sequence, pdu.status))
            link._transport.write(frame(0x7777, 7) + frame(4, 8, b"\0" * 3) + frame(0x15, 9))
            await until(lambda: len(answers) == 3)
            del link._take_answer
            return answers, await asked(client, message())

    answers, (after,) = asyncio.run(going())

    assert answers[0] == (0x80000000, 7, statuses.ESME_RINVCMDID)
    assert answers[1][:2] == (0x80000004, 8)
    assert answers[1][2] != 0
    assert answers[2] == (0x80000015, 9, 0)
    assert after.status == 0


@pytest.mark.parametrize(
    ("fault", "said"), [(psycopg.OperationalError("away"), "TRY_AGAIN"), (RuntimeError("a fault"), "FAULT")]
)
def test_a_database_that_is_away_and_a_fault_are_answered_so_that_the_program_tries_again(
    speaker, world, monkeypatch, fault, said
):
    async def submit(asked):
        raise fault

    async def going():
        async with speaker.speaking() as client:
            with monkeypatch.context() as patched:
                patched.setattr(world.running.services.desk, "submit", submit)
                (during,) = await asked(client, message())
            return during, *await asked(client, message())

    during, after = asyncio.run(going())

    assert (during.status, reason(during)) == (statuses.ESME_RSYSERR, said)
    assert after.status == 0


@pytest.mark.parametrize(
    ("fault", "said"), [(psycopg.OperationalError("away"), "TRY_AGAIN"), (RuntimeError("a fault"), "FAULT")]
)
def test_a_question_that_fails_refuses_no_message_that_came_with_it(speaker, world, monkeypatch, fault, said):
    async def away(work):
        raise fault

    async def going():
        async with speaker.speaking(way=Way.TRANSMITTER) as client:
            (before,) = await asked(client, message())
            monkeypatch.setattr(world.running.services.reader, "do", away)
            return await asked(client, message(), QuerySm(message_id=before.message_id), message())

    first, question, second = asyncio.run(going())

    assert [row["id"].hex for row in speaker.messages()][1:] == [first.message_id, second.message_id]
    assert (first.status, second.status) == (0, 0)
    assert (question.status, reason(question)) == (statuses.ESME_RSYSERR, said)


def test_an_inbox_that_cannot_be_read_for_a_while_is_delivered_afterwards(speaker, world, monkeypatch):
    inbox, tries = Inbox(), []
    do = world.running.services.reader.do

    async def away(work):
        tries.append(work)
        raise psycopg.OperationalError("away")

    async def going():
        async with speaker.speaking(on_requests=inbox):
            with monkeypatch.context() as patched:
                patched.setattr(world.running.services.reader, "do", away)
                speaker.world.arrives(speaker.id, {"text": "later"})
                await until(lambda: tries)
            assert world.running.services.reader.do == do
            await until(lambda: inbox.pdus)

    asyncio.run(going())

    assert inbox.contents == [b"later"]


def test_news_and_closed_accounts_are_noticed_after_faults_of_any_kind(speaker, world, monkeypatch):
    services, inbox, heard, looked = world.running.services, Inbox(), [], []
    look, look_at_accounts = services.bell._look, world.running.smpp._look_at_accounts

    def looks(db):
        heard.append(db)
        if len(heard) == 1:
            raise psycopg.errors.ReadOnlySqlTransaction("failing over")
        return look(db)

    async def looks_at_accounts():
        looked.append(1)
        if len(looked) == 1:
            raise psycopg.errors.ReadOnlySqlTransaction("failing over")
        await look_at_accounts()

    async def going():
        async with speaker.speaking(on_requests=inbox, first_wait_ms=60_000, most_wait_ms=60_000) as client:
            link = client.link
            monkeypatch.setattr(services.bell, "_look", looks)
            monkeypatch.setattr(world.running.smpp, "_look_at_accounts", looks_at_accounts)
            await until(lambda: heard and looked)
            speaker.world.arrives(speaker.id, {"text": "x"})
            await until(lambda: inbox.pdus)
            speaker.done("connector.revoke_bind_account")
            return await asyncio.wait_for(link.closed, 10)

    assert asyncio.run(going()) == "unbound by the other side"
    assert min(len(heard), len(looked)) > 1


def test_handshakes_that_lead_to_nothing_keep_nobody_out(speaker, world):
    most = Bounds().handshakes
    idle = [socket.create_connection(("127.0.0.1", speaker.port)) for _ in range(most + 20)]
    world.until(lambda: world.running.smpp.handshakes == most)

    async def going():
        async with speaker.speaking() as client:
            return await asked(client, message())

    (answer,) = asyncio.run(going())

    assert answer.status == 0
    for one in idle:
        one.close()
    world.until(lambda: world.running.smpp.handshakes == 0)


def test_a_server_that_ends_answers_what_was_asked_and_unbinds(database, tmp_path):
    outcomes, reasons = [], []
    sent, ended = threading.Event(), threading.Event()

    async def going(speaker):
        async with speaker.speaking(first_wait_ms=60_000, most_wait_ms=60_000) as client:
            link = client.link
            asyncio.get_running_loop().call_soon(sent.set)
            outcomes.extend(await client.submit([message() for _ in range(50)]))
            reasons.append(await asyncio.wait_for(link.closed, 20))
        ended.set()

    with listening(tmp_path, smpp=True) as world:
        speaker = Speaker(world)
        context_of(world.folder, speaker.certificate, world.certificate)
        thread = threading.Thread(target=lambda: asyncio.run(going(speaker)))
        thread.start()
        assert sent.wait(10)
        world.until(speaker.messages)
    thread.join(20)

    assert ended.is_set()
    assert reasons == ["unbound by the other side"]
    answered = [one.answer.status for one in outcomes if one.fate is Fate.ANSWERED]
    assert len(answered) == 50
    assert answered.count(0) == len(speaker.messages())
    assert set(answered) <= {0, statuses.ESME_RSYSERR}
