"""Recipients who answer an MMS with a word that takes their consent back; an MMS confirms it (o2/8.1)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from spojka.access.operations.context import Context
from spojka.kernel.ids import uuid7_at
from spojka.network.messaging.consents.rules import opts_out
from spojka.network.messaging.consents.terms import ConsentRules
from spojka.network.messaging.messages.records import CONFIRMS, Arrived, Message
from spojka.network.messaging.mm7.entities import write_text_entity
from spojka.network.messaging.multimedia.placing import Came, words_of
from spojka.network.messaging.sending.heeding import destination_of, withdraw
from spojka.network.messaging.sending.terms import ArrivalTerms
from spojka.trade.publications.shelf import shelf_of


def heed(ctx: Context, came: Came, arrived: Sequence[Arrived]) -> list[Message]:
    """Write what a message's subject or its texts withdraw; the confirmations wait in the queue and are returned."""
    terms = shelf_of(ctx).sheet(ConsentRules, ctx.today)
    said = next((text for text in words_of(came) if opts_out(text, terms) is not None), None)
    return [] if said is None else withdraw(ctx, [(one, said) for one in arrived], _confirmation)


def _confirmation(ctx: Context, one: Arrived, text: str, terms: ArrivalTerms) -> Message:
    body = write_text_entity(text)
    return Message(
        id=uuid7_at(ctx.now),
        application=one.application,
        kind="mms",
        class_="priority",  # goes before what waits, some of which it has just cancelled
        purpose="service",
        recipient=one.sender,
        sender=one.dialled,
        sender_kind="msisdn" if one.dialled.startswith("+") else "app_number",
        network=one.network,
        destination=destination_of(one, terms),
        coding="mms",
        parts=1,
        body=body,
        body_hash=sha256(body).digest(),
        accepted_at=ctx.now,
        options={CONFIRMS: str(one.id)},
    )
