"""Services as they stand, and what may be used on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ContractId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.trade.numbering.classing import class_of
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.trade.services.rules import STAR_LINE, Attempt, UseKind, refuse_use
from spojka.trade.services.store import overdue_holds, service_row, services_of_contract
from spojka.trade.services.terms import ServiceTerms
from spojka.trade.services.views import ServiceView, standing, views


@dataclass(frozen=True, slots=True)
class Permitted:
    """A use may go on; `destination` is the class of the number."""

    destination: str


def _class_of(ctx: Context, to: str) -> str | Refusal:
    """The class of what is dialled; codes with * or # are no numbers, and data name nobody."""
    if to.startswith(("*", "#")):
        return STAR_LINE
    return class_of(ctx, to=to) if to else ""


@query("services.show", permission="services.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def show(ctx: Context, *, service: ServiceId) -> ServiceView | Refusal:
    """One service as it stands."""
    row = service_row(ctx, service)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    return views(ctx, [row])[0]


@dataclass(frozen=True, slots=True)
class OverdueHold:
    """A hold that is still on past its planned end; `held_by` is who put it on."""

    service: ServiceId
    reason: str
    scope: str
    clauses: list[str]
    held_at: datetime
    planned_until: datetime
    held_by: str


@query("services.overdue_holds", permission="services.read")
def overdue(ctx: Context) -> list[OverdueHold]:
    """Restrictions still on past their planned end, the longest overdue first (nej/4.19)."""
    return [
        OverdueHold(
            row["service_id"],
            row["reason"],
            row["scope"],
            row["clauses"],
            row["held_at"],
            row["planned_until"],
            row["requested_by"],
        )
        for row in ([] if ctx.actor.party is not None else overdue_holds(ctx))
    ]


@query("services.of_contract", permission="services.read", customers=True)
def of_contract(ctx: Context, *, contract: ContractId) -> list[ServiceView]:
    """The services of a contract."""
    rows = services_of_contract(ctx, contract)
    return views(ctx, [row for row in rows if ctx.actor.party in (None, row["party_id"])])


@query(
    "services.may_use",
    permission="services.read",
    refusals=(
        "SERVICE_UNKNOWN",
        "SERVICE_NOT_SUBSCRIBED",
        "SERVICE_NOT_ENABLED",
        "PREMIUM_BARRED",
        "ROAMING_NOT_INCLUDED",
        "NOT_SUPPORTED_OVER_WIFI",
        "VOWIFI_OUTSIDE_CZ",
        "SERVICE_RESTRICTED",
        "SERVICE_INTERRUPTED",
        "INVALID_NUMBER",
        "UNKNOWN_DESTINATION",
    ),
)
def may_use(
    ctx: Context,
    *,
    service: ServiceId,
    kind: UseKind = "voice",
    to: str = "",
    visited: str = "CZ",
    access: Literal["cellular", "vowifi"] = "cellular",
) -> Permitted | Refusal:
    """Whether a call, a message or data may go on now, by bars, switches, holds and roaming; money is not asked."""
    row = service_row(ctx, service)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": service})
    view = views(ctx, [row])[0]
    classed = _class_of(ctx, to)
    if isinstance(classed, Refusal):
        return classed
    shelf = shelf_of(ctx)
    in_eu = visited in shelf.bound(ctx.today).term("eu_zone").value  # type: ignore[operator]  # a list of countries
    attempt = Attempt(kind, classed, visited, in_eu=visited != "CZ" and in_eu, access=access)
    refusal = refuse_use(attempt, standing(ctx, view), shelf.sheet(ServiceTerms, ctx.today))
    return refusal or Permitted(classed)
