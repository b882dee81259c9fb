"""Services of a period with all that entitles them, gathered with one query a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.charges.fees import Stretch
from spojka.charging.rating.book import Plan, plan_for
from spojka.charging.rating.entitlements import ROAMING_LIMIT, Addon, Bought, Holding
from spojka.kernel.time import Period
from spojka.trade.publications.packs import MOBILE
from spojka.trade.publications.shelf import Shelf, shelf_of

_SERVICES = """
SELECT s.id, s.activated_at, s.ended_at, c.id AS contract_id, c.product, c.signed_on FROM service s
JOIN contract c ON c.tenant_id = s.tenant_id AND c.id = s.contract_id
WHERE s.tenant_id = %(t)s AND s.activated_at < %(ends)s AND (s.ended_at IS NULL OR s.ended_at > %(starts)s)
AND (%(s)s::uuid[] IS NULL OR s.id = ANY(%(s)s)) AND c.product = ANY(%(products)s) ORDER BY s.id
"""
_TARIFFS = """
SELECT service_id, tariff AS code, valid_from, valid_to FROM service_tariff
WHERE tenant_id = %(t)s AND valid_from < %(ends_on)s AND (valid_to IS NULL OR valid_to > %(starts_on)s)
AND (%(s)s::uuid[] IS NULL OR service_id = ANY(%(s)s)) ORDER BY service_id, valid_from
"""
_ADDONS = """
SELECT service_id, addon AS code, activated_at, valid_from, valid_to FROM service_addon
WHERE tenant_id = %(t)s AND valid_from < %(ends_on)s AND (valid_to IS NULL OR valid_to > %(starts_on)s)
AND (%(s)s::uuid[] IS NULL OR service_id = ANY(%(s)s)) ORDER BY service_id, activated_at, id
"""
_HOLDS = """
SELECT service_id, held_at, released_at FROM service_hold
WHERE tenant_id = %(t)s AND scope = 'both' AND held_at < %(ends)s AND (released_at IS NULL OR released_at > %(starts)s)
AND (%(s)s::uuid[] IS NULL OR service_id = ANY(%(s)s)) ORDER BY service_id, held_at
"""
_SWITCHES = """
SELECT service_id, is_on, at FROM service_switch
WHERE tenant_id = %(t)s AND feature = %(feature)s AND at < %(ends)s
AND (%(s)s::uuid[] IS NULL OR service_id = ANY(%(s)s)) ORDER BY service_id, at, id
"""
_GRANTS = """
SELECT service_id, bucket, amount, at FROM balance_grant
WHERE tenant_id = %(t)s AND period_on = %(starts_on)s
AND (%(s)s::uuid[] IS NULL OR service_id = ANY(%(s)s)) ORDER BY service_id, at, id
"""


def holdings(ctx: Context, period: Period, services: Sequence[str] | None) -> list[Holding]:
    """The given mobile services (default: all) that ran for any moment of a period; use of others has no rate book."""
    shelf = shelf_of(ctx)
    facts: dict[str, Any] = {
        "t": ctx.tenant,
        "s": None if services is None else [UUID(service) for service in services],
        "starts": period.starts_at,
        "ends": period.ends_at,
        "starts_on": period.starts_on,
        "ends_on": period.ends_on,
        "feature": ROAMING_LIMIT,
        "products": shelf.pack.products_of(MOBILE),
    }
    rows = ctx.db.execute(_SERVICES, facts).fetchall()
    tariffs, addons = _grouped(ctx, _TARIFFS, facts), _grouped(ctx, _ADDONS, facts)
    holds, switches, grants = (_grouped(ctx, text, facts) for text in (_HOLDS, _SWITCHES, _GRANTS))
    plans = _Plans(shelf, period)
    return [
        Holding(
            service=str(row["id"]),
            contract=str(row["contract_id"]),
            product=row["product"],
            signed_on=row["signed_on"],
            activated_at=row["activated_at"],
            ended_at=row["ended_at"],
            tariffs=tuple(part for each in tariffs[row["id"]] for part in plans.parts(each, row["signed_on"])),
            addons=tuple(Addon(_stretch("addon", each), each["activated_at"]) for each in addons[row["id"]]),
            interruptions=tuple((each["held_at"], each["released_at"]) for each in holds[row["id"]]),
            bought=tuple(Bought(each["bucket"], each["amount"], each["at"]) for each in grants[row["id"]]),
            limit_switches=tuple((each["is_on"], each["at"]) for each in switches[row["id"]]),
        )
        for row in rows
    ]


def _grouped(ctx: Context, text: str, facts: dict[str, Any]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in ctx.db.execute(text, facts).fetchall():
        found[row["service_id"]].append(row)
    return found


def _stretch(kind: Any, row: Row) -> Stretch:
    return Stretch(kind, row["code"], row["valid_from"], row["valid_to"])


class _Plans:
    """Tariffs as plans, cut where an edition that changes terms begins to bind; each plan is made once."""

    def __init__(self, shelf: Shelf, period: Period) -> None:
        self._shelf, self._period = shelf, period
        starts = {edition.effective_from for edition in shelf.editions}
        starts |= {edition.binds_existing_from for edition in shelf.editions}
        self._cuts = sorted(day for day in starts if period.starts_on < day < period.ends_on)
        self._made: dict[tuple[str, date, date], Plan] = {}

    def parts(self, row: Row, signed_on: date) -> list[tuple[Stretch, Plan]]:
        """One tariff's stretch as stretches of one plan each."""
        first = max(row["valid_from"], self._period.starts_on)
        last = self._period.ends_on if row["valid_to"] is None else min(row["valid_to"], self._period.ends_on)
        days = [first, *(day for day in self._cuts if first < day < last)]
        made = [self._plan(row["code"], day, signed_on) for day in days]
        found: list[tuple[Stretch, Plan]] = []
        for number, plan in enumerate(made):
            starts_on = days[number]
            if found and found[-1][1].name == plan.name:
                starts_on = found.pop()[0].starts_on
            ends_on = row["valid_to"] if number + 1 == len(made) else days[number + 1]
            found.append((Stretch("tariff", row["code"], starts_on, ends_on), plan))
        if found and found[0][0].starts_on == first:
            whole = found[0][0]
            found[0] = (Stretch("tariff", whole.code, row["valid_from"], whole.ends_on), found[0][1])
        return found

    def _plan(self, tariff: str, day: date, signed_on: date) -> Plan:
        key = (tariff, day, signed_on)
        if key not in self._made:
            self._made[key] = plan_for(self._shelf, tariff, day, signed_on)
        return self._made[key]
