"""Programs that others wrote send, are receipted and are given what mobiles write, over mutual TLS of their own."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.receipts import MessageState
from spojka.surfaces.bench.messaging.kannel import Ports, written
from spojka.surfaces.bench.messaging.processes import free_ports
from tests.network.messaging.smpp.test_kannel import got, hearing
from tests.surfaces.gateway.smpp.speakers import ends, until, waiting

HERE = Path(__file__).parent
NODE_MODULES = HERE.parents[3] / "node_modules"
LONG = "Příliš žluťoučký kůň úpěl ďábelské ódy. " * 3


def key_file(speaker, folder):
    """The program's certificate and key in one file, as both programs take them."""
    file = folder / "program.pem"
    file.write_bytes(speaker.certificate.key_pem + speaker.certificate.pem.encode())
    return file


@asynccontextmanager
async def kannel(speaker, folder, ours):
    """Bearerbox and smsbox, bound to the connector by Kannel's own TLS; the port of their HTTP door."""
    ports = Ports(*free_ports(3))
    path = written(folder, ports, speaker.port, texts_to=ours, enquire_s=1)
    tls = f"ssl-client-certkey-file = {key_file(speaker, folder)}\nssl-trusted-ca-file = {speaker.world.certificate}\n"
    changed = {
        "group = core\n": f"group = core\n{tls}",
        "transceiver-mode = true": "transceiver-mode = true\nuse-ssl = true",
        "smsc-username = kannel": f"smsc-username = {speaker.account.system_id}",
        "smsc-password = secret": f"smsc-password = {speaker.account.password}",
    }
    text = path.read_text()
    for line, other in changed.items():
        assert line in text
        text = text.replace(line, other)
    path.write_text(text)
    running = []
    try:
        for name in ("bearerbox", "smsbox"):
            log = (folder / f"{name}.log").open("wb")
            running.append(await asyncio.create_subprocess_exec(name, str(path), cwd=folder, stdout=log, stderr=log))
            log.close()
            if name == "bearerbox":
                await until(lambda: bound(speaker), within_s=20)
        async with asyncio.timeout(20):
            while (await got(ports.door, "/")) is None:  # noqa: ASYNC110  # it says nowhere that it listens
                await asyncio.sleep(0.05)
        yield ports.door
    finally:
        for one in reversed(running):
            if one.returncode is None:
                one.kill()
            await one.wait()


def bound(speaker):
    return [one for one in speaker.world.running.smpp.bound if one.account.id == speaker.account.id]


async def send(speaker, door, ours, text, *, n, to="+420602000001"):
    wanted = {
        "username": "tester",
        "password": "secret",
        "from": speaker.number,
        "to": to,
        "text": text,
        "coding": "2" if not text.isascii() else "0",
        "charset": "UTF-8",
        "dlr-mask": "31",
        "dlr-url": f"http://127.0.0.1:{ours}/receipt?type=%d&n={n}",
    }
    return await got(door, f"/cgi-bin/sendsms?{urlencode(wanted)}")


@pytest.mark.peer("smsbox")
@pytest.mark.peer("bearerbox")
def test_kannel_sends_is_receipted_and_hands_over_what_mobiles_write(speaker, tmp_path):
    async def going():
        async with hearing() as (ours, heard), kannel(speaker, tmp_path, ours) as door:
            for n in range(10):
                await send(speaker, door, ours, f"Hello {n}", n=n)
            await send(speaker, door, ours, LONG, n=10)
            await send(speaker, door, ours, "refused", n=11, to="123")
            await until(lambda: len(speaker.messages()) == 12, within_s=20)
            for row in speaker.messages()[:10]:
                ends(speaker, row["id"])
            speaker.world.arrives(speaker.id, {"text": "ANO " + "x" * 300})
            speaker.world.arrives(speaker.id, {"text": "NE"})
            await until(lambda: len(heard.delivered) == 10 and len(heard.texts) == 2, within_s=20)
            await until(lambda: not waiting(speaker))
            refused = [given for path, given in heard.asked if path == "/receipt" and given["n"] == "11"]
            bound(speaker)[0].session.abort("the wire broke")
            await until(lambda: not bound(speaker))
            await until(lambda: bound(speaker), within_s=20)
            await send(speaker, door, ours, "again", n=12)
            await until(lambda: len(speaker.messages()) == 13, within_s=20)
            return sorted(heard.delivered, key=int), sorted(heard.texts, key=len), refused

    receipted, texts, refused = asyncio.run(going())

    kept = speaker.messages()
    assert [row["body"].decode() for row in kept[:10]] == [f"Hello {n}" for n in range(10)]
    parts = [bytes(row["body"]).decode("utf-16-be") for row in kept[10:12]]
    assert "".join(parts) == LONG
    assert {row["options"]["data_coding"] for row in kept[10:12]} == {8}
    assert receipted == [str(n) for n in range(10)]
    assert texts == ["NE", "ANO " + "x" * 300]
    assert {one["type"] for one in refused} == {"16"}, "refused by the centre"
    assert kept[12]["body"] == b"again"


@pytest.fixture
def node():
    """The environment in which node finds the library; without it the test is left out, in CI it fails."""
    if not (NODE_MODULES / "smpp").is_dir():
        leave_out = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        leave_out("needs the node module smpp; scripts/peers installs it")
    return os.environ | {"NODE_PATH": str(NODE_MODULES)}


@pytest.mark.peer("node")
def test_a_node_program_sends_is_receipted_and_hands_over_what_mobiles_write(speaker, tmp_path, node):
    account = speaker.account
    given = [speaker.port, account.system_id, account.password, key_file(speaker, tmp_path), speaker.world.certificate]

    async def going():
        running = await asyncio.create_subprocess_exec(
            "node",
            str(HERE / "program.js"),
            *map(str, given),
            speaker.number,
            env=node,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            said = await asyncio.wait_for(running.stderr.readline(), 20)
            first = speaker.messages()[0]["id"]
            ends(speaker, first)
            speaker.world.arrives(speaker.id, {"text": "žluť"})
            speaker.world.arrives(speaker.id, {"text": "x" * 300})
            out, err = await asyncio.wait_for(running.communicate(), 20)
            return said + err, json.loads(out or b"{}")
        finally:
            if running.returncode is None:
                running.kill()
                await running.wait()

    said, found = asyncio.run(going())

    assert said == b"ready\n"
    kept = speaker.messages()
    assert found["bound"] == 0
    assert found["refused"] == [statuses.ESME_RINVDSTADR, "RECIPIENT_INVALID"]
    assert sorted(found["answered"]) == sorted(row["id"].hex for row in kept[:20])
    assert (found["unicode"], found["parts"]) == (0, [0, 0])
    assert kept[20]["body"].decode() == "Žluťoučký kůň"
    assert [bytes(row["body"]) for row in kept[21:]] == [b"part 1", b"part 2"]
    assert (found["queried"], found["taken"]) == (MessageState.ENROUTE, 0)
    taken_back = found["answered"][-1]
    assert [known for esm_class, _, known in found["delivered"] if esm_class == 4 and known != taken_back] == [
        kept[0]["id"].hex
    ]
    assert [text for esm_class, text, _ in found["delivered"] if esm_class == 0] == ["žluť", "x" * 300]
