"""Accepted messages as they travel: pages of JSON, each within a number of bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from spojka.kernel.ids import ServiceId
from spojka.network.messaging.messages.records import Message

FORMAT: Final = 1
"""Changes with the order of a row; a page of another format is not guessed at, its messages are read."""
_FRAME: Final = len(b'{"format":1,"messages":[]}')
_EMPTY: Final = _FRAME - 1
"""A first row has no comma before it."""


class PageUnreadable(ValueError):
    """A page that is not one, or is one of another version; its messages wait in the database."""


@dataclass(frozen=True, slots=True)
class Page:
    """
    What is published at once.

    Args:
        id: of its first message: a page that is published again has the same.
        data: its bytes.
        messages: how many it holds.

    """

    id: UUID
    data: bytes
    messages: int


def pages_of(messages: Sequence[Message], *, most: int) -> Iterator[Page]:
    """Messages in as few pages of at most so many bytes as possible; one that is larger by itself is left out."""
    rows: list[bytes] = []
    first, size = None, _EMPTY
    for one in messages:
        row = _row_of(one)
        if _FRAME + len(row) > most:
            continue
        if first is not None and size + len(row) + 1 > most:
            yield _page(first, rows)
            rows, first, size = [], None, _EMPTY
        first = first or one.id
        rows.append(row)
        size += len(row) + 1
    if first is not None:
        yield _page(first, rows)


def read_page(data: bytes) -> list[Message]:
    """The messages of a page, equal to those that were published; raises `PageUnreadable`."""
    try:
        said = orjson.loads(data)
        if said["format"] != FORMAT:
            raise PageUnreadable(f"format {said['format']}")
        return [_message_of(row) for row in said["messages"]]
    except (ValueError, KeyError, TypeError) as wrong:
        raise PageUnreadable(repr(wrong)) from wrong


def _page(first: UUID, rows: Sequence[bytes]) -> Page:
    return Page(first, b'{"format":%d,"messages":[%s]}' % (FORMAT, b",".join(rows)), len(rows))


def _row_of(one: Message) -> bytes:
    """A row; octets are letters of the same numbers, so that words mostly stay what they are."""
    return orjson.dumps(
        [
            one.id,
            one.application,
            one.kind,
            one.class_,
            one.purpose,
            one.recipient,
            one.sender,
            one.sender_kind,
            one.network,
            one.destination,
            one.coding,
            one.parts,
            _letters(one.body),
            _letters(one.body_hash),
            one.accepted_at,
            one.reference,
            _letters(one.certificate),
            one.expires_at,
            one.not_before,
            dict(one.options),
        ]
    )


def _message_of(row: list[Any]) -> Message:
    (
        id_, application, kind, class_, purpose, recipient, sender, sender_kind, network, destination, coding, parts,
        body, body_hash, accepted_at, reference, certificate, expires_at, not_before, options,
    ) = row  # fmt: skip
    return Message(
        id=UUID(id_),
        application=ServiceId(UUID(application)),
        kind=kind,
        class_=class_,
        purpose=purpose,
        recipient=recipient,
        sender=sender,
        sender_kind=sender_kind,
        network=network,
        destination=destination,
        coding=coding,
        parts=parts,
        body=_octets(body),
        body_hash=_octets(body_hash) or b"",
        accepted_at=datetime.fromisoformat(accepted_at),
        reference=reference,
        certificate=_octets(certificate),
        expires_at=_instant(expires_at),
        not_before=_instant(not_before),
        options=options,
    )


def _letters(octets: bytes | None) -> str | None:
    return None if octets is None else octets.decode("latin-1")


def _octets(letters: str | None) -> bytes | None:
    return None if letters is None else letters.encode("latin-1")


def _instant(said: str | None) -> datetime | None:
    return None if said is None else datetime.fromisoformat(said)
