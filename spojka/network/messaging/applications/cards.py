"""Applications as the data plane knows them: read when they change, looked at once a second at most."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.card import Card
from spojka.network.messaging.applications.terms import ApplicationTerms
from spojka.trade.publications.shelf import shelf_of

FRESH_NS: Final = 500_000_000
"""A card is used so long without asking whether it still holds; what changes is heard of within a second."""
MOST_CARDS: Final = 50_000


_VERSIONS: Final = """
SELECT a.id, concat_ws('/', a.xmin, s.xmin,
    (SELECT concat(count(*), '.', sum(o.xmin::text::bigint), '.', count(*) FILTER (WHERE o.active_from <= %(now)s),
        '.', count(*) FILTER (WHERE o.active_to <= %(now)s))
        FROM application_option o WHERE o.tenant_id = a.tenant_id AND o.application_id = a.id),
    (SELECT concat(count(*), '.', sum(l.xmin::text::bigint), '.', count(*) FILTER (WHERE l.valid_from <= %(now)s))
        FROM application_limit l WHERE l.tenant_id = a.tenant_id AND l.application_id = a.id),
    (SELECT concat(count(*), '.', sum(h.xmin::text::bigint)) FROM service_hold h
        WHERE h.tenant_id = a.tenant_id AND h.service_id = a.id)) AS version
FROM application a JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.id
WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(ids)s::uuid[])
"""

_CARDS: Final = """
SELECT a.id, a.party_id, a.product, a.app_number, a.msisdn, a.consent_mode, a.opt_out_route, s.state,
    (SELECT c.signed_on FROM contract c WHERE c.tenant_id = s.tenant_id AND c.id = s.contract_id) AS signed_on,
    (SELECT jsonb_object_agg(o.folded, o.value) FROM application_option o WHERE o.tenant_id = a.tenant_id
        AND o.application_id = a.id AND o.kind = 'nickname' AND o.active_from <= %(now)s
        AND (o.active_to IS NULL OR o.active_to > %(now)s)) AS nicknames,
    (SELECT o.value FROM application_option o WHERE o.tenant_id = a.tenant_id AND o.application_id = a.id
        AND o.kind = 'throughput' AND o.active_from <= %(now)s AND (o.active_to IS NULL OR o.active_to > %(now)s)
        ORDER BY o.active_from DESC LIMIT 1) AS rate,
    (SELECT jsonb_object_agg(l.period, l.granted) FROM (SELECT DISTINCT ON (period) period, granted
        FROM application_limit WHERE tenant_id = a.tenant_id AND application_id = a.id AND state = 'granted'
        AND valid_from <= %(now)s ORDER BY period, valid_from DESC, id DESC) l) AS limits,
    (SELECT jsonb_build_object('reason', h.reason, 'clauses', h.clauses) FROM service_hold h
        WHERE h.tenant_id = a.tenant_id AND h.service_id = a.id AND h.released_at IS NULL
        ORDER BY h.held_at LIMIT 1) AS held
FROM application a JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.id
WHERE a.tenant_id = %(tenant)s AND a.id = ANY(%(ids)s)
"""


def read_cards(ctx: Context, applications: Sequence[ServiceId], versions: dict[UUID, str]) -> list[Card]:
    """Cards as they stand at the instant of the call, with one query for all."""
    rows = ctx.db.execute(_CARDS, {"tenant": ctx.tenant, "ids": list(applications), "now": ctx.now}).fetchall()
    terms = shelf_of(ctx).sheet(ApplicationTerms, ctx.today)
    return [_card(row, terms, versions.get(row["id"], "")) for row in rows]


def _card(row: Row, terms: ApplicationTerms, version: str) -> Card:
    limits, held = row["limits"] or {}, row["held"]
    base = terms.throughput[row["product"]].base_per_s
    return Card(
        application=row["id"],
        party=row["party_id"],
        product=row["product"],
        app_number=row["app_number"],
        msisdn=row["msisdn"],
        nicknames=row["nicknames"] or {},
        rate_per_s=Fraction(base.value if row["rate"] is None else row["rate"]),
        day_limit=limits.get("day", terms.default_daily_limit_messages.value),
        month_limit=limits.get("month", terms.default_monthly_limit_messages.value),
        enforces_consent=row["consent_mode"] == "enforce",
        state=row["state"],
        held=held and Refusal("SERVICE_SUSPENDED", tuple(held["clauses"]), {"reason": held["reason"]}),
        version=version,
        signed_on=row["signed_on"],
        opt_out_stated=row["opt_out_route"] != "",
    )


@dataclass
class CardIndex:
    """What one process knows of applications; `on` is the day the terms were read for."""

    cards: dict[ServiceId, Card] = field(default_factory=dict)
    _checked_ns: dict[ServiceId, int] = field(default_factory=dict)
    _on: Any = None

    def fresh(self, ctx: Context, applications: Iterable[ServiceId], now_ns: int) -> dict[ServiceId, Card]:
        """Cards none of which is older than `FRESH_NS`; unknown applications are left out."""
        wanted = set(applications)
        if self._on != ctx.today or len(self.cards) > MOST_CARDS:
            self.cards.clear()
            self._checked_ns.clear()
            self._on = ctx.today
        old = [one for one in wanted if now_ns - self._checked_ns.get(one, -FRESH_NS) >= FRESH_NS]
        if old:
            self._check(ctx, old, now_ns)
        return {one: self.cards[one] for one in wanted if one in self.cards}

    def _check(self, ctx: Context, old: Sequence[ServiceId], now_ns: int) -> None:
        rows = ctx.db.execute(_VERSIONS, {"tenant": ctx.tenant, "ids": arrays.of_ids(old), "now": ctx.now}).fetchall()
        versions = {row["id"]: row["version"] for row in rows}
        changed = [
            one for one in old if one in versions and (one not in self.cards or self._is_changed(one, versions[one]))
        ]
        for card in read_cards(ctx, changed, versions) if changed else ():
            self.cards[card.application] = card
        for one in old:
            self._checked_ns[one] = now_ns
            if one not in versions:
                self.cards.pop(one, None)

    def _is_changed(self, application: ServiceId, version: str) -> bool:
        return self.cards[application].version != version
