"""A service as other rooms and pages see it: its tariff today, what is switched on, and what holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ContractId, PartyId, ServiceId
from spojka.trade.catalogue.terms import Catalogue
from spojka.trade.publications.packs import MOBILE
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.rules import Standing, switches_now
from spojka.trade.services.store import addons, holds, switches, tariffs
from spojka.trade.services.terms import ServiceTerms


@dataclass(frozen=True, slots=True)
class HoldView:
    """One reason that holds a service."""

    reason: str
    scope: str
    clauses: list[str]
    held_at: datetime
    planned_until: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceView:
    """One service today; `tariff_changed_on` is the day the last change (not the activation) took effect."""

    id: ServiceId
    contract: ContractId
    party: PartyId
    msisdn: str
    iccid: str
    imsi: str
    state: str
    tariff: str
    tariff_since: date | None
    tariff_changed_on: date | None
    addons: list[str]
    switches: dict[str, bool]
    holds: list[HoldView]
    activated_at: datetime | None
    established_at: datetime | None
    ended_at: datetime | None


def views(ctx: Context, rows: Sequence[Row]) -> list[ServiceView]:
    """Services as views, with one query a table however many there are."""
    ids: list[UUID] = [row["id"] for row in rows]
    tariffs_of, addons_of = _grouped(tariffs(ctx, ids)), _grouped(addons(ctx, ids))
    holds_of, switches_of = _grouped(holds(ctx, ids)), _grouped(switches(ctx, ids))
    profile = _profile(ctx)
    found = []
    for row in rows:
        own = tariffs_of.get(row["id"], [])
        today = [one for one in own if one["valid_from"] <= ctx.today and _open(one, ctx.today)]
        present = today[-1] if today else (own[-1] if own else None)
        changed = [one["valid_from"] for one in own if one["reason"] == "change"]
        known = {one["feature"]: one["is_on"] for one in switches_of.get(row["id"], [])}
        found.append(
            ServiceView(
                id=row["id"],
                contract=row["contract_id"],
                party=row["party_id"],
                msisdn=row["msisdn"],
                iccid=row["iccid"],
                imsi=row["imsi"],
                state=row["state"],
                tariff=present["tariff"] if present else "",
                tariff_since=present["valid_from"] if present else None,
                tariff_changed_on=max(changed, default=None),
                addons=[one["addon"] for one in addons_of.get(row["id"], []) if _open(one, ctx.today)],
                switches=known if profile is None else switches_now(known=known, terms=profile),
                holds=[
                    HoldView(one["reason"], one["scope"], one["clauses"], one["held_at"], one["planned_until"])
                    for one in holds_of.get(row["id"], [])
                    if one["released_at"] is None
                ],
                activated_at=row["activated_at"],
                established_at=row["established_at"],
                ended_at=row["ended_at"],
            ),
        )
    return found


def _profile(ctx: Context) -> ServiceTerms | None:
    """The terms with the default profile of a card; a provider without mobile services has none."""
    shelf = shelf_of(ctx)
    return shelf.sheet(ServiceTerms, ctx.today) if shelf.pack.products_of(MOBILE) else None


def standing(ctx: Context, view: ServiceView) -> Standing:
    """How a service stands now, for `refuse_use`."""
    catalogue = shelf_of(ctx).sheet(Catalogue, ctx.today)
    return Standing(
        view.state,
        {hold.scope: hold.reason for hold in view.holds},
        view.switches,
        catalogue.tariff[view.tariff].roaming_eu_included,
    )


def _open(row: Row, day: date) -> bool:
    return row["valid_to"] is None or row["valid_to"] > day


def _grouped(rows: Sequence[Row]) -> dict[UUID, list[Row]]:
    found: dict[UUID, list[Row]] = {}
    for row in rows:
        found.setdefault(row["service_id"], []).append(row)
    return found
