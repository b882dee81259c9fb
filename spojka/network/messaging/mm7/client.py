"""
A client of MM7 over HTTP/1.1 with kept connections.

A request ends in one of four ways (`Result`). Only what was surely not done is sent again: no connection, a status of
3000, 4005 or 4006, HTTP 5xx from the peer itself. Where an answer was lost on the way, or a gateway says 502 or 504 in
its stead, the request is uncertain and stays so.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

import httpx

from spojka.kernel.ids import uuid7
from spojka.network.messaging.mm7.bodies import Received, read_body, write_body
from spojka.network.messaging.mm7.envelope import NAMESPACE, Unreadable
from spojka.network.messaging.mm7.limits import Limits
from spojka.network.messaging.mm7.messages import (
    CancelReq,
    CancelRsp,
    DeliverReq,
    DeliverRsp,
    DeliveryReportReq,
    DeliveryReportRsp,
    Fault,
    FromCentre,
    ReadReplyReq,
    ReadReplyRsp,
    ReplaceReq,
    ReplaceRsp,
    RSErrorRsp,
    Status,
    SubmitReq,
    SubmitRsp,
    ToCentre,
    VASPErrorRsp,
)
from spojka.network.messaging.mm7.mime import TransferEncoding
from spojka.network.messaging.mm7.statuses import Retry, is_success, retry_class

GATEWAY_ANSWERS: Final = (502, 504)
"""A gateway's word that no answer came from behind it: the peer may have done the request."""

_ANSWER_LIMITS: Final = Limits(body_bytes=262_144)
_FIRST_BYTE: Final = "http11.send_request_headers.started"
"""The moment from which a request may have reached the peer; before it there was at most a connection."""

AnswerT = TypeVar(
    "AnswerT",
    SubmitRsp,
    CancelRsp,
    ReplaceRsp,
    DeliverRsp,
    DeliveryReportRsp,
    ReadReplyRsp,
)


class Result(StrEnum):
    """How a request ended."""

    DONE = "done"
    """The peer did it, wholly or in part (1100)."""

    REFUSED = "refused"
    """The peer will not do it; the same request would be refused again."""

    LATER = "later"
    """It was not done and may be asked again; the tries of this call are used up."""

    UNCERTAIN = "uncertain"
    """It may have been done: it was sent and no answer was understood. It must not blindly be sent again."""


@dataclass(frozen=True, slots=True)
class Outcome(Generic[AnswerT]):
    """
    What came of a request.

    Args:
        result: how it ended.
        transaction_id: under which it was sent, the same at every try.
        tries: how often it was sent or could not be.
        answer: the peer's answer where it is the one that belongs to the request.
        status: the peer's status, also from an error message.
        http_status: of the last answer; `None` where there was none.
        reason: in words what happened, for who looks after it.
        retry_after_s: seconds that the peer asked to wait.

    """

    result: Result
    transaction_id: str
    tries: int = 1
    answer: AnswerT | None = None
    status: Status | None = None
    http_status: int | None = None
    reason: str = ""
    retry_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """
    Where requests go and how patiently.

    Args:
        url: http or https.
        user: name and password of HTTP's basic authentication, where the peer asks for it.
        connect_timeout_ms: for a connection, and again for its TLS.
        answer_timeout_ms: for each try, from the first byte sent to the last byte of the answer.
        tries: how often one request is sent at most; at least 1.
        pause_ms: before the second try; doubled before each next.
        longest_pause_ms: where a peer asks for a longer pause, the call ends as `LATER`.
        connections: kept at once.
        namespace: of MM7, as the peer wants it.
        encoding: of media parts.

    """

    url: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    connect_timeout_ms: int = 5_000
    answer_timeout_ms: int = 30_000
    tries: int = 3
    pause_ms: int = 500
    longest_pause_ms: int = 10_000
    connections: int = 4
    namespace: str = NAMESPACE
    encoding: TransferEncoding = TransferEncoding.BASE64


