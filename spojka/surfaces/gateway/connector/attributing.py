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
    if asked.fingerprint is not None:
        attribute_to(ctx, asked.fingerprint, act, items)


def attribute_to(ctx: Context, fingerprint: bytes, act: str, items: Sequence[UUID]) -> None:
    """The same by the certificate's SHA-256."""
    if not items:
        return
    record_call(
        ctx.db,
        tenant=ctx.tenant,
        call_id=ctx.call_id,
        at=ctx.now,
        actor=f"certificate:{fingerprint.hex()}",
        operation=act,
        digest=hashlib.sha256(b"".join([one.bytes for one in items])).digest(),
        outcome="ok",
        items=len(items),
    )
