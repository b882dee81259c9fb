"""A session that ended as a usage record, written beside those that come in files and by the API; see `usage.store`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from spojka.access.database import arrays
from spojka.access.operations.context import Context
from spojka.charging.balances.online.sessions import Session
from spojka.charging.usage.records import identity
from spojka.charging.usage.store import closed_periods
from spojka.kernel.time import micros_of

SOURCE: Final = "online"
"""The sender of records that online charging writes; their id is the session's, then the part's number."""

_DUMPS: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ONE_SECOND: Final = timedelta(seconds=1)


def record_of(session: Session, ended_at: datetime, generation: int) -> dict[str, object]:
    """The present part of a session as a record that is ready to rate; columns of `usage.store.READY_SCHEMA`."""
    use, said, units = session.use, session.use.wanted, session.used
    call, data, message = said.kind in {"voice", "video"}, said.kind == "data", said.kind in {"sms", "mms"}
    lasted_s = units if call else max(0, (ended_at - session.started_at) // _ONE_SECOND) if data else 0
    return {
        "source": SOURCE,
        "record_id": session.record_id,
        "service_key": use.service_key,
        "kind": said.kind,
        "direction": said.direction,
        "other": use.other,
        "at": micros_of(session.started_at),
        "duration_s": lasted_s,
        "bytes_up": 0,
        "bytes_down": units if data else 0,
        "parts": units if message else 1,
        "visited": said.visited,
        "access": said.access,
        "rating_group": said.rating_group,
        "imsi": said.imsi,
        "imei": said.imei,
        "network": use.network,
        "cell": said.cell,
        "part": 1,
        "service_id": str(session.service),
        "dest_class": use.dest_class,
        "zone": use.zone,
        "quantity": units,
        "number_price_micros": use.price_micros,
        "number_price_per": use.price_per,
        "network_version": use.network_version,
        "generation": generation,
    }


def write_records(ctx: Context, ended: Sequence[tuple[Session, datetime]]) -> None:
    """
    Write the present parts of sessions with the instants they ended, each identity once.

    A record whose period is closed is as many invoices late as months passed (nej/4.7).
    """
    if not ended:
        return
    closed = closed_periods(ctx) if any(_is_old(session.period_on, ctx.today) for session, _ in ended) else frozenset()
    generations = [_late(session.period_on, ctx.today) if session.period_on in closed else 0 for session, _ in ended]
    ctx.db.execute(
        "WITH t AS (SELECT %s::uuid AS tenant), taken AS (INSERT INTO usage_identity (tenant_id, identity)"
        " SELECT t.tenant, u FROM t, unnest(%s::uuid[]) AS u ON CONFLICT DO NOTHING RETURNING identity)"
        " INSERT INTO usage_buffer (tenant_id, identity, period_on, generation, service_id, at, record)"
        " SELECT t.tenant, n.identity, n.period_on, n.generation, n.service, n.at, n.record"
        " FROM t, ROWS FROM (unnest(%s::uuid[], %s::date[], %s::int[], %s::uuid[], %s::timestamptz[]),"
        " jsonb_array_elements(%s::jsonb)) AS n(identity, period_on, generation, service, at, record)"
        " JOIN taken ON taken.identity = n.identity",
        [
            ctx.tenant,
            (keys := arrays.of_ids([identity(SOURCE, session.record_id) for session, _ in ended])),
            keys,
            arrays.of_days([session.period_on for session, _ in ended]),
            arrays.of_numbers(generations),
            arrays.of_ids([session.service for session, _ in ended]),
            arrays.of_instants([session.started_at for session, _ in ended]),
            _DUMPS(
                [
                    record_of(session, ended_at, late)
                    for (session, ended_at), late in zip(ended, generations, strict=True)
                ]
            ),
        ],
    )


def _is_old(period_on: date, today: date) -> bool:
    return (period_on.year, period_on.month) < (today.year, today.month)


def _late(period_on: date, today: date) -> int:
    return (today.year * 12 + today.month) - (period_on.year * 12 + period_on.month)
