"""Applications of all subscribers as staff look for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field

from spojka.access.database import arrays
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import PartyId, ServiceId
from spojka.trade.numbering.numbers import normalise
from spojka.trade.parties.rules import folded

MOST: Final = 200

_FOUND: Final = """
SELECT a.id, a.name, a.party_id, p.name AS subscriber, a.product, a.app_number, a.msisdn, s.state,
    EXISTS (SELECT 1 FROM service_hold h WHERE h.tenant_id = a.tenant_id AND h.service_id = a.id
        AND h.released_at IS NULL) AS held,
    (SELECT coalesce(array_agg(o.value ORDER BY o.value), '{}') FROM application_option o
        WHERE o.tenant_id = a.tenant_id AND o.application_id = a.id AND o.kind = 'nickname' AND o.state = 'active'
        AND (o.active_to IS NULL OR o.active_to > %(now)s)) AS nicknames
FROM application a JOIN party p ON p.tenant_id = a.tenant_id AND p.id = a.party_id
JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.id
WHERE a.tenant_id = %(tenant)s
"""
_FITS: Final = """
AND (position(%(word)s IN p.folded) > 0 OR position(lower(%(text)s) IN lower(a.name)) > 0
    OR a.app_number LIKE %(digits)s OR a.msisdn = %(number)s OR a.msisdn LIKE %(plus)s
    OR EXISTS (SELECT 1 FROM application_option o WHERE o.tenant_id = a.tenant_id AND o.application_id = a.id
        AND o.kind = 'nickname' AND o.folded LIKE %(start)s))
"""
_NAMED: Final = "AND a.id = ANY(%(applications)s::uuid[])"
_ORDER: Final = " ORDER BY a.closed_at IS NOT NULL, p.sort_key, a.name, a.id LIMIT %(most)s"


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application in a list: whose it is, its product, numbers and nicknames, whether it runs."""

    id: ServiceId
    name: str
    party_id: PartyId
    subscriber: str
    product: str
    app_number: str
    msisdn: str
    state: str
    held: bool
    nicknames: list[str]


@query("connector.find_applications", permission="connector.read")
def find_applications(
    ctx: Context,
    *,
    text: str = "",
    applications: list[ServiceId] | None = None,
    most: Annotated[int, Field(ge=1, le=MOST)] = 50,
) -> list[ApplicationLine]:
    """Applications by a part of their or their subscriber's name, a number or a nickname's beginning, or by ids."""
    wanted = text.strip()
    given: dict[str, Any] = {"tenant": ctx.tenant, "now": ctx.now, "most": most}
    if applications is not None:
        those = {**given, "applications": arrays.of_ids(applications)}
        return [ApplicationLine(**row) for row in ctx.db.execute(_FOUND + _NAMED + _ORDER, those).fetchall()]
    if not wanted:
        return [ApplicationLine(**row) for row in ctx.db.execute(_FOUND + _ORDER, given).fetchall()]
    digits = "".join(one for one in wanted if one.isdigit())
    numeric = bool(digits) and not any(one.isalpha() for one in wanted)
    given |= {
        "word": folded(wanted),
        "text": wanted,
        "digits": f"{digits}%" if numeric else "-",
        "plus": f"+420{digits}%" if numeric else "-",
        "number": normalise(wanted) or "-",
        "start": f"{_plain(wanted.casefold())}%",
    }
    return [ApplicationLine(**row) for row in ctx.db.execute(_FOUND + _FITS + _ORDER, given).fetchall()]


def _plain(text: str) -> str:
    """A text whose own signs of patterns stand for themselves."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
