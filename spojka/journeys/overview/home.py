"""Counts for the console's first page: what waits, what runs, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId
from spojka.kernel.money import Money
from spojka.kernel.time import Period, add_months, start_of


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Deadlines of one operation in the coming days."""

    operation: str
    count: int
    first_at: datetime


@dataclass(frozen=True, slots=True)
class WorkLine:
    """Something that somebody must look at: the news, the number and the customer it concerns."""

    at: datetime
    kind: str
    party: PartyId
    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Home:
    """
    The console's first page.

    Args:
        customers: parties.
        services: running services.
        held: running services that something holds.
        suspense: records that wait for repair.
        overdue: what is owed past its due day.
        overdue_invoices: on how many invoices.
        notices_failed: notices that could not be sent.
        locked_logins: times a login was locked in the last 24 hours.
        work: what staff were told to look at in the last 14 days, newest first.
        upcoming: what will happen by itself within 7 days, by operation.
        signed: services signed in each of the last 12 months, oldest first.

    """

    customers: int
    services: int
    held: int
    suspense: int
    overdue: Money
    overdue_invoices: int
    notices_failed: int
    locked_logins: int
    work: list[WorkLine]
    upcoming: list[Upcoming]
    signed: list[tuple[date, int]]


_COUNTS: Final = """
SELECT
  (SELECT count(*) FROM party WHERE tenant_id = %(tenant)s) AS customers,
  (SELECT count(*) FROM service WHERE tenant_id = %(tenant)s AND state = 'active') AS services,
  (SELECT count(DISTINCT service_id) FROM service_hold WHERE tenant_id = %(tenant)s AND released_at IS NULL) AS held,
  (SELECT count(*) FROM suspense WHERE tenant_id = %(tenant)s AND state = 'open') AS suspense,
  (SELECT count(*) FROM notice WHERE tenant_id = %(tenant)s AND state = 'failed') AS notices_failed,
  (SELECT count(*) FROM event WHERE tenant_id = %(tenant)s AND kind = 'security.login_locked'
    AND at > %(now)s - interval '24 hours') AS locked_logins
"""
_OVERDUE: Final = """
WITH late AS (
  SELECT i.gross_micros - coalesce((SELECT sum(a.amount_micros) FROM payment_allocation a
    WHERE a.tenant_id = i.tenant_id AND a.invoice_id = i.id), 0) AS open_micros
  FROM invoice i WHERE i.tenant_id = %(tenant)s AND i.kind = 'invoice' AND i.state = 'issued' AND i.due_on < %(today)s
)
SELECT count(*) AS invoices, coalesce(sum(open_micros), 0)::bigint AS open_micros FROM late WHERE open_micros > 0
"""
_WORK: Final = """
SELECT e.at, e.kind, p.id AS party, p.name, s.msisdn AS about FROM event e
JOIN service s ON s.tenant_id = e.tenant_id AND s.id = (e.body->>'service')::uuid
JOIN party p ON p.tenant_id = s.tenant_id AND p.id = s.party_id
WHERE e.tenant_id = %(tenant)s AND e.key = 'work' AND e.at > %(now)s - interval '14 days'
ORDER BY e.id DESC LIMIT 10
"""
_UPCOMING: Final = """
SELECT operation, count(*) AS count, min(due_at) AS first_at FROM deadline
WHERE tenant_id = %(tenant)s AND state = 'pending' AND due_at < %(now)s + interval '7 days'
GROUP BY operation ORDER BY min(due_at)
"""
_SIGNED: Final = """
SELECT date_trunc('month', signed_on)::date AS month_on, count(*) AS count FROM contract
WHERE tenant_id = %(tenant)s AND state <> 'draft' AND signed_at >= %(since)s GROUP BY 1
"""


def home_of(ctx: Context) -> Home:
    """The counts, in five statements."""
    first = add_months(Period.containing(ctx.today).starts_on, -11)
    given = {"tenant": ctx.tenant, "now": ctx.now, "today": ctx.today, "since": start_of(first)}
    counts = ctx.db.execute(_COUNTS, given).fetchone()
    late = ctx.db.execute(_OVERDUE, given).fetchone()
    assert counts is not None
    assert late is not None
    work = [WorkLine(**row) for row in ctx.db.execute(_WORK, given).fetchall()]
    upcoming = [Upcoming(**row) for row in ctx.db.execute(_UPCOMING, given).fetchall()]
    signed = {row["month_on"]: row["count"] for row in ctx.db.execute(_SIGNED, given).fetchall()}
    months = [add_months(first, place) for place in range(12)]
    return Home(
        **counts,
        overdue=Money(late["open_micros"]),
        overdue_invoices=late["invoices"],
        work=work,
        upcoming=upcoming,
        signed=[(month, signed.get(month, 0)) for month in months],
    )
