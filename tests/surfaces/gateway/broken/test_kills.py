"""Gateway, sender and database are killed at random under load: nothing accepted is lost, nothing is sent twice."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from random import Random

import pytest

from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.smpp import statuses
from tests.conftest import HOME
from tests.surfaces.gateway.broken.loading import Load
from tests.surfaces.gateway.broken.servers import OwnServer, working_on
from tests.surfaces.gateway.broken.world import Process, World, faults, faults_of_sending, now, until

SOAK = os.environ.get("SPOJKA_SOAK") == "1"
ANSWERED_S = 1
"""What a gateway said before it was killed is read by then."""
GATEWAY_KILLS = 100 if SOAK else 2
DATABASE_KILLS = 100 if SOAK else 1
KILLS_OF_ANY = 100 if SOAK else 3
OF_NO_DATABASE = {"TRY_AGAIN", "ISUC_050", f"SMPP {statuses.ESME_RSYSERR}"}
"""How each of the ways to submit says that the database is away."""
AWAY_S = 1.5
"""The server stays away so long where what is answered meanwhile is looked at."""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = HOME / f"killed-{os.getpid()}"
    folder.mkdir(mode=0o755)
    made = OwnServer(folder)
    made.make()
    made.start()
    try:
        with working_on(made):
            yield made
    finally:
        made.stop()


@pytest.fixture
def world(server, tmp_path):
    return World(tmp_path)


async def is_served(load, *, for_s: float = 60) -> None:
    """Wait until something new is accepted."""
    before = len(load.answered)
    await until(lambda: len(load.answered) > before, for_s=for_s)


def test_a_gateway_that_is_killed_loses_nothing_it_answered(world):
    random = Random(3)
    gateway, load = Process(world, "gateway"), Load(world)
    arrived = set(world.arrive(200))

    async def going():
        async with gateway.kept(), load.going():
            for _ in range(GATEWAY_KILLS):
                await is_served(load)
                await asyncio.sleep(random.uniform(0, 0.5))
                gateway.kill()
            await asyncio.sleep(ANSWERED_S)
            await is_served(load)
            await until(lambda: load.fetched >= arrived)
            await until(lambda: load.spoken > 0)
            await load.ask_again(50)

    asyncio.run(going())

    left = {str(row["id"]) for row in world.rows("SELECT id FROM message_inbox WHERE acked_at IS NULL")}
    assert faults(world, with_ids(world, load), load.asked) == []
    assert load.wrongs == []
    assert load.repeated >= 10
    assert load.spoken > 0
    assert not left & load.acknowledged
    assert arrived - load.acknowledged - load.unsure <= left
    assert load.came_again > 0
    assert "Traceback" not in gateway.log


def with_ids(world, load):
    """What was accepted; the established dialect tells no id, so any will do."""
    known = {row["reference"]: row["id"] for row in world.rows("SELECT id::text AS id, reference FROM message")}
    return {one: id_ or known.get(one, "") for one, id_ in load.answered.items()}


@contextlib.asynccontextmanager
async def everything(world, load):
    """A centre, a gateway, a sender, and programs that ask; afterwards all that was accepted has its end."""
    gateway, sender = Process(world, "gateway"), Process(world, "sender")
    async with Centre(CentreSettings(latency_ms=5, remembered=10**7), now=now) as centre:
        world.leads_to(centre)
        async with gateway.kept(), sender.kept():
            async with load.going():
                await is_served(load)
                yield gateway, sender, centre
                await is_served(load)
                await until(lambda: load.spoken > 0)
            await until(lambda: world.unsettled() == 0, for_s=150)


def assert_whole(world, load, centre):
    """Nothing is lost, nothing is there twice, and what is not known of is uncertain."""
    assert faults(world, with_ids(world, load), load.asked) == []
    assert faults_of_sending(world, centre.memory) == []
    assert load.wrongs == []
    assert load.spoken > 0
    assert world.rows("SELECT 1 FROM message_queue LIMIT 1") == []


def test_a_database_that_is_killed_loses_nothing_and_is_served_again_by_itself(server, world):
    random, load, seen = Random(5), Load(world), []

    async def going():
        async with everything(world, load) as (gateway, sender, centre):
            for turn in range(DATABASE_KILLS):
                await asyncio.sleep(random.uniform(0, 0.5))
                if turn % 2:
                    await asyncio.to_thread(server.kill_one)
                else:
                    await asyncio.to_thread(server.kill)
                    await asyncio.sleep(AWAY_S if turn == 0 else random.uniform(0, 0.3))
                    await asyncio.to_thread(server.start)
                began = time.monotonic()
                await is_served(load)
                seen.append(time.monotonic() - began)
        return centre, gateway, sender

    centre, gateway, sender = asyncio.run(going())

    said, told = gateway.log, sender.log
    assert_whole(world, load, centre)
    assert (gateway.ended, sender.ended) == (0, 0)
    assert load.codes <= OF_NO_DATABASE
    assert "TRY_AGAIN" in load.codes
    assert load.slowest_s < 20
    assert max(seen) < 20
    assert "connector_database_away" in said
    assert "sender_lost_its_lock" in told
    assert "Traceback" not in said + told


def test_gateway_sender_and_database_killed_at_random_lose_nothing_together(server, world):
    random, load = Random(11), Load(world, seed=2)

    async def going():
        async with everything(world, load) as (gateway, sender, centre):
            for turn in range(KILLS_OF_ANY):
                await asyncio.sleep(random.uniform(0, 1))
                match turn % 3 if turn < 3 else random.randrange(4):
                    case 0:
                        gateway.kill()
                    case 1:
                        sender.kill()
                    case 2:
                        await asyncio.to_thread(server.kill)
                        await asyncio.to_thread(server.start)
                    case _:
                        await asyncio.to_thread(server.kill_one)
        return centre, gateway.log + sender.log

    centre, said = asyncio.run(going())

    assert_whole(world, load, centre)
    assert "Traceback" not in said
