"""What the simulated centre remembers: messages by number, and what it counted."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from spojka.network.messaging.centre.settings import IdStyle
from spojka.network.messaging.smpp.pdus import DataSm, SubmitMulti, SubmitSm
from spojka.network.messaging.smpp.receipts import MessageState

Carriable = SubmitSm | DataSm | SubmitMulti


@dataclass(slots=True)
class Carried:
    """
    A message that the centre took: its number, its request, to whom, and what becomes of it.

    `state` is ENROUTE until its end, which is `ends_as`; `visited` is the network abroad that its recipient is in.
    """

    number: int
    system_id: str
    request: Carriable
    destination: str
    submitted_at: datetime
    ends_as: MessageState
    error: int = 0
    visited: str = ""
    state: MessageState = MessageState.ENROUTE
    done_at: datetime | None = None


@dataclass(slots=True)
class Counts:
    """What happened since the start. `accepted` are destinations; `refused` answers are by status."""

    binds: int = 0
    received: int = 0
    accepted: int = 0
    throttled: int = 0
    unanswered: int = 0
    queries: int = 0
    disconnections: int = 0
    receipts_sent: int = 0
    receipts_taken: int = 0
    receipts_lost: int = 0
    originated: int = 0
    originated_taken: int = 0
    deliveries_repeated: int = 0
    deliveries_given_up: int = 0
    refused: dict[int, int] = field(default_factory=dict)

    def refuse(self, status: int) -> None:
        """Count an answer that refuses."""
        self.refused[status] = self.refused.get(status, 0) + 1


def answer_id(number: int, style: IdStyle) -> str:
    """
    A message's id as an answer says it.

    >>> answer_id(2591, "decimal"), answer_id(2591, "hex"), answer_id(2591, "mixed")
    ('0000002591', 'A1F', '00000a1f')
    """
    if style == "decimal":
        return f"{number:010}"
    return f"{number:X}" if style == "hex" else f"{number:08x}"


def receipt_id(number: int, style: IdStyle) -> str:
    """
    A message's id as its receipt says it.

    >>> receipt_id(2591, "decimal"), receipt_id(2591, "hex"), receipt_id(2591, "mixed")
    ('0000002591', 'A1F', '2591')
    """
    return str(number) if style == "mixed" else answer_id(number, style)


def number_of(message_id: str, style: IdStyle) -> int | None:
    """
    The number behind an id as an answer said it, or None.

    >>> number_of("00000a1f", "mixed"), number_of("0000002591", "decimal"), number_of("zz", "hex")
    (2591, 2591, None)
    """
    try:
        return int(message_id, 10 if style == "decimal" else 16)
    except ValueError:
        return None


class Memory:
    """Messages by their numbers; the oldest go when there are more than are to be kept."""

    def __init__(self) -> None:
        self._by_number: OrderedDict[int, Carried] = OrderedDict()

    def keep(self, one: Carried, *, most: int) -> None:
        """Remember a message; of one to many, the first."""
        self._by_number.setdefault(one.number, one)
        while len(self._by_number) > most:
            self._by_number.popitem(last=False)

    def find(self, number: int | None) -> Carried | None:
        """The message with a number."""
        return None if number is None else self._by_number.get(number)

    def waiting(self, source: str, destination: str) -> list[Carried]:
        """The messages of a sender to a destination that have not ended."""
        return [
            one
            for one in self._by_number.values()
            if one.state is MessageState.ENROUTE and (one.request.source_addr, one.destination) == (source, destination)
        ]

    def __iter__(self) -> Iterator[Carried]:
        return iter(self._by_number.values())

    def __len__(self) -> int:
        return len(self._by_number)


def shown(one: Carried) -> dict[str, Any]:
    """A message as a control call shows it."""
    return {
        "number": one.number,
        "system_id": one.system_id,
        "source": one.request.source_addr,
        "destination": one.destination,
        "esm_class": one.request.esm_class,
        "data_coding": one.request.data_coding,
        "content": one.request.content.hex(),
        "state": one.state.name,
        "error": one.error,
        "visited": one.visited,
    }
