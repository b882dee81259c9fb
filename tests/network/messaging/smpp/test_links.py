"""Links on real sockets: windows, timers, loss, order, both sides."""

from __future__ import annotations

import asyncio
import struct

import pytest

from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.codec import decode, encode
from spojka.network.messaging.smpp.fates import Fate
from spojka.network.messaging.smpp.pdus import (
    BindReceiver,
    BindTransceiver,
    BindTransceiverResp,
    BindTransmitter,
    DeliverSm,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    QuerySm,
    SubmitSm,
    SubmitSmResp,
    Unbind,
    UnbindResp,
    answer_to,
)
from spojka.network.messaging.smpp.servers import Admission
from spojka.network.messaging.smpp.waiting import Timers, Way, now_ms
from tests.network.messaging.smpp.peers import bound, client_of, server_of, until


def messages(count):
    return [SubmitSm(destination_addr=f"4206010{n:05}", short_message=b"Hello") for n in range(count)]


class Wire:
    """A bare connection that says exactly what a test wants and reads whole frames."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, server, *first):
        wire = cls(*await asyncio.open_connection("127.0.0.1", server.port))
        server.wires.append(wire.writer)
        wire.say(*first)
        return wire

    def say(self, *pdus):
        self.writer.write(b"".join(one if isinstance(one, bytes) else encode(one) for one in pdus))

    async def hear(self):
        """The next frame, or None at the end of the connection."""
        try:
            async with asyncio.timeout(5):
                head = await self.reader.readexactly(4)
                (length,) = struct.unpack(">I", head)
                return decode(head + await self.reader.readexactly(length - 4))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None


def test_a_thousand_requests_are_answered_each_once_in_order_of_asking():
    async def sending():
        async with server_of() as server, client_of(server, window=7) as client:
            await bound(client)
            return await client.submit(messages(1000)), server.requests

    outcomes, requests = asyncio.run(sending())

    assert [one.fate for one in outcomes] == [Fate.ANSWERED] * 1000
    assert [one.token for one in outcomes] == list(range(1000))
    assert [one.answer.message_id for one in outcomes if not one.answer.message_id] == []
    assert [one.destination_addr for one in requests] == [one.destination_addr for one in messages(1000)]


def test_a_window_is_never_exceeded_and_frees_with_every_answer():
    async def filling():
        async with server_of(keep=True) as server, client_of(server, window=3) as client:
            await bound(client)
            told = []
            taken = client.send(messages(5), range(5), told.extend)
            full = client.send(messages(1), range(1), told.extend)
            await until(lambda: len(server.kept) == 3)
            session, first = server.kept[0]
            session.answer([answer_to(first, message_id="a")])
            await until(lambda: told)
            seen = taken, full, client.room, client.link.in_flight
            session.abort("seen")
            return seen

    assert asyncio.run(filling()) == (3, 0, 1, 2)


def test_answers_in_any_order_find_their_requests():
    async def reversing():
        async with server_of(keep=True) as server, client_of(server, window=5) as client:
            await bound(client)
            asked = asyncio.create_task(client.submit(messages(5)))
            await until(lambda: len(server.kept) == 5)
            for session, one in reversed(server.kept):
                session.answer([answer_to(one, message_id=one.destination_addr)])
            return await asked

    assert [one.answer.message_id for one in asyncio.run(reversing())] == [one.destination_addr for one in messages(5)]


def test_when_the_link_is_lost_what_was_sent_is_uncertain_at_once_and_the_rest_unsent():
    async def losing():
        async with server_of(keep=True) as server, client_of(server, window=4) as client:
            await bound(client)
            asked = asyncio.create_task(client.submit(messages(6)))
            await until(lambda: len(server.kept) == 4)
            server.sessions[0].abort("lost")
            return await asyncio.wait_for(asked, 1)

    assert [one.fate for one in asyncio.run(losing())] == [Fate.UNCERTAIN] * 4 + [Fate.UNSENT] * 2


def test_a_request_without_an_answer_is_uncertain_and_its_late_answer_is_told():
    timers = Timers(bind_ms=2000, response_ms=60, enquire_link_ms=0, inactivity_ms=0)

    async def waiting():
        async with server_of(keep=True) as server, client_of(server, timers=timers) as client:
            await bound(client)
            told = []
            client.send(messages(1), ["token"], told.extend)
            await until(lambda: told)
            room = client.room
            session, one = server.kept[0]
            session.answer([answer_to(one, message_id="late")])
            await until(lambda: len(told) == 2)
            return [(one.token, one.fate) for one in told], told[1].answer.message_id, room

    assert asyncio.run(waiting()) == ([("token", Fate.UNCERTAIN), ("token", Fate.LATE)], "late", 10)


def test_what_cannot_be_written_is_unsent_and_the_others_go():
    async def sending():
        async with server_of() as server, client_of(server) as client:
            await bound(client)
            bad = SubmitSm(source_addr="9" * 21)
            return await client.submit([*messages(1), bad, *messages(1)])

    outcomes = asyncio.run(sending())

    assert [one.fate for one in outcomes] == [Fate.ANSWERED, Fate.UNSENT, Fate.ANSWERED]
    assert "source_addr" in outcomes[1].reason


def test_without_a_link_all_is_unsent():
    async def sending():
        async with server_of() as server:
            client = client_of(server)
            return await client.submit(messages(2)), client.send(messages(2), range(2), list)

    outcomes, taken = asyncio.run(sending())

    assert [one.fate for one in outcomes] == [Fate.UNSENT] * 2
    assert taken == 0


def test_a_refusal_is_an_answer_with_its_status():
    async def refused():
        async with server_of(keep=True) as server, client_of(server) as client:
            await bound(client)
            asked = asyncio.create_task(client.submit(messages(2)))
            await until(lambda: len(server.kept) == 2)
            session, first = server.kept[0]
            session.answer([answer_to(first, status=statuses.ESME_RINVDSTADR)])
            session.reply(GenericNack(server.kept[1][1].sequence, statuses.ESME_RSYSERR))
            statuses_ = [one.status for one in await asked]
            session.abort("seen")
            return statuses_

    assert asyncio.run(refused()) == [statuses.ESME_RINVDSTADR, statuses.ESME_RSYSERR]


def test_the_server_throttles_what_exceeds_its_bound_and_answers_every_request():
    async def flooding():
        async with server_of(keep=True, most_unanswered=3) as server, client_of(server, window=5) as client:
            await bound(client)
            told = []
            client.send(messages(5), range(5), told.extend)
            await until(lambda: len(told) == 2)
            kept = [one for _, one in server.kept]
            server.sessions[0].answer([answer_to(one, message_id="x") for one in kept])
            await until(lambda: len(told) == 5)
            return [(one.token, one.status) for one in told], server.sessions[0].unanswered

    told, unanswered = asyncio.run(flooding())

    assert told == [(3, 0x58), (4, 0x58), (0, 0), (1, 0), (2, 0)]
    assert unanswered == 0


def test_the_server_delivers_within_its_window_and_is_answered():
    async def delivering():
        got = []

        def take(link, requests):
            got.extend(requests)
            link.answer([answer_to(one) for one in requests])

        async with server_of(window=2) as server, client_of(server, on_requests=take) as client:
            await bound(client)
            outcomes = await server.sessions[0].submit([DeliverSm(source_addr=str(n)) for n in range(9)])
            return [one.status for one in outcomes], [one.source_addr for one in got]

    assert asyncio.run(delivering()) == ([0] * 9, [str(n) for n in range(9)])


def test_a_client_that_takes_nothing_leaves_it_with_the_centre():
    async def delivering():
        async with server_of() as server, client_of(server) as client:
            await bound(client)
            (outcome,) = await server.sessions[0].submit([DeliverSm()])
            return outcome.status

    assert asyncio.run(delivering()) == statuses.ESME_RSYSERR


@pytest.mark.parametrize(
    ("way", "room", "status"), [(Way.TRANSMITTER, 0, 0), (Way.RECEIVER, 10, 4), (Way.TRANSCEIVER, 10, 0)]
)
def test_a_session_does_what_it_was_bound_for(way, room, status):
    async def binding():
        async with server_of() as server, client_of(server, way=way) as client:
            await bound(client)
            (outcome,) = await client.submit(messages(1))
            return server.sessions[0].way, server.sessions[0].room, outcome.status

    assert asyncio.run(binding()) == (way, room, status)


def test_nothing_is_taken_before_a_bind_and_no_second_bind_after_it():
    async def talking():
        async with server_of() as server:
            wire = await Wire.to(server, SubmitSm(1), QuerySm(2), BindTransceiver(3, system_id="a"))
            early = [(await wire.hear()).status for _ in range(2)]
            wire.say()
            first = await wire.hear()
            wire.say(BindTransmitter(4, system_id="a"), BindReceiver(5, system_id="a"))
            return early, first, [(await wire.hear()).status for _ in range(2)], server.requests

    early, first, again, requests = asyncio.run(talking())

    assert early == [statuses.ESME_RINVBNDSTS] * 2
    assert first == BindTransceiverResp(3, 0, ((0x0210, b"\x34"),), "spojka")
    assert again == [statuses.ESME_RALYBND] * 2
    assert requests == []


def test_a_refused_bind_is_answered_and_the_connection_ends():
    async def refused():
        async with server_of(admission=Admission(statuses.ESME_RINVPASWD)) as server:
            wire = await Wire.to(server, BindTransceiver(1, system_id="a"))
            return await wire.hear(), await wire.hear()

    answer, end = asyncio.run(refused())

    assert answer.status == statuses.ESME_RINVPASWD
    assert end is None


def test_enquire_link_is_answered_by_both_sides_and_a_silent_peer_is_given_up():
    timers = Timers(bind_ms=2000, response_ms=80, enquire_link_ms=40, inactivity_ms=0)

    async def keeping():
        async with server_of(timers=timers) as server:
            async with client_of(server, timers=timers) as client:
                await bound(client)
                await asyncio.sleep(0.4)
                alive = client.is_bound
            wire = await Wire.to(server, EnquireLink(9), BindTransceiver(1, system_id="a"))
            heard = [await wire.hear(), await wire.hear(), await wire.hear()]
            return alive, client.binds, heard, await wire.hear(), server.lost

    alive, binds, heard, end, lost = asyncio.run(keeping())

    assert alive
    assert binds == 1
    assert heard[0] == EnquireLinkResp(9)
    assert isinstance(heard[2], EnquireLink)
    assert end is None
    assert lost[-1] == "no answer to enquire_link"


def test_a_connection_that_does_not_bind_and_one_that_says_nothing_are_closed():
    timers = Timers(bind_ms=60, response_ms=2000, enquire_link_ms=0, inactivity_ms=150)

    async def idling():
        async with server_of(timers=timers) as server:
            unbound = await Wire.to(server)
            silent = await Wire.to(server, BindTransceiver(1, system_id="a"))
            heard = await unbound.hear(), (await silent.hear()).status, await silent.hear()
            return *heard, server.lost, server.unbound

    assert asyncio.run(idling()) == (None, 0, None, ["silent for too long"], ["not bound in time"])


def test_who_was_refused_is_not_told_of_as_one_that_never_asked():
    async def refused():
        async with server_of(admission=Admission(statuses.ESME_RBINDFAIL)) as server:
            wire = await Wire.to(server, BindTransceiver(1, system_id="a"))
            return (await wire.hear()).status, await wire.hear(), server.lost, server.unbound

    assert asyncio.run(refused()) == (statuses.ESME_RBINDFAIL, None, [], [])


def test_a_frame_out_of_step_ends_the_connection_with_generic_nack():
    async def stumbling():
        async with server_of() as server:
            found = []
            for length in (15, 72 * 1024 + 1, 0xFFFFFFFF):
                wire = await Wire.to(server, struct.pack(">IIII", length, 4, 0, 1))
                found.append((await wire.hear(), await wire.hear()))
            return found

    assert asyncio.run(stumbling()) == [(GenericNack(0, statuses.ESME_RINVCMDLEN), None)] * 3


def test_an_unknown_request_is_answered_and_the_session_goes_on():
    async def talking():
        async with server_of() as server:
            wire = await Wire.to(server, struct.pack(">IIII", 16, 0x77, 0, 5), BindTransceiver(1, system_id="a"))
            return await wire.hear(), (await wire.hear()).status

    assert asyncio.run(talking()) == (GenericNack(5, statuses.ESME_RINVCMDID), 0)


def test_frames_come_whole_whatever_the_network_cuts():
    async def dripping():
        async with server_of() as server:
            wire = await Wire.to(server, BindTransceiver(1, system_id="a"))
            await wire.hear()
            stream = b"".join(encode(SubmitSm(n, short_message=b"x" * n)) for n in range(1, 20))
            for place in range(0, len(stream), 7):
                wire.say(stream[place : place + 7])
                await asyncio.sleep(0)
            return [(await wire.hear()).sequence for _ in range(19)], [len(one.content) for one in server.requests]

    assert asyncio.run(dripping()) == (list(range(1, 20)), list(range(1, 20)))


def test_what_comes_in_one_read_is_handed_over_and_answered_in_one_write():
    async def counting():
        async with server_of() as server:
            wire = await Wire.to(server, BindTransceiver(1, system_id="a"))
            await wire.hear()
            handed = []
            take = server.server.handed
            server.sessions[0]._on_requests = lambda link, requests: (
                handed.append(len(requests)),
                take(link, requests),
            )
            wire.say(*(SubmitSm(n) for n in range(2, 52)))
            await until(lambda: len(server.requests) == 50)
            answers = await wire.reader.read(65_536)
            return len(handed), answers.count(b"\x80\x00\x00\x04")

    assert asyncio.run(counting()) == (1, 50)


def test_an_unbind_waits_for_the_answers_that_are_owed():
    async def leaving():
        async with server_of(keep=True) as server:
            wire = await Wire.to(server, BindTransceiver(1, system_id="a"))
            await wire.hear()
            wire.say(SubmitSm(2), Unbind(3))
            await until(lambda: server.kept)
            session, one = server.kept[0]
            session.answer([answer_to(one, message_id="m")])
            return await wire.hear(), await wire.hear(), await wire.hear(), server.lost

    answer, unbound, end, lost = asyncio.run(leaving())

    assert answer == SubmitSmResp(2, message_id="m")
    assert unbound == UnbindResp(3)
    assert end is None
    assert lost == ["unbound by the other side"]


def test_a_client_that_closes_waits_for_what_is_in_flight_and_unbinds():
    async def closing():
        async with server_of(keep=True) as server:
            client = client_of(server)
            client.start()
            await bound(client)
            asked = asyncio.create_task(client.submit(messages(1)))
            await until(lambda: server.kept)
            closing = asyncio.create_task(client.close(drain_ms=2000))
            await asyncio.sleep(0.02)
            session, one = server.kept[0]
            session.answer([answer_to(one, message_id="m")])
            await asyncio.wait_for(closing, 3)
            await until(lambda: server.lost)
            return (await asked)[0].fate, server.lost

    assert asyncio.run(closing()) == (Fate.ANSWERED, ["unbound by the other side"])


def test_a_peer_that_does_not_read_is_not_read_either():
    patient = Timers(bind_ms=5000, response_ms=60_000, enquire_link_ms=0, inactivity_ms=0)

    async def stuffing():
        async with server_of(timers=patient) as server:
            wire = await Wire.to(server, BindTransceiver(1, system_id="a"))
            await wire.hear()
            session = server.sessions[0]
            session.window = 10**6
            fates = []
            big = [DeliverSm(short_message=b"x" * 254) for _ in range(40_000)]
            session.send(big, range(40_000), fates.extend)
            await until(lambda: not session.is_writable)
            room = session.room
            wire.say(SubmitSm(2))
            await asyncio.sleep(0.05)
            unread = len(server.requests)
            while not server.requests:
                assert await wire.reader.read(1 << 20)
            return room, unread, session.is_writable

    assert asyncio.run(stuffing()) == (0, 0, True)


def test_a_peer_that_reads_nothing_for_as_long_as_an_answer_may_take_is_given_up():
    timers = Timers(bind_ms=5000, response_ms=300, enquire_link_ms=0, inactivity_ms=0)

    async def stuffing():
        async with server_of(timers=timers) as server:
            wire = await Wire.to(server, BindTransceiver(1, system_id="a"))
            await wire.hear()
            session = server.sessions[0]
            session.window = 10**6
            fates = []
            session.send([DeliverSm(short_message=b"x" * 254) for _ in range(40_000)], range(40_000), fates.extend)
            await until(lambda: not session.is_writable)
            paused_ms = session._paused_ms
            await until(lambda: server.lost)
            return now_ms() - paused_ms >= timers.response_ms, server.lost, {one.fate for one in fates}

    assert asyncio.run(stuffing()) == (True, ["does not read"], {Fate.UNCERTAIN})
