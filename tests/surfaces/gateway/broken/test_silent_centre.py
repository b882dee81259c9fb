"""An SMS centre that is silent for an hour, at a hundredth of all times: what waits is kept, memory stays flat."""

from __future__ import annotations

import asyncio
import gc
import os
import tracemalloc
from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from spojka.access.database.connections import transaction
from spojka.network.messaging.centre.running import Centre
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.sending.routes import FAIR, RouteSettings
from spojka.network.messaging.sending.sender import Sender
from spojka.network.messaging.smpp.clients import ClientSettings
from spojka.network.messaging.smpp.waiting import Timers
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.bench.messaging.world import unbind
from tests.network.messaging.connector import new_application, new_provider
from tests.surfaces.gateway.broken.world import until

SOAK = os.environ.get("SPOJKA_SOAK") == "1"
SILENT_S = 36 if SOAK else 2
"""An hour at a hundredth; three minutes of it in the quick run."""
TIMES = Timers(bind_ms=100, response_ms=300, enquire_link_ms=300, inactivity_ms=1800)
WINDOW = 10
CLAIMED_AHEAD = 100
"""Parts that a sender has claimed beyond its window at most."""
STANDARD, PRIORITY = 4000 if SOAK else 1000, 50
GROWS = 1_000_000
"""Octets that a silence of any length may add: nothing is kept of tries that came to nothing."""
LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
O2 = "+420602000001"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture(scope="module")
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    made = new_application(provider, LOADED)
    unbind(provider, made, LOADED, per_s=10_000)
    return made


def taken() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


async def grown_in(silent_s: float) -> int:
    """Octets that the process took more between a third of a silence and its end."""
    await asyncio.sleep(silent_s / 3)
    tracemalloc.start()
    before = taken()
    await asyncio.sleep(silent_s * 2 / 3)
    grown = taken() - before
    tracemalloc.stop()
    return grown


def queue(provider) -> Counter:
    with transaction(provider) as db:
        return Counter(row["state"] for row in db.execute("SELECT state FROM message_queue").fetchall())


def ends(provider) -> dict[str, set[str]]:
    with transaction(provider) as db:
        rows = db.execute(
            "SELECT convert_from(m.body, 'UTF8') AS text, array_agg(e.kind) AS kinds FROM message m LEFT JOIN"
            " message_event e ON e.tenant_id = m.tenant_id AND e.message_id = m.id GROUP BY m.tenant_id, m.id, m.body"
        ).fetchall()
    return {row["text"]: set(row["kinds"]) for row in rows}


def texts(memory) -> list[str]:
    return [one.request.short_message.decode() for one in memory]


def test_what_waits_through_the_silence_is_sent_after_it_and_only_what_may_have_left_is_uncertain(provider, me):
    tries, seen = [], {}

    async def deaf(reader, writer):
        tries.append(1)
        while await reader.read(1000):
            pass
        writer.close()

    async def going():
        server = await asyncio.start_server(deaf, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = ClientSettings(
            "127.0.0.1", port, "s", "p", window=WINDOW, timers=TIMES, first_wait_ms=10, most_wait_ms=600
        )
        sender = Sender(provider, [RouteSettings("sim", ("*",), client)], now=now, random=Random(1))
        await sender.start()
        desk = SubmissionDesk(provider, now=now, heard=sender.hear)
        await desk.submit([Submission(me, O2, f"s{n}") for n in range(STANDARD)])
        seen["deaf grows"] = await grown_in(SILENT_S)
        seen["tries"], seen["deaf counts"], seen["deaf queue"] = len(tries), sender.counts, queue(provider)
        server.close()
        await server.wait_closed()

        mute = CentreSettings(unanswered_permille=1000, receipts="none", remembered=10**6)
        async with Centre(mute, now=now, port=port) as centre:
            await until(lambda: centre.sessions)
            seen["mute grows"] = await grown_in(SILENT_S)
            await desk.submit([Submission(me, O2, f"p{n}", url="priority") for n in range(PRIORITY)])
            seen["mute"], seen["binds"] = set(texts(centre.memory)), centre.counts.binds
            before = len(centre.memory)
            centre.change(CentreSettings(remembered=10**6))
            await until(lambda: sender.counts.get("delivered", 0) + before >= STANDARD + PRIORITY)
            await until(lambda: not queue(provider))
            seen["after"], seen["all"] = texts(centre.memory)[before:], texts(centre.memory)
        await desk.close()
        await sender.close()

    asyncio.run(going())

    kinds = ends(provider)
    uncertain = {text for text, seen_kinds in kinds.items() if "uncertain" in seen_kinds}
    assert seen["tries"] >= 3
    assert seen["deaf queue"] == {"waiting": STANDARD}
    assert not {"sent", "uncertain"} & seen["deaf counts"].keys()
    assert max(seen["deaf grows"], seen["mute grows"]) < GROWS
    assert Counter(seen["all"]).most_common(1)[0][1] == 1
    assert 0 < len(uncertain) < STANDARD
    assert uncertain <= seen["mute"] | set(seen["after"][:WINDOW])
    assert all("delivered" in kinds[text] for text in kinds.keys() - uncertain)
    assert kinds.keys() == set(seen["all"])
    last = max(place for place, text in enumerate(seen["after"]) if text.startswith("p"))
    assert last < PRIORITY * FAIR // (FAIR - 1) + WINDOW + CLAIMED_AHEAD < len(seen["after"]) - WINDOW
