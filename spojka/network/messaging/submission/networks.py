"""Which network serves a Czech number: portability data first, then who holds its range (o2/3.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from spojka.access.database import arrays
from spojka.access.database.lines import Later
from spojka.access.operations.context import Context
from spojka.terms.clauses import Term


@dataclass(frozen=True, slots=True)
class HolderTerms:
    """Beginnings of Czech mobile numbers that an operator was given."""

    prefixes: Term[list[str]]


@dataclass(frozen=True, slots=True)
class NetworkTerms:
    """Who holds which numbers, and how a Czech number begins."""

    home_country_prefix: Term[str]
    default_range_holder: dict[str, HolderTerms]


_STAYS = (
    "SELECT msisdn, network FROM ported_number WHERE tenant_id = %s AND msisdn = ANY(%s::text[]) AND valid_from <= %s"
    " AND (valid_to IS NULL OR valid_to > %s)"
)


def networks_of(ctx: Context, numbers: Iterable[str], terms: NetworkTerms) -> Later[dict[str, str]]:
    """The networks that serve numbers at the instant of the call; numbers of nobody known are left out."""
    home = terms.home_country_prefix.value
    wanted = {number for number in numbers if number.startswith(home)}
    if not wanted:
        return dict
    asked = ctx.db.execute(_STAYS, [ctx.tenant, arrays.of_texts(wanted), ctx.now, ctx.now])

    def answer() -> dict[str, str]:
        found = {row["msisdn"]: row["network"] for row in asked.fetchall()}
        holders = _by_prefix(terms.default_range_holder)
        for number in wanted - found.keys():
            holder = _holder(number[len(home) :], holders)
            if holder is not None:
                found[number] = holder
        return found

    return answer


def _by_prefix(holders: Mapping[str, HolderTerms]) -> dict[str, str]:
    return {prefix: network for network, one in holders.items() for prefix in one.prefixes.value}


def _holder(national: str, holders: Mapping[str, str]) -> str | None:
    """The holder of the longest beginning."""
    return next((holders[national[:size]] for size in range(6, 1, -1) if national[:size] in holders), None)
