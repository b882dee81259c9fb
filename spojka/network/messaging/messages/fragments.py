"""Parts of long messages from mobile numbers, kept until the others are there and a little longer, to know repeats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context

Place = Literal["open", "done", "repeated"]
"""With a message that waits, with one that is complete, or come again after that one was."""
LongKey = tuple[str, str, int, int]
"""Who sent it, the number dialled, the reference and the number of parts."""

_KEYS: Final = "unnest(%s::text[], %s::text[], %s::int[], %s::int[]) AS n(source, dialled, reference, total)"


@dataclass(frozen=True, slots=True)
class Fragment:
    """One part as it came: its way, who sent it to whom, reference and number of parts, octets and their coding."""

    id: UUID
    link: str
    source: str
    dialled: str
    reference: int
    total: int
    octets: bytes
    data_coding: int
    received_at: datetime
    place: Place = "open"


def keep_fragments(ctx: Context, fragments: Sequence[Fragment]) -> None:
    """Keep parts."""
    if not fragments:
        return
    ctx.db.execute(
        "INSERT INTO message_fragment (tenant_id, id, link, source, dialled, reference, total, octets, data_coding,"
        " received_at, place) SELECT %s, n.* FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::int[],"
        " %s::int[], %b::bytea[], %s::int[], %s::timestamptz[], %s::text[]) AS n",
        [
            ctx.tenant,
            arrays.of_ids([one.id for one in fragments]),
            [one.link for one in fragments],
            [one.source for one in fragments],
            [one.dialled for one in fragments],
            [one.reference for one in fragments],
            [one.total for one in fragments],
            [one.octets for one in fragments],
            [one.data_coding for one in fragments],
            [one.received_at for one in fragments],
            [one.place for one in fragments],
        ],
    )


def fragments_of(ctx: Context, keys: Collection[LongKey]) -> list[Row]:
    """Every part that is kept of some messages, in the order they came."""
    if not keys:
        return []
    return ctx.db.execute(
        f"SELECT f.* FROM {_KEYS} JOIN message_fragment f USING (source, dialled, reference, total)"  # noqa: S608
        " WHERE f.tenant_id = %s ORDER BY f.received_at, f.id",
        [*_columns(keys), ctx.tenant],
    ).fetchall()


def place_fragments(ctx: Context, places: Mapping[UUID, Place | None]) -> None:
    """Parts have other places now; those without one are not kept any more."""
    gone = [one for one, place in places.items() if place is None]
    moved = {one: place for one, place in places.items() if place is not None}
    if gone:
        ctx.db.execute(
            "DELETE FROM message_fragment WHERE tenant_id = %s AND id = ANY(%s::uuid[])",
            [ctx.tenant, arrays.of_ids(gone)],
        )
    if moved:
        ctx.db.execute(
            "UPDATE message_fragment f SET place = n.place FROM unnest(%s::uuid[], %s::text[]) AS n(id, place)"
            " WHERE f.tenant_id = %s AND f.id = n.id",
            [arrays.of_ids(moved), list(moved.values()), ctx.tenant],
        )


def long_waiting(ctx: Context, *, before: datetime, limit: int) -> set[LongKey]:
    """Messages a part of which has waited for the others since before an instant."""
    rows = ctx.db.execute(
        "SELECT source, dialled, reference, total FROM message_fragment WHERE tenant_id = %s AND place = 'open'"
        " AND received_at <= %s ORDER BY received_at LIMIT %s",
        [ctx.tenant, before, limit],
    ).fetchall()
    return {(row["source"], row["dialled"], row["reference"], row["total"]) for row in rows}


def forget_complete(ctx: Context, *, before: datetime) -> int:
    """Forget the parts of messages that were complete before an instant, and what came again of them."""
    return ctx.db.execute(
        "DELETE FROM message_fragment f WHERE f.tenant_id = %(tenant)s AND f.place <> 'open' AND NOT EXISTS ("
        "SELECT 1 FROM message_fragment o WHERE o.tenant_id = f.tenant_id AND o.source = f.source"
        " AND o.dialled = f.dialled AND o.reference = f.reference AND o.total = f.total AND o.place = 'done'"
        " AND o.received_at > %(before)s)",
        {"tenant": ctx.tenant, "before": before},
    ).rowcount


def _columns(keys: Collection[LongKey]) -> list[list[str] | list[int]]:
    return [[key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys], [key[3] for key in keys]]
