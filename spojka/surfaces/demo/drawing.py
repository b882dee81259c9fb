"""A month of made-up use, drawn whole columns at a time: who, when, what, with whom, and who was abroad."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from spojka.kernel.time import Period
from spojka.surfaces.demo.destinations import MESSAGE_SHARES, SHARES, make_pools
from spojka.surfaces.demo.shapes import (
    CALLS,
    DATA,
    Clock,
    Shares,
    Whole,
    call_lengths,
    message_parts,
    session_bytes,
    session_lengths,
)

Profile = Literal["light", "ordinary", "heavy", "business", "data"]

LONGEST_CALL_S: Final = 4200
DAY_US: Final = 86_400_000_000
HOME: Final = 420
INSTEAD_OF_ABROAD: Final = 420_602_000_000


@dataclass(frozen=True, slots=True)
class DemoService:
    """
    A service that is to have traffic.

    Args:
        msisdn: its number, `+420…`.
        imsi: its card.
        profile: how much it is used.
        beyond: whether calls abroad and MMS were ordered; else it has neither (nej/4.5-i).

    """

    msisdn: str
    imsi: str
    profile: Profile = "ordinary"
    beyond: bool = True


@dataclass(frozen=True, slots=True)
class Partner:
    """A network abroad: its TADIG code, country, time zone, switching centre, and how often travellers go there."""

    network: str
    country: str
    zone: str
    switch: str
    calling_code: int
    weight: int
    in_eu: bool


PARTNERS: Final = (
    Partner("SVKXX", "SK", "Europe/Bratislava", "421900000001", 421, 24, in_eu=True),
    Partner("DEUXX", "DE", "Europe/Berlin", "491700000001", 49, 20, in_eu=True),
    Partner("AUTXX", "AT", "Europe/Vienna", "436600000001", 43, 16, in_eu=True),
    Partner("HRVXX", "HR", "Europe/Zagreb", "385910000001", 385, 10, in_eu=True),
    Partner("ITAXX", "IT", "Europe/Rome", "393300000001", 39, 10, in_eu=True),
    Partner("GBRXX", "GB", "Europe/London", "447700000001", 44, 7, in_eu=False),
    Partner("CHEXX", "CH", "Europe/Zurich", "417900000001", 41, 6, in_eu=False),
    Partner("USAXX", "US", "America/New_York", "120255501000", 1, 4, in_eu=False),
    Partner("THAXX", "TH", "Asia/Bangkok", "668100000001", 66, 3, in_eu=False),
)
"""Made-up networks in real countries."""

NOT_ABROAD: Final = -1
"""In the column `partner`: at home."""

_MIX: Final = {"data": 0.60, "call": 0.14, "answer": 0.09, "sms": 0.09, "sms_in": 0.07, "mms": 0.01}
_WEIGHTS: Final[dict[str, dict[str, float]]] = {
    "light": {"data": 0.4, "call": 0.5, "answer": 0.7, "sms": 0.5, "sms_in": 0.7, "mms": 0.2},
    "ordinary": {"data": 1.0, "call": 1.0, "answer": 1.0, "sms": 1.0, "sms_in": 1.0, "mms": 1.0},
    "heavy": {"data": 2.6, "call": 1.6, "answer": 1.3, "sms": 1.8, "sms_in": 1.3, "mms": 2.0},
    "business": {"data": 1.3, "call": 3.5, "answer": 3.0, "sms": 1.0, "sms_in": 1.5, "mms": 0.5},
    "data": {"data": 3.0, "call": 0.0, "answer": 0.0, "sms": 0.0, "sms_in": 0.1, "mms": 0.0},
}
_MEGABYTES: Final = {"light": 250, "ordinary": 1_600, "heavy": 9_000, "business": 3_500, "data": 15_000}
_KINDS: Final = {
    "data": ("data", "mo"),
    "call": ("voice", "mo"),
    "answer": ("voice", "mt"),
    "sms": ("sms", "mo"),
    "sms_in": ("sms", "mt"),
    "mms": ("mms", "mo"),
}
_TRAVELLERS: Final = 0.08
_OVER_WIFI: Final = 0.08
_NEAREST: Final = 0
_FURTHER: Final = next(place for place, partner in enumerate(PARTNERS) if not partner.in_eu)
_PREMIUM_BEGUN: Final = 42_090
_AT_HOME_ONLY: Final = ("fixed_like", "free", "special", "short", "premium")


def draw_month(services: Sequence[DemoService], *, month: Period, records: int, seed: int) -> pl.DataFrame:
    """
    Draw a month.

    Args:
        services: at least one.
        month: the accounting period; data sessions may run over its end.
        records: how many.
        seed: the same seed draws the same month.

    Returns:
        In the order of time: `service` (place in `services`), `kind`, `direction`, `other` (E.164 digits or a short
        code, 0 for none), `at_us`, `duration_s`, `bytes_up`, `bytes_down`, `parts`, `access`, and `partner` (place in
        `PARTNERS`, or `NOT_ABROAD`).

    """
    draws = np.random.default_rng(seed)
    own = np.array([int(service.msisdn.lstrip("+")) for service in services], np.int64)
    pools = make_pools(draws, own, max(2_000, records // 10))
    clock, people = Clock(month), draws.lognormal(-0.3, 0.8, len(services))
    trips = _Trips.draw(draws, len(services), clock)
    use = {name: people * np.array([_WEIGHTS[one.profile][name] for one in services]) for name in _MIX}
    counts = {name: round(records * share) for name, share in _MIX.items() if use[name].any()}
    counts["data"] += records - sum(counts.values())
    parts = []
    for activity, count in counts.items():
        who = draws.choice(len(services), size=count, p=use[activity] / use[activity].sum())
        at_us = clock.draw(draws, count, DATA if activity == "data" else CALLS)
        partner = trips.partner_of(who, at_us)
        columns = _empty(count) | {"service": who, "at_us": at_us, "partner": partner}
        if activity == "data":
            columns |= _sessions(draws, services, people, who, partner)
        else:
            shares = SHARES if activity == "call" else MESSAGE_SHARES
            columns |= _contacts(draws, pools.draw(draws, count, shares), partner)
            columns |= _lengths(draws, activity, columns["other"])
        kind, direction = _KINDS[activity]
        parts.append(pl.DataFrame(columns).with_columns(kind=pl.lit(kind), direction=pl.lit(direction)))
    drawn = pl.concat(parts).sort("at_us", "service", "kind", "direction", "other", maintain_order=True)
    over_wifi = pl.Series(draws.random(drawn.height) < _OVER_WIFI)
    at_home_call = (pl.col("kind") == "voice") & (pl.col("partner") == NOT_ABROAD)
    access = pl.when(at_home_call & over_wifi).then(pl.lit("vowifi")).otherwise(pl.lit("cellular"))
    return _within_the_card(drawn.with_columns(access=access), services)


def _within_the_card(drawn: pl.DataFrame, services: Sequence[DemoService]) -> pl.DataFrame:
    """Who has not ordered them calls other mobiles instead of abroad and sends SMS instead of MMS."""
    default = pl.Series([not service.beyond for service in services])[drawn["service"]]
    own_use = default & (drawn["direction"] == "mo")
    other = pl.col("other")
    abroad = (pl.col("partner") == NOT_ABROAD) & (other >= 10**7) & (other // 10**9 != HOME)
    return drawn.with_columns(
        other=pl.when(own_use & abroad).then(INSTEAD_OF_ABROAD + other % 10**6).otherwise(other),
        kind=pl.when(own_use & (pl.col("kind") == "mms")).then(pl.lit("sms")).otherwise("kind"),
    )


@dataclass(frozen=True, slots=True)
class _Trips:
    """Who is abroad and when: arrays by service, `[from_us, to_us)`."""

    partner: Whole
    from_us: Whole
    to_us: Whole

    @classmethod
    def draw(cls, draws: np.random.Generator, count: int, clock: Clock) -> _Trips:
        weights = np.array([partner.weight for partner in PARTNERS])
        partner = draws.choice(len(PARTNERS), size=count, p=weights / weights.sum())
        days = (clock.ends_us - clock.starts_us) // DAY_US
        from_us = (
            clock.starts_us + draws.integers(0, max(days - 3, 1), count) * DAY_US + draws.integers(0, DAY_US, count)
        )
        to_us = from_us + draws.integers(3, 11, count) * DAY_US
        goes = draws.random(count) < _TRAVELLERS
        if count > 1:
            sure = draws.choice(count, 2, replace=False)
            goes[sure], partner[sure] = True, (_NEAREST, _FURTHER)
        return cls(np.where(goes, partner, NOT_ABROAD), from_us, to_us)

    def partner_of(self, who: Whole, at_us: Whole) -> Whole:
        away = (self.from_us[who] <= at_us) & (at_us < self.to_us[who])
        found: Whole = np.where(away, self.partner[who], NOT_ABROAD)
        return found


def _empty(count: int) -> dict[str, NDArray[np.int64]]:
    names = ("other", "duration_s", "bytes_up", "bytes_down")
    return {**{name: np.zeros(count, np.int64) for name in names}, "parts": np.ones(count, np.int64)}


def _sessions(
    draws: np.random.Generator, services: Sequence[DemoService], people: Shares, who: Whole, partner: Whole
) -> dict[str, Whole]:
    """A service's volume of the month is its profile's and its person's, spread over the sessions it has."""
    monthly = people * np.array([_MEGABYTES[service.profile] for service in services]) * 2.0**20
    targets = (monthly / np.maximum(np.bincount(who, minlength=len(services)), 1))[who]
    abroad = np.array([1.0, *(0.3 if one.in_eu else 0.002 for one in PARTNERS)])
    up, down = session_bytes(draws, targets * abroad[partner + 1])
    return {"duration_s": session_lengths(draws, who.size), "bytes_up": up, "bytes_down": down}


def _contacts(draws: np.random.Generator, drawn: tuple[Whole, NDArray[np.str_]], partner: Whole) -> dict[str, Whole]:
    """Travellers also call numbers where they are, and none that only work at home."""
    other, kinds = drawn
    codes = np.array([partner.calling_code for partner in PARTNERS], np.int64)[partner]
    local = (partner != NOT_ABROAD) & (np.isin(kinds, _AT_HOME_ONLY) | (draws.random(other.size) < 0.2))
    return {"other": np.where(local, codes * 1_000_000_000 + draws.integers(10**8, 10**9, other.size), other)}


def _lengths(draws: np.random.Generator, activity: str, other: Whole) -> dict[str, Whole]:
    """Lengths of calls, none of a barred premium number, and parts of messages."""
    if activity == "sms":
        return {"parts": message_parts(draws, other.size)}
    if activity not in ("call", "answer"):
        return {}
    barred = other // 10**7 == _PREMIUM_BEGUN
    return {"duration_s": np.where(barred, 0, call_lengths(draws, other.size, LONGEST_CALL_S))}
