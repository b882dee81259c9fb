"""Frames that nobody should send: nothing raises, whatever comes; what is answered is what was asked."""

from __future__ import annotations

import asyncio
import contextlib
import os
from random import Random

from spojka.network.messaging.smpp.clients import Client, ClientSettings
from spojka.network.messaging.smpp.codec import Malformed, decode, encode
from spojka.network.messaging.smpp.fates import Fate
from spojka.network.messaging.smpp.pdus import BindTransceiverResp, Pdu, SubmitSm, SubmitSmResp
from tests.network.messaging.smpp.peers import bound, client_of, server_of
from tests.network.messaging.smpp.spoiling import spoiled

SOAK = os.environ.get("SPOJKA_SOAK") == "1"
FRAMES = 200_000 if SOAK else 20_000
CONNECTIONS = 2000 if SOAK else 150
FRAMES_A_BIND = 50
MAD_BINDS = 2000 if SOAK else 20
SEED = 20260201


def test_malformed_frames_are_values_and_what_is_read_can_be_written():
    random = Random(SEED)
    malformed = 0

    for _ in range(FRAMES):
        found = decode(spoiled(random))
        if isinstance(found, Malformed):
            malformed += 1
            assert found.field
            assert found.status
            assert (found.answer() is None) == bool(found.command >> 31)
        else:
            assert isinstance(found, Pdu)
            assert decode(encode(found)) == found

    assert malformed > FRAMES // 4


def test_a_server_lives_through_malformed_streams_and_serves_others():
    random = Random(SEED)

    async def throwing():
        async with server_of() as server:
            for _ in range(CONNECTIONS):
                _, writer = await asyncio.open_connection("127.0.0.1", server.port)
                writer.write(b"".join(spoiled(random) for _ in range(5)) + random.randbytes(random.randrange(60)))
                writer.close()
            async with client_of(server) as client:
                await bound(client)
                (outcome,) = await client.submit([SubmitSm(destination_addr="420601000001")])
            return outcome.answer, len(server.requests)

    answer, requests = asyncio.run(throwing())

    assert isinstance(answer, SubmitSmResp)
    assert answer.status == 0
    assert requests == 1


def test_a_client_lives_through_what_a_centre_out_of_its_mind_sends():
    random, told = Random(SEED), []

    async def mad(reader, writer):
        """Take the bind, and send what nobody should; the last of them is a centre as it should be."""
        frame = await reader.read(1000)
        told.append(frame)
        writer.write(encode(BindTransceiverResp(int.from_bytes(frame[12:16], "big"), system_id="mad")))
        if len(told) <= MAD_BINDS:
            writer.write(b"".join(spoiled(random) for _ in range(FRAMES_A_BIND)))
        else:
            asked = decode(await reader.read(1000))
            writer.write(encode(SubmitSmResp(asked.sequence, message_id="1")))
            await reader.read(1000)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    async def going():
        server = await asyncio.start_server(mad, "127.0.0.1", 0)
        settings = ClientSettings(
            "127.0.0.1", server.sockets[0].getsockname()[1], "x", "y", first_wait_ms=1, most_wait_ms=2
        )
        async with server, Client(settings, random=random) as client, asyncio.timeout(3000):
            while True:
                await client.wait_bound()
                (outcome,) = await client.submit([SubmitSm(destination_addr="420601000001")])
                if outcome.fate is Fate.ANSWERED and len(told) > MAD_BINDS:
                    return outcome.answer
                await asyncio.sleep(0)  # a link that is ending says so at once

    answer = asyncio.run(going())

    assert answer.message_id == "1"
    assert len(told) == MAD_BINDS + 1
