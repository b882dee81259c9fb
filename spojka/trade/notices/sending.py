"""Ways out: each channel has a driver that hands a notice to its network and brings back the proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from spojka.access.operations.context import Context
from spojka.kernel.ids import InvoiceId, NoticeId, PartyId
from spojka.terms.clauses import Language
from spojka.trade.notices.mail import Attachment, Letter, MailDelayed, Mailer, MailRefused
from spojka.trade.notices.store import Channel


class NotHandedOver(RuntimeError):
    """A network did not take a notice this time; it is tried again. The text says what it answered."""


class NeverDeliverable(ValueError):
    """A network will never take this notice, however often it is tried: a wrong address, a text it cannot carry."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """
    One notice to hand over.

    Args:
        id: the same at every attempt: a network that saw it before can drop the repeat.
        kind: what it is about.
        recipient: an address or a number.
        party: who is told.
        written_for: the attempt's instant.

    """

    id: NoticeId
    kind: str
    channel: Channel
    recipient: str
    language: str
    subject: str
    body: str
    party: PartyId
    written_for: datetime
    attachments: tuple[Attachment, ...] = ()


Driver = Callable[[Outgoing], Mapping[str, str]]
"""Hands over one notice and answers with the proof; raises `NotHandedOver` or `NeverDeliverable`."""

Attacher = Callable[[Context, InvoiceId], Sequence[Attachment]]
"""The files of an invoice."""

BACKOFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=8),
    timedelta(days=1),
)
"""How long to wait after each failed attempt; after the last one the notice has failed."""


def simulated(outgoing: Outgoing) -> dict[str, str]:
    """Take a notice without a network: its proof says so."""
    return {"by": "simulated network", "to": outgoing.recipient, "at": outgoing.written_for.isoformat()}


def by_mail(mailer: Mailer) -> Driver:
    """A driver that hands letters to a mail server; its proof is the server's own answer."""

    def send(outgoing: Outgoing) -> dict[str, str]:
        letter = Letter(
            notice_id=outgoing.id,
            recipient=outgoing.recipient,
            subject=outgoing.subject,
            body=outgoing.body,
            language=cast("Language", outgoing.language),
            attachments=outgoing.attachments,
        )
        try:
            proof = mailer.send(letter, now=outgoing.written_for)
        except MailRefused as refused:
            raise NeverDeliverable(str(refused)) from refused
        except MailDelayed as delayed:
            raise NotHandedOver(str(delayed)) from delayed
        return {
            "by": proof.server,
            "to": proof.recipient,
            "at": proof.sent_at.isoformat(),
            "message_id": proof.message_id,
            "answer": proof.answer,
            "digest": proof.digest,
        }

    return send


_drivers: Final[dict[str, Driver]] = {}
_attachers: Final[list[Attacher]] = []


def register_driver(channel: Channel, driver: Driver) -> None:
    """Have a channel's notices handed over by a driver, instead of the one before it."""
    _drivers[channel] = driver


def driver_of(channel: Channel) -> Driver:
    """The driver of a channel; the simulated network where none is registered."""
    return _drivers.get(channel, simulated)


def register_attacher(attacher: Attacher) -> None:
    """Have the files of an invoice fetched by a callable."""
    _attachers[:] = [attacher]


def attachments_of(ctx: Context, invoice: InvoiceId | None) -> tuple[Attachment, ...]:
    """The files that go along with a notice about an invoice."""
    if invoice is None or not _attachers:
        return ()
    return tuple(_attachers[0](ctx, invoice))


def retry_at(now: datetime, attempts: int) -> datetime | None:
    """When to try again after so many attempts, or `None` when it is enough."""
    return now + BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else None
