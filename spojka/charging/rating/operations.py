"""Usage recorded and rated at once, periods rated and closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.rating.runs import RatingRun, close_rating, run_rating
from spojka.charging.usage.intake import take
from spojka.charging.usage.json_layout import read_items
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.terms.refusals import define_refusal
from spojka.trade.numbering.message_text import segments
from spojka.trade.publications.shelf import pack_of

define_refusal(
    "PERIOD_RUNS",
    cs="Období {period} ještě běží, končí {ends_on}.",
    en="The period {period} still runs; it ends on {ends_on}.",
)

Kind = Literal["voice", "video", "sms", "mms", "data", "payment"]


@dataclass(frozen=True, slots=True)
class Record:
    """
    One use of a service, as a program or a story reports it.

    Args:
        id: the sender's id; (source, id) is its identity.
        kind: what was used.
        at: its start.
        service: whose (or `msisdn`).
        msisdn: whose, by number.
        to: the called number.
        sender: the calling number of incoming traffic.
        direction: `mo` outgoing, `mt` incoming, `forwarded`.
        duration_s: from answer to end.
        bytes_up: sent.
        bytes_down: received.
        text: of a message; its parts are counted (nej/2.7).
        parts: of a message, when the text is not known.
        visited: ISO country.
        access: `cellular` or `vowifi`.
        rating_group: as the network groups data.
        imsi: the card used.
        imei: the device used.

    """

    id: str
    kind: Kind
    at: datetime
    service: ServiceId | None = None
    msisdn: str = ""
    to: str = ""
    sender: str = ""
    direction: Literal["mo", "mt", "forwarded"] = "mo"
    duration_s: int | None = None
    bytes_up: int = 0
    bytes_down: int = 0
    text: str | None = None
    parts: int | None = None
    visited: str = "CZ"
    access: Literal["cellular", "vowifi"] = "cellular"
    rating_group: int | None = None
    imsi: str = ""
    imei: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a batch: counts, and why each suspended record waits."""

    records: int
    accepted: int
    duplicates: int
    suspended: int
    reasons: dict[str, str]


def _fields(record: Record, numbers: dict[UUID, str]) -> dict[str, object]:
    parts = record.parts
    if parts is None and record.text is not None:
        parts = segments(record.text).parts
    number = numbers.get(record.service, "") if record.service else record.msisdn
    fields: dict[str, object | None] = {
        "record_id": record.id,
        "kind": record.kind,
        "direction": record.direction,
        "service_key": number or str(record.service),
        "other": record.to or record.sender or None,
        "at": record.at.isoformat(),
        "duration_s": record.duration_s,
        "bytes_up": record.bytes_up if record.kind == "data" else None,
        "bytes_down": record.bytes_down if record.kind == "data" else None,
        "parts": parts,
        "visited": record.visited,
        "access": record.access,
        "rating_group": record.rating_group,
        "imsi": record.imsi or None,
        "imei": record.imei or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


@operation("usage.record", permission="usage.write")
def record_usage(ctx: Context, *, records: list[Record], source: str = "story") -> Recorded:
    """Take single records, each once by (source, id), and rate their services at once; broken ones go to suspense."""
    wanted = [record.service for record in records if record.service]
    numbers = {
        row["id"]: row["msisdn"]
        for row in ctx.db.execute(
            "SELECT id, msisdn FROM service WHERE tenant_id = %s AND id = ANY(%s)",
            [ctx.tenant, wanted],
        ).fetchall()
    }
    batch = read_items([_fields(record, numbers) for record in records], source=source)
    taken = take(ctx, batch, file=None, whole_file=False)
    for day, services in taken.services.items():
        run_rating(ctx, Period.containing(day), services)
    ids = [record.id for record in records]
    waiting = ctx.db.execute(
        "SELECT record_id, reason FROM suspense WHERE tenant_id = %s AND source = %s AND record_id = ANY(%s)"
        " AND state = 'open' ORDER BY id",
        [ctx.tenant, source, ids],
    ).fetchall()
    reasons = {row["record_id"]: row["reason"] for row in waiting}
    return Recorded(taken.records, taken.accepted, taken.duplicates, taken.suspended, reasons)


@operation("rating.rate", permission="rating.write")
def rate(ctx: Context, *, period: Period, services: list[ServiceId] | None = None) -> RatingRun:
    """Rate a period (`2026-02`) of some services or all, and post differences only; safe to repeat."""
    return run_rating(ctx, period, None if services is None else [str(one) for one in services])


@operation("rating.close", permission="rating.write", refusals=("PERIOD_RUNS",))
def close(ctx: Context, *, period: Period) -> RatingRun | Refusal:
    """Close a period: what ended early is settled by its part, what arrives later is late (nej/2.13, 4.7)."""
    if ctx.now < period.ends_at:
        clauses = pack_of(ctx).rests_on("billing_period")
        return Refusal("PERIOD_RUNS", clauses, {"period": str(period), "ends_on": period.ends_on})
    return close_rating(ctx, period)
