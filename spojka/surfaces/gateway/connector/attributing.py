"""Acts of programs beside submissions, attributed to the certificate they came with (o2/6.3)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from uuid import UUID

from spojka.access.audit.store import record_call
from spojka.access.operations.context import Context
from spojka.surfaces.gateway.connector.exchange import Asked


def attribute(ctx: Context, asked: Asked, act: str, items: Sequence[UUID]) -> None:
    """Write what was done with which items, and by whose certificate, in the transaction that does it."""
    if not items or asked.fingerprint is None:
        return
    record_call(
        ctx.db,
        tenant=ctx.tenant,
        call_id=ctx.call_id,
        at=ctx.now,
        actor=f"certificate:{asked.fingerprint.hex()}",
        operation=act,
        digest=hashlib.sha256(b"".join([one.bytes for one in items])).digest(),
        outcome="ok",
        items=len(items),
    )
