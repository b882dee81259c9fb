"""Messages go through NATS: without reading them back, without losing any when it dies, and each of them once."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from spojka.network.messaging.sending import reading
from spojka.surfaces.bench.messaging.world import unbind
from spojka.surfaces.gateway.queueing import jetstream
from spojka.surfaces.gateway.queueing.opening import way_of
from spojka.surfaces.gateway.queueing.pages import pages_of, read_page
from spojka.surfaces.gateway.queueing.stream import DURABLE, stream_of, subject_of
from tests.network.messaging.connector import new_application, new_provider
from tests.surfaces.gateway.queueing.brokers import Broker
from tests.surfaces.gateway.queueing.test_pages import message
from tests.surfaces.gateway.queueing.world import (
    LOADED,
    centre_of,
    desk_of,
    once,
    sender_of,
    settled,
    submit,
    taken,
    until,
    words_of,
)

pytestmark = pytest.mark.peer("nats-server")


@pytest.fixture
def provider(database):
    return new_provider(LOADED)


@pytest.fixture
def me(provider):
    made = new_application(provider, LOADED)
    unbind(provider, made, LOADED, per_s=1000)
    return made


@pytest.fixture
def broker(tmp_path):
    started = Broker(tmp_path)
    yield started
    started.close()


@pytest.fixture
def way(broker):
    return way_of(broker.url)


def events(logs):
    return [one["event"] for one in logs]


async def stream(broker, provider):
    """What is in a provider's stream, and up to where its sender took and acknowledged it."""
    client = await broker.client()
    try:
        js = client.jetstream()
        found = await js.stream_info(stream_of(provider))
        return found.state, await js.consumer_info(stream_of(provider), DURABLE)
    finally:
        await client.close()


def test_what_was_accepted_is_sent_and_is_not_read_back(provider, me, broker, way, monkeypatch):
    read = []
    monkeypatch.setattr(jetstream, "PATIENT_S", 60)

    async def going():
        async with centre_of(provider) as centre, desk_of(provider, way) as desk:
            async with sender_of(provider, way, centre):
                await up(broker, provider)
                monkeypatch.setattr(reading, "read_lines", lambda _, wanted: read.append(wanted) or [])
                await submit(desk, me, words_of("message", 20))
                await settled(provider)
            state, consumer = await stream(broker, provider)
            return taken(centre), state, consumer

    found, state, consumer = asyncio.run(going())

    assert found == once(*words_of("message", 20))
    assert read == []
    assert state.last_seq >= 1
    assert (state.messages, consumer.num_ack_pending, consumer.num_pending) == (0, 0, 0)


async def up(broker, provider):
    """Wait until both ends are at the server and the sender's place is made."""

    async def there():
        try:
            _, consumer = await stream(broker, provider)
        except Exception:  # noqa: BLE001  # not yet
            return False
        return consumer.num_waiting > 0

    async with asyncio.timeout(20):
        while not await there():  # noqa: ASYNC110  # nobody tells a test
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.1)


def test_nothing_is_lost_or_sent_twice_when_nats_is_killed_and_comes_back(provider, me, broker, way):
    async def going():
        async with centre_of(provider) as centre, desk_of(provider, way) as desk:
            async with sender_of(provider, way, centre):
                await up(broker, provider)
                for n in range(30):
                    if n == 10:
                        broker.kill()
                    if n == 20:
                        await asyncio.to_thread(broker.start)
                    await submit(desk, me, words_of(f"message {n}", 2))
                    await asyncio.sleep(0.03)
                await settled(provider)
                await up(broker, provider)
                await submit(desk, me, ["once more"])
                await settled(provider)
            state, _ = await stream(broker, provider)
            return taken(centre), state.messages

    with capture_logs() as logs:
        found, left = asyncio.run(going())

    assert found == once("once more", *[word for n in range(30) for word in words_of(f"message {n}", 2)])
    assert left == 0
    assert "queue_away_reading_instead" in events(logs)
    assert events(logs).count("queue_connected") >= 4


def test_without_nats_at_the_start_messages_are_read_and_it_joins_later(provider, me, tmp_path):
    broker = Broker(tmp_path, started=False)
    way = way_of(broker.url)

    async def going():
        async with centre_of(provider) as centre, desk_of(provider, way) as desk, sender_of(provider, way, centre):
            await submit(desk, me, ["before"])
            await settled(provider)
            await asyncio.to_thread(broker.start)
            await up(broker, provider)
            await asyncio.sleep(1.2)
            await submit(desk, me, ["after"])
            await settled(provider)
            state, _ = await stream(broker, provider)
            return taken(centre), state.last_seq

    try:
        with capture_logs() as logs:
            found, queued = asyncio.run(going())
    finally:
        broker.close()

    assert found == once("before", "after")
    assert queued == 1
    assert events(logs).count("queue_away_reading_instead") == 2


