"""What one certificate may have received at once has a bound: what is beyond is refused, and room is given back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from spojka.surfaces.gateway.connector.bounds import Bounds
from spojka.surfaces.gateway.connector.budget import FREE_BYTES
from spojka.surfaces.gateway.connector.exchange import Reply
from spojka.surfaces.gateway.connector.hosting import Hosted
from spojka.surfaces.gateway.connector.listening import Listener
from tests.surfaces.gateway.connector.programs import Program, context_of, listening

AT = datetime(2026, 2, 1, 9, 30, tzinfo=UTC)
LONG = 4 * FREE_BYTES
"""Bytes of a body that is counted; the budgets below hold two."""
PROMPT_S = 5


@dataclass
class Slow:
    """An application that answers once it may, and how many requests it was given whole."""

    given: int = 0
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, _scope, receive, send):
        body = (await receive())["body"]
        self.given += 1
        await self.may_answer.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"%d" % len(body)})


@contextlib.asynccontextmanager
async def standing():
    """A listener with room for two long bodies, its application, and how connections to it are opened."""
    app = Slow()
    hosted = Hosted(app, 8 * LONG, Reply(413))
    bounds = Bounds(bodies_of_certificate_bytes=2 * LONG, bodies_bytes=3 * LONG)
    listener = Listener(hosted, None, now=lambda: AT, bounds=bounds)
    port = await listener.start("127.0.0.1", 0)
    opened = []

    async def ask(sent):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        opened.append(writer)
        writer.write(sent)
        await writer.drain()
        return reader, writer

    async with asyncio.timeout(PROMPT_S):
        yield listener, app, ask
        app.may_answer.set()
        for writer in opened:
            writer.close()
        await listener.close()


def head(length, more=""):
    return f"POST /a HTTP/1.1\r\nHost: x\r\n{more}Content-Length: {length}\r\n\r\n".encode()


async def answer_of(reader):
    """Status and head of one answer; its body is read."""
    found = (await reader.readuntil(b"\r\n\r\n")).decode()
    await reader.readexactly(int(found.partition("content-length: ")[2].split("\r\n")[0]))
    return int(found[9:12]), found


async def until(held):
    while not held():  # noqa: ASYNC110  # nobody tells a test
        await asyncio.sleep(0.005)


def test_what_goes_beyond_the_budget_is_refused_once_it_is_sent_and_the_connection_goes_on():
    async def going():
        async with standing() as (listener, app, ask):
            first, second = [await ask(head(LONG) + b"x" * LONG) for _ in range(2)]
            await until(lambda: app.given == 2)
            full = listener.budget.held_bytes
            refused, writer = await ask(head(LONG) + b"x" * LONG)
            said = await answer_of(refused)
            app.may_answer.set()
            answered = [await answer_of(reader) for reader, _ in (first, second)]
            writer.write(head(LONG) + b"x" * LONG)
            again = await answer_of(refused)
            return full, said, [one[0] for one in answered], again[0], listener.budget

    full, said, answered, again, budget = asyncio.run(going())

    assert full == 2 * LONG
    assert said[0] == 503
    assert "retry-after: 1\r\n" in said[1]
    assert "connection: close" not in said[1]
    assert (answered, again) == ([200, 200], 200)
    assert (budget.held_bytes, budget._by_peer) == (0, {})


@pytest.mark.parametrize(("length", "held"), [(FREE_BYTES, 0), (FREE_BYTES + 1, FREE_BYTES + 1)])
def test_a_short_body_is_counted_nowhere(length, held):
    async def going():
        async with standing() as (listener, app, ask):
            await ask(head(length) + b"x" * length)
            await until(lambda: app.given)
            return listener.budget.held_bytes

    assert asyncio.run(going()) == held


def test_a_body_that_never_ends_holds_room_only_as_long_as_its_connection():
    async def going():
        async with standing() as (listener, _, ask):
            for _ in range(2):
                await ask(head(LONG) + b"x" * 10)
            await until(lambda: listener.budget.held_bytes == 2 * LONG)
            for one in listener.connections:
                one.transport.abort()
            await until(lambda: not listener.connections)
            return listener.budget.held_bytes

    assert asyncio.run(going()) == 0


def test_what_waits_behind_an_answer_is_counted_until_its_connection_is_lost():
    async def going():
        async with standing() as (listener, app, ask):
            await ask((head(LONG) + b"x" * LONG) * 2)
            await until(lambda: listener.budget.held_bytes == 2 * LONG)
            for one in listener.connections:
                one.transport.abort()
            await until(lambda: not listener.connections)
            left = listener.budget.held_bytes
            app.may_answer.set()
            await until(lambda: not listener.budget.held_bytes)
            return left, app.given

    assert asyncio.run(going()) == (LONG, 1)


def test_a_body_whose_length_nobody_said_is_counted_as_it_comes_and_refused_where_it_is_too_much():
    async def going():
        async with standing() as (listener, _, ask):
            begun = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            reader, writer = await ask(begun + b"%x\r\n%b\r\n" % (LONG, b"x" * LONG))
            await until(lambda: listener.budget.held_bytes == LONG)
            writer.write(b"%x\r\n%b\r\n" % (LONG + 1, b"x" * (LONG + 1)))
            said = await answer_of(reader)
            return said, listener.budget.held_bytes

    said, held = asyncio.run(going())

    assert said[0] == 503
    assert "connection: close" in said[1]
    assert held == 0


def test_whoever_waits_to_be_asked_for_its_body_is_refused_before_it():
    async def going():
        async with standing() as (_, app, ask):
            for _ in range(2):
                await ask(head(LONG) + b"x" * LONG)
            await until(lambda: app.given == 2)
            reader, _ = await ask(head(LONG, "Expect: 100-continue\r\n"))
            return await answer_of(reader)

    said = asyncio.run(going())

    assert said[0] == 503
    assert "connection: close" in said[1]


def open_to(world, program):
    context = context_of(world.folder, program.certificate, world.certificate)
    return context.wrap_socket(socket.create_connection(("127.0.0.1", world.port)), server_hostname="127.0.0.1")


@pytest.mark.clause("o2/7.3")
def test_one_certificate_that_sends_too_much_at_once_is_told_so_counted_and_no_harm_to_others(database, tmp_path):
    bounds = Bounds(bodies_of_certificate_bytes=LONG, bodies_bytes=2 * LONG)
    with listening(tmp_path, bounds=bounds) as world:
        many, other = Program(world), Program(world)
        address = f"{many.root}/standard/messages"
        sent = f"POST {address} HTTP/1.1\r\nHost: x\r\nContent-Length: {LONG}\r\n\r\n".encode()
        with open_to(world, many) as opened:
            opened.sendall(sent)
            world.until(lambda: world.running.listener.budget.held_bytes == LONG)

            over = many.http.post(address, content=b" " * LONG)
            others = other.http.post(f"{other.root}/standard/messages", content=b" " * LONG)
            short = many.http.post(address, content=b" " * FREE_BYTES)
            counted = {one.code for one in world.running.services.refusals._counts if one.application == many.id}
        world.until(lambda: world.running.listener.budget.held_bytes == 0)
        again = many.http.post(address, content=b" " * LONG)

    assert (over.status_code, over.json()["refusal"]["code"]) == (429, "TOO_MUCH_AT_ONCE")
    assert (over.headers["retry-after"], over.json()["refusal"]["figures"]["most"]) == ("1", LONG)
    assert "TOO_MUCH_AT_ONCE" in counted
    assert [one.json()["refusal"]["code"] for one in (others, short, again)] == ["REQUEST_MALFORMED"] * 3
