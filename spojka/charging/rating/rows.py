"""The rows of one tariff: for every kind, class and zone the price, the step, and the pools in their order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from spojka.charging.rating.sheet import RatingTerms
from spojka.charging.rating.slots import DATA_SLOTS, Places, chain_of
from spojka.charging.rating.terms import After, Kind, RateRow
from spojka.charging.usage.classes import DATA, HOME_ZONE, INCOMING
from spojka.terms.clauses import Term
from spojka.terms.units import UnitPrice
from spojka.trade.catalogue.terms import Catalogue, MessagePrices, RoamingTerms, TariffTerms

FREE: Final = ("emergency", "harmonised_116")
SPECIAL: Final = ("special_81", "special_83", "special_84", "special_855")
PREMIUM: Final = "premium_90x"
SPECIALISED: Final = "specialised"
"""Class of data of digital television and IP telephony, which take nothing from the volume (nej/2.26)."""
SECONDS, MESSAGES = "seconds", "messages"
"""Counters of the 10 000 minutes or SMS a month (nej/2.20-h)."""

CALLS: Final = (Kind.VOICE, Kind.VIDEO)
EU: Final = "eu"
PER_CALL: Final = 8192
"""Unit of a price for a whole call: longer than any call that is rated."""

HOME_SCOPES: Final = {
    "own_network": ("own_network", "all_networks"),
    "mobile": ("other_networks", "all_networks", "all_but_own"),
    "fixed": ("fixed", "all_networks", "all_but_own"),
    "fixed_like": ("fixed", "all_networks", "all_but_own"),
}
"""Scopes in the order that free units are taken at home, by class (nej/2.13)."""

EU_SCOPES: Final = ("other_networks", "all_networks", "all_but_own")
"""Scopes that use in the EU zone takes (nej/2.15): never the own network's, never the fixed one's."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a finding about a record rests on: the price (none where it stands in the number or is zero) and rules."""

    price: Term[UnitPrice] | None
    rules: tuple[Term[Any], ...]


@dataclass(frozen=True, slots=True)
class PricedRow:
    """A row of the book and the terms behind it."""

    row: RateRow
    source: Source


def premium_class(per: str, price_micros: int) -> str:
    """The class of numbers that carry one price in them: `premium_90x.minute.50` (whole crowns)."""
    return f"{PREMIUM}.{per}.{price_micros // 1_000_000}"


