"""Requests that nobody should send, thousands of them: each is answered or its connection closed, others are served."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import ssl
from random import Random
from urllib.parse import urlencode

import httpx
import pytest

from spojka.network.messaging.mm7.answering import Reply
from spojka.network.messaging.mm7.messages import status
from spojka.network.messaging.mm7.receiving import Mm7Application
from spojka.network.messaging.smpp.codec import encode
from spojka.network.messaging.smpp.pdus import BindTransceiver
from tests.network.messaging.mm7.samples import DELIVER_TYPE, deliver_body, delivery_report
from tests.network.messaging.mm7.sockets import served
from tests.network.messaging.smpp.spoiling import spoiled
from tests.surfaces.gateway.broken.telling import events as events  # noqa: PLC0414  # a fixture
from tests.surfaces.gateway.broken.telling import taken_kib
from tests.surfaces.gateway.connector.programs import O2, Program, context_of, listening
from tests.surfaces.gateway.smpp.speakers import Speaker, asked, message

SOAK = os.environ.get("SPOJKA_SOAK") == "1"
REQUESTS = 100_000 if SOAK else 500
"""Of every kind."""
FRAMES_A_LINK = 20
SEED = 20260202
GROWS_KIB = 64 * 1024
"""What the process may take from the first tenth of the requests to the last: what was asked is not kept."""
GP, SOAP = "/smsconnector/getpost/GP", "/smsconnector/services/PPGwPort"
ENVELOPE = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>{}</s:Body></s:Envelope>'
ODD = (None, True, -1, 10**30, 1e308, "", " ", "\x00", "ř" * 5000, "\u202e", [], [[]], {}, {"a": {}}, "2026-13-45", "%")


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    with listening(tmp_path_factory.mktemp("fuzz"), smpp=True) as made:
        yield made


@pytest.fixture
def program(world):
    made = Program(world)
    world.forget_numbers()
    return made


@pytest.fixture
def grows():
    """Fails where the process took much more after the first tenth."""
    seen = []

    def look(turn: int, of: int) -> None:
        if turn == of // 10:
            seen.append(taken_kib())

    yield look
    assert taken_kib() - seen[0] < GROWS_KIB


def mutated(random: Random, given: bytes) -> bytes:
    """Octets with something wrong in them."""
    made = bytearray(given)
    for _ in range(random.randrange(1, 5)):
        place = random.randrange(len(made) + 1)
        kind = random.randrange(5)
        if kind == 0:
            made[place : place + 1] = bytes([random.randrange(256)])
        elif kind == 1:
            del made[place : place + random.randrange(1, 20)]
        elif kind == 2:
            made[place:place] = random.randbytes(random.randrange(1, 20))
        elif kind == 3:
            made[place:place] = made[: random.randrange(1, 40)]
        else:
            del made[place:]
    return bytes(made)


def modern(random: Random, program: Program) -> tuple[str, bytes, str]:
    """A request of the modern API: a field of another type, or octets that are no JSON."""
    body: dict = {"to": O2, "text": "Dobrý den", "reference": "r", "report": True, "expires_at": "2030-01-01T00:00:00Z"}
    for _ in range(random.randrange(3)):
        body[random.choice([*body, "sender", "send_at", "data", "header", "coding", "purpose"])] = random.choice(ODD)
    whole = random.choice([body, {"messages": [body, random.choice(ODD)]}, random.choice(ODD)])
    said = json.dumps(whole).encode()
    name = random.choice(["standard/messages", "priority/messages", "messages/preview", "inbox/acknowledge"])
    return f"{program.root}/{name}", mutated(random, said) if random.randrange(2) else said, "application/json"


def getpost(random: Random, program: Program) -> tuple[str, bytes, str]:
    """A request of the established dialect as a form."""
    given = {"action": "send", "baID": program.number_known, "toNumber": O2, "text": "Dobrý den", "msgID": "1"}
    given |= {"validityPeriod": "100", "deliveryReport": "TRUE", "multipart": "TRUE", "intruder": "FALSE"}
    given["action"] = random.choice(["send", "receive", "confirm", "ping", "fly"])
    if random.randrange(2):
        given[random.choice(list(given))] = str(random.choice(ODD))
    charset = random.choice(["utf-8", "windows-1250", "us-ascii", "utf-16", "rot13"])
    body = mutated(random, urlencode(given).encode())
    return random.choice(["", "/priority"]) + GP, body, f"application/x-www-form-urlencoded; charset={charset}"


def soap(random: Random, program: Program) -> tuple[str, bytes, str]:
    """A request of the established dialect as an envelope."""
    text = f"<baID>{program.number_known}</baID><toNumber>{O2}</toNumber><text>Žluť</text><msgID>1</msgID>"
    inner = random.choice(
        [
            f"<send><mc><selector>TextSms</selector><textSms>{text}</textSms></mc></send>",
            f"<ping><baID>{program.number_known}</baID></ping>",
            f"<receive><baID>{program.number_known}</baID></receive>",
            f"<sendSms>{text}<validityPeriod>0</validityPeriod></sendSms>",
            f"<send><mc><binarySms>{text}<data>AP8=</data></binarySms></mc></send>",
        ]
    )
    kind = random.choice(["text/xml", "application/soap+xml", "text/plain", ""])
    return random.choice(["", "/priority"]) + SOAP, mutated(random, ENVELOPE.format(inner).encode()), kind


@pytest.mark.parametrize("asking", [modern, getpost, soap])
def test_bodies_that_nobody_should_send_are_refused_one_by_one(world, program, asking, events, grows):
    random, statuses = Random(SEED), set()
    program.number_known = program.number

    for turn in range(REQUESTS):
        path, body, kind = asking(random, program)
        reply = program.http.post(path, content=body, headers={"content-type": kind})
        statuses.add(reply.status_code)
        assert "FAULT" not in reply.text, (path, body)
        grows(turn, REQUESTS)

    assert statuses <= {200, 202, 400, 403, 409, 410, 413, 422, 429, 500}
    assert (500 in statuses) == (asking is soap)
    assert [one for one in events if one.startswith(("error", "exception", "critical"))] == []
    assert program.send({"to": O2, "text": "x"}).status_code in {202, 429}


def test_what_is_no_request_at_all_is_answered_or_closed(world, program, events, grows):
    random = Random(SEED)
    context = context_of(world.folder, program.certificate, world.certificate)
    whole = (
        f"POST {program.root}/standard/messages HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        "Content-Length: 39\r\nAccept-Language: cs\r\n\r\n"
        '{"to": "+420602000001", "text": "Ahoj"}'
    ).encode()
    requests = max(50, REQUESTS // 20)
    answered = 0

    for turn in range(requests):
        with socket.create_connection(("127.0.0.1", world.port), 20) as bare:
            spoiled_whole = mutated(random, whole)
            if random.randrange(4) == 0:
                bare.sendall(spoiled_whole)  # no TLS at all
            else:
                with context.wrap_socket(bare, server_hostname="127.0.0.1") as secured:
                    secured.settimeout(0.05)
                    secured.sendall(spoiled_whole)
                    with contextlib.suppress(TimeoutError, ssl.SSLError, ConnectionError):
                        answered += secured.recv(100).startswith(b"HTTP/1.1 ")
        grows(turn, requests)

    assert answered > requests // 4
    assert [one for one in events if one.startswith(("error", "exception", "critical"))] == []
    assert program.send({"to": O2, "text": "x"}).status_code == 202
    world.until(lambda: world.running.listener.handshakes == 0, for_s=30)
    world.until(lambda: len(world.running.listener.connections) < 20, for_s=60)


def test_frames_that_nobody_should_send_end_their_link_and_no_other(world, events, grows):
    random, speaker = Random(SEED), Speaker(world)
    context = context_of(world.folder, speaker.certificate, world.certificate)
    bind = encode(BindTransceiver(1, system_id=speaker.account.system_id, password=speaker.account.password))
    links = REQUESTS // FRAMES_A_LINK

    async def going():
        for turn in range(links):
            _, writer = await asyncio.open_connection("127.0.0.1", speaker.port, ssl=context)
            begins = bind if random.randrange(4) else b""
            writer.write(begins + b"".join(spoiled(random) for _ in range(FRAMES_A_LINK)))
            writer.close()
            grows(turn, links)
        async with speaker.speaking() as client:
            return await asked(client, message())

    (answer,) = asyncio.run(going())

    assert answer.status == 0
    assert [one for one in events if one.startswith(("error", "exception", "critical"))] == []
    assert any(one.endswith("smpp_malformed") for one in events)
    world.until(lambda: not world.running.smpp.bound, for_s=30)


def test_bodies_of_mm7_that_nobody_should_send_are_answered_and_others_heard(events, grows):
    random, kept, statuses = Random(SEED), [], set()
    bodies = [("text/xml", delivery_report().encode()), (DELIVER_TYPE, deliver_body())]

    async def hear(heard):
        kept.append(type(heard.message))
        return Reply(status(1000))

    async def going():
        async with served(Mm7Application(hear)) as url, httpx.AsyncClient(trust_env=False, timeout=20) as client:
            for turn in range(REQUESTS):
                kind, body = random.choice(bodies)
                kind = mutated(random, kind.encode()) if random.randrange(4) == 0 else kind.encode()
                headers = {b"content-type": bytes(one for one in kind if 32 < one < 127)}
                reply = await client.post(url, content=mutated(random, body), headers=headers)
                statuses.add(reply.status_code)
                grows(turn, REQUESTS)
            kept.clear()
            kind, body = bodies[0]
            return await client.post(url, content=body, headers={"content-type": kind})

    reply = asyncio.run(going())

    assert (reply.status_code, len(kept)) == (200, 1)
    assert b"1000" in reply.content
    assert max(statuses) < 600
    assert [one for one in events if one.startswith(("error", "exception", "critical"))] == []