async def _sleep_ms(pause_ms: int) -> None:
    await asyncio.sleep(pause_ms / 1000)


class Exchange:
    """
    Requests and answers with one peer, whichever side; one instance serves many requests at once.

    Args:
        peer: where and how patiently.
        tls: the client's certificate and whom it trusts; `None` trusts the machine's authorities.
        pause: waits so many milliseconds between tries.

    """

    def __init__(
        self,
        peer: Peer,
        *,
        tls: ssl.SSLContext | None = None,
        pause: Callable[[int], Awaitable[None]] = _sleep_ms,
    ) -> None:
        self._peer = peer
        self._pause = pause
        seconds, connect_s = peer.answer_timeout_ms / 1000, peer.connect_timeout_ms / 1000
        self._http = httpx.AsyncClient(
            verify=tls if tls is not None else ssl.create_default_context(),
            http1=True,
            http2=False,
            timeout=httpx.Timeout(seconds, connect=connect_s, pool=None),
            limits=httpx.Limits(max_connections=peer.connections, max_keepalive_connections=peer.connections),
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the kept connections."""
        await self._http.aclose()

    async def ask(
        self, request: ToCentre | FromCentre, expected: type[AnswerT], *, transaction_id: str | None = None
    ) -> Outcome[AnswerT]:
        """
        Send a request until it is done, refused, uncertain or the tries are used up.

        Args:
            request: what is asked.
            expected: the class of its answer.
            transaction_id: to be sent with it; a new one where none is given.

        Raises:
            CannotBeWritten: where XML or MIME cannot carry a value of the request.

        """
        peer = self._peer
        transaction = transaction_id or uuid7().hex
        body = write_body(request, transaction_id=transaction, namespace=peer.namespace, encoding=peer.encoding)
        headers = {"content-type": body.content_type, "soapaction": '""', "accept-encoding": "identity"}
        if peer.user is not None:
            secret = base64.b64encode(f"{peer.user}:{peer.password or ''}".encode()).decode("ascii")
            headers["authorization"] = f"Basic {secret}"
        pause_ms = peer.pause_ms
        tries = 1
        while True:
            outcome = await self._once(body.data, headers, expected, _Try(transaction, tries, peer.answer_timeout_ms))
            wait_ms = pause_ms if outcome.retry_after_s is None else max(pause_ms, outcome.retry_after_s * 1000)
            if outcome.result is not Result.LATER or tries >= peer.tries or wait_ms > peer.longest_pause_ms:
                return outcome
            await self._pause(wait_ms)
            pause_ms *= 2
            tries += 1

    async def _once(
        self, data: bytes, headers: dict[str, str], expected: type[AnswerT], made: _Try
    ) -> Outcome[AnswerT]:
        try:
            async with (
                made.patience,
                self._http.stream(
                    "POST", self._peer.url, content=data, headers=headers, extensions={"trace": made.trace}
                ) as response,
            ):
                found = await _read_answer(response)
        except (httpx.HTTPError, TimeoutError) as error:
            result, lacking = (Result.UNCERTAIN, "answer") if made.is_sent else (Result.LATER, "connection")
            reason = f"no {lacking}: {type(error).__name__} {error}".strip()
            return Outcome(result, made.transaction_id, made.number, reason=reason)
        return _judge(response, found, expected, made)


@dataclass(slots=True)
class _Try:
    """One sending of a request, and whether any of it may have reached the peer."""

    transaction_id: str
    number: int
    answer_timeout_ms: int
    is_sent: bool = False
    patience: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))

    async def trace(self, event: str, _facts: Mapping[str, object]) -> None:
        """What the connection is doing, told by the HTTP library; patience begins with the first byte."""
        if event == _FIRST_BYTE:
            self.is_sent = True
            self.patience.reschedule(asyncio.get_running_loop().time() + self.answer_timeout_ms / 1000)


async def _read_answer(response: httpx.Response) -> Received | Unreadable:
    """The answer's message; more bytes than any answer has are not read."""
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        return Unreadable(0, "the answer is compressed, which was not asked for")
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_raw():
        pieces.append(piece)
        size += len(piece)
        if size > _ANSWER_LIMITS.body_bytes:
            return Unreadable(0, f"the answer has more than {_ANSWER_LIMITS.body_bytes} bytes")
    return read_body(response.headers.get("content-type", ""), b"".join(pieces), limits=_ANSWER_LIMITS)


def _judge(
    response: httpx.Response, found: Received | Unreadable, expected: type[AnswerT], made: _Try
) -> Outcome[AnswerT]:
    """What an answer means: its status where it carries one that belongs to the request, else HTTP's."""
    http_status = response.status_code

    def ended(
        result: Result, reason: str, *, answer: AnswerT | None = None, status: Status | None = None
    ) -> Outcome[AnswerT]:
        return Outcome(
            result, made.transaction_id, made.number, answer, status, http_status, reason, _retry_after(response)
        )

    if isinstance(found, Unreadable):
        return ended(_by_http(http_status), f"HTTP {http_status}, {found.reason}")
    if found.transaction_id not in (None, made.transaction_id):
        return ended(Result.UNCERTAIN, f"the answer belongs to transaction {found.transaction_id!r}")
    message = found.message
    if isinstance(message, Fault):
        result = Result.REFUSED if message.is_ours else Result.LATER
        return ended(result, f"fault {message.code!r}: {message.text}")
    if isinstance(message, expected):
        return ended(_by_status(message.status), "", answer=message, status=message.status)
    if isinstance(message, RSErrorRsp | VASPErrorRsp) and not is_success(message.status.code):
        return ended(_by_status(message.status), type(message).__name__, status=message.status)
    return ended(_by_http(http_status), f"HTTP {http_status}, {type(message).__name__} is no answer to this")


def _by_status(status: Status) -> Result:
    return {Retry.NONE: Result.DONE, Retry.LATER: Result.LATER, Retry.NEVER: Result.REFUSED}[retry_class(status.code)]


def _by_http(http_status: int) -> Result:
    if http_status in GATEWAY_ANSWERS or http_status < 300:
        return Result.UNCERTAIN
    return Result.LATER if http_status >= 500 else Result.REFUSED


def _retry_after(response: httpx.Response) -> int | None:
    value = response.headers.get("retry-after", "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 7 else None


class CentreClient:
    """What a program asks of an MMSC; `exchange` is closed by who made it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def submit(self, request: SubmitReq, *, transaction_id: str | None = None) -> Outcome[SubmitRsp]:
        """Submit a message; where `DONE`, reports will name the answer's `message_id`, if the MMSC gave one."""
        return await self._exchange.ask(request, SubmitRsp, transaction_id=transaction_id)

    async def cancel(self, request: CancelReq, *, transaction_id: str | None = None) -> Outcome[CancelRsp]:
        """Have a message forgotten that still waits."""
        return await self._exchange.ask(request, CancelRsp, transaction_id=transaction_id)

    async def replace(self, request: ReplaceReq, *, transaction_id: str | None = None) -> Outcome[ReplaceRsp]:
        """Have a message replaced that still waits."""
        return await self._exchange.ask(request, ReplaceRsp, transaction_id=transaction_id)


class ProgramClient:
    """What an MMSC tells a program; `exchange` is closed by who made it."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    async def deliver(self, request: DeliverReq) -> Outcome[DeliverRsp]:
        """Hand over a message from a handset."""
        return await self._exchange.ask(request, DeliverRsp)

    async def report(self, request: DeliveryReportReq) -> Outcome[DeliveryReportRsp]:
        """Say what became of a message at one recipient."""
        return await self._exchange.ask(request, DeliveryReportRsp)

    async def read_reply(self, request: ReadReplyReq) -> Outcome[ReadReplyRsp]:
        """Say what a recipient did with a message."""
        return await self._exchange.ask(request, ReadReplyRsp)
