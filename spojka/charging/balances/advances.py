"""
Advances on a period: what was paid ahead lowers what counts as spent of a service's limits (nej/4.18).

A payment is one on the period it came in, and what that period's bill leaves of it is one on the next, until bills have
taken it all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.charging.rating.kernel import SPENT
from spojka.kernel.time import Period

_TAKE: Final = """
INSERT INTO spending_advance (tenant_id, payment_id, service_id, period_on, amount, at)
SELECT %(tenant)s, %(payment)s, s.id, %(period_on)s, %(micros)s, %(now)s FROM service s
LEFT JOIN balance b ON b.tenant_id = s.tenant_id AND b.service_id = s.id AND b.period_on = %(period_on)s
WHERE s.tenant_id = %(tenant)s AND s.party_id = %(party)s AND s.state <> 'ended'
    AND (%(contract)s::uuid IS NULL OR s.contract_id = %(contract)s)
    AND NOT EXISTS (SELECT 1 FROM spending_advance k WHERE k.tenant_id = %(tenant)s AND k.payment_id = %(payment)s)
ORDER BY (SELECT min(l.value) FROM spending_limit l WHERE l.tenant_id = s.tenant_id AND l.service_id = s.id)
    - coalesce(b.counters[%(spent)s], 0)
    + (SELECT coalesce(sum(a.amount), 0) FROM spending_advance a WHERE a.tenant_id = s.tenant_id
        AND a.service_id = s.id AND a.period_on = %(period_on)s) NULLS LAST, s.id
LIMIT 1 ON CONFLICT (tenant_id, payment_id, period_on) DO NOTHING
"""


def take_advance(ctx: Context, *, payment: UUID, party: UUID, contract: UUID | None, micros: int) -> None:
    """
    Count what of a payment no invoice took as an advance on the running period; a known payment changes nothing.

    It counts for one service: of the contract that was paid for, else of any of the party's the one whose limit is
    nearest.
    """
    if micros <= 0:
        return
    given = {
        "tenant": ctx.tenant,
        "payment": payment,
        "party": party,
        "contract": contract,
        "micros": micros,
        "now": ctx.now,
        "period_on": Period.containing(ctx.today).starts_on,
        "spent": SPENT + 1,  # arrays of the database begin with 1
    }
    ctx.db.execute(_TAKE, given)


def lower_advances(ctx: Context, left: Mapping[UUID, int]) -> None:
    """Payments have so much left: what went to invoices issued in the running period is no advance on it any more."""
    if not left:
        return
    ctx.db.execute(
        "UPDATE spending_advance a SET amount = n.micros FROM unnest(%s::uuid[], %s::bigint[]) AS n(payment, micros)"
        " WHERE a.tenant_id = %s AND a.payment_id = n.payment AND a.period_on = %s AND a.amount > n.micros",
        [list(left), list(left.values()), ctx.tenant, Period.containing(ctx.today).starts_on],
    )


_CARRY: Final = """
INSERT INTO spending_advance AS a (tenant_id, payment_id, service_id, period_on, amount, at)
SELECT %(tenant)s, n.payment, e.service_id, %(period_on)s, n.micros, %(now)s
FROM unnest(%(payments)s::uuid[], %(micros)s::bigint[]) AS n(payment, micros)
JOIN LATERAL (SELECT k.service_id FROM spending_advance k WHERE k.tenant_id = %(tenant)s AND k.payment_id = n.payment
    AND k.period_on <= %(period_on)s ORDER BY k.period_on DESC LIMIT 1) AS e ON true
JOIN service s ON s.tenant_id = %(tenant)s AND s.id = e.service_id AND s.state <> 'ended'
WHERE n.micros > 0
ON CONFLICT (tenant_id, payment_id, period_on) DO UPDATE SET amount = excluded.amount WHERE a.amount > excluded.amount
"""


def carry_advances(ctx: Context, left: Mapping[UUID, int]) -> None:
    """
    Payments have so much left after a bill: as far as they were advances, that is one on the running period.

    It counts for the service it counted for, while that runs; where it does already, for no more than is left.
    """
    if not left:
        return
    given = {
        "tenant": ctx.tenant,
        "payments": list(left),
        "micros": list(left.values()),
        "now": ctx.now,
        "period_on": Period.containing(ctx.today).starts_on,
    }
    ctx.db.execute(_CARRY, given)
