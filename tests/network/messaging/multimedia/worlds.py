"""A sender of MMS between a desk and the simulated MMSC, over sockets."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

from spojka.access.database.connections import transaction
from spojka.access.operations.context import OPERATOR, Context
from spojka.kernel.ids import uuid7
from spojka.network.messaging.centre.mms import Conduct, MmsCentre
from spojka.network.messaging.messages import store
from spojka.network.messaging.messages.inbox import pending
from spojka.network.messaging.mm7.client import Peer
from spojka.network.messaging.mm7.content import Content, MediaPart
from spojka.network.messaging.mm7.messages import Address, AddressKind
from spojka.network.messaging.multimedia.sender import MmsSender
from spojka.network.messaging.multimedia.ways import WaySettings
from spojka.network.messaging.submission.desk import SubmissionDesk
from spojka.network.messaging.submission.requests import Submission
from spojka.surfaces.gateway.connector.multimedia import Media, body_of
from tests.network.messaging.mm7.sockets import free_port, served

LOADED = datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
O2, VODAFONE = "+420602000001", "+420777000002"
JPEG = bytes(range(256)) * 40
BODY = body_of("Léto", [Media("text/plain; charset=utf-8", "Žluťoučký kůň".encode(), "t"), Media("image/jpeg", JPEG)])
PICTURE = Content(
    (
        MediaPart("text/plain", "Ano, přijdu".encode(), charset="utf-8"),
        MediaPart("image/jpeg", JPEG, content_id="p", name="léto.jpg"),
    )
)


def now() -> datetime:
    return datetime.now(UTC)


def number(value: str) -> Address:
    return Address(AddressKind.NUMBER if value.startswith("+") else AddressKind.SHORT_CODE, value)


def mms(application, to=O2, **asked) -> Submission:
    return Submission(application, to, data=BODY, kind="mms", **asked)


async def until(holds, *, seconds: float = 30) -> None:
    """Wait until something holds; fail when it does not."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110  # nobody tells a test
            await asyncio.sleep(0.01)


@dataclass
class Talk:
    """An MMSC, the sender that speaks to it, and a desk that hands over what it accepts."""

    centre: MmsCentre
    sender: MmsSender
    desk: SubmissionDesk

    async def counted(self, kind: str, count: int = 1) -> None:
        await until(lambda: self.sender.counts.get(kind, 0) >= count)


@contextlib.asynccontextmanager
async def talking(provider, conduct=None, *, choose=None, networks=("*",), user=None, relay_id=None, **changed):
    """
    A sender and the simulated MMSC, each hearing the other.

    Args:
        provider: whose messages.
        conduct: of the MMSC towards every submission, or `choose` for each.
        networks: that the way leads to.
        user: whom the MMSC lets in.
        relay_id: what its ids of messages begin with; another at each call unless given.
        changed: of the settings of the way.

    """
    port = free_port()
    said = Peer(f"http://127.0.0.1:{port}/mm7/mmsc", user="mmsc", password="tajemství", tries=3, pause_ms=20)
    kept = conduct or Conduct()
    async with MmsCentre(
        clock=now,
        choose=choose or (lambda _request, _number: kept),
        program=said,
        user=user,
        relay_id=relay_id or uuid7().hex,
    ) as centre:
        facts = {"vasp_id": "spojka", "vas_id": "mms", "heard_as": "mmsc", "heard_password": "tajemství", **changed}
        peer = facts.pop("peer", Peer(centre.url, answer_timeout_ms=3000))
        way = WaySettings("mmsc", networks, peer, **facts)
        sender = MmsSender(provider, [way], now=now)
        await sender.start()
        desk = SubmissionDesk(provider, now=now, heard=sender.hear)
        try:
            async with served(sender.application(), port=port):
                yield Talk(centre, sender, desk)
        finally:
            await desk.close()
            await sender.close()


def at(provider, work):
    """What some work in a transaction returns."""
    with transaction(provider) as db:
        return work(Context(db, provider, OPERATOR, now(), uuid7(), None))


def events(provider, answers):
    """Kinds of events of messages, in their order."""
    rows = at(provider, lambda ctx: store.events_of(ctx, [one.id for one in answers]))
    return [[row["kind"] for row in rows if row["message_id"] == one.id] for one in answers]


def left(provider) -> list[str]:
    """States of what is in the queue."""
    return at(
        provider,
        lambda ctx: [row["state"] for row in ctx.db.execute("SELECT state FROM message_queue ORDER BY id").fetchall()],
    )


def inbox(provider, application, *kinds):
    """What waits in an application's inbox."""
    return at(provider, lambda ctx: pending(ctx, application, limit=99, kinds=kinds or None))
