"""Kannel as a client of our centre: messages by its HTTP door, receipts and mobiles' texts to ours."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.surfaces.bench.messaging.kannel import Ports, written
from spojka.surfaces.bench.messaging.processes import free_ports
from tests.network.messaging.smpp.peers import until

NOW = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)


class Heard:
    """What Kannel asked of our HTTP door."""

    def __init__(self):
        self.asked, self.writers = [], []

    @property
    def delivered(self):
        """Messages whose receipt says that they were delivered."""
        return [given["n"] for path, given in self.asked if path == "/receipt" and given["type"] == "1"]

    @property
    def texts(self):
        """What mobiles wrote."""
        return [given["text"] for path, given in self.asked if path == "/mobile"]

    async def serve(self, reader, writer):
        self.writers.append(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                url = urlsplit(head.split()[1].decode())
                self.asked.append((url.path, {name: one[0] for name, one in parse_qs(url.query).items()}))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return


async def closed(writer):
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


@asynccontextmanager
async def hearing():
    heard = Heard()
    listener = await asyncio.start_server(heard.serve, "127.0.0.1", 0)
    try:
        yield listener.sockets[0].getsockname()[1], heard
    finally:
        listener.close()
        for writer in heard.writers:
            await closed(writer)


async def got(port, path):
    """The status of an answer, or None while nobody listens."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return None
    writer.write(f"GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
    try:
        async with asyncio.timeout(5):
            return (await reader.read()).split()[1].decode()
    finally:
        await closed(writer)


@asynccontextmanager
async def kannel(tmp_path, centre, ours, *, separate=False, id_type=""):
    """Bearerbox and smsbox bound to our centre; the port of their HTTP door."""
    ports = Ports(*free_ports(3))
    path = written(tmp_path, ports, centre.port, separate=separate, texts_to=ours, enquire_s=1, ids=id_type or "0x00")
    running = []
    try:
        for name in ("bearerbox", "smsbox"):
            log = (tmp_path / f"{name}.log").open("wb")
            running.append(await asyncio.create_subprocess_exec(name, str(path), cwd=tmp_path, stdout=log, stderr=log))
            log.close()
            if name == "bearerbox":
                await until(lambda: len(centre.sessions) == 1 + separate, within_s=20)
        async with asyncio.timeout(20):
            while (await got(ports.door, "/")) is None:  # noqa: ASYNC110  # it says nowhere that it listens
                await asyncio.sleep(0.05)
        yield ports.door
    finally:
        for one in reversed(running):
            if one.returncode is None:
                one.kill()
            await one.wait()


async def sent(door, ours, count):
    """Send messages through Kannel with a wish for receipts; the statuses of its answers."""
    answers = set()
    for n in range(count):
        asked = {
            "username": "tester",
            "password": "secret",
            "from": "999111",
            "to": f"+42060100{n:04}",
            "text": f"Hello {n}",
            "dlr-mask": "31",
            "dlr-url": f"http://127.0.0.1:{ours}/receipt?type=%d&n={n}",
        }
        answers.add(await got(door, f"/cgi-bin/sendsms?{urlencode(asked)}"))
    return answers


@pytest.mark.peer("smsbox")
@pytest.mark.peer("bearerbox")
@pytest.mark.parametrize(("separate", "ids", "id_type"), [(False, "decimal", ""), (True, "mixed", "0x01")])
def test_kannel_sends_matches_receipts_and_hands_over_what_mobiles_write(tmp_path, separate, ids, id_type):
    async def running():
        settings = CentreSettings(ids=ids, receipts="late", receipt_delay_ms=300)
        async with hearing() as (ours, heard), Centre(settings, now=lambda: NOW) as centre:
            async with kannel(tmp_path, centre, ours, separate=separate, id_type=id_type) as door:
                answers = await sent(door, ours, 30)
                await until(lambda: len(heard.delivered) == 30, within_s=20)
                centre.originate(mobile="+420601000001", to="999111", text="ANO " + "x" * 200)
                centre.originate(mobile="+420601000001", to="999111", text="NE")
                await until(lambda: len(heard.texts) == 2 and centre.counts.originated_taken == 3, within_s=20)
                centre.disconnect()
                await until(lambda: len(centre.sessions) == (2 if separate else 1), within_s=20)
                answers |= await sent(door, ours, 1)
                await until(lambda: len(heard.delivered) == 31, within_s=20)
            return answers, sorted(set(heard.delivered), key=int), sorted(heard.texts, key=len), centre

    answers, receipted, texts, centre = asyncio.run(running())

    assert answers == {"202"}
    assert receipted == [str(n) for n in range(30)]
    assert texts == ["NE", "ANO " + "x" * 200]
    assert {one.request.content.split()[0] for one in centre.memory} == {b"Hello"}
    assert centre.counts.accepted == 31
