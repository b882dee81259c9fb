"""A server and a client on the loopback, with short timers, for tests."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from random import Random

from spojka.network.messaging.smpp.clients import Client, ClientSettings
from spojka.network.messaging.smpp.pdus import answer_to
from spojka.network.messaging.smpp.servers import Admission, Server, ServerSettings
from spojka.network.messaging.smpp.waiting import Timers

QUICK = Timers(bind_ms=2000, response_ms=2000, enquire_link_ms=0, inactivity_ms=0)


class Centre:
    """A server that answers at once, or keeps requests for the test to answer."""

    def __init__(self, *, admission=None, keep=False, **settings):
        self.requests, self.kept, self.lost, self.sessions, self.unbound = [], [], [], [], []
        self.wires = []
        self.keep, self.admission = keep, admission or Admission()
        self.port = 0
        self.server = Server(
            admit=self._admit,
            on_requests=self._handed,
            settings=ServerSettings(**{"timers": QUICK} | settings),
            on_bound=self.sessions.append,
            on_lost=lambda session, reason: self.lost.append(reason),
            on_unbound=lambda session, reason: self.unbound.append(reason),
        )

    async def _admit(self, session, bind):
        return self.admission

    def _handed(self, session, requests):
        self.requests += requests
        if self.keep:
            self.kept += [(session, one) for one in requests]
        else:
            session.answer([answer_to(one, message_id=str(len(self.requests))) for one in requests])


@asynccontextmanager
async def server_of(*, tls=None, port=0, **given):
    centre = Centre(**given)
    centre.port = await centre.server.start("127.0.0.1", port, tls=tls)
    try:
        yield centre
    finally:
        for session in list(centre.server.sessions):
            session.abort("the test is over")
        await centre.server.close()
        for wire in centre.wires:
            wire.close()
            with suppress(ConnectionError):
                await wire.wait_closed()


def client_of(centre, *, on_requests=None, on_change=None, seed=1, **given):
    facts = {"timers": QUICK, "first_wait_ms": 20, "most_wait_ms": 80}
    settings = replace(ClientSettings("127.0.0.1", centre.port, "tester", "secret"), **facts | given)
    return Client(settings, random=Random(seed), on_requests=on_requests, on_change=on_change)


async def bound(client):
    await asyncio.wait_for(client.wait_bound(), 5)


async def until(true, *, within_s=5):
    async with asyncio.timeout(within_s):
        while not true():  # noqa: ASYNC110  # what it waits for knows no event
            await asyncio.sleep(0.005)