@dataclass(frozen=True, slots=True)
class _Maker:
    plan: str
    tariff: TariffTerms
    catalogue: Catalogue
    terms: RatingTerms
    places: Places

    def call(
        self,
        kind: Kind,
        dest: str,
        zone: str,
        price: Term[UnitPrice] | None,
        scopes: tuple[str, ...] = (),
        *rules: Term[Any],
        counted: bool = False,
    ) -> PricedRow:
        """A call: first minute whole, then by the second (nej/2.11)."""
        step = self.terms.call_increment
        row = RateRow(
            self.plan,
            kind,
            dest,
            zone,
            price_micros=price.value.money.micros if price else 0,
            unit_size=60,
            first_block=step.value.first_s,
            next_block=step.value.next_s,
            slots=chain_of(self.places, "voice", scopes),
            counter=SECONDS if counted else None,
            max_quantity=self.terms.max_call_duration_s.value,
        )
        video = (self.terms.video_consumes_as_voice,) if kind is Kind.VIDEO else ()
        return PricedRow(row, Source(price, (step, *rules, *video)))

    def piece(
        self,
        kind: Kind,
        dest: str,
        zone: str,
        price: Term[UnitPrice] | None,
        scopes: tuple[str, ...] = (),
        *rules: Term[Any],
        counted: bool = False,
    ) -> PricedRow:
        """A message, by its parts (nej/2.7)."""
        row = RateRow(
            self.plan,
            kind,
            dest,
            zone,
            price_micros=price.value.money.micros if price else 0,
            slots=chain_of(self.places, "sms", scopes) if kind is Kind.SMS else (),
            counter=MESSAGES if counted else None,
        )
        return PricedRow(row, Source(price, rules))

    def premium(self, dest: str, zone: str) -> PricedRow:
        """A number whose price stands in it, per started minute or for the whole call (nej/3.5)."""
        _, per, crowns = dest.split(".")
        unit = 60 if per == "minute" else PER_CALL
        row = RateRow(
            self.plan,
            Kind.VOICE,
            dest,
            zone,
            price_micros=int(crowns) * 1_000_000,
            unit_size=unit,
            price_step=unit,
            max_quantity=self.terms.max_call_duration_s.value,
        )
        return PricedRow(row, Source(None, (self.terms.excluded_classes,)))

    def data(self, dest: str, zone: str, price: Term[UnitPrice] | None, *, buckets: bool, after: After) -> PricedRow:
        """Data: buckets to the byte, then by started steps of 1 kB where there is a price (nej/2.17 to 2.20)."""
        terms = self.terms
        priced = price is not None and after is After.PRICE
        row = RateRow(
            self.plan,
            Kind.DATA,
            dest,
            zone,
            price_micros=price.value.money.micros if price and priced else (0 if dest == SPECIALISED else None),
            unit_size=terms.bytes_per_mb,
            price_step=terms.roaming_data_step_kb.value * terms.bytes_per_kb.value,
            slots=DATA_SLOTS if buckets else (),
            after=after,
            limited=priced and zone != HOME_ZONE,
        )
        rules: tuple[Term[Any], ...] = (terms.bucket_order,) if buckets else ()
        if dest == SPECIALISED:
            rules = (terms.specialised_counts_to_limit,)
        elif zone == HOME_ZONE:
            rules += (self.tariff.data_basic_mb, self.tariff.after_exhaustion, terms.domestic_after_limit)
        else:
            rules += (terms.eu_data_as_home, self.tariff.data_eu_included) if zone == EU else ()
            rules += (terms.roaming_after_limit, terms.roaming_data_limit_czk_incl_vat) if priced else ()
        return PricedRow(row, Source(price, rules))


def plan_rows(
    plan: str,
    *,
    tariff: TariffTerms,
    catalogue: Catalogue,
    terms: RatingTerms,
    places: Places,
    classes: Sequence[str],
) -> Iterator[PricedRow]:
    """Every row of a tariff, for the given destination classes."""
    maker = _Maker(plan, tariff, catalogue, terms, places)
    for dest in classes:
        yield from _home(maker, dest)
        for zone, roaming in catalogue.roaming.items():
            yield from _abroad(maker, dest, zone, roaming)
    after = After.THROTTLE if tariff.after_exhaustion.value == "throttle" else After.INTERRUPT
    yield maker.data(DATA, HOME_ZONE, None, buckets=True, after=after)
    yield maker.data(SPECIALISED, HOME_ZONE, None, buckets=False, after=After.PRICE)
    for kind in (*CALLS, Kind.SMS, Kind.MMS):
        free = maker.call if kind in CALLS else maker.piece
        yield free(kind, INCOMING, HOME_ZONE, None)
    for zone, roaming in catalogue.roaming.items():
        included = zone == EU and tariff.data_eu_included.value
        for dest in (DATA, SPECIALISED):
            yield maker.data(dest, zone, roaming.data, buckets=included and dest == DATA, after=After.PRICE)
        for kind in CALLS:
            yield maker.call(kind, INCOMING, zone, roaming.incoming)
        for kind in (Kind.SMS, Kind.MMS):
            yield maker.piece(kind, INCOMING, zone, None)


