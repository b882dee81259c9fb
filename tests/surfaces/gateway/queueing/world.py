"""A provider with a centre, gateways and a sender that a queue is between."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from spojka.access.database.connections import transaction
from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.gateway.dispatch import sending

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
RECIPIENT = "+420602000001"


def now() -> datetime:
    return datetime.now(UTC)


def unsettled(provider) -> int:
    """Messages that wait, or of which no receipt has come."""
    with transaction(provider) as db:
        row = db.execute(
            "SELECT (SELECT count(*) FROM message_queue) + (SELECT count(*) FROM message m WHERE NOT EXISTS ("
            "SELECT 1 FROM message_event e WHERE e.tenant_id = m.tenant_id AND e.message_id = m.id"
            " AND e.kind = 'delivered')) AS n"
        ).fetchone()
    return row["n"]


async def until(happened, *, within_s=60):
    """Wait until something is so; it may take its time, and is asked in a thread."""
    async with asyncio.timeout(within_s):
        while not await asyncio.to_thread(happened):  # noqa: ASYNC110  # nobody tells a test
            await asyncio.sleep(0.02)


async def settled(provider):
    await until(lambda: unsettled(provider) == 0)


@asynccontextmanager
async def centre_of(provider):
    """A centre that the provider's messages go to."""
    async with Centre(CentreSettings(), now=now) as centre:
        given = {
            "name": "sim",
            "networks": ["*"],
            "host": "127.0.0.1",
            "port": centre.port,
            "system_id": "s",
            "password": "p",
        }
        call("connector.set_route", given, tenant=provider, actor=OPERATOR, now=LOADED)
        yield centre


@asynccontextmanager
async def desk_of(provider, way):
    """What accepts in a gateway that publishes by a way."""
    async with way.publishing(provider) as heard:
        desk = SubmissionDesk(provider, now=now, heard=heard)
        try:
            yield desk
        finally:
            await desk.close()


@asynccontextmanager
async def sender_of(provider, way, centre=None):
    """A sender that takes by a way; with its centre it is waited for until it is bound."""
    stop = asyncio.Event()
    task = asyncio.create_task(sending(provider, now=now, stop=stop, way=way))
    try:
        if centre is not None:
            await until(lambda: centre.sessions or task.done())
        yield task
    finally:
        stop.set()
        await asyncio.wait_for(task, 30)


async def submit(desk, application, words):
    """Submit a message of each word."""
    answers = await desk.submit([Submission(application, RECIPIENT, word) for word in words])
    assert len(answers) == len(words)


def words_of(prefix, count):
    return [f"{prefix} {n}" for n in range(count)]


def taken(centre) -> Counter[bytes]:
    """What the centre was given, and how often."""
    return Counter(one.request.short_message for one in centre.memory)


def once(*words):
    """Each of these once."""
    return {word.encode(): 1 for word in words}
