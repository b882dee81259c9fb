"""Frames of SMPP, right ones and spoiled ones."""

from __future__ import annotations

from spojka.network.messaging.smpp.codec import LAYOUTS, encode
from spojka.network.messaging.smpp.pdus import DeliverSm, SubmitSm


def whole(random):
    """A frame that is right, of any kind."""
    made, _ = LAYOUTS[random.choice(sorted(LAYOUTS))]
    if made in (SubmitSm, DeliverSm) or random.random() < 0.3:
        message = random.randbytes(random.randrange(255))
        return encode(SubmitSm(random.getrandbits(31), source_addr="9", destination_addr="42", short_message=message))
    return encode(made(random.getrandbits(31))) if made().command != 0x21 else encode(SubmitSm(1))


def spoiled(random):
    """A frame with something wrong in it; its length mostly says how long it is."""
    frame = bytearray(whole(random))
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
