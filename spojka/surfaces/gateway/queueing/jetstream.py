"""The way by NATS JetStream: a stream a tenant, from which the sender takes what gateways on any host accepted."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Final

from nats.js.client import JetStreamContext

from spojka.kernel.ids import TenantId
from spojka.network.messaging.submission.desk import Heard
from spojka.surfaces.gateway.queueing.linked import Link
from spojka.surfaces.gateway.queueing.notified import Waker, listening
from spojka.surfaces.gateway.queueing.publisher import Publisher
from spojka.surfaces.gateway.queueing.settings import QueueSettings
from spojka.surfaces.gateway.queueing.stream import consumer_of, subject_of
from spojka.surfaces.gateway.queueing.taker import Taker
from spojka.surfaces.gateway.queueing.ways import Patience

PATIENT_S: Final = 5
"""While the stream brings what is accepted, the database is looked at so often for what it lost."""


class JetStream:
    """
    Carries messages themselves; where it is away, or loses something, the sender is woken and reads.

    Args:
        settings: where the servers are.

    """

    def __init__(self, settings: QueueSettings) -> None:
        self._settings = settings

    @contextlib.asynccontextmanager
    async def publishing(self, tenant: TenantId) -> AsyncIterator[Heard | None]:
        """See `Way`."""
        waker = Waker(tenant)
        publisher = Publisher(subject_of(tenant), wake=waker.wake)

        async def work(js: JetStreamContext, most: int) -> None:
            await publisher.publish(js, most=most)

        link = Link(self._settings, tenant, "publisher", work=work, lost=publisher.lost)
        link.start()
        try:
            yield publisher.hear
        finally:
            await publisher.drain()
            await link.close()
            await waker.close()

    @contextlib.asynccontextmanager
    async def taking(
        self, tenant: TenantId, *, hear: Heard, wake: Callable[[], None], hurry: Callable[[], None] = lambda: None
    ) -> AsyncIterator[Patience]:
        """See `Way`."""
        taker = Taker(subject_of(tenant), hear=hear, wake=wake)

        async def work(js: JetStreamContext, _most: int) -> None:
            await taker.take(await consumer_of(js, tenant))

        link = Link(self._settings, tenant, "taker", work=work, lost=wake)
        link.start()
        try:
            async with listening(tenant, wake, hurry=hurry):
                yield lambda: PATIENT_S if link.is_up else 0
        finally:
            await link.close()
