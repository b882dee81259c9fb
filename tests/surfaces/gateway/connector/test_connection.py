"""Requests on a connection: judged by the head, answered whole and in order, and what is no request is told so."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from spojka.kernel.refusals import Refusal
from spojka.surfaces.gateway.connector import listening
from spojka.surfaces.gateway.connector.bounds import Bounds
from spojka.surfaces.gateway.connector.budget import Budget
from spojka.surfaces.gateway.connector.connection import LONGEST_HEAD, REQUEST_NOT_HTTP, Connection, Open
from spojka.surfaces.gateway.connector.exchange import CLOSE, TEXT, Asked, Reply
from spojka.surfaces.gateway.connector.listening import Listener

AT = datetime(2026, 2, 1, 9, 30, tzinfo=UTC)
LONGEST = 1000
PROMPT_S = 5


@dataclass
class Echo:
    """Answers with what was asked, once it may; some addresses are refused by the head."""

    heads: list = field(default_factory=list)
    asked: list = field(default_factory=list)
    longest: int = LONGEST
    begun: list = field(default_factory=list)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    def admit(self, asked):
        self.heads.append(asked.path)
        self.asked.append(asked)
        if asked.path == "/unjudged":
            raise ZeroDivisionError
        if asked.path == "/closed":
            return Reply(403, b"go away", (TEXT, CLOSE))
        if asked.path == "/nowhere":
            return Reply(404, b"nothing here", (TEXT,))
        return Echoed(self, asked, self.longest)


@dataclass
class Echoed:
    echo: Echo
    asked: Asked
    longest: int

    def refuse(self, refusal):
        assert refusal == Refusal("BODY_TOO_LARGE", (), {"most": LONGEST})
        return Reply(413, b"too long", (TEXT,))

    async def answer(self):
        self.echo.begun.append(self.asked.path)
        if self.asked.path == "/slow":
            await self.echo.may_answer.wait()
        if self.asked.path == "/broken":
            raise ValueError(self.asked.path)
        if self.asked.path == "/last":
            return Reply(403, b"no more", (TEXT, CLOSE))
        if self.asked.path == "/bent":
            return Reply(200, b"bent", ((b"x-bent", b"a\r\nb: c"), TEXT))
        said = f"{self.asked.method} {self.asked.path}?{self.asked.query.decode()} {self.asked.body.decode()}"
        return Reply(200, said.encode(), (TEXT,))


class Wire(asyncio.Transport):
    """The other side of a connection without a socket: what is written, and whether anything is read."""

    def __init__(self):
        super().__init__()
        self.written, self.reads, self.is_closed = b"", True, False

    def write(self, data):
        self.written += data

    def pause_reading(self):
        self.reads = False

    def resume_reading(self):
        self.reads = True

    def is_closing(self):
        return self.is_closed

    def close(self):
        self.is_closed = True

    abort = close


def wired(echo, told=None):
    """A connection and its wire, in the running loop."""
    budget = Budget(10**6, 10**6)
    opened = Open(budget) if told is None else Open(budget, failed=lambda _, code: told.append(code))
    connection, wire = Connection(echo, opened, lambda: AT), Wire()
    connection.connection_made(wire)
    return connection, wire


def talk(*pieces, bounds=None, echo=None, then=None):
    """What is answered to pieces that are sent one after the other, until the other side closes or falls silent."""

    async def going():
        answering = echo or Echo()
        listener = Listener(answering, None, now=lambda: AT, bounds=bounds)
        port = await listener.start("127.0.0.1", 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)
        if then is not None:
            then(answering)
        received = b""
        with contextlib.suppress(TimeoutError):
            while piece := await asyncio.wait_for(reader.read(65536), 0.3):
                received += piece
        closed = reader.at_eof()
        answering.may_answer.set()
        writer.close()
        await asyncio.wait_for(listener.close(), PROMPT_S)
        return received.decode(), closed

    return asyncio.run(going())


def asking(path, body="", *, method="POST", headers=""):
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def bodies(received):
    """The bodies of answers, which end where the next first line begins."""
    return [one.partition("\r\n\r\n")[2] for one in received.split("HTTP/1.1 ")[1:]]


def statuses(received):
    return [int(one[:3]) for one in received.split("HTTP/1.1 ")[1:]]


def test_an_answer_has_its_date_its_length_and_its_words():
    received, closed = talk(asking("/a%20b?c=1", "hello"))

    assert received == (
        "HTTP/1.1 200 OK\r\ndate: Sun, 01 Feb 2026 09:30:00 GMT\r\ncontent-type: text/plain; charset=utf-8\r\n"
        "content-length: 19\r\n\r\nPOST /a b?c=1 hello"
    )
    assert not closed


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_requests_that_come_in_any_pieces_are_answered_in_their_order(size):
    whole = asking("/slow", "1") + asking("/b", "2") + asking("/nowhere", "3") + asking("/d", "4")
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]

    received, closed = talk(
        whole[:20], *pieces[20:] if size == 1 else [whole[20:]], then=lambda echo: echo.may_answer.set()
    )

    assert bodies(received) == ["POST /slow? 1", "POST /b? 2", "nothing here", "POST /d? 4"]
    assert not closed


def test_while_one_is_answered_the_next_does_not_begin():
    echo = Echo()
    begun = []

    talk(asking("/slow") + asking("/b"), echo=echo, then=lambda one: (begun.extend(one.begun), one.may_answer.set()))

    assert begun == ["/slow"]
    assert echo.begun == ["/slow", "/b"]


@pytest.mark.parametrize(
    ("length", "status"), [(LONGEST, 200), (LONGEST + 1, 413)], ids=["as long as may be", "one too long"]
)
def test_a_body_has_a_longest_said_before_or_found_on_the_way(length, status):
    chunked = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (length, b"x" * length)

    said, closed = talk(asking("/a", "x" * length))
    found, also_closed = talk(chunked, chunks)

    assert statuses(said) == statuses(found) == [status]
    assert closed == also_closed == (status == 413)


def test_a_long_body_is_refused_before_it_is_sent_and_a_short_one_is_asked_for():
    expecting = "Expect: 100-continue\r\n"
    head = asking("/a", "x" * 5, headers=expecting)[:-5]

    wanted, _ = talk(head, b"12345")
    unwanted, closed = talk(asking("/a", "x" * (LONGEST + 1), headers=expecting)[: -LONGEST - 1])

    assert statuses(wanted) == [100, 200]
    assert statuses(unwanted) == [413]
    assert closed


def test_who_is_refused_by_the_head_is_told_before_the_body_and_nothing_more_is_read():
    echo = Echo()

    received, closed = talk(asking("/closed", "x" * 500)[:-500] + asking("/b"), echo=echo)

    assert (statuses(received), closed) == ([403], True)
    assert "connection: close" in received
    assert (echo.heads, echo.begun) == (["/closed"], [])


@pytest.mark.parametrize(
    "asked",
    [
        asking("/a", headers="Connection: close\r\n"),
        b"GET /a HTTP/1.0\r\n\r\n",
        b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        b"GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
    ids=["close", "1.0", "1.0 kept alive", "upgrade"],
)
def test_a_connection_that_is_not_to_go_on_is_closed_after_its_answer(asked):
    received, closed = talk(asked + asking("/b"))

    assert (statuses(received), closed) == ([200], True)
    assert received.count("connection: close") == 1


def test_an_answer_to_head_has_a_length_and_no_body():
    received, _ = talk(asking("/a", method="HEAD"))

    assert statuses(received) == [200]
    assert "content-length: 9\r\n" in received
    assert bodies(received) == [""]


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET\r\n\r\n",
        b"POST /a HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
    ],
    ids=["TLS", "no address", "no length", "no ASCII"],
)
def test_what_is_no_request_is_told_so_and_ends_the_connection(sent):
    received, closed = talk(sent)

    assert (statuses(received), closed) == ([400], True)


def test_a_fault_of_ours_while_a_request_is_judged_is_not_called_the_other_sides():
    received, closed = talk(asking("/unjudged"))

    assert (statuses(received), closed) == ([500], True)


def test_garbage_behind_a_request_takes_no_answer_from_it():
    received, closed = talk(asking("/slow", "1") + b"\x00\x00\x00", then=lambda echo: echo.may_answer.set())

    assert (statuses(received), closed) == ([200, 400], True)


def test_a_header_that_would_be_two_is_not_sent():
    received, _ = talk(asking("/bent"))

    assert statuses(received) == [200]
    assert "bent" not in received.partition("\r\n\r\n")[0]


def test_who_has_nothing_to_ask_for_long_is_closed_and_who_waits_for_an_answer_is_not(monkeypatch):
    monkeypatch.setattr(listening, "LOOK_S", 0.02)
    short = Bounds(idle_s=0, slow_s=0)

    idle, idle_closed = talk(asking("/a"), bounds=Bounds(idle_s=0))
    _, kept_open = talk(asking("/slow") + asking("/b")[:30], bounds=short)
    _, slow_closed = talk(asking("/b")[:30], bounds=short)

    assert statuses(idle) == [200]
    assert (idle_closed, kept_open, slow_closed) == (True, False, True)


def test_what_was_asked_is_answered_before_the_listener_closes():
    async def going():
        echo = Echo()
        listener = Listener(echo, None, now=lambda: AT)
        port = await listener.start("127.0.0.1", 0)
        asked, idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        asked[1].write(asking("/slow"))
        async with asyncio.timeout(PROMPT_S):
            while not echo.begun:  # noqa: ASYNC110  # nobody tells a test
                await asyncio.sleep(0.01)
            closing = asyncio.create_task(listener.close())
            silent = await idle[0].read()
            echo.may_answer.set()
            received = await asked[0].read()
            await closing
        for _, writer in (asked, idle):
            writer.close()
        return silent, received.decode()

    silent, received = asyncio.run(going())

    assert silent == b""
    assert statuses(received) == [200]
    assert "connection: close" in received


CHUNKED = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


def test_what_stands_behind_a_body_is_no_header():
    echo = Echo()

    received, closed = talk(
        CHUNKED + b"2\r\nhi\r\n0\r\nIdempotency-Key: late\r\nHost: y\r\n\r\n" + asking("/b"), echo=echo
    )

    assert bodies(received) == ["POST /a? hi", "POST /b? "]
    assert [one.headers.get(b"idempotency-key") for one in echo.asked] == [None, None]
    assert echo.asked[0].headers[b"host"] == b"x"
    assert not closed


@pytest.mark.parametrize(
    ("before", "again"),
    [(CHUNKED + b"0\r\nx: ", b"v" * 1024), (CHUNKED + b"0\r\n", b"x: v\r\n" * 100), (CHUNKED, b"1\r\nx\r\n" * 10)],
    ids=["one without end", "headers without end", "chunks of one byte"],
)
def test_what_stands_beside_a_body_has_an_end(before, again):
    async def going():
        told, sent = [], 0
        connection, wire = wired(Echo(longest=10**6), told)
        connection.data_received(before)
        while not wire.is_closed and sent < 3 * LONGEST_HEAD:
            connection.data_received(again)
            sent += len(again)
        return told, sent, wire

    told, sent, wire = asyncio.run(going())

    assert wire.is_closed
    assert (told, wire.written) == ([REQUEST_NOT_HTTP], b"")
    assert LONGEST_HEAD - 1024 < sent < 2 * LONGEST_HEAD


def test_a_connection_that_waits_for_its_next_request_holds_no_body():
    async def going():
        connection, wire = wired(Echo())
        connection.data_received(asking("/a", "x" * LONGEST))
        await asyncio.sleep(0.01)
        return connection, wire

    connection, wire = asyncio.run(going())

    assert wire.written.endswith(b"x" * LONGEST)
    assert not connection._body


def test_after_an_answer_was_taken_late_and_the_next_was_there_at_once_reading_goes_on():
    async def going():
        echo = Echo()
        connection, wire = wired(echo)
        connection.data_received(asking("/slow") + asking("/nowhere"))
        connection.pause_writing()
        echo.may_answer.set()
        await asyncio.sleep(0.01)
        paused = wire.reads
        connection.resume_writing()
        return paused, wire

    paused, wire = asyncio.run(going())

    assert statuses(wire.written.decode()) == [200, 404]
    assert (paused, wire.reads) == (False, True)


def test_what_comes_behind_an_answer_that_closes_is_not_carried_out():
    echo = Echo()

    received, closed = talk(asking("/last") + asking("/b"), echo=echo)

    assert (statuses(received), closed) == ([403], True)
    assert echo.begun == ["/last"]


def test_an_upgrade_that_is_answered_at_once_ends_the_connection_too():
    asked = b"GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"

    received, closed = talk(asked)

    assert (statuses(received), closed) == ([404], True)


def test_a_fault_in_answering_leaves_no_connection_behind():
    async def going():
        connection, wire = wired(Echo())
        connection.data_received(asking("/broken"))
        await asyncio.sleep(0.01)
        return connection, wire

    connection, wire = asyncio.run(going())

    assert (connection.task, wire.written, wire.is_closed) == (None, b"", True)
