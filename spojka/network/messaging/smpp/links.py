"""
A link: one connection of SMPP, the same for both sides (SMPP 3.4, 2.1 to 2.9).

What is sent within one turn of the loop goes out in one write. What comes in one read is handed over in one list, and
answers come back in one list. A request in flight is answered, or said to be uncertain exactly once: when its time is
over or at once when the connection is lost; an answer that comes after its time is said too.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from struct import Struct
from typing import Any, Final, cast

import structlog

from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.codec import HEADER, MOST_FRAME, Malformed, decode, encode
from spojka.network.messaging.smpp.fates import Answered, Fate, Outcome, Submission
from spojka.network.messaging.smpp.fields import FieldWrong
from spojka.network.messaging.smpp.pdus import (
    RESPONSE,
    RESPONSES,
    Bind,
    EnquireLink,
    EnquireLinkResp,
    GenericNack,
    Pdu,
    Unbind,
    UnbindResp,
    answer_to,
)
from spojka.network.messaging.smpp.waiting import Timers, Way, now_ms

MOST_SEQUENCE: Final = 0x7FFFFFFF
LEAVE_MS: Final = 2000
"""A peer that does not answer an unbind for so long is left without."""
MOST_LATE: Final = 10_000
"""Requests whose time is over and whose answers are still awaited, a link."""
_LENGTH: Final = Struct(">I")
_MS: Final = 1000

_log = structlog.get_logger(__name__)


class Link(asyncio.Protocol):
    """
    One connection. Its owner says what to do with requests; the sides (`ClientLink`, `Session`) say how it is bound.

    Args:
        timers: how long to wait.
        window: requests of ours in flight at once.
        most_unanswered: requests of theirs that may wait for our answers; more are throttled. 0: no bound.
        on_requests: given the link and the requests of one read; answers go to `answer`, later and in any order. Each
            request is to be answered.

    """

    def __init__(
        self,
        *,
        timers: Timers,
        window: int,
        most_unanswered: int,
        on_requests: Callable[[Any, list[Pdu]], None],
    ) -> None:
        self.timers, self.window, self.most_unanswered = timers, window, most_unanswered
        self.way: Way | None = None
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Done when the connection is gone; its result says why."""
        self.takes: frozenset[int] = frozenset()
        """Ids of the requests that the owner is handed, as the session is bound."""
        self.peer = ""
        self.unanswered = 0
        self.late_answers = 0
        self.unknown_answers = 0
        self.malformed = 0
        self._on_requests = on_requests
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._pending: list[bytes] = []
        self._flushing = False
        self._sequence = 0
        self._in_flight: dict[int, tuple[int, Any, Answered]] = {}
        self._late: dict[int, tuple[Any, Answered]] = {}
        self._asked: dict[int, Callable[[Pdu | None], None]] = {}
        self._waiters: list[Callable[[], None]] = []
        self._paused_ms: int | None = None
        self._listening = True
        self._leaving = False
        self._unbinding: tuple[Pdu, int] | None = None
        self._reason = ""
        self._enquired_ms = 0
        self._heard_ms = self._opened_ms = now_ms()
        self._timer: asyncio.TimerHandle | None = None

    # What the owner asks.

    @property
    def is_open(self) -> bool:
        """Whether the connection is there and nobody is leaving."""
        return self._transport is not None and not self._leaving and self._unbinding is None

    @property
    def is_bound(self) -> bool:
        """Whether requests can be sent, now or when there is room."""
        return self.way is not None and self.is_open

    @property
    def in_flight(self) -> int:
        """Requests of ours that wait for an answer."""
        return len(self._in_flight)

    @property
    def is_writable(self) -> bool:
        """Whether the peer reads what it is sent."""
        return self._paused_ms is None

    @property
    def room(self) -> int:
        """How many requests can be sent now."""
        if not self.is_bound or not self.is_writable:
            return 0
        return max(0, self.window - len(self._in_flight))

    def send(self, requests: Sequence[Pdu], tokens: Sequence[Any], answered: Answered) -> int:
        """
        Send as many requests as there is room for, from the first; returns how many were taken.

        Each taken one's fate comes once through `answered` (and `LATE` after `UNCERTAIN`, if so). The link numbers the
        requests. One that cannot be written as a frame is taken and unsent.
        """
        taken = min(len(requests), self.room)
        if not taken:
            return 0
        sequence, flying, pending = self._sequence, self._in_flight, self._pending
        until_ms = now_ms() + self.timers.response_ms
        wrong: list[Outcome] = []
        for place in range(taken):
            request = requests[place]
            sequence = sequence + 1 if sequence < MOST_SEQUENCE else 1
            request.sequence = sequence
            try:
                pending.append(encode(request))
            except FieldWrong as fault:
                wrong.append(Outcome(tokens[place], Fate.UNSENT, reason=str(fault)))
                continue
            flying[sequence] = (until_ms, tokens[place], answered)
        self._sequence = sequence
        if wrong:
            self._loop.call_soon(answered, wrong)
        self._flush_soon()
        return taken

    async def submit(self, requests: Sequence[Pdu], *, late: Answered | None = None) -> list[Outcome]:
        """
        Send requests as there is room and wait for all fates, in the order of the requests; tokens are their places.

        When the link is lost, what was in flight is uncertain and what was not sent yet is unsent. Late answers are
        not waited for; they are told to `late`, before this returns or after.
        """
        if not requests:
            return []
        waiting = Submission(self, requests, self._loop.create_future(), late)
        waiting.go_on()
        return await waiting.done

    def call_when_room(self, told: Callable[[], None]) -> None:
        """Call once when there may be room, or when the link is gone."""
        self._waiters.append(told)

    def answer(self, answers: Iterable[Pdu]) -> None:
        """Answer requests that were handed over; on a link that is gone nothing happens."""
        if self._transport is None:
            return
        pending = self._pending
        for one in answers:
            self.unanswered -= 1
            try:
                pending.append(encode(one))
            except FieldWrong as fault:
                _log.error("smpp_answer_unfit", peer=self.peer, fault=str(fault))
                pending.append(encode(type(one)(one.sequence, statuses.ESME_RSYSERR)))
        self._flush_soon()
        if self._unbinding is not None and self.unanswered <= 0:
            self._finish_unbind()

    def stop_listening(self) -> None:
        """Read nothing until `listen`; the peer's bytes wait in the network."""
        self._listening = False
        if self._transport is not None:
            self._transport.pause_reading()

    def listen(self) -> None:
        """Read again."""
        self._listening = True
        self._heard_ms = now_ms()
        if self._transport is not None and self.is_writable:
            self._transport.resume_reading()

    async def close(self, *, drain_ms: int = 0) -> None:
        """Wait until nothing is in flight (at most `drain_ms`), unbind, and close."""
        if self._transport is None:
            return
        self._leaving = True
        until_ms = now_ms() + drain_ms
        while self._in_flight and now_ms() < until_ms and not self.closed.done():
            room = asyncio.Event()
            self.call_when_room(room.set)
            with suppress(TimeoutError):
                await asyncio.wait_for(room.wait(), max(0, until_ms - now_ms()) / _MS)
        if self.way is not None and not self.closed.done():
            await self.ask(Unbind(), limit_ms=min(LEAVE_MS, self.timers.response_ms))
        self.drop("closed here")
        await asyncio.wait([self.closed])

    def drop(self, reason: str) -> None:
        """Close the connection, after what is to be written; say why."""
        self._reason = self._reason or reason
        if self._transport is not None:
            self._flush()
            self._transport.close()
            self._leaving = True

    def abort(self, reason: str) -> None:
        """Close the connection at once, with what is not written yet."""
        self._reason = self._reason or reason
        if self._transport is not None:
            self._transport.abort()
            self._leaving = True

    async def ask(self, request: Pdu, *, limit_ms: int) -> Pdu | None:
        """Send a request of the session itself, outside the window; its answer, or None when none came in time."""
        found: asyncio.Future[Pdu | None] = self._loop.create_future()
        sequence = self._ask(request, lambda answer: None if found.done() else found.set_result(answer))
        ends: list[asyncio.Future[Any]] = [found, self.closed]
        await asyncio.wait(ends, timeout=limit_ms / _MS, return_when=asyncio.FIRST_COMPLETED)
        self._asked.pop(sequence, None)
        return found.result() if found.done() else None

    # What the sides say.

    def opened(self) -> None:
        """Hook: the connection is there."""

    def lost(self, reason: str) -> None:
        """Hook: the connection is gone."""

    def bind_asked(self, request: Bind) -> None:
        """Hook: the peer asks to bind; an ESME is not bound to."""
        self.reply(answer_to(request, status=statuses.ESME_RINVBNDSTS))

    def refused(self, request: Pdu) -> int:
        """Hook: the status to refuse a request with because of how the session is bound; 0 takes it."""
        allowed = self.way is not None and request.command in self.takes
        return 0 if allowed else statuses.ESME_RINVBNDSTS

    def turned_away(self, status: int) -> None:
        """Hook: the link itself refused what the peer sent, for how it is written or comes."""

    def turn_away(self, answer: Pdu) -> None:
        """Send an answer of the session itself that refuses."""
        self.reply(answer)
        self.turned_away(answer.status)

    def reply(self, pdu: Pdu) -> None:
        """Send an answer of the session itself."""
        self._pending.append(encode(pdu))
        self._flush_soon()

    # What the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)  # loops of others have transports of their own
        peer = transport.get_extra_info("peername")
        self.peer = f"{peer[0]}:{peer[1]}" if isinstance(peer, tuple) else str(peer or "")
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._timer = self._loop.call_later(self.timers.tick_ms / _MS, self._tick)
        self.opened()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.Protocol."""
        reason = self._reason or (f"connection lost: {exc}" if exc else "closed by the other side")
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        flying, self._in_flight = self._in_flight, {}
        self._late.clear()
        self._rest = b""
        self._pending.clear()
        if not self.closed.done():
            self.closed.set_result(reason)
        groups: dict[Answered, list[Outcome]] = {}
        for _, token, answered in flying.values():
            groups.setdefault(answered, []).append(Outcome(token, Fate.UNCERTAIN, reason=reason))
        for answered, outcomes in groups.items():
            answered(outcomes)
        self.lost(reason)
        self._tell_waiters()

    def pause_writing(self) -> None:
        """See asyncio.Protocol: the peer reads too slowly, so it is not read either; at last it is given up."""
        self._paused_ms = now_ms()
        if self._transport is not None:
            self._transport.pause_reading()

    def resume_writing(self) -> None:
        """See asyncio.Protocol."""
        self._paused_ms = None
        self._heard_ms = now_ms()
        if self._transport is not None and self._listening:
            self._transport.resume_reading()
        self._tell_waiters()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._heard_ms = now_ms()
        self._enquired_ms = 0  # who sends is there, whatever it sends
        buffer = self._rest + data if self._rest else data
        at, end = 0, len(buffer)
        requests: list[Pdu] = []
        groups: dict[Answered, list[Outcome]] = {}
        while end - at >= _LENGTH.size and not self._reason and self._unbinding is None:
            (length,) = _LENGTH.unpack_from(buffer, at)
            if not HEADER <= length <= MOST_FRAME:
                self._lose_step(length)
                break
            if end - at < length:
                break
            self._take(decode(buffer[at : at + length]), requests, groups)
            at += length
        self._rest = buffer[at:]
        if requests:
            self._on_requests(self, requests)
        for answered, outcomes in groups.items():
            answered(outcomes)
        if groups and self._waiters:
            self._tell_waiters()

    # Inside.

    def _take(self, pdu: Pdu | Malformed, requests: list[Pdu], groups: dict[Answered, list[Outcome]]) -> None:
        """Sort one PDU: an answer to its request, what the session itself answers, or a request for the owner."""
        if pdu.command & RESPONSE:
            self._take_answer(pdu, groups)
            return
        if isinstance(pdu, Malformed):
            self.malformed += 1
            _log.warning("smpp_malformed", peer=self.peer, field=pdu.field, reason=pdu.reason, command=pdu.command)
            answer = pdu.answer()
            if answer is not None:
                self.turn_away(answer)
            return
        if pdu.command == EnquireLink.command:
            self.reply(EnquireLinkResp(pdu.sequence))
            return
        if pdu.command == Unbind.command:
            self._unbinding = (pdu, now_ms() + self.timers.response_ms)
            if not self.unanswered and not requests:
                self._finish_unbind()
            return
        if isinstance(pdu, Bind):
            self.bind_asked(pdu)
            return
        answerable = pdu.command in RESPONSES
        status = self.refused(pdu)
        if not status and answerable and 0 < self.most_unanswered <= self.unanswered:
            status = statuses.ESME_RTHROTTLED
        if status:
            if answerable:
                self.turn_away(answer_to(pdu, status=status))
            return
        if answerable:
            self.unanswered += 1
        requests.append(pdu)

    def _take_answer(self, pdu: Pdu | Malformed, groups: dict[Answered, list[Outcome]]) -> None:
        known = self._in_flight.pop(pdu.sequence, None)
        if known is not None:
            _, token, answered = known
            if isinstance(pdu, Malformed):
                outcome = Outcome(token, Fate.UNCERTAIN, reason=f"answer unreadable: {pdu.field}")
            else:
                outcome = Outcome(token, Fate.ANSWERED, pdu)
        elif (asked := self._asked.pop(pdu.sequence, None)) is not None:
            asked(None if isinstance(pdu, Malformed) else pdu)
            return
        elif (late := self._late.pop(pdu.sequence, None)) is not None and not isinstance(pdu, Malformed):
            token, answered = late
            self.late_answers += 1
            outcome = Outcome(token, Fate.LATE, pdu)
        else:
            self.unknown_answers += 1
            return
        group = groups.get(answered)
        if group is None:
            groups[answered] = [outcome]
        else:
            group.append(outcome)

    def _lose_step(self, length: int) -> None:
        """A length that cannot be: where the next frame begins is unknown, so the connection ends."""
        self.malformed += 1
        _log.warning("smpp_out_of_step", peer=self.peer, length=length)
        self.turn_away(GenericNack(0, statuses.ESME_RINVCMDLEN))
        self.drop(f"a frame of {length} octets")

    def _finish_unbind(self) -> None:
        assert self._unbinding is not None
        self.reply(UnbindResp(self._unbinding[0].sequence))
        self.drop("unbound by the other side")

    def _ask(self, request: Pdu, told: Callable[[Pdu | None], None]) -> int:
        self._sequence = self._sequence + 1 if self._sequence < MOST_SEQUENCE else 1
        request.sequence = self._sequence
        self._asked[self._sequence] = told
        self.reply(request)
        return self._sequence

    def _flush_soon(self) -> None:
        if not self._flushing:
            self._flushing = True
            self._loop.call_soon(self._flush)

    def _flush(self) -> None:
        self._flushing = False
        if self._pending and self._transport is not None:
            frames, self._pending = b"".join(self._pending), []
            self._transport.write(frames)

    def _tell_waiters(self) -> None:
        waiters, self._waiters = self._waiters, []
        for told in waiters:
            told()

    def _tick(self) -> None:
        if self._transport is None:
            return
        timers, now = self.timers, now_ms()
        self._timer = self._loop.call_later(timers.tick_ms / _MS, self._tick)
        self._expire(now)
        if self.way is None and now - self._opened_ms >= timers.bind_ms:
            self.abort("not bound in time")
        elif self._unbinding is not None and now >= self._unbinding[1]:
            self._finish_unbind()
        elif self._leaving and now - self._heard_ms >= timers.response_ms:
            self.abort("the other side does not close")
        elif self._paused_ms is not None:
            if now - self._paused_ms >= timers.response_ms:
                self.abort("does not read")
        elif self._listening:
            self._look_after(now - self._heard_ms, now)

    def _look_after(self, silent_ms: int, now: int) -> None:
        """Ask a silent peer whether it is there; give it up when it does not say so."""
        timers = self.timers
        if self._enquired_ms and now - self._enquired_ms >= timers.response_ms:
            self.abort("no answer to enquire_link")
        elif timers.inactivity_ms and silent_ms >= timers.inactivity_ms:
            self.abort("silent for too long")
        elif timers.enquire_link_ms and silent_ms >= timers.enquire_link_ms and not self._enquired_ms and self.way:
            self._enquired_ms = now
            self._ask(EnquireLink(), self._there)

    def _there(self, _answer: Pdu | None) -> None:
        self._enquired_ms = 0

    def _expire(self, now: int) -> None:
        """Say of requests whose time is over that they are uncertain; their answers may still come."""
        groups: dict[Answered, list[Outcome]] = {}
        while self._in_flight:
            sequence = next(iter(self._in_flight))
            until_ms, token, answered = self._in_flight[sequence]
            if until_ms > now:
                break
            del self._in_flight[sequence]
            self._late[sequence] = (token, answered)
            if len(self._late) > MOST_LATE:
                del self._late[next(iter(self._late))]
            groups.setdefault(answered, []).append(Outcome(token, Fate.UNCERTAIN, reason="no answer in time"))
        for answered, outcomes in groups.items():
            answered(outcomes)
        if groups:
            self._tell_waiters()
