"""Which messages somebody looks for: by number, reference, state and time, a page of candidates at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.network.messaging.messages.numbered import days_between, to_number
from spojka.network.messaging.messages.partitions import LAST, first_id_at
from spojka.network.messaging.messages.records import EventKind, Status

RARE: Final[dict[Status, tuple[EventKind, ...]]] = {
    "undelivered": ("undelivered", "failed"),
    "unknown": ("unknown",),
    "uncertain": ("uncertain",),
    "cancelled": ("cancelled",),
    "expired": ("expired",),
}
"""States that few messages end in: they are found by what happened, through the index `message_event_rare`."""
RARELY: Final = "e.kind IN ('failed', 'undelivered', 'uncertain', 'unknown', 'cancelled', 'expired')"
"""What that index holds."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What is looked for.

    Args:
        application: whose, `None` for everybody's.
        recipient: E.164.
        reference: the program's own key.
        status: what the message is now; candidates of a common state are still to be looked at.
        from_at, to_at: accepted in the half-open time.
        before: beyond which message the page goes on, from the latest to older ones.

    """

    application: ServiceId | None = None
    recipient: str | None = None
    reference: str | None = None
    status: Status | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    before: UUID | None = None

    @property
    def span(self) -> tuple[UUID, UUID]:
        """Ids from the first to the one before the second can be of such messages."""
        first = first_id_at(self.from_at) if self.from_at else UUID(int=0)
        beyond = first_id_at(self.to_at) if self.to_at else LAST
        return first, min(beyond, self.before or LAST)


@dataclass(frozen=True, slots=True)
class Counted:
    """Messages and their parts."""

    messages: int
    parts: int


_CONDITIONS: Final = {
    "application": "m.application_id = %(application)s",
    "reference": "m.reference = %(reference)s",
}
_SPAN: Final = "m.tenant_id = %(tenant)s AND m.id >= %(first)s AND m.id < %(beyond)s"
_KNOWN: Final = (
    "m.id IN (SELECT k.message_id FROM application a JOIN message_key k ON k.tenant_id = a.tenant_id"
    " AND k.application_id = a.id AND k.reference = %(reference)s WHERE a.tenant_id = %(tenant)s)"
)
_HAPPENED: Final = (  # our own words
    "m.id IN (SELECT e.message_id FROM message_event e WHERE e.tenant_id = %(tenant)s AND e.kind = ANY(%(kinds)s)"  # noqa: S608
    f" AND {RARELY} AND e.message_id >= %(first)s AND e.message_id < %(beyond)s)"
)


def statement_of(ctx: Context, wanted: Wanted, *, limit: int) -> tuple[str, dict[str, Any]]:
    """The statement that finds ids of candidates, the latest first, and what it is given; each reads by an index."""
    first, beyond = wanted.span
    given: dict[str, Any] = {
        "tenant": ctx.tenant,
        "first": first,
        "beyond": beyond,
        "application": wanted.application,
        "recipient": wanted.recipient,
        "reference": wanted.reference,
        "kinds": list(RARE.get(wanted.status, ())) if wanted.status else [],
        "limit": limit,
    }
    where = [text for name, text in _CONDITIONS.items() if given[name] is not None]
    if wanted.recipient is not None:
        given |= days_between(ctx, first, beyond)
        source = to_number(where)
    else:
        table = "message"
        if wanted.reference is not None:
            where.append(_KNOWN)
        elif wanted.status == "accepted":
            table = "message_queue"
        elif wanted.status in RARE:
            where.append(_HAPPENED)
        source = f"{table} m WHERE {' AND '.join([_SPAN, *where])}"
    return f"SELECT m.id FROM {source} ORDER BY m.id DESC LIMIT %(limit)s", given  # noqa: S608  # our own words


def candidates(ctx: Context, wanted: Wanted, *, limit: int) -> list[UUID]:
    """Ids of messages that may be what is looked for, the latest first; only their state is not compared yet."""
    return [row["id"] for row in ctx.db.execute(*statement_of(ctx, wanted, limit=limit)).fetchall()]


_ACCEPTED_WITH: Final = """
SELECT m.id FROM unnest(%(applications)s::uuid[]) AS a(id) CROSS JOIN LATERAL (
    SELECT id FROM message WHERE tenant_id = %(tenant)s AND application_id = a.id AND id >= %(first)s
        AND id < %(beyond)s AND certificate = %(certificate)s ORDER BY id DESC LIMIT %(limit)s) AS m
ORDER BY m.id DESC LIMIT %(limit)s
"""
"""Each application's messages of the time by the index `message_of`: most of them have the one certificate it uses."""


def accepted_with_statement(
    ctx: Context, certificate: bytes, wanted: Wanted, *, applications: Sequence[ServiceId], limit: int
) -> tuple[str, dict[str, Any]]:
    """The statement that finds messages of applications accepted with a certificate, by its fingerprint (o2/6.3)."""
    first, beyond = wanted.span
    return _ACCEPTED_WITH, {
        "tenant": ctx.tenant,
        "applications": list(applications),
        "certificate": certificate,
        "first": first,
        "beyond": beyond,
        "limit": limit,
    }


def accepted_with(
    ctx: Context, certificate: bytes, wanted: Wanted, *, applications: Sequence[ServiceId], limit: int
) -> list[UUID]:
    """Ids of messages of applications accepted with a certificate in a time, the latest first (o2/6.3)."""
    statement = accepted_with_statement(ctx, certificate, wanted, applications=applications, limit=limit)
    return [row["id"] for row in ctx.db.execute(*statement).fetchall()]


def parts_between(ctx: Context, application: ServiceId, *, from_at: datetime, before: UUID, most: int) -> Counted:
    """Messages of an application accepted since an instant and before a message; no more than `most` are counted."""
    row = ctx.db.execute(
        "SELECT count(*) AS messages, coalesce(sum(parts), 0)::bigint AS parts FROM (SELECT parts FROM message"
        " WHERE tenant_id = %s AND application_id = %s AND id >= %s AND id < %s ORDER BY id DESC LIMIT %s) AS n",
        [ctx.tenant, application, first_id_at(from_at), before, most],
    ).fetchone()
    assert row is not None
    return Counted(row["messages"], row["parts"])
