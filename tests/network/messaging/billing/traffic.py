"""Messages of an application that were accepted and dispatched, with ids of the instant of acceptance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count

from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.network.messaging.billing.counting import id_at
from spojka.network.messaging.messages.records import EventKind, Happened, Message
from spojka.network.messaging.messages.store import add_events, add_messages

_serial = count(1)


def accepted(application: ServiceId, at: datetime, **changed) -> Message:
    """An SMS of one part into the own network; what is different is given."""
    serial = next(_serial)
    marked = (7 << 76) | (2 << 62) | serial
    facts = {
        "id": type(application)(int=id_at(at).int | marked),
        "application": application,
        "kind": "sms",
        "class_": "standard",
        "purpose": "service",
        "recipient": f"+42060{serial:07}",
        "sender": "999021",
        "sender_kind": "app_number",
        "network": "O2",
        "destination": "own",
        "coding": "gsm7",
        "parts": 1,
        "body": b"text",
        "body_hash": bytes(32),
        "accepted_at": at,
        **changed,
    }
    return Message(**facts)


def handed_over(
    ctx: Context,
    messages: Sequence[Message],
    *,
    then: Sequence[EventKind] = (),
    after: timedelta = timedelta(seconds=2),
    first: EventKind = "sent",
) -> None:
    """Accept messages; every part is sent `after` its acceptance, then what else happened to it."""
    add_messages(ctx, messages)
    events = []
    for one in messages:
        for part in range(1, one.parts + 1):
            for place, kind in enumerate([first, *then]):
                at = one.accepted_at + after + timedelta(seconds=place)
                events.append(Happened(one.id, part, kind, at, "a", f"{one.id}-{part}"))
    add_events(ctx, events)
