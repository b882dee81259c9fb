"""Connections that lead to nothing, thousands at once: others are served, and what is open stays bounded."""

from __future__ import annotations

import asyncio
import os
import resource
import ssl
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.surfaces.gateway.broken.loading import Load
from tests.surfaces.gateway.broken.telling import taken_kib
from tests.surfaces.gateway.broken.world import World, until

SOAK = os.environ.get("SPOJKA_SOAK") == "1"
ROOT = Path(__file__).parents[4]
OPEN = 10_000 if SOAK else 700
WAVES = 5 if SOAK else 2
HANDSHAKE_S = 10 if SOAK else 1
AT_ONCE = 200
GROWS_KIB = 40 * 1024
"""What a process may take beyond what the first wave took: no connection of later waves is kept."""


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    return World(tmp_path_factory.mktemp("half-open"))


@pytest.fixture
def gateway(world):
    arguments = [world.tenant, world.server_certificate, world.server_key, world.port, world.smpp_port, HANDSHAKE_S]
    with (world.folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.surfaces.gateway.broken.serving", *map(str, arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.kill()
    process.communicate(timeout=30)


@pytest.fixture
def open_files():
    """As many open files as are needed, or the test is left out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < OPEN + 500:
        pytest.skip(f"needs {OPEN + 500} open files, the system allows {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, OPEN + 500), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def hello(random: Random) -> bytes:
    """What a connection says and then says no more: nothing, half of a handshake's beginning, or no TLS at all."""
    kind = random.randrange(4)
    if kind == 0:
        return b""
    if kind == 1:
        return random.randbytes(random.randrange(1, 300))
    if kind == 2:
        return b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    coming, leaving = ssl.MemoryBIO(), ssl.MemoryBIO()
    beginning = ssl.create_default_context().wrap_bio(coming, leaving, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        beginning.do_handshake()
    whole = leaving.read()
    return whole[: random.randrange(1, len(whole) + 1)]


def open_in(process) -> int:
    """Files that a process has open."""
    return sum(1 for _ in Path(f"/proc/{process.pid}/fd").iterdir())


async def wave(port: int, random: Random, made: list) -> None:
    """Open all connections, and leave them."""
    said = [hello(random) for _ in range(40)]

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        made.append((reader, writer))
        try:
            writer.write(random.choice(said))
            await writer.drain()
        except ConnectionError:
            return

    for start in range(0, OPEN, AT_ONCE):
        await asyncio.gather(*(one() for _ in range(min(AT_ONCE, OPEN - start))))


async def all_dropped(made: list, *, for_s: float) -> float:
    """Wait until the other side has closed every connection; returns how long that took."""
    began = time.monotonic()

    async def one(reader, writer) -> None:
        try:
            while await reader.read(65536):
                pass
        except ConnectionError:
            pass
        writer.close()

    async with asyncio.timeout(for_s):
        await asyncio.gather(*(one(*each) for each in made))
    return time.monotonic() - began


@pytest.mark.usefixtures("open_files")
def test_half_open_connections_are_dropped_in_time_and_others_are_served_meanwhile(world, gateway):
    random, load, memory, dropped = Random(17), Load(world, seed=4), [], []
    rests = open_in(gateway)

    async def going():
        async with load.going():
            await until(lambda: load.answered)
            for _ in range(WAVES):
                made: list = []
                before = len(load.answered)
                await wave(world.port, random, made)
                memory.append(taken_kib(gateway.pid))
                dropped.append(await all_dropped(made, for_s=HANDSHAKE_S + 30))
                assert len(load.answered) > before

    asyncio.run(going())

    assert load.codes == set()
    assert len(load.answered) > WAVES
    assert load.slowest_s < 10
    assert max(dropped) < HANDSHAKE_S + 20
    assert memory[-1] - memory[0] < GROWS_KIB
    assert open_in(gateway) <= rests + 20
    assert gateway.poll() is None
