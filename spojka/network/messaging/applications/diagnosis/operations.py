"""Measurements of the platform's own interface are kept, so that they can be shown with a fault (o2/7.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.network.messaging.applications.diagnosis.store import add_probe

Milliseconds = Annotated[int, Field(ge=0, le=3_600_000)]


@dataclass(frozen=True, slots=True)
class Probe:
    """One measurement that is kept."""

    id: UUID
    at: datetime
    went_well: bool


@operation("connector.record_probe", permission="connector.decide")
def record_probe(
    ctx: Context,
    *,
    submit_ms: Milliseconds | None = None,
    pickup_ms: Milliseconds | None = None,
    fault: Annotated[str, Field(max_length=200)] = "",
) -> Probe:
    """
    Keep what one synthetic submission and its pick-up took at the platform's own interface, or why they failed.

    What was not measured counts as failed.
    """
    why = fault.strip() or ("" if submit_ms is not None and pickup_ms is not None else "not measured")
    made = add_probe(ctx, at=ctx.now, submit_ms=submit_ms, pickup_ms=pickup_ms, fault=why)
    return Probe(made, ctx.now, not why)
