"""What the simulated centre delivers to programs: receipts and messages of mobiles, until they are taken."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from spojka.network.messaging.centre.memory import Counts
from spojka.network.messaging.centre.settings import CentreSettings
from spojka.network.messaging.smpp.fates import Fate, Outcome
from spojka.network.messaging.smpp.pdus import DeliverSm
from spojka.network.messaging.smpp.receipts import is_receipt
from spojka.network.messaging.smpp.servers import Session
from spojka.network.messaging.smpp.statuses import status_of

_MS: Final = 1000
ANYBODY: Final = ""
"""The account of what may go to whoever receives."""


class Outbox:
    """
    Queues by account; each goes to the receiving sessions of its account in turn.

    Args:
        settings: asked for at each retry, since they may change.
        counts: where deliveries are counted.

    """

    def __init__(self, *, settings: Callable[[], CentreSettings], counts: Counts) -> None:
        self._settings, self._counts = settings, counts
        self._queues: dict[str, deque[DeliverSm]] = {}
        self._sessions: list[Session] = []
        self._closed = False
        self.held = False
        """Nothing goes out while it is."""

    @property
    def waiting(self) -> int:
        """Deliveries that no session had room for yet."""
        return sum(len(queue) for queue in self._queues.values())

    def add(self, account: str, deliveries: Iterable[DeliverSm]) -> None:
        """Deliver to an account."""
        self._queues.setdefault(account, deque()).extend(deliveries)
        self._go_on(account)

    def opened(self, session: Session) -> None:
        """A session is bound: what waits for it goes out."""
        if session.receives:
            self._sessions.append(session)
            self._watch(session)
            self.go_on()

    def lost(self, session: Session) -> None:
        """A session is gone."""
        if session in self._sessions:
            self._sessions.remove(session)

    def go_on(self) -> None:
        """Send what there is room for."""
        for account in list(self._queues):
            self._go_on(account)

    def close(self) -> None:
        """Deliver nothing more."""
        self._closed = True
        self._queues.clear()

    def _watch(self, session: Session) -> None:
        """Go on whenever the session has room again."""

        def freed() -> None:
            if session.is_open:
                session.call_when_room(freed)
                self.go_on()

        session.call_when_room(freed)

    def _go_on(self, account: str) -> None:
        queue = self._queues.get(account)
        if not queue or self.held:
            return
        for session in [one for one in self._sessions if account in (ANYBODY, one.system_id)]:
            count = min(session.room, len(queue))
            if count:
                batch = [queue.popleft() for _ in range(count)]
                tokens = [(account, one) for one in batch]
                self._counts.receipts_sent += sum(is_receipt(one.esm_class) for one in batch)
                session.send(batch, tokens, self._answered)
                self._sessions.remove(session)  # the next batch goes to the next session
                self._sessions.append(session)

    def _answered(self, outcomes: list[Outcome]) -> None:
        again: dict[str, list[DeliverSm]] = {}
        for one in outcomes:
            account, delivery = one.token
            if one.fate is Fate.LATE:
                continue
            status = one.status
            if status == 0:
                if is_receipt(delivery.esm_class):
                    self._counts.receipts_taken += 1
                else:
                    self._counts.originated_taken += 1
            elif one.fate is Fate.UNSENT or (status is not None and status_of(status).permanent):
                self._counts.deliveries_given_up += 1
            else:
                again.setdefault(account, []).append(delivery)
        if again and not self._closed:
            asyncio.get_running_loop().call_later(self._settings().retry_ms / _MS, self._repeat, again)

    def _repeat(self, again: dict[str, list[DeliverSm]]) -> None:
        if self._closed:
            return
        for account, deliveries in again.items():
            self._counts.deliveries_repeated += len(deliveries)
            self.add(account, deliveries)
