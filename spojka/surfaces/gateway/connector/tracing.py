"""One message's life: its status, what happened to it, and taking it back while it waits."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.lives import Life, cancel, lives_of
from spojka.surfaces.gateway.connector.attributing import attribute
from spojka.surfaces.gateway.connector.exchange import Asked, Reply, as_json, refused
from spojka.surfaces.gateway.connector.services import Services


def id_of(text: str) -> UUID | None:
    """An id as it stands in an address, or `None` when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


async def status(services: Services, asked: Asked) -> Reply:
    """A message of this application with the timeline of its events."""
    assert asked.pin is not None
    application, message = asked.pin.application, id_of(asked.values["id"])
    found = [] if message is None else await services.reader.do(lambda ctx: lives_of(ctx, application, [message]))
    if not found:
        return refused(Refusal("MESSAGE_NOT_FOUND", (), {"id": asked.values["id"][:64]}), asked)
    return as_json(shown(found[0]))


async def take_back(services: Services, asked: Asked) -> Reply:
    """Cancel a message while nothing of it is sent."""
    assert asked.pin is not None
    application, message = asked.pin.application, id_of(asked.values["id"])
    if message is None:
        return refused(Refusal("MESSAGE_NOT_FOUND", (), {"id": asked.values["id"][:64]}), asked)

    def work(ctx: Context) -> Life | Refusal:
        found = cancel(ctx, application, message)
        if not isinstance(found, Refusal):
            attribute(ctx, asked, "messages.take_back", [message])
        return found

    found = await services.reader.do(work)
    return refused(found, asked) if isinstance(found, Refusal) else as_json(shown(found))


def shown(life: Life) -> dict[str, Any]:
    """A life as its program sees it: no words of the message, no name of a link."""
    row = life.row
    timeline = [{"event": "accepted", "at": row["accepted_at"]}]
    timeline += [
        {"event": one["kind"], "part": one["part"], "at": one["at"], "detail": one["detail"]} for one in life.events
    ]
    return {
        "id": str(row["id"]),
        "status": life.status,
        "waits": life.waits,
        "kind": row["kind"],
        "class": row["class"],
        "purpose": row["purpose"],
        "to": row["recipient"],
        "network": row["network"],
        "sender": row["sender"],
        "coding": row["coding"],
        "parts": row["parts"],
        "reference": row["reference"],
        "accepted_at": row["accepted_at"],
        "timeline": timeline,
    }
