"""HTTP/1.1 on a connection whose other side is known by its certificate: whole requests in, whole answers out."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Final, Protocol, cast
from urllib.parse import unquote

import httptools
import structlog

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates.tls import fingerprint_of
from spojka.surfaces.gateway.connector.budget import FREE_BYTES, Budget
from spojka.surfaces.gateway.connector.exchange import CLOSE, TEXT, Asked, Reply

LONGEST_HEAD: Final = 64 * 1024
"""Bytes of a request's first line and headers: a message in an address takes a tenth of it."""
NOT_HTTP: Final = Reply(400, b"not HTTP/1.1\n", ((b"content-type", b"text/plain; charset=utf-8"), CLOSE))
FAULTY: Final = Reply(500, b"", (TEXT, CLOSE))
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
FIRST_LINES: Final = {one.value: f"HTTP/1.1 {one.value} {one.phrase}\r\n".encode() for one in HTTPStatus}

_log = structlog.get_logger(__name__)


class Admitted(Protocol):
    """A request that is let in: it may have so long a body, and is answered once it is whole."""

    @property
    def longest(self) -> int:
        """Bytes of its body."""

    def refuse(self, refusal: Refusal) -> Reply:
        """The answer to what cannot be taken whole."""

    async def answer(self) -> Reply:
        """The answer to the whole request; it raises nothing."""


class Answering(Protocol):
    """What answers requests."""

    def admit(self, asked: Asked) -> Admitted | Reply:
        """Judge a request by its head: let it in, or answer it at once."""


Failed = Callable[[bytes | None, str], None]
"""Is told of a connection that came to nothing: SHA-256 of its certificate, where there is one, and a code."""

TLS_FAILED: Final = "TLS_FAILED"
"""The handshake came to nothing: mostly a certificate that nobody registered, or one of ours that is not trusted."""
REQUEST_TIMEOUT: Final = "REQUEST_TIMEOUT"
"""A request did not arrive whole in time, or its answer was not taken."""
REQUEST_NOT_HTTP: Final = "REQUEST_NOT_HTTP"
"""What arrived cannot be read as HTTP/1.1."""


def _nobody_is_told(_fingerprint: bytes | None, _code: str) -> None:
    """Whoever has no use for it."""


@dataclass
class Open:
    """
    What the connections of one listener share.

    Args:
        budget: bytes of bodies.
        connections: those whose handshake is done.
        date: the line with the date of answers.
        failed: hears of faults.

    """

    budget: Budget
    connections: set[Connection] = field(default_factory=set)
    date: bytes = b""
    failed: Failed = _nobody_is_told


