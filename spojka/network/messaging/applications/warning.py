"""Subscribers are warned, once a day or month: a limit is nearly used, what came in is erased soon (o2/3.2, 3.3)."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from spojka.access.operations.context import Context
from spojka.network.messaging.terms import LimitTerms, RetentionTerms
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.publications.shelf import shelf_of

_NEAR: Final = """
SELECT a.id, a.name, c.period, c.period_on, c.used, w.most, w.key
FROM application a JOIN message_counter c ON c.tenant_id = a.tenant_id AND c.application_id = a.id
CROSS JOIN LATERAL (SELECT coalesce((SELECT l.granted FROM application_limit l WHERE l.tenant_id = a.tenant_id
    AND l.application_id = a.id AND l.period = c.period AND l.state = 'granted' AND l.valid_from <= %(now)s
    ORDER BY l.valid_from DESC, l.id DESC LIMIT 1),
    CASE c.period WHEN 'day' THEN %(day)s ELSE %(month)s END)::bigint AS most,
    concat_ws(':', 'limit-near', a.id, c.period, c.period_on) AS key) w
WHERE a.tenant_id = %(tenant)s AND a.closed_at IS NULL
  AND (c.period, c.period_on) IN (('day', %(today)s::date), ('month', %(first)s::date))
  AND w.most > 0 AND c.used * 100 >= w.most * %(pct)s
  AND NOT EXISTS (SELECT 1 FROM notice n WHERE n.tenant_id = a.tenant_id AND n.key = w.key || ':portal')
"""

_ENDING: Final = """
SELECT a.id, a.name, e.items FROM (
    SELECT i.application_id, count(*) AS items FROM message_inbox i
    WHERE i.tenant_id = %(tenant)s AND NOT i.erased AND i.expires_at > %(now)s AND i.expires_at <= %(until)s
      AND i.kind IN ('sms', 'mms') AND i.fetched_at IS NULL AND i.acked_at IS NULL GROUP BY i.application_id) e
JOIN application a ON a.tenant_id = %(tenant)s AND a.id = e.application_id
WHERE NOT EXISTS (SELECT 1 FROM notice n WHERE n.tenant_id = a.tenant_id
    AND n.key = concat_ws(':', 'inbox-ends', a.id, %(today)s::date, 'portal'))
"""


def warn_of_limits(ctx: Context) -> int:
    """Tell whose day or month has used the share of its limit that is warned at; returns how many notices."""
    terms = shelf_of(ctx).sheet(LimitTerms, ctx.today)
    share = terms.default_limit_alert_pct
    given = {
        "tenant": ctx.tenant,
        "now": ctx.now,
        "today": ctx.today,
        "first": ctx.today.replace(day=1),
        "day": terms.default_daily_limit_messages.value,
        "month": terms.default_monthly_limit_messages.value,
        "pct": share.value,
    }
    told = []
    for row in ctx.db.execute(_NEAR, given).fetchall():
        cs, en = {"day": ("Denní", "daily"), "month": ("Měsíční", "monthly")}[row["period"]]
        told.append(
            NewNotice(
                kind="limit_near",
                channels=("email", "portal"),
                subject={"cs": f"{cs} limit se blíží konci", "en": f"The {en} limit is nearly used"},
                body={
                    "cs": f"Aplikace {row['name']}: odesláno {row['used']} z {row['most']}. Co je nad limit, se"
                    " odmítne; o vyšší může žádat kontaktní osoba.",
                    "en": f"Application {row['name']}: {row['used']} of {row['most']} are used. What goes beyond is"
                    " refused; the contact person may ask for more.",
                },
                clauses=(share.ref.id,),
                key=row["key"],
                service=row["id"],
            )
        )
    return tell(ctx, told)


def warn_of_endings(ctx: Context) -> int:
    """Tell whose received messages nobody picked up and soon are erased, once a day; returns how many notices."""
    ahead = shelf_of(ctx).sheet(RetentionTerms, ctx.today).default_mo_expiry_warning_h
    until = ctx.now + timedelta(hours=ahead.value)
    given = {"tenant": ctx.tenant, "now": ctx.now, "until": until, "today": ctx.today}
    return tell(
        ctx,
        [
            NewNotice(
                kind="inbox_ends",
                channels=("email", "portal"),
                subject={"cs": "Přijaté zprávy se brzy smažou", "en": "Received messages are erased soon"},
                body={
                    "cs": f"Aplikace {row['name']}: do {ahead.value} hodin se bez náhrady smažou nevyzvednuté zprávy,"
                    f" jejich počet: {row['items']}.",
                    "en": f"Application {row['name']}: messages that nobody picked up are erased without compensation"
                    f" within {ahead.value} hours, in number {row['items']}.",
                },
                clauses=(ahead.ref.id,),
                key=f"inbox-ends:{row['id']}:{ctx.today.isoformat()}",
                service=row["id"],
            )
            for row in ctx.db.execute(_ENDING, given).fetchall()
        ],
    )
