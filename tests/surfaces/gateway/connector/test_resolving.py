"""A customer whose name server is dead holds up nobody else's calls, and what was never asked is no failed try."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading

import pytest

from spojka.access.database.connections import transaction
from spojka.kernel.ids import ServiceId, uuid7
from spojka.surfaces.gateway.connector import resolving, telling
from spojka.surfaces.gateway.connector.resolving import LookupBusy, Resolver
from tests.network.messaging.connector import new_application, new_provider
from tests.surfaces.gateway.connector.test_slow_programs import AT, arrive, called, pusher_of, tries, until

FOUND = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]


class Names:
    """The system's lookups: of hosts named `dead…` each hangs until it is let go."""

    def __init__(self):
        self.asked, self.may_end = [], threading.Event()

    def getaddrinfo(self, host, port, **given):
        self.asked.append(host)
        if host.startswith("dead"):
            assert self.may_end.wait(20)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        if host.startswith("no"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return FOUND


@pytest.fixture
def names(monkeypatch):
    made = Names()
    monkeypatch.setattr(resolving.socket, "getaddrinfo", made.getaddrinfo)
    yield made
    made.may_end.set()


@contextlib.contextmanager
def resolver_of():
    made = Resolver()
    try:
        yield made
    finally:
        made.close()


def applications(count):
    return [ServiceId(uuid7()) for _ in range(count)]


def told_at(tenant, application, url):
    with transaction(tenant) as db:
        db.execute("UPDATE application SET webhook_url = %s WHERE id = %s", [url, application])


def test_dead_names_of_some_leave_room_for_others_and_an_application_asks_once(names):
    first, second, third = applications(3)

    async def going():
        with resolver_of() as resolver:
            dead = [asyncio.create_task(resolver.addresses(first, "dead.cz", 443)) for _ in range(4)]
            await until(lambda: names.asked == ["dead.cz"])
            with pytest.raises(LookupBusy):
                await resolver.addresses(first, "live.cz", 443)
            found = [await resolver.addresses(second, host, 443) for host in ("live.cz", "live.cz", "10.0.0.1", "::1")]
            with pytest.raises(socket.gaierror):
                await resolver.addresses(third, "none.cz", 443)
            queued = resolver.is_queued(first)
            names.may_end.set()
            ended = await asyncio.gather(*dead, return_exceptions=True)
            await resolver.addresses(first, "live.cz", 443)
            return found, queued, [type(one) for one in ended]

    found, queued, ended = asyncio.run(going())

    assert found == [["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"], ["::1"]]
    assert queued is False
    assert ended == [socket.gaierror] * 4
    assert names.asked == ["dead.cz", "live.cz", "none.cz"]


def test_what_was_found_is_asked_anew_when_it_is_old(names, monkeypatch):
    (application,) = applications(1)
    clock = [0.0]
    monkeypatch.setattr(resolving, "monotonic", lambda: clock[0])

    async def asked_at(resolver, at_s):
        clock[0] = at_s
        await resolver.addresses(application, "live.cz", 443)
        return len(names.asked)

    async def going():
        with resolver_of() as resolver:
            return [await asked_at(resolver, at_s) for at_s in (0, resolving.KNOWN_S - 1, resolving.KNOWN_S)]

    assert asyncio.run(going()) == [1, 1, 2]


def test_whoever_gives_up_leaves_the_lookup_to_the_others(names):
    (application,) = applications(1)

    async def going():
        with resolver_of() as resolver:
            impatient = asyncio.create_task(resolver.addresses(application, "dead.cz", 443))
            patient = asyncio.create_task(resolver.addresses(application, "dead.cz", 443))
            await until(lambda: names.asked)
            impatient.cancel()
            await asyncio.wait([impatient])
            names.may_end.set()
            (ended,) = await asyncio.gather(patient, return_exceptions=True)
            return type(ended)

    assert asyncio.run(going()) is socket.gaierror
    assert names.asked == ["dead.cz"]


def test_items_whose_host_could_not_be_looked_up_in_time_are_given_back_and_not_counted(database, names, monkeypatch):
    tenant = new_provider(AT)
    monkeypatch.setattr(telling, "ANSWER_S", 0.3)
    monkeypatch.setattr(resolving, "LOOKUPS", 1)
    dead, waits = new_application(tenant, AT), new_application(tenant, AT, number=22)

    async def going():
        async with called(tenant, dead, answers=True), called(tenant, waits, answers=True), pusher_of(tenant) as pusher:
            told_at(tenant, dead, "http://dead.cz/")
            arrive(tenant, dead, 1)
            await pusher.begin_due()
            await until(lambda: names.asked == ["dead.cz"])
            told_at(tenant, waits, "http://live.cz/")
            arrive(tenant, waits, 1)
            await pusher.begin_due()
            await pusher.finish()
            return waits in pusher._resting, dead in pusher._resting

    assert asyncio.run(going()) == (True, True)
    assert names.asked == ["dead.cz"]
    assert [(row["tries"], row["error"]) for row in tries(tenant)] == [(1, "TimeoutError")]
