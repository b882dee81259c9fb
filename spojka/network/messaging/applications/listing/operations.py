"""Entries of the directory hidden and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.listing import store
from spojka.network.messaging.applications.store import application_row
from spojka.network.messaging.terms import DirectoryTerms
from spojka.terms.findings import refuse
from spojka.trade.numbering import operations as _reasons  # noqa: F401  # REASON_MISSING
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN


@dataclass(frozen=True, slots=True)
class Hiding:
    """One time that an entry was hidden; `shown_at` is `None` while it is."""

    reason: str
    hidden_at: datetime
    hidden_by: str
    shown_at: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """Whether an application may be shown in the directory, and every time it was hidden, the latest first."""

    application: ServiceId
    hidden: bool
    hidings: list[Hiding]


def _listing(ctx: Context, application: ServiceId) -> Listing:
    found = [Hiding(**row) for row in store.hidings(ctx, application)]
    return Listing(application, any(one.shown_at is None for one in found), found)


@operation("connector.hide_entry", permission="connector.decide", refusals=("SERVICE_UNKNOWN", "REASON_MISSING"))
def hide(ctx: Context, *, application: ServiceId, reason: str) -> Listing | Refusal:
    """Keep an application out of the published directory, for a reason: a person objected, say (o2/8.7)."""
    if application_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    if not reason.strip():
        terms = shelf_of(ctx).sheet(DirectoryTerms, ctx.today)
        return refuse("REASON_MISSING", terms.directory_fields)
    store.hide(ctx, application, reason.strip())
    return _listing(ctx, application)


@operation("connector.show_entry", permission="connector.decide", refusals=("SERVICE_UNKNOWN",))
def show(ctx: Context, *, application: ServiceId) -> Listing | Refusal:
    """Let an application stand in the published directory again (o2/8.7)."""
    if application_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    store.show(ctx, application)
    return _listing(ctx, application)
