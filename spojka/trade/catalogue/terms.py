"""The price list as types: what can be ordered, and what it costs (nej/1.8, 2.10, 2.13, 2.17)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.kernel.money import Money
from spojka.terms.clauses import Term
from spojka.terms.units import FreeUnits, UnitPrice

PoolScope = Literal["own_network", "other_networks", "fixed", "all_networks"]
PoolKind = Literal["voice", "sms"]
AfterExhaustion = Literal["interrupt", "throttle"]


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """Free units of a tariff or an add-on."""

    kind: Term[PoolKind]
    scope: Term[PoolScope]
    includes_own: Term[bool]
    amount: Term[FreeUnits]


@dataclass(frozen=True, slots=True)
class TariffTerms:
    """One tariff."""

    title_cs: Term[str]
    title_en: Term[str]
    monthly_fee: Term[Money]
    data_basic_mb: Term[int]
    data_eu_included: Term[bool]
    roaming_eu_included: Term[bool]
    after_exhaustion: Term[AfterExhaustion]
    throttle_kbps: Term[int] | None
    topups: Term[list[str]]
    commitment_months: Term[int]
    min_monthly_spend: Term[Money] | None
    requires_fixed_service: Term[bool]
    pool: dict[str, PoolTerms]


@dataclass(frozen=True, slots=True)
class AddonTerms:
    """One add-on that repeats every period."""

    title_cs: Term[str]
    title_en: Term[str]
    monthly_fee: Term[Money]
    data_mb: Term[int] | None
    pool: dict[str, PoolTerms]


@dataclass(frozen=True, slots=True)
class TopupTerms:
    """One data volume that can be bought."""

    title_cs: Term[str]
    title_en: Term[str]
    price: Term[Money]
    data_mb: Term[int]


@dataclass(frozen=True, slots=True)
class ZoneTerms:
    """Countries that a roaming zone covers; `*` is the rest of the world."""

    countries: Term[list[str]]


@dataclass(frozen=True, slots=True)
class DialTerms:
    """Country codes that an international zone is dialled by."""

    prefixes: Term[list[str]]


@dataclass(frozen=True, slots=True)
class RoamingTerms:
    """Prices in one zone; a zone without a data price interrupts data (nej/4.20)."""

    voice: Term[UnitPrice]
    incoming: Term[UnitPrice]
    sms: Term[UnitPrice]
    mms: Term[UnitPrice] | None
    data: Term[UnitPrice] | None
    voice_outside_zone: Term[UnitPrice] | None
    sms_outside_zone: Term[UnitPrice] | None


@dataclass(frozen=True, slots=True)
class VoicePrices:
    """Prices of calls at home by class of the called number."""

    own_network: Term[UnitPrice]
    mobile: Term[UnitPrice]
    fixed: Term[UnitPrice]
    special_81: Term[UnitPrice]
    special_83: Term[UnitPrice]
    special_84: Term[UnitPrice]
    special_855: Term[UnitPrice]
    freephone: Term[UnitPrice]
    directory: Term[UnitPrice]
    operator_service: Term[UnitPrice]
    international: dict[str, Term[UnitPrice]]


@dataclass(frozen=True, slots=True)
class MessagePrices:
    """Prices of SMS or MMS at home by class of the called number."""

    own_network: Term[UnitPrice]
    mobile: Term[UnitPrice]
    fixed: Term[UnitPrice] | None
    international: dict[str, Term[UnitPrice]]


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of use at home."""

    voice: VoicePrices
    sms: MessagePrices
    mms: MessagePrices


@dataclass(frozen=True, slots=True)
class Fees:
    """One-off fees."""

    premium_unlock: Term[Money]
    sim_swap: Term[Money]
    reactivation: Term[Money]


@dataclass(frozen=True, slots=True)
class OptionalService:
    """A service beyond the default card: whether it is offered (nej/2.4, 4.5-i)."""

    offered: Term[bool]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole price list that binds."""

    tariff: dict[str, TariffTerms]
    addon: dict[str, AddonTerms]
    topup: dict[str, TopupTerms]
    zone: dict[str, ZoneTerms]
    dial: dict[str, DialTerms]
    roaming: dict[str, RoamingTerms]
    price: Prices
    fee: Fees
    optional: dict[str, OptionalService]


@dataclass(frozen=True, slots=True)
class CoverageTerms:
    """Where the service works (nej/2.9)."""

    coverage_map_url: Term[str]
