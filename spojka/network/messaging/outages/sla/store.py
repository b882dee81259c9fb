"""SLA options, timely messages and credits over a given connection."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.time import Period
from spojka.network.messaging.messages.partitions import first_id_at
from spojka.network.messaging.messages.records import CONFIRMS

_OPTIONS: Final = """
SELECT DISTINCT ON (application_id) application_id, value, active_from, active_to FROM application_option
WHERE tenant_id = %(tenant)s AND kind = 'sla' AND active_from < %(ends)s
    AND (active_to IS NULL OR active_to > %(starts)s) AND (%(one)s::uuid IS NULL OR application_id = %(one)s)
ORDER BY application_id, active_from DESC
"""

_TIMELY: Final = f"""
SELECT count(*) AS sent,
    count(*) FILTER (WHERE d.parts >= m.parts AND d.at <= m.ready_at + make_interval(secs => %(within_s)s)) AS timely
FROM (SELECT m.id, m.parts, greatest(m.accepted_at, (m.options->>'not_before')::timestamptz) AS ready_at FROM message m
    WHERE m.tenant_id = %(tenant)s AND m.application_id = %(application)s AND m.id >= %(first)s AND m.id < %(beyond)s
    AND m.class = 'priority' AND m.kind = 'sms' AND NOT m.options ? '{CONFIRMS}'
    AND m.accepted_at >= %(starts)s AND m.accepted_at < %(ends)s) m
CROSS JOIN LATERAL (SELECT count(*) AS parts, max(p.at) AS at, bool_or(p.gone) AS gone FROM (
    SELECT min(e.at) AS at, bool_or(e.kind = 'cancelled') AS gone FROM message_event e WHERE e.tenant_id = %(tenant)s
    AND e.message_id = m.id AND e.kind IN ('sent', 'delivered', 'cancelled', 'failed', 'expired') GROUP BY e.part) p) d
WHERE d.parts > 0 AND NOT d.gone
"""  # noqa: S608  # our own words


def sla_options(ctx: Context, period: Period, application: UUID | None = None) -> list[Row]:
    """The latest SLA of each application that was active in a month: the edition it names, and from when until when."""
    given = {"tenant": ctx.tenant, "starts": period.starts_at, "ends": period.ends_at, "one": application}
    return ctx.db.execute(_OPTIONS, given).fetchall()


def timely_messages(ctx: Context, application: UUID, window: Period, *, within_s: int) -> tuple[int, int]:
    """
    Priority SMS accepted in a time of which something became, and those of them that left whole within seconds.

    One that is to leave later is counted from then; one that was taken back is not counted.
    """
    row = ctx.db.execute(
        _TIMELY,
        {
            "tenant": ctx.tenant,
            "application": application,
            "first": first_id_at(window.starts_at),
            "beyond": first_id_at(window.ends_at),
            "starts": window.starts_at,
            "ends": window.ends_at,
            "within_s": within_s,
        },
    ).fetchone()
    assert row is not None
    return int(row["sent"]), int(row["timely"])


def credit_key(application: ServiceId, month: Period) -> str:
    """The key of the item that gives a month's SLA credit."""
    return f"sla:{application}:{month}"


def given_by(ctx: Context, application: ServiceId, key: str) -> int:
    """What items with keys like this one gave back to an application, in micro-units."""
    row = ctx.db.execute(
        "SELECT coalesce(-sum(amount_micros), 0)::bigint AS micros FROM charge"
        " WHERE tenant_id = %s AND service_id = %s AND key LIKE %s",
        [ctx.tenant, application, key],
    ).fetchone()
    assert row is not None
    return int(row["micros"])
