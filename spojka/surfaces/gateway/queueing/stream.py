"""A tenant's stream and the place in it up to which its sender has heard."""

from __future__ import annotations

from typing import Final

from nats.js import api
from nats.js.client import JetStreamContext
from nats.js.errors import NotFoundError

from spojka.kernel.ids import TenantId

LONGEST_S: Final = 600
"""What nobody took for so long is dropped: its messages wait in the database, where their sender finds them."""
LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a tenant's stream; what has no room is not published, and the sender reads it."""
AGAIN_S: Final = 120
"""A page that is published again within it is stored once."""
ANSWER_S: Final = 30
"""A page that is not acknowledged for so long is handed out again."""
DURABLE: Final = "sender"


def subject_of(tenant: TenantId) -> str:
    """Where a tenant's gateways publish."""
    return f"spojka.accepted.{tenant}"


def stream_of(tenant: TenantId) -> str:
    """The name of a tenant's stream, by which NATS may be told who reads it."""
    return f"spojka-accepted-{tenant}"


async def make_stream(js: JetStreamContext, tenant: TenantId) -> None:
    """Make a tenant's stream where there is none; one that was made otherwise stays as it is."""
    try:
        await js.stream_info(stream_of(tenant))
    except NotFoundError:
        await js.add_stream(
            api.StreamConfig(
                name=stream_of(tenant),
                subjects=[subject_of(tenant)],
                retention=api.RetentionPolicy.WORK_QUEUE,
                storage=api.StorageType.FILE,
                discard=api.DiscardPolicy.NEW,
                max_age=LONGEST_S,
                max_bytes=LARGEST,
                duplicate_window=AGAIN_S,
            )
        )


async def consumer_of(js: JetStreamContext, tenant: TenantId) -> JetStreamContext.PullSubscription:
    """The sender's durable place in the stream: one that is started again goes on where the one before left off."""
    config = api.ConsumerConfig(ack_policy=api.AckPolicy.EXPLICIT, ack_wait=ANSWER_S)
    return await js.pull_subscribe(subject_of(tenant), DURABLE, stream=stream_of(tenant), config=config)
