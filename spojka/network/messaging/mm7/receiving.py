"""An ASGI application for what an MMSC sends: delivered messages, delivery reports, read replies."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import structlog

from spojka.network.messaging.mm7.answering import Reply, Spoken, answer, answer_wrong
from spojka.network.messaging.mm7.bodies import read_body
from spojka.network.messaging.mm7.envelope import Unreadable
from spojka.network.messaging.mm7.limits import READ_LIMITS, Limits
from spojka.network.messaging.mm7.messages import (
    DeliverReq,
    DeliveryReportReq,
    FromCentre,
    ReadReplyReq,
    VASPErrorRsp,
)
from spojka.network.messaging.mm7.statuses import CONTENT_REFUSED, SERVER_ERROR, UNSUPPORTED_OPERATION

_log: Final = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """
    One request of an MMSC.

    Args:
        message: what it says.
        transaction_id: the MMSC's id of the request, by which a repeated one is known again.
        path: where it was posted, for whoever has several MMSCs.
        peer: the address of the connection, as `host:port`; empty where the server does not tell.

    """

    message: FromCentre
    transaction_id: str | None
    path: str
    peer: str


Hear = Callable[[Heard], Awaitable[Reply]]
"""Keeps what was heard and says what came of it; what it raises is answered with 3000, so that the MMSC tries again."""

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class TooSlow(Exception):
    """A body did not arrive in time."""


class TooMuch(Exception):
    """A body is larger than what is read."""


class Mm7Application:
    """
    Hears an MMSC over ASGI and answers it; identity and TLS are the server's that runs it.

    Args:
        hear: what is done with a request; called only with whole, readable ones.
        limits: sizes beyond which a body is refused.
        body_timeout_s: seconds within which a body must have arrived.

    """

    def __init__(self, hear: Hear, *, limits: Limits = READ_LIMITS, body_timeout_s: int = 30) -> None:
        self._hear = hear
        self._limits = limits
        self._body_timeout_s = body_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection's request, or the start and end of the server (ASGI 3)."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "http":
            await self._handle(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            await _send_plain(send, 405, b"MM7 is spoken by POST\n", ((b"allow", b"POST"),))
            return
        try:
            data = await self._body(receive)
        except TooMuch:
            await _send(send, answer_too_long(self._limits), close=True)
            return
        except TooSlow:
            await _send_plain(send, 408, b"the body did not arrive\n", ((b"connection", b"close"),))
            return
        if data is None:
            return
        await _send(send, await self._answer(scope, data))

    async def _body(self, receive: Receive) -> bytes | None:
        """The whole body; `None` where the peer left before its end."""
        pieces: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._body_timeout_s):
                while True:
                    event = await receive()
                    if event["type"] == "http.disconnect":
                        return None
                    pieces.append(event.get("body", b""))
                    size += len(pieces[-1])
                    if size > self._limits.body_bytes:
                        raise TooMuch
                    if not event.get("more_body", False):
                        return b"".join(pieces)
        except TimeoutError as error:
            raise TooSlow from error

    async def _answer(self, scope: Scope, data: bytes) -> Spoken:
        content_type = next((value for name, value in scope["headers"] if name.lower() == b"content-type"), b"")
        received = read_body(content_type.decode("latin-1"), data, limits=self._limits)
        if isinstance(received, Unreadable):
            _log.warning("mm7_unreadable", status=received.status, reason=received.reason, bytes=len(data))
            return answer_wrong(received, VASPErrorRsp)
        message = received.message
        if not isinstance(message, DeliverReq | DeliveryReportReq | ReadReplyReq):
            reason = f"{type(message).__name__} is nothing that a program hears"
            wrong = Unreadable(UNSUPPORTED_OPERATION, reason, received.transaction_id, namespace=received.namespace)
            return answer_wrong(wrong, VASPErrorRsp)
        client = scope.get("client")
        peer = f"{client[0]}:{client[1]}" if client else ""
        heard = Heard(message, received.transaction_id, str(scope.get("path", "")), peer)
        try:
            reply = await self._hear(heard)
        except Exception as error:  # noqa: BLE001  # whatever broke, the MMSC must keep the message and send it again
            _log.error(  # a traceback would show what people wrote to one another
                "mm7_not_kept",
                message=type(message).__name__,
                transaction_id=heard.transaction_id,
                error=f"{type(error).__name__}: {error}"[:200],
            )
            wrong = Unreadable(
                SERVER_ERROR, "it could not be kept", received.transaction_id, type(message), received.namespace
            )
            return answer_wrong(wrong, VASPErrorRsp)
        return answer(received, message, reply)


def answer_too_long(limits: Limits) -> Spoken:
    """What is answered to a body that is not read to its end; the connection is closed after it."""
    return answer_wrong(Unreadable(CONTENT_REFUSED, f"a body of more than {limits.body_bytes} bytes"), VASPErrorRsp)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        event = await receive()
        if event["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        elif event["type"] == "lifespan.shutdown":
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _send(send: Send, spoken: Spoken, *, close: bool = False) -> None:
    headers = [
        (b"content-type", spoken.body.content_type.encode("latin-1")),
        (b"content-length", str(len(spoken.body.data)).encode("ascii")),
    ]
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": spoken.http_status, "headers": headers})
    await send({"type": "http.response.body", "body": spoken.body.data})


async def _send_plain(send: Send, status: int, data: bytes, headers: tuple[tuple[bytes, bytes], ...]) -> None:
    own = ((b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(data)).encode("ascii")))
    await send({"type": "http.response.start", "status": status, "headers": [*own, *headers]})
    await send({"type": "http.response.body", "body": data})
