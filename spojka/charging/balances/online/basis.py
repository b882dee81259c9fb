"""What all services of a tenant share online: the terms in force, the number plan, zones, and networks of numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import blake2b
from typing import Final
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.charging.balances.online.sessions import Step, Use, Wanted
from spojka.charging.balances.online.terms import OnlineTerms
from spojka.charging.usage.classes import DATA, HOME_COUNTRY, INCOMING, Zones
from spojka.charging.usage.intake import SPECIALISED_GROUPS
from spojka.charging.usage.terms import UsageTerms
from spojka.kernel.refusals import Refusal
from spojka.terms.findings import refuse
from spojka.trade.numbering.classing import OWN_NETWORK_NAME
from spojka.trade.numbering.numbers import HOME_CODE, normalise
from spojka.trade.numbering.plan import MOBILE, OWN_NETWORK, NumberPlan, NumberRange
from spojka.trade.numbering.ported import blocks_between
from spojka.trade.numbering.reading import read_number_plan
from spojka.trade.numbering.refusals import INVALID_NUMBER
from spojka.trade.publications.shelf import Shelf, shelf_of
from spojka.trade.services.terms import ServiceTerms

_HOME: Final = f"+{HOME_CODE}"
MOST_RANGES: Final = 10_000
"""Beginnings of numbers whose range is remembered at most."""


@dataclass(frozen=True, slots=True)
class Called:
    """A mobile number and the network it is in, as far as known."""

    number: str
    network: str | None


@dataclass(frozen=True)
class Basis:
    """
    The terms of one day.

    Args:
        shelf: the published editions.
        on: the day.
        plan: the number plan.
        zones: roaming zones by country.
        service_terms: what decides whether a service may be used.
        terms: what grants and refusals rest on.
        blocks: beginnings of the provider's own numbers.
        network_version: names the state of the ported numbers.

    """

    shelf: Shelf
    on: date
    plan: NumberPlan
    zones: Zones
    service_terms: ServiceTerms
    terms: OnlineTerms
    blocks: frozenset[str]
    network_version: str

    @cached_property
    def _known_ranges(self) -> dict[tuple[str, int], NumberRange | None]:
        return {}

    def range_of(self, number: str) -> NumberRange | None:
        """The range that holds a Czech number; numbers that begin alike and are as long share it."""
        key = (number[: self._longest_prefix], len(number))
        if key not in self._known_ranges:
            if len(self._known_ranges) > MOST_RANGES:
                self._known_ranges.clear()
            self._known_ranges[key] = self.plan.range_of(number)
        return self._known_ranges[key]

    @cached_property
    def _longest_prefix(self) -> int:
        return len(_HOME) + max(len(prefix) for prefix, _, _ in self.plan.ordered)

    @cached_property
    def digest(self) -> str:
        """Names the editions; a balance rated under others is rated anew."""
        return digest_of(self.shelf)

    def holds_own(self, number: str) -> bool:
        """Whether a number lies in the provider's own range."""
        return any(number[:length] in self.blocks for length in range(len(number), 0, -1))

    def in_eu(self, country: str) -> bool:
        """Whether a country abroad lies in the EU zone."""
        return country != HOME_COUNTRY and country in self.terms.eu_zone.value

    def called(self, wanted: Wanted) -> str | None:
        """The number called whose network decides its class, normalised; `None` where no network is asked."""
        if wanted.kind == "data" or wanted.direction == "mt":
            return None
        number = normalise(wanted.to)
        holder = self.range_of(number) if number and number.startswith(_HOME) else None
        return number if holder is not None and holder.dest_class == MOBILE else None

    def use_of(self, wanted: Wanted, service_key: str, called: str | None, network: str | None) -> Use | Refusal:
        """
        What is used, with its class and zone, or why it cannot be: an unknown number or country (nej/2.12, 3.7).

        `called` and `network` are the mobile number called and the network it is in, as far as known.
        """
        zone = self.zones.zone_of(wanted.visited)
        if zone is None:
            return refuse("UNKNOWN_COUNTRY", self.terms.eu_zone, figures={"value": wanted.visited})
        if wanted.kind == "data":
            return Use(wanted, service_key, wanted.to or None, DATA, zone)
        if called is not None:
            own = network == OWN_NETWORK_NAME
            return Use(wanted, service_key, called, OWN_NETWORK if own else MOBILE, zone, network, self.network_version)
        number = normalise(wanted.to)
        if wanted.direction == "mt":
            return Use(wanted, service_key, number or wanted.to or None, INCOMING, zone)
        if number is None:
            return Refusal(INVALID_NUMBER, self.plan.clauses, {"number": wanted.to})
        found = self.plan.classify(number)
        if isinstance(found, Refusal):
            return found
        holder = self.range_of(number) if found.range_name else None
        priced = holder.price if holder else None
        return Use(
            wanted,
            service_key,
            number,
            found.dest_class,
            zone,
            price_micros=priced.micros(number) if priced else None,
            price_per=priced.per if priced else None,
        )


def digest_of(shelf: Shelf) -> str:
    """A short name of all published editions."""
    digests = sorted(edition.digest for edition in shelf.editions)
    return blake2b("".join(digests).encode(), digest_size=8).hexdigest()


def is_specialised(use: Use) -> bool:
    """Whether data belong to television or IP telephony, which take nothing from the volume (nej/2.26)."""
    return use.kind == "data" and use.wanted.rating_group in SPECIALISED_GROUPS


def load_basis(ctx: Context, before: Basis | None = None) -> Basis:
    """The terms of today; those from before when they are still the same."""
    shelf = shelf_of(ctx)
    if before is not None and before.shelf is shelf and before.on == ctx.today:
        return before
    row = ctx.db.execute("SELECT count(*) AS stays FROM ported_number WHERE tenant_id = %s", [ctx.tenant]).fetchone()
    assert row is not None
    own = [block for first, last in shelf.pack.number_ranges for block in blocks_between(first, last)]
    return Basis(
        shelf,
        ctx.today,
        read_number_plan(shelf.bound(ctx.today)),
        shelf.sheet(UsageTerms, ctx.today).zones,
        shelf.sheet(ServiceTerms, ctx.today),
        shelf.sheet(OnlineTerms, ctx.today),
        frozenset(own),
        str(row["stays"]),
    )


def called_numbers(ctx: Context, basis: Basis, steps: Iterable[Step]) -> dict[UUID, Called]:
    """The mobile numbers that sessions call, each with its network at that instant (nej/2.12); by session."""
    asked: dict[UUID, tuple[str, datetime]] = {}
    for step in steps:
        number = basis.called(step.wanted) if step.act == "reserve" and step.wanted is not None else None
        if number is not None:
            asked[step.session] = (number, step.at)
    stays: dict[str, list[Row]] = {}
    if asked:
        for row in ctx.db.execute(
            "SELECT msisdn, network, valid_from, valid_to FROM ported_number WHERE tenant_id = %s AND msisdn = ANY(%s)",
            [ctx.tenant, list({number for number, _ in asked.values()})],
        ).fetchall():
            stays.setdefault(row["msisdn"], []).append(row)
    return {
        session: Called(
            number, _network(stays.get(number, ()), at) or (OWN_NETWORK_NAME if basis.holds_own(number) else None)
        )
        for session, (number, at) in asked.items()
    }


def _network(stays: Iterable[Row], at: datetime) -> str | None:
    """The network that a number was in at an instant, as far as its stays say."""
    lasting = (one for one in stays if one["valid_from"] <= at and (one["valid_to"] is None or at < one["valid_to"]))
    return next((str(one["network"]) for one in lasting), None)