class Connection(asyncio.Protocol):
    """
    Reads requests, has them answered one after the other, and tells how long it has been waiting.

    A request is judged once its head is there, so that nobody's body is taken for nothing. The certificate's digest is
    made once a connection: TLS lets no side change its certificate, and a resumed session has the same.

    Args:
        answering: answers.
        opened: where it is counted.
        now: the clock.

    """

    transport: asyncio.Transport
    fingerprint: bytes | None = None
    waits_since: float | None = None  # float: seconds of the loop's clock
    paused_since: float | None = None  # float: see above
    idle_since: float | None = None  # float: see above

    def __init__(self, answering: Answering, opened: Open, now: Callable[[], datetime]) -> None:
        self._answering, self._opened, self._now = answering, opened, now
        self._loop = asyncio.get_running_loop()
        self._peer: tuple[str, int] | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._in_head = True
        self._url, self._headers = b"", dict[bytes, bytes]()
        self._body = bytearray()
        self._size, self._beside = 0, 0
        self._current: tuple[Asked, Admitted | Reply] | None = None
        self._next: deque[tuple[Asked, Admitted | Reply]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._answered: Asked | None = None
        self._is_last = False

    @property
    def _known_as(self) -> bytes | str:
        """Whose bytes are counted together."""
        return self.fingerprint or (self._peer[0] if self._peer else "")

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The request that is being answered."""
        return self._task

    def is_slow(self, before: float) -> bool:  # float: seconds of the loop's clock
        """Whether a request or the taking of an answer began before an instant and is still not done."""
        is_asking = self._task is None and self.waits_since is not None and self.waits_since < before
        return is_asking or (self.paused_since is not None and self.paused_since < before)

    def is_idle(self, before: float) -> bool:  # float: seconds of the loop's clock
        """Whether the last answer was given before an instant, and nothing was asked since."""
        idle = self._task is None and self.waits_since is None
        return idle and self.idle_since is not None and self.idle_since < before

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Look at the certificate; the first request is waited for from now."""
        self.transport = cast("asyncio.Transport", transport)
        self._opened.connections.add(self)
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object")
        self.fingerprint = None if tls is None else fingerprint_of(tls)
        address = transport.get_extra_info("peername")
        self._peer = tuple(address[:2]) if address else None
        self.waits_since = self._loop.time()

    def connection_lost(self, exc: Exception | None) -> None:
        """The other side went away; what it asked goes on, though nobody is told, and what only waits ends."""
        del exc
        self._opened.connections.discard(self)
        self._is_last = True
        self._drop_current()
        self._drop_next()
        if self._answered is not None:
            self._answered.has_left = True
            if self._answered.on_left is not None:
                self._answered.on_left()

    def data_received(self, data: bytes) -> None:
        """Bytes came; a head that has no end is not waited for, nor more beside a body than there is of it."""
        if self._is_last:
            return
        self._beside += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.shut_down()  # nothing but HTTP/1.1 is spoken here
        except httptools.HttpParserError:
            self._refuse_garbage()
        if self._beside > LONGEST_HEAD + self._size and not self._is_last:
            self._opened.failed(self.fingerprint, REQUEST_NOT_HTTP)
            self._is_last = True
            self.transport.abort()

    def shut_down(self) -> None:
        """Answer what was asked, then close."""
        self._is_last = True
        if self._task is None and not self._next:
            self.transport.close()

    def pause_writing(self) -> None:
        """The other side does not take its answer: nothing more is answered until it does."""
        self.paused_since = self._loop.time()

    def resume_writing(self) -> None:
        """It takes it."""
        self.paused_since = None
        self._go_on()
        self._read_on()

    def on_message_begin(self) -> None:
        """A request begins to arrive."""
        self._in_head, self._beside = True, 0
        self._url, self._headers, self._size = b"", {}, 0
        self.waits_since = self._loop.time()

    def on_url(self, url: bytes) -> None:
        """Its address, or a piece of it."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers; what stands behind a body is none."""
        if self._in_head:
            self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        self._in_head = False
        if self._is_last:
            return
        url = httptools.parse_url(self._url)
        path = url.path.decode("ascii")
        asked = Asked(
            self._parser.get_method().decode("ascii"),
            unquote(path) if "%" in path else path,
            url.query or b"",
            self._headers,
            b"",
            self.fingerprint,
            self._now(),
            peer=self._peer,
        )
        found = self._judged(asked)
        self._current = (asked, found)
        if isinstance(found, Reply):
            if CLOSE in found.headers:
                self._line_up(asked, found)
            return
        said = self._headers.get(b"content-length")
        size = 0 if said is None else int(said)
        if size > found.longest:
            self._refuse_body(asked, found)
        elif size > FREE_BYTES and not self._has_room(asked, found, size):
            return
        elif self._headers.get(b"expect", b"").lower() == b"100-continue" and self._task is None:
            self.transport.write(CONTINUE)

    def on_body(self, piece: bytes) -> None:
        """A piece of its body."""
        self._size += len(piece)
        self._beside -= len(piece)
        if self._is_last or self._current is None:
            return
        asked, found = self._current
        if isinstance(found, Reply):
            return
        if self._size > found.longest:
            self._refuse_body(asked, found)
        elif self._size <= FREE_BYTES or self._size <= asked.held_bytes or self._has_room(asked, found, self._size):
            self._body += piece

    def on_message_complete(self) -> None:
        """It is whole."""
        self.waits_since = None
        if self._is_last or self._current is None:
            return
        (asked, found), self._current = self._current, None
        if self._body:
            asked.body = bytes(self._body)
            self._body = bytearray()  # a connection that waits for its next request holds nothing
        asked.is_last = not self._parser.should_keep_alive() or self._parser.get_http_version() == "1.0"
        self._line_up(asked, found)

    def _judged(self, asked: Asked) -> Admitted | Reply:
        try:
            return self._answering.admit(asked)
        except Exception as fault:  # noqa: BLE001  # the parser would take it for a fault of the other side
            _log.error("connector_request_not_judged", path=asked.path, fault=type(fault).__name__)
            return FAULTY

    def _refuse_garbage(self) -> None:
        """What came is no request; after a last one nothing is looked at."""
        if not self._is_last:
            self._opened.failed(self.fingerprint, REQUEST_NOT_HTTP)
            self._line_up(Asked("", "", b"", {}, b"", self.fingerprint, self._now()), NOT_HTTP)

    def _refuse_body(self, asked: Asked, admitted: Admitted) -> None:
        self._line_up(asked, _closing(admitted.refuse(Refusal("BODY_TOO_LARGE", (), {"most": admitted.longest}))))

    def _has_room(self, asked: Asked, admitted: Admitted, size: int) -> bool:
        """
        Count so much of a body, or refuse it.

        A length that was said is counted at once, so that what is let in can end. The body of a request that is
        refused is read and dropped, for many a program hears no answer before it has sent all, unless it waits to be
        asked for it or its end is unknown.
        """
        why = self._opened.budget.take(self._known_as, size - asked.held_bytes, now=asked.now)
        if why is None:
            asked.held_bytes = size
            return True
        reply = admitted.refuse(why)
        if b"expect" in self._headers or b"content-length" not in self._headers:
            self._line_up(asked, _closing(reply))
        else:
            self._current = (asked, reply)
        return False

    def _let_go(self, asked: Asked) -> None:
        """A body is held no more."""
        if asked.held_bytes:
            self._opened.budget.give_back(self._known_as, asked.held_bytes)
            asked.held_bytes = 0

    def _drop_current(self) -> None:
        """What has arrived of a request is held no more."""
        if self._current is not None:
            self._let_go(self._current[0])
            self._current, self._body = None, bytearray()

    def _drop_next(self) -> None:
        """What waited to be answered is held no more."""
        for asked, _ in self._next:
            self._let_go(asked)
        self._next.clear()

    def _line_up(self, asked: Asked, found: Admitted | Reply) -> None:
        """Have a request answered after those before it; after one that closes the connection nothing is read."""
        self._drop_current()
        if asked.is_last or (isinstance(found, Reply) and CLOSE in found.headers):
            self._is_last, self.waits_since = True, None
        self._next.append((asked, found))
        self._go_on()
        if self._next:
            self.transport.pause_reading()

    def _go_on(self) -> None:
        while self._next and self._task is None and self.paused_since is None:
            asked, found = self._next.popleft()
            if isinstance(found, Reply):
                self._write(asked, found)
            else:
                self.idle_since, self._answered = None, asked
                self._task = self._loop.create_task(self._answer(asked, found))

    async def _answer(self, asked: Asked, admitted: Admitted) -> None:
        try:
            reply = await admitted.answer()
        except Exception as fault:  # noqa: BLE001  # whoever waits for it would wait for ever
            _log.error("connector_answer_failed", path=asked.path, fault=type(fault).__name__)
            self.transport.abort()
            return
        finally:
            self._task = self._answered = None
            self._let_go(asked)
        self._write(asked, reply)
        self._go_on()
        if self.waits_since is not None:
            self.waits_since = self._loop.time()  # what came meanwhile waited for us
        self._read_on()

    def _read_on(self) -> None:
        """Read again once nothing waits to be answered."""
        if not self._next and not self._is_last:
            self.transport.resume_reading()

    def _write(self, asked: Asked, reply: Reply) -> None:
        """Write an answer at once: one record of TLS, one system call."""
        if self.transport.is_closing():
            return
        closes = CLOSE in reply.headers or (self._is_last and not self._next)
        pieces = [FIRST_LINES[reply.status], self._opened.date]
        for name, value in reply.headers:
            if b"\n" in value or b"\r" in value:
                _log.error("connector_header_not_sent", header=name.decode())
                continue
            pieces += (name, b": ", value, b"\r\n")
        if closes and CLOSE not in reply.headers:
            pieces.append(b"connection: close\r\n")
        pieces.append(b"content-length: %d\r\n\r\n" % len(reply.body))
        if asked.method != "HEAD":
            pieces.append(reply.body)
        self.transport.write(b"".join(pieces))
        self.idle_since = self._loop.time()
        if closes:
            self._is_last = True
            self._drop_next()  # what nobody would be told of is not carried out
            self.transport.close()


def _closing(reply: Reply) -> Reply:
    return reply if CLOSE in reply.headers else Reply(reply.status, reply.body, (*reply.headers, CLOSE))
