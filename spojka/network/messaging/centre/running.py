"""The simulated centre as a server that runs."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final, Self

from spojka.network.messaging.centre.carrying import Carrier
from spojka.network.messaging.centre.memory import Carried, Counts, Memory
from spojka.network.messaging.centre.originating import written
from spojka.network.messaging.centre.outbox import ANYBODY, Outbox
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.pdus import (
    Bind,
    CancelSm,
    DataSm,
    DeliverSm,
    Pdu,
    QuerySm,
    ReplaceSm,
    SubmitMulti,
    SubmitSm,
    answer_to,
)
from spojka.network.messaging.smpp.servers import Admission, Server, ServerSettings, Session
from spojka.network.messaging.smpp.waiting import Timers

_MS: Final = 1000
_UNBOUNDED: Final = 0


class Centre:
    """
    A simulated SMS centre.

    Args:
        settings: how it behaves; replace them by `change` while it runs.
        now: the clock, for receipts.
        timers: of its sessions.

    Use it as `async with Centre(...) as centre`; it listens on `centre.port` of the loopback.
    """

    def __init__(
        self,
        settings: CentreSettings | None = None,
        *,
        now: Callable[[], datetime],
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        timers: Timers | None = None,
    ) -> None:
        self.host, self.port = host, port
        self._carrier = Carrier(settings or CentreSettings())
        self._outbox = Outbox(settings=lambda: self.settings, counts=self._carrier.counts)
        self._now, self._tls = now, tls
        self._server = Server(
            admit=self._admit,
            on_requests=self._handed,
            on_bound=self._bound,
            on_lost=self._lost,
            settings=ServerSettings(system_id="centre", timers=timers or Timers()),
        )
        self._hearing = asyncio.Event()
        self._hearing.set()
        self._pulse: asyncio.Task[None] | None = None
        self._silence: asyncio.Task[None] | None = None
        self._reference = 0

    @property
    def settings(self) -> CentreSettings:
        """How it behaves."""
        return self._carrier.settings

    @property
    def counts(self) -> Counts:
        """What it counted."""
        return self._carrier.counts

    @property
    def memory(self) -> Memory:
        """The messages that it took, in their order."""
        return self._carrier.memory

    @property
    def waiting(self) -> int:
        """Receipts and messages that no session had room for yet."""
        return self._outbox.waiting

    @property
    def sessions(self) -> list[Session]:
        """The bound sessions."""
        return [one for one in self._server.sessions if one.way is not None]

    def change(self, settings: CentreSettings) -> None:
        """Behave otherwise from now on; windows change for sessions that bind later."""
        self._carrier.settings = settings
        if self._pulse is not None:
            self._pulse.cancel()
        self._pulse = asyncio.create_task(self._fall_silent()) if settings.silent_every_ms else None

    async def start(self) -> int:
        """Listen; returns the port."""
        self.port = await self._server.start(self.host, self.port, tls=self._tls)
        self.change(self.settings)
        return self.port

    async def close(self) -> None:
        """Unbind everybody and stop."""
        self._outbox.close()
        for task in (self._pulse, self._silence):
            if task is not None:
                task.cancel()
        self._wake()
        await self._server.close()

    async def kill(self) -> None:
        """Stop as a power cut would: every connection is lost at once."""
        self._outbox.close()
        self.disconnect()
        await self.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def originate(self, *, mobile: str, to: str, text: str, system_id: str = ANYBODY) -> int:
        """A mobile writes to a number; returns the parts. Without `system_id` whoever receives gets it."""
        self._reference += 1
        parts = written(mobile=mobile, to=to, text=text, reference=self._reference)
        self.deliver(parts, system_id=system_id)
        return len(parts)

    def deliver(self, deliveries: Iterable[DeliverSm], *, system_id: str = ANYBODY) -> None:
        """Send deliver_sm as they are given."""
        wanted = list(deliveries)
        self.counts.originated += len(wanted)
        self._outbox.add(system_id, wanted)

    def disconnect(self) -> int:
        """Lose every connection; returns how many."""
        lost = list(self._server.sessions)
        for session in lost:
            session.abort("the centre lost it")
        self.counts.disconnections += len(lost)
        return len(lost)

    def silence(self, duration_ms: int) -> None:
        """Read and say nothing for so long; connections stay."""
        self._hearing.clear()
        self._outbox.held = True
        for session in self._server.sessions:
            session.stop_listening()
        if self._silence is not None:
            self._silence.cancel()
        self._silence = asyncio.create_task(self._wake_after(duration_ms))

    async def _wake_after(self, duration_ms: int) -> None:
        await asyncio.sleep(duration_ms / _MS)
        self._wake()

    def _wake(self) -> None:
        self._hearing.set()
        for session in self._server.sessions:
            session.listen()
        self._outbox.held = False
        self._outbox.go_on()

    async def _fall_silent(self) -> None:
        while True:
            await asyncio.sleep(self.settings.silent_every_ms / _MS)
            self.silence(self.settings.silent_ms)
            await asyncio.sleep(self.settings.silent_ms / _MS)

    async def _admit(self, _session: Session, request: Bind) -> Admission:
        await self._hearing.wait()
        settings = self.settings
        if settings.accounts:
            known = settings.accounts.get(request.system_id)
            if known is None:
                return Admission(statuses.ESME_RINVSYSID)
            if known != request.password:
                return Admission(statuses.ESME_RINVPASWD)
        return Admission(window=settings.deliver_window, most_unanswered=settings.window or _UNBOUNDED)

    def _bound(self, session: Session) -> None:
        self.counts.binds += 1
        self._outbox.opened(session)

    def _lost(self, session: Session, _reason: str) -> None:
        self._outbox.lost(session)

    def _handed(self, session: Session, requests: list[Pdu]) -> None:
        if self.settings.latency_ms:
            loop = asyncio.get_running_loop()
            loop.call_later(self.settings.latency_ms / _MS, self._carry, session, requests)
        else:
            self._carry(session, requests)

    def _carry(self, session: Session, requests: list[Pdu]) -> None:
        now, carrier, every = self._now(), self._carrier, self.settings.disconnect_every
        answers: list[Pdu] = []
        carried: list[Carried] = []
        unanswered = 0
        cut = False
        for request in requests:
            if isinstance(request, SubmitSm | DataSm | SubmitMulti):
                before = carrier.counts.accepted
                taken = carrier.carry(request, session.system_id, now)
                carried += taken.carried
                if taken.answer is None:
                    unanswered += 1
                else:
                    answers.append(taken.answer)
                cut = cut or bool(every and carrier.counts.accepted // every > before // every)
            else:
                answers.append(self._other(request))
        session.unanswered -= unanswered  # nobody will ever answer them: they do not fill the window
        if self.settings.receipts == "early":
            self._end(carried)
        if cut:
            self.counts.disconnections += 1
            session.abort("the centre lost it")
        else:
            session.answer(answers)
        if self.settings.receipts == "late":
            self._end_later(carried)
        elif self.settings.receipts != "early":
            self._end(carried)

    def _other(self, request: Pdu) -> Pdu:
        carrier = self._carrier
        if isinstance(request, QuerySm):
            return carrier.query(request)
        if isinstance(request, CancelSm):
            return carrier.cancel(request)
        if isinstance(request, ReplaceSm):
            return carrier.replace(request)
        return answer_to(request, status=statuses.ESME_RSYSERR)

    def _end(self, carried: list[Carried]) -> None:
        if carried:
            for account, receipts in self._carrier.end(carried, self._now()).items():
                self._outbox.add(account, receipts)

    def _end_later(self, carried: list[Carried]) -> None:
        """End messages after their delay; shuffled ones in two halves, each after its own."""
        loop = asyncio.get_running_loop()
        halves = (carried[::2], carried[1::2]) if self.settings.shuffled else (carried,)
        for half in halves:
            if half:
                loop.call_later(self._carrier.delay_ms() / _MS, self._end, half)

    def reset(self) -> None:
        """Forget what was carried and counted; settings and connections stay."""
        fresh = Carrier(replace(self.settings))
        self._carrier.memory = fresh.memory
        for name in Counts.__slots__:
            setattr(self._carrier.counts, name, getattr(fresh.counts, name))