def test_a_sender_that_is_started_again_goes_on_where_the_one_before_left_off(provider, me, broker, way):
    async def going():
        async with centre_of(provider) as centre, desk_of(provider, way) as desk:
            async with sender_of(provider, way, centre):
                await up(broker, provider)
                await submit(desk, me, ["first"])
                await settled(provider)
            await submit(desk, me, ["between"])
            waiting, _ = await stream(broker, provider)
            async with sender_of(provider, way):
                await settled(provider)
                await submit(desk, me, ["last"])
                await settled(provider)
                await up(broker, provider)
            state, consumer = await stream(broker, provider)
            return taken(centre), waiting.messages, state.messages, consumer.ack_floor.stream_seq

    found, between, left, acknowledged = asyncio.run(going())

    assert found == once("first", "between", "last")
    assert (between, left, acknowledged) == (1, 0, 3)


def test_a_page_that_comes_twice_and_is_acknowledged_twice_is_sent_once(provider, me, broker, way):
    async def going():
        async with centre_of(provider) as centre:
            client = await broker.client()
            spy = await client.subscribe("$JS.ACK.>")
            async with desk_of(provider, way) as desk, sender_of(provider, way, centre):
                await up(broker, provider)
                copy = await client.subscribe(subject_of(provider))
                await submit(desk, me, ["message"])
                page = (await copy.next_msg(timeout=10)).data
                await settled(provider)
                for n in range(2):
                    await client.jetstream().publish(subject_of(provider), page, headers={"Nats-Msg-Id": f"again {n}"})
                acknowledged = [await spy.next_msg(timeout=10) for _ in range(3)]
                for one in acknowledged:
                    await client.publish(one.subject, b"+ACK")
                await submit(desk, me, ["next"])
                await settled(provider)
            state, _ = await stream(broker, provider)
            await client.close()
            return taken(centre), state.messages, read_page(page)

    found, left, (sent,) = asyncio.run(going())

    assert found == once("message", "next")
    assert left == 0
    assert sent.body == b"message"


def test_what_nats_loses_is_found_in_the_database(provider, me, broker, way, monkeypatch):
    monkeypatch.setattr(jetstream, "PATIENT_S", 0.5)

    async def going():
        async with centre_of(provider) as centre, desk_of(provider, way) as desk, sender_of(provider, way, centre):
            await up(broker, provider)
            client = await broker.client()
            await client.jetstream().delete_stream(stream_of(provider))
            await client.close()
            await submit(desk, me, ["nobody took it"])
            await settled(provider)
            await submit(desk, me, ["and on"])
            await settled(provider)
            return taken(centre)

    assert asyncio.run(going()) == once("nobody took it", "and on")


def test_a_full_stream_leaves_messages_to_the_database(provider, me, broker, way):
    async def going():
        client = await broker.client()
        await client.jetstream().add_stream(
            name=stream_of(provider),
            subjects=[subject_of(provider)],
            retention="workqueue",
            max_bytes=100,
            discard="new",
        )
        await client.close()
        async with centre_of(provider) as centre, desk_of(provider, way) as desk, sender_of(provider, way, centre):
            await up(broker, provider)
            await submit(desk, me, ["no room"])
            await settled(provider)
            return taken(centre)

    with capture_logs() as logs:
        found = asyncio.run(going())

    assert found == once("no room")
    assert events(logs).count("queue_refuses_reading_instead") == 1


def test_the_pages_of_another_provider_are_not_read(provider, me, broker, way):
    other = new_provider(LOADED)
    stranger = new_application(other, LOADED)

    async def going():
        async with centre_of(provider) as centre, desk_of(provider, way) as mine, desk_of(other, way) as theirs:
            async with sender_of(provider, way, centre):
                await up(broker, provider)
                await asyncio.sleep(0.2)
                await submit(theirs, stranger, ["theirs"])
                await submit(mine, me, ["mine"])
                await settled(provider)
                await until(lambda: len(taken(centre)) >= 1)
            client = await broker.client()
            theirs_left = await client.jetstream().stream_info(stream_of(other))
            await client.close()
            return taken(centre), theirs_left.state.messages

    found, left = asyncio.run(going())

    assert found == once("mine")
    assert left == 1


def test_a_page_that_nobody_can_read_is_put_away(provider, me, broker, way):
    async def going():
        async with centre_of(provider) as centre, desk_of(provider, way) as desk, sender_of(provider, way, centre):
            await up(broker, provider)
            client = await broker.client()
            js = client.jetstream()
            await js.publish(subject_of(provider), b"\xff not a page")
            (stray,) = pages_of([message(b"of nobody")], most=10_000)
            await js.publish(subject_of(provider), stray.data)
            await submit(desk, me, ["message"])
            await settled(provider)
            await client.close()
            state, consumer = await stream(broker, provider)
            return taken(centre), state.messages, consumer.num_ack_pending

    with capture_logs() as logs:
        found, left, pending = asyncio.run(going())

    assert found == once("message")
    assert (left, pending) == (0, 0)
    assert events(logs).count("page_unreadable") == 1


def test_messages_beyond_what_a_server_takes_travel_in_several_pages(provider, me, tmp_path):
    broker = Broker(tmp_path, max_payload=4096)
    way = way_of(broker.url)

    async def going():
        async with centre_of(provider) as centre, desk_of(provider, way) as desk, sender_of(provider, way, centre):
            await up(broker, provider)
            await submit(desk, me, words_of("message", 40))
            await settled(provider)
            state, _ = await stream(broker, provider)
            return taken(centre), state.last_seq

    try:
        found, pages = asyncio.run(going())
    finally:
        broker.close()

    assert found == once(*words_of("message", 40))
    assert pages > 1
