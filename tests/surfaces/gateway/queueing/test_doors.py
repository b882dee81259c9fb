"""NATS lets in whom it knows: by password, by NKey, by certificate; others read from the database."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import nkeys
import pytest
from structlog.testing import capture_logs

from spojka.kernel.ids import TenantId, uuid7
from spojka.surfaces.gateway.queueing import publisher
from spojka.surfaces.gateway.queueing.linked import Link
from spojka.surfaces.gateway.queueing.opening import way_of
from spojka.surfaces.gateway.queueing.settings import settings_of
from spojka.surfaces.gateway.queueing.stream import stream_of
from tests.surfaces.gateway.connector.programs import server_files
from tests.surfaces.gateway.queueing.brokers import Broker
from tests.surfaces.gateway.queueing.test_pages import message

pytestmark = [pytest.mark.peer("nats-server"), pytest.mark.usefixtures("database")]

SEED = nkeys.from_seed(nkeys.encode_seed(bytes(range(32)), nkeys.PREFIX_BYTE_USER))
ROOT = Path(__file__).parents[4]
PASSWORD = "p@ss/word"


@pytest.fixture
def folder(tmp_path):
    certificate, key = server_files(tmp_path)
    (tmp_path / "seed.nk").write_bytes(SEED.seed)
    return tmp_path, certificate, key


def door(kind, folder):
    """What the server is told, and the address by which it is found."""
    path, certificate, key = folder
    if kind == "password":
        return f'authorization: {{ user: us, password: "{PASSWORD}" }}', "nats://us:p%40ss%2Fword@127.0.0.1:{port}"
    if kind == "nkey":
        rest = f"authorization: {{ users: [{{ nkey: {SEED.public_key.decode()} }}] }}"
        return rest, f"nats://127.0.0.1:{{port}}?nkey={path / 'seed.nk'}"
    files = f'cert_file: "{certificate}", key_file: "{key}", ca_file: "{certificate}", verify: true'
    named = f"trust={certificate}&certificate={certificate}&key={key}"
    return f"tls: {{ {files} }}", f"tls://127.0.0.1:{{port}}?{named}"


@pytest.mark.parametrize("kind", ["password", "nkey", "certificate"])
def test_whoever_is_known_publishes_and_takes(kind, folder):
    rest, url = door(kind, folder)
    broker = Broker(folder[0], rest=rest)
    way, tenant = way_of(url.format(port=broker.port)), TenantId(uuid7())
    sent, heard = [message(b"one"), message(b"two")], []

    async def going():
        async with AsyncExitStack() as stack:
            hear = await stack.enter_async_context(way.publishing(tenant))
            patience = await stack.enter_async_context(way.taking(tenant, hear=heard.extend, wake=lambda: None))
            async with asyncio.timeout(20):
                while not patience():  # noqa: ASYNC110  # nobody tells a test
                    await asyncio.sleep(0.02)
                while not heard:
                    hear(sent)
                    await asyncio.sleep(0.2)

    try:
        asyncio.run(going())
    finally:
        broker.close()

    assert heard[:2] == sent


def test_whoever_is_not_known_is_told_so_once_and_reads(folder):
    rest, _ = door("password", folder)
    broker = Broker(folder[0], rest=rest)
    url, tenant, woken = f"nats://us:wrong-one@127.0.0.1:{broker.port}", TenantId(uuid7()), []

    async def going():
        way = way_of(url)
        async with way.taking(tenant, hear=lambda _: None, wake=lambda: woken.append(True)) as patience:
            async with asyncio.timeout(20):
                while len(woken) < 2:  # noqa: ASYNC110  # nobody tells a test
                    await asyncio.sleep(0.05)
            return patience()

    try:
        with capture_logs() as logs:
            patience = asyncio.run(going())
    finally:
        broker.close()

    assert patience == 0
    (said,) = [one for one in logs if one["event"] == "queue_away_reading_instead"]
    assert "Authorization" in said["fault"]
    assert "wrong-one" not in repr(logs)


def test_a_server_that_says_nothing_is_away():
    async def going():
        silent = socket.create_server(("127.0.0.1", 0))
        port, lost = silent.getsockname()[1], asyncio.Event()
        settings = settings_of(f"nats://127.0.0.1:{port}")
        link = Link(settings, TenantId(uuid7()), "taker", work=None, lost=lost.set)
        link.start()
        await asyncio.wait_for(lost.wait(), 15)
        await link.close()
        silent.close()
        return link.is_up

    assert asyncio.run(going()) is False


def test_more_than_may_wait_is_left_to_the_database(monkeypatch):
    monkeypatch.setattr(publisher, "MOST_WAITING", 2)
    woken = []

    class Slow:
        async def publish(self, *_, **__):
            await asyncio.sleep(60)

    async def going():
        gathering = publisher.Publisher("subject", wake=lambda: woken.append(True))
        working = asyncio.create_task(gathering.publish(Slow(), most=10_000))
        await asyncio.sleep(0)
        gathering.hear([message(), message()])
        within = len(woken)
        gathering.hear([message()])
        working.cancel()
        return within

    assert asyncio.run(going()) == 0
    assert woken == [True]


def test_a_provider_that_may_use_its_own_names_alone_does_not_come_to_anothers(tmp_path):
    mine, theirs = TenantId(uuid7()), TenantId(uuid7())
    users = ", ".join([rights("us", mine), rights("them", theirs)])
    broker = Broker(tmp_path, rest=f"authorization: {{ users: [{users}] }}")
    own, others = (way_of(f"nats://{user}:secret@127.0.0.1:{broker.port}") for user in ("us", "them"))
    sent, heard, stolen = [message()], [], []

    async def going():
        async with AsyncExitStack() as stack:
            hear = await stack.enter_async_context(own.publishing(mine))
            thief = await stack.enter_async_context(others.taking(mine, hear=stolen.extend, wake=lambda: None))
            patience = await stack.enter_async_context(own.taking(mine, hear=heard.extend, wake=lambda: None))
            async with asyncio.timeout(20):
                while not patience():  # noqa: ASYNC110  # nobody tells a test
                    await asyncio.sleep(0.02)
                while not heard:
                    hear(sent)
                    await asyncio.sleep(0.2)
            await asyncio.sleep(2.5)
            return thief()

    try:
        patience_of_thief = asyncio.run(going())
    finally:
        broker.close()

    assert heard[:1] == sent
    assert (stolen, patience_of_thief) == ([], 0)


def rights(user, tenant):
    """A user of the server with the rights that the documentation names."""
    blocks = (ROOT / "docs/how-to/run-on-several-hosts.md").read_text(encoding="utf-8").split("```")[1::2]
    (said,) = [one for one in blocks if one.strip().startswith("publish:")]
    granted = said.replace("NAME", stream_of(tenant)).replace("accepted.ID", f"accepted.{tenant}")
    return f"{{ user: {user}, password: secret, permissions: {{ {granted} }} }}"