def _home(maker: _Maker, dest: str) -> Iterator[PricedRow]:
    prices, terms = maker.catalogue.price, maker.terms
    if dest in FREE:
        for kind in CALLS:
            free = terms.price_czk if dest == "harmonised_116" else terms.emergency_price_czk
            yield maker.call(kind, dest, HOME_ZONE, None, (), free, terms.price_czk)
        yield maker.piece(Kind.SMS, dest, HOME_ZONE, None, (), terms.price_czk)
    elif dest.startswith(f"{PREMIUM}."):
        yield maker.premium(dest, HOME_ZONE)
    elif dest.startswith("international."):
        yield from _international(maker, dest)
    elif dest in HOME_SCOPES:
        scopes = HOME_SCOPES[dest]
        like_fixed = (terms.pool_order_91_95_97x,) if dest == "fixed_like" else ()
        price: Term[UnitPrice] = getattr(prices.voice, "fixed" if dest == "fixed_like" else dest)
        for kind in CALLS:
            yield maker.call(
                kind, dest, HOME_ZONE, price, scopes, terms.rollover_of_free_units, *like_fixed, counted=True
            )
        for kind, list_ in ((Kind.SMS, prices.sms), (Kind.MMS, prices.mms)):
            message = _message_price(list_, dest)
            if message is not None:
                yield maker.piece(
                    kind, dest, HOME_ZONE, message, scopes, terms.rollover_of_free_units, counted=kind is Kind.SMS
                )
    else:
        known: Term[UnitPrice] | None = getattr(prices.voice, dest, None)
        if known is not None:
            rules = (terms.excluded_classes,) if dest in SPECIAL else ()
            for kind in CALLS:
                yield maker.call(kind, dest, HOME_ZONE, known, (), *rules, counted=dest not in SPECIAL)


def _message_price(prices: MessagePrices, dest: str) -> Term[UnitPrice] | None:
    if dest in {"own_network", "mobile"}:
        return prices.own_network if dest == "own_network" else prices.mobile
    return prices.fixed


def _international(maker: _Maker, dest: str) -> Iterator[PricedRow]:
    zone, prices, excluded = dest.partition(".")[2], maker.catalogue.price, maker.terms.excluded_classes
    if zone in prices.voice.international:
        for kind in CALLS:
            yield maker.call(kind, dest, HOME_ZONE, prices.voice.international[zone], (), excluded, counted=True)
    for kind, list_ in ((Kind.SMS, prices.sms), (Kind.MMS, prices.mms)):
        if zone in list_.international:
            message = list_.international[zone]
            yield maker.piece(kind, dest, HOME_ZONE, message, (), excluded, counted=kind is Kind.SMS)


def _abroad(maker: _Maker, dest: str, zone: str, roaming: RoamingTerms) -> Iterator[PricedRow]:
    terms = maker.terms
    if dest in FREE:
        for kind in CALLS:
            yield maker.call(kind, dest, zone, None, (), terms.price_czk)
        return
    if dest.startswith(f"{PREMIUM}."):
        yield maker.premium(dest, zone)
        return
    special = getattr(maker.catalogue.price.voice, dest, None) if dest in SPECIAL else None
    if special is not None:
        for kind in CALLS:
            yield maker.call(kind, dest, zone, special, (), terms.excluded_classes)
        return
    outside = dest.startswith("international.") and dest != f"international.{EU}"
    covered = zone == EU and not outside and (dest in HOME_SCOPES or dest == f"international.{EU}")
    scopes = EU_SCOPES if covered else ()
    rules = (terms.pool_order_eu_roaming,) if covered else (terms.excluded_classes,)
    voice = roaming.voice_outside_zone if outside and roaming.voice_outside_zone else roaming.voice
    sms = roaming.sms_outside_zone if outside and roaming.sms_outside_zone else roaming.sms
    for kind in CALLS:
        yield maker.call(kind, dest, zone, voice, scopes, *rules, counted=zone == EU)
    yield maker.piece(Kind.SMS, dest, zone, sms, scopes, *rules, counted=zone == EU)
    if roaming.mms is not None:
        yield maker.piece(Kind.MMS, dest, zone, roaming.mms, (), *rules)
