"""Which way is taken, as it was asked for."""

from __future__ import annotations

from spojka.surfaces.gateway.queueing.jetstream import JetStream
from spojka.surfaces.gateway.queueing.notified import Notified
from spojka.surfaces.gateway.queueing.settings import settings_of
from spojka.surfaces.gateway.queueing.ways import Way


def way_of(url: str | None) -> Way:
    """The way by the NATS of an address; without one that by PostgreSQL alone. Raises `QueueMisnamed`."""
    return JetStream(settings_of(url)) if url else Notified()
