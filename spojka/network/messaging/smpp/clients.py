"""The ESME's side: a client that keeps one link bound, and binds anew when it is lost (SMPP 3.4, 2.2)."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, Self

import structlog

from spojka.network.messaging.smpp import statuses
from spojka.network.messaging.smpp.fates import Answered, Fate, Outcome
from spojka.network.messaging.smpp.links import Link
from spojka.network.messaging.smpp.pdus import AlertNotification, Bind, DataSm, DeliverSm, Pdu, answer_to
from spojka.network.messaging.smpp.waiting import BINDS, Timers, Way

_MS: Final = 1000
_MOST_DOUBLINGS: Final = 20
_FROM_CENTRES: Final = frozenset({DeliverSm.command, DataSm.command, AlertNotification.command})

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Where to bind, as whom, how; `window` is requests in flight, waits between tries are in milliseconds."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    way: Way = Way.TRANSCEIVER
    system_type: str = ""
    addr_ton: int = 0
    addr_npi: int = 0
    address_range: str = ""
    window: int = 10
    most_unanswered: int = 0
    timers: Timers = field(default_factory=Timers)
    first_wait_ms: int = 1000
    most_wait_ms: int = 60_000
    tls: ssl.SSLContext | None = None
    tls_name: str | None = None


class ClientLink(Link):
    """A link that binds to a centre."""

    async def bind(self, settings: ClientSettings) -> int | None:
        """Bind; the status of the answer, None when none came in time."""
        made: type[Bind] = BINDS[settings.way]
        answer = await self.ask(
            made(
                system_id=settings.system_id,
                password=settings.password,
                system_type=settings.system_type,
                addr_ton=settings.addr_ton,
                addr_npi=settings.addr_npi,
                address_range=settings.address_range,
            ),
            limit_ms=self.timers.bind_ms,
        )
        return None if answer is None else answer.status

    def opened(self) -> None:
        """A centre may deliver as soon as its answer to the bind is out, perhaps in the same segment."""
        self.takes = _FROM_CENTRES

    def refused(self, request: Pdu) -> int:
        """What a centre may send is taken, also just before its answer to the bind is seen."""
        return 0 if request.command in self.takes else statuses.ESME_RINVBNDSTS


def wait_ms(attempt: int, *, first_ms: int, most_ms: int, random: Random) -> int:
    """
    How long to wait before the next try: doubled each time up to `most_ms`, then somewhere in its upper half.

    >>> [wait_ms(n, first_ms=1000, most_ms=60_000, random=Random(1)) <= 60_000 for n in (0, 5, 9, 10**6)]
    [True, True, True, True]
    """
    longest = min(most_ms, first_ms << min(attempt, _MOST_DOUBLINGS))
    return longest - random.randrange(longest // 2 + 1)


def _refuse_all(link: Link, requests: list[Pdu]) -> None:
    """Whoever binds without taking requests leaves them with the centre."""
    link.answer([answer_to(one, status=statuses.ESME_RSYSERR) for one in requests if one.command != _ALERT])


_ALERT: Final = AlertNotification.command


class Client:
    """
    Keeps one link to a centre bound.

    Args:
        settings: where and how.
        random: spreads the tries to bind, so that many clients do not come at once.
        on_requests: given the link and the deliver_sm, data_sm and alert_notification of one read; answers go to
            `link.answer`. Without it they are refused, so that the centre keeps them.
        on_change: told when the link is bound, lost or refused.

    Use it as `async with Client(...) as client`, or `start` and `close` it.
    """

    def __init__(
        self,
        settings: ClientSettings,
        *,
        random: Random,
        on_requests: Callable[[Link, list[Pdu]], None] | None = None,
        on_change: Callable[[Client], None] | None = None,
    ) -> None:
        self.settings = settings
        self.link: ClientLink | None = None
        """The bound link, or None."""
        self.fault = ""
        """Why there is no link: empty while there is one."""
        self.refusal: int | None = None
        """The status of the last bind when it was refused."""
        self.binds = 0
        self._random, self._on_change = random, on_change
        self._on_requests = on_requests or _refuse_all
        self._bound = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._retry_now = asyncio.Event()
        self._closing = False

    @property
    def is_bound(self) -> bool:
        """Whether requests can be sent, now or when there is room."""
        return self.link is not None and self.link.is_bound

    @property
    def room(self) -> int:
        """How many requests can be sent now."""
        return 0 if self.link is None else self.link.room

    def send(self, requests: Sequence[Pdu], tokens: Sequence[Any], answered: Answered) -> int:
        """See `Link.send`; takes none while there is no link."""
        return 0 if self.link is None else self.link.send(requests, tokens, answered)

    async def submit(self, requests: Sequence[Pdu]) -> list[Outcome]:
        """See `Link.submit`; all are unsent while there is no link."""
        if self.link is None:
            return [Outcome(place, Fate.UNSENT, reason=self.fault or "not bound") for place in range(len(requests))]
        return await self.link.submit(requests)

    def start(self) -> None:
        """Begin to bind."""
        if self._task is None:
            self._closing = False
            self._task = asyncio.create_task(self._keep_bound())

    async def wait_bound(self) -> None:
        """Return when the link is bound."""
        await self._bound.wait()

    def retry_now(self) -> None:
        """Try to bind at once instead of waiting on."""
        self._retry_now.set()

    async def close(self, *, drain_ms: int = 0) -> None:
        """Wait for what is in flight (at most `drain_ms`), unbind and stop."""
        link = self.link
        self._closing = True
        if link is not None:
            await link.close(drain_ms=drain_ms)
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            self._task = None

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _keep_bound(self) -> None:
        attempt = 0
        while not self._closing:
            link = await self._try()
            if link is not None:
                attempt = 0
                self.link, self.fault, self.refusal = link, "", None
                self.binds += 1
                self._bound.set()
                self._changed()
                try:
                    self.fault = await asyncio.shield(link.closed)
                finally:
                    self.link = None
                    self._bound.clear()
                    link.abort("client stopped")
            self._changed()
            if not self._closing:
                _log.warning("smpp_link_lost", host=self.settings.host, port=self.settings.port, fault=self.fault)
                await self._wait(attempt)
                attempt += 1

    async def _wait(self, attempt: int) -> None:
        first_ms, most_ms = self.settings.first_wait_ms, self.settings.most_wait_ms
        delay_ms = wait_ms(attempt, first_ms=first_ms, most_ms=most_ms, random=self._random)
        self._retry_now.clear()
        try:
            await asyncio.wait_for(self._retry_now.wait(), delay_ms / _MS)
        except TimeoutError:
            return

    async def _try(self) -> ClientLink | None:
        """Connect and bind once; None and `fault` when it was not to be."""
        settings = self.settings
        self.refusal = None
        try:
            async with asyncio.timeout(settings.timers.bind_ms / _MS):
                _, link = await asyncio.get_running_loop().create_connection(
                    self._new_link, settings.host, settings.port, ssl=settings.tls, server_hostname=settings.tls_name
                )
        except (OSError, TimeoutError) as fault:
            self.fault = f"no connection: {fault!r}"
            return None
        try:
            status = await link.bind(settings)
        except asyncio.CancelledError:
            link.abort("client stopped")
            raise
        if status == 0 and not link.closed.done():
            link.way = settings.way
            return link
        self.refusal = status
        name = "no answer" if status is None else statuses.status_of(status).name
        self.fault = f"bind refused: {name}"
        link.abort(self.fault)
        return None

    def _new_link(self) -> ClientLink:
        return ClientLink(
            timers=self.settings.timers,
            window=self.settings.window,
            most_unanswered=self.settings.most_unanswered,
            on_requests=self._on_requests,
        )

    def _changed(self) -> None:
        if self._on_change is not None:
            self._on_change(self)
