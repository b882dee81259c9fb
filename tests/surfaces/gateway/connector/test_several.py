"""Several processes behind one port: one that is killed is replaced, and none outlives the one that started them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from spojka.access.database.server import owner_url
from spojka.surfaces.gateway.connector.serving import _call_once_closed
from tests.surfaces.gateway.broken.world import SPOJKA, World
from tests.surfaces.gateway.connector.programs import context_of

PROCESSES = 2
PROMPT_S = 30


def until(holds):
    ends = time.monotonic() + PROMPT_S
    while not (found := holds()):
        assert time.monotonic() < ends, "not in time"
        time.sleep(0.05)
    return found


def servers_of(parent: int) -> set[int]:
    """The processes that a gateway started to serve; one more watches over what they share."""
    found = set()
    for one in Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split():
        with contextlib.suppress(OSError):
            if "spawn_main" in Path(f"/proc/{one}/cmdline").read_text(encoding="ascii"):
                found.add(int(one))
    return found


def is_there(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture(scope="module")
def world(database, tmp_path_factory):
    return World(tmp_path_factory.mktemp("several"))


@pytest.fixture
def gateway(world):
    """A gateway of two processes that listen."""
    command = [
        SPOJKA, "connector", "serve", "--certificate", world.server_certificate, "--key", world.server_key,
        "--port", str(world.port), "--smpp-port", str(world.smpp_port), "--tenant", world.code,
        "--processes", str(PROCESSES),
    ]  # fmt: skip
    with (world.folder / "gateway.log").open("wb") as log:
        started = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "SPOJKA_DATABASE_URL": owner_url()}
        )
    until(lambda: (world.folder / "gateway.log").read_bytes().count(b"connector_listens") == PROCESSES)
    yield started
    for one in servers_of(started.pid) if started.poll() is None else ():
        os.kill(one, signal.SIGKILL)
    started.kill()
    started.wait(PROMPT_S)


def accepted(world, reference) -> bool:
    """Whether a message is accepted over a connection of its own."""
    context = context_of(world.folder, world.certificate, world.server_certificate)
    place = f"https://127.0.0.1:{world.port}/v1/applications/{world.application}/standard/messages"
    with contextlib.suppress(httpx.TransportError, ssl.SSLError), httpx.Client(verify=context, timeout=10) as client:
        told = client.post(place, json={"to": "+420602000001", "text": "x", "reference": reference})
        return told.status_code == 202
    return False


def test_a_process_that_is_killed_is_replaced_and_messages_are_accepted_all_along(world, gateway):
    before = servers_of(gateway.pid)
    assert all(accepted(world, f"before-{n}") for n in range(8))

    os.kill(min(before), signal.SIGKILL)
    after = until(lambda: (found := servers_of(gateway.pid)) != before and len(found) == PROCESSES and found)

    assert len(before) == PROCESSES
    assert len(before & after) == 1
    until(lambda: (world.folder / "gateway.log").read_bytes().count(b"connector_listens") == PROCESSES + 1)
    assert all(accepted(world, f"after-{n}") for n in range(8))
    assert len(world.rows("SELECT id FROM message")) == 16


def test_all_end_when_the_first_is_told_to(gateway):
    servers = servers_of(gateway.pid)

    gateway.send_signal(signal.SIGTERM)

    assert gateway.wait(PROMPT_S) == 0
    assert not any(is_there(one) for one in servers)


def test_none_outlives_the_first_however_it_ended(gateway):
    servers = servers_of(gateway.pid)

    gateway.kill()
    gateway.wait(PROMPT_S)

    until(lambda: not any(is_there(one) for one in servers))


def test_the_end_of_a_leash_is_told_once():
    async def going():
        told = []
        held, leash = os.pipe()
        _call_once_closed(held, lambda: told.append(True))
        await asyncio.sleep(0.01)
        before = list(told)
        os.close(leash)
        await asyncio.sleep(0.05)
        os.close(held)
        return before, told

    assert asyncio.run(going()) == ([], [True])


def test_processes_that_cannot_listen_end_the_first_with_a_reason(world):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [
            SPOJKA, "connector", "serve", "--certificate", world.server_certificate, "--key", world.server_key,
            "--port", str(taken.getsockname()[1]), "--tenant", world.code, "--processes", str(PROCESSES),
        ]  # fmt: skip
        ended = subprocess.run(
            command,
            env={**os.environ, "SPOJKA_DATABASE_URL": owner_url()},
            capture_output=True,
            text=True,
            timeout=PROMPT_S,
            check=False,
        )

    assert ended.returncode == 1
    assert "ended with 1" in ended.stdout + ended.stderr
