"""Frames that nobody should send: nothing raises, whatever comes; what is answered is what was asked."""

from __future__ import annotations

import asyncio
import os
from random import Random

from spojka.network.messaging.smpp.codec import LAYOUTS, Malformed, decode, encode
from spojka.network.messaging.smpp.pdus import DeliverSm, Pdu, SubmitSm, SubmitSmResp
from tests.network.messaging.smpp.peers import bound, client_of, server_of

SOAK = os.environ.get("SPOJKA_SOAK") == "1"
FRAMES = 200_000 if SOAK else 20_000
CONNECTIONS = 2000 if SOAK else 150
SEED = 20260201


def _whole(random):
    """A frame that is right, of any kind."""
    made, _ = LAYOUTS[random.choice(sorted(LAYOUTS))]
    if made in (SubmitSm, DeliverSm) or random.random() < 0.3:
        message = random.randbytes(random.randrange(255))
        return encode(SubmitSm(random.getrandbits(31), source_addr="9", destination_addr="42", short_message=message))
    return encode(made(random.getrandbits(31))) if made().command != 0x21 else encode(SubmitSm(1))


def _spoiled(random):
    """A frame with something wrong in it; its length mostly says how long it is."""
    frame = bytearray(_whole(random))
    for _ in range(random.randrange(1, 6)):
        kind, place = random.randrange(5), random.randrange(len(frame))
        if kind == 0:
            frame[place] = random.randrange(256)
        elif kind == 1:
            del frame[place:]
        elif kind == 2:
            frame[place:place] = random.randbytes(random.randrange(1, 40))
        elif kind == 3:
            frame += random.randbytes(random.randrange(1, 9))
        else:
            frame = bytearray(byte or 1 for byte in frame)
        if len(frame) < 16:
            frame += bytes(16 - len(frame))
    if random.random() < 0.9:
        frame[:4] = len(frame).to_bytes(4, "big")
    return bytes(frame)


def test_malformed_frames_are_values_and_what_is_read_can_be_written():
    random = Random(SEED)
    malformed = 0

    for _ in range(FRAMES):
        found = decode(_spoiled(random))
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
                writer.write(b"".join(_spoiled(random) for _ in range(5)) + random.randbytes(random.randrange(60)))
                writer.close()
            async with client_of(server) as client:
                await bound(client)
                (outcome,) = await client.submit([SubmitSm(destination_addr="420601000001")])
            return outcome.answer, len(server.requests)

    answer, requests = asyncio.run(throwing())

    assert isinstance(answer, SubmitSmResp)
    assert answer.status == 0
    assert requests == 1
