"""What became of requests that were sent: answered, uncertain, unsent, late; and many that one caller waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from spojka.network.messaging.smpp.pdus import Pdu


class Fate(StrEnum):
    """What became of a request."""

    ANSWERED = "answered"
    UNCERTAIN = "uncertain"
    """Sent, and not answered: nobody knows whether it was carried out."""
    UNSENT = "unsent"
    """Not sent: it can be sent elsewhere."""
    LATE = "late"
    """Answered after it was said to be uncertain."""


@dataclass(slots=True)
class Outcome:
    """The fate of a request, with the token it was sent with; `answer` is there when it was answered."""

    token: Any
    fate: Fate
    answer: Pdu | None = None
    reason: str = ""

    @property
    def status(self) -> int | None:
        """The command_status of the answer; None without one."""
        return None if self.answer is None else self.answer.status


Answered = Callable[[list[Outcome]], None]
"""Told of fates, in lists."""


class Sender(Protocol):
    """What a submission needs of a link."""

    @property
    def is_bound(self) -> bool:
        """Whether requests can be sent, now or when there is room."""

    def send(self, requests: Sequence[Pdu], tokens: Sequence[Any], answered: Answered) -> int:
        """Send as many as there is room for; returns how many were taken."""

    def call_when_room(self, told: Callable[[], None]) -> None:
        """Call once when there may be room, or when the link is gone."""


class Submission:
    """Requests that one caller waits for, more than the window perhaps; `late` is told of answers after their time."""

    def __init__(
        self, link: Sender, requests: Sequence[Pdu], done: asyncio.Future[list[Outcome]], late: Answered | None = None
    ) -> None:
        self.done = done
        self._link, self._requests, self._late = link, requests, late
        self._fates: list[Outcome | None] = [None] * len(requests)
        self._sent = self._settled = 0

    def go_on(self) -> None:
        """Send what there is room for; wait for more room, or give up what the lost link will not take."""
        left = self._requests[self._sent :]
        if not left:
            return
        if not self._link.is_bound:
            self._sent = len(self._requests)
            first = self._sent - len(left)
            self._told([Outcome(first + n, Fate.UNSENT, reason="the link is not bound") for n in range(len(left))])
            return
        self._sent += self._link.send(left, range(self._sent, len(self._requests)), self._told)
        if self._sent < len(self._requests):
            self._link.call_when_room(self.go_on)

    def _told(self, outcomes: list[Outcome]) -> None:
        for one in outcomes:
            if self._fates[one.token] is None:
                self._fates[one.token] = one
                self._settled += 1
        late = [one for one in outcomes if one.fate is Fate.LATE]
        if late and self._late is not None:
            self._late(late)
        if self._settled == len(self._requests) and not self.done.done():
            self.done.set_result([one for one in self._fates if one is not None])
