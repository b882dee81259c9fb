"""Whether a service may be set up, change its tariff, be suspended, and what may be used on it now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import add_months, add_working_days
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse, rule
from spojka.trade.catalogue.terms import TariffTerms
from spojka.trade.services.terms import ServiceTerms, SuspensionTerms

UseKind = Literal["voice", "video", "sms", "mms", "data", "ussd"]
ALWAYS_OPEN = frozenset({"emergency", "harmonised_116"})
"""Classes that nothing closes (nej/3.7, 4.8)."""
HOME = "CZ"
"""ISO code of the country in which use is not roaming."""
PREMIUM = "premium_90x"
"""Class of 90x numbers, and the feature that opens them (nej/3.5)."""
MMS = "mms"
"""Feature that multimedia messages need (nej/4.5-i)."""
INTERNATIONAL_CALLS = "international_calls"
"""Feature that calls and messages from home to numbers abroad need (nej/4.5-i)."""
STAR_LINE = "star_line"
"""Class of codes that the network itself answers: lines such as *11 and *30, and USSD codes (nej/2.3, 2.19)."""


@rule(
    cs="Tarif lze znovu změnit od {result}: poslední změna platí od {changed_on}, mezi změnami je {interval_days} dní",
    en="The tariff can change again from {result}: the last change took effect on {changed_on}, {interval_days} days"
    " lie between changes",
)
def next_tariff_change_on(*, changed_on: date, interval_days: Term[int]) -> date:
    """First day a tariff may change again; exactly the interval later is allowed (nej/1.8)."""
    return changed_on + timedelta(days=interval_days.value)


def refuse_tariff_change(
    *,
    today: date,
    changed_on: date | None,
    committed_until: date | None,
    target: TariffTerms,
    minimum_spend: Term[Money] | None,
    terms: ServiceTerms,
) -> Refusal | None:
    """
    Why a tariff cannot change today, or `None` (nej/1.8).

    Args:
        today: the day of the request.
        changed_on: the day the last change took effect; the initial activation is no change.
        committed_until: end of the commitment (exclusive), if one runs.
        target: the tariff asked for.
        minimum_spend: the least monthly spend that the present tariff binds to, if any.
        terms: what binds.

    """
    committed = committed_until is not None and today < committed_until
    if committed and minimum_spend is not None and target.min_monthly_spend is None:
        figures = {"until": committed_until, "spend": minimum_spend.value}
        return refuse(
            "CHANGE_BLOCKED_BY_COMMITMENT", terms.tariff_change_min_interval_days, minimum_spend, figures=figures
        )
    if changed_on is None:
        return None
    earliest = next_tariff_change_on(changed_on=changed_on, interval_days=terms.tariff_change_min_interval_days)
    if today < earliest.value:
        return refuse(
            "TARIFF_CHANGE_TOO_SOON", earliest, figures={"earliest": earliest.value, "changed_on": changed_on}
        )
    return None


@rule(
    cs="Služba se zřídí nejpozději {result}: {days} pracovních dní od {ready_on}",
    en="The service is set up by {result}: {days} working days from {ready_on}",
)
def set_up_by(*, ready_on: date, days: Term[int]) -> date:
    """
    Last day to set a service up (nej/2.5).

    Args:
        ready_on: the later of the days when the card was taken over and when the conditions were met.
        days: working days there are.

    """
    return add_working_days(ready_on, days.value)


@rule(
    cs="Nejzazší den obnovení je {result}: přerušeno {suspended_on}, se závazkem {days} dní, bez závazku {months} měs.",
    en="The last day to restore is {result}: interrupted on {suspended_on}, {days} days with a commitment, {months}"
    " months without",
)
def restore_by(*, suspended_on: date, committed: bool, days: Term[int], months: Term[int]) -> date:
    """The unrolled last day of a suspension (nej/2.21); the deadline to act rolls to a working day."""
    return suspended_on + timedelta(days=days.value) if committed else add_months(suspended_on, months.value)


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    What somebody tries to use on a service.

    Args:
        kind: what.
        destination: class of the number called (`emergency`, `premium_90x`, `international.eu`, …); `data` has none.
        visited: ISO country.
        in_eu: whether it lies in the EU zone.
        access: how the device is attached.

    """

    kind: UseKind
    destination: str = ""
    visited: str = "CZ"
    in_eu: bool = False
    access: Literal["cellular", "vowifi"] = "cellular"


@dataclass(frozen=True, slots=True)
class Standing:
    """
    How a service stands at an instant.

    Args:
        state: `waiting`, `active` or `ended`.
        holds: reason by scope of every unreleased hold.
        switches: whether each feature is on.
        roaming_eu_included: the tariff's flag; another zone needs the switch `roaming`.

    """

    state: str
    holds: Mapping[str, str]
    switches: Mapping[str, bool]
    roaming_eu_included: Term[bool]


def _unsupported_over_wifi(attempt: Attempt) -> bool:
    return attempt.destination in {"emergency", STAR_LINE} or attempt.kind in {"sms", "mms", "ussd"}


def _feature(attempt: Attempt) -> str:
    """What a use needs switched on; whoever calls abroad from abroad is roaming, which has a switch of its own."""
    if attempt.kind == "mms":
        return MMS
    if attempt.destination.startswith("international") and attempt.visited == HOME:
        return INTERNATIONAL_CALLS
    return ""


def refuse_use(attempt: Attempt, standing: Standing, terms: ServiceTerms) -> Refusal | None:
    """Why a use is not possible now, or `None`; emergency and harmonised numbers pass every bar."""
    if attempt.access == "vowifi" and _unsupported_over_wifi(attempt):
        return refuse(
            "NOT_SUPPORTED_OVER_WIFI", terms.vowifi_unsupported, figures={"what": attempt.destination or attempt.kind}
        )
    if attempt.destination in ALWAYS_OPEN:
        return None
    if attempt.access == "vowifi" and attempt.visited != "CZ" and not terms.default_vowifi_from_abroad.value:
        return refuse("VOWIFI_OUTSIDE_CZ", terms.default_vowifi_from_abroad, figures={"country": attempt.visited})
    if standing.state != "active":
        return refuse(
            "SERVICE_NOT_SUBSCRIBED", terms.data_on_voice_number if attempt.kind == "data" else terms.voice_requires
        )
    held = _refuse_held(attempt, standing, terms)
    if held is not None:
        return held
    if attempt.visited != "CZ":
        roaming = (attempt.in_eu and standing.roaming_eu_included.value) or standing.switches.get("roaming", False)
        if not roaming:
            flag = standing.roaming_eu_included if attempt.in_eu else None
            return refuse(
                "ROAMING_NOT_INCLUDED", terms.roaming_in_basic_service, flag, figures={"country": attempt.visited}
            )
    if attempt.destination == PREMIUM and not standing.switches.get(PREMIUM, False):
        return refuse("PREMIUM_BARRED", terms.premium_barred_by_default)
    feature = _feature(attempt)
    if feature and not standing.switches.get(feature, False):
        return refuse(
            "SERVICE_NOT_ENABLED", terms.default_profile_off, terms.optional_services, figures={"service": feature}
        )
    return None


def _refuse_held(attempt: Attempt, standing: Standing, terms: ServiceTerms) -> Refusal | None:
    if "both" in standing.holds:
        return refuse(
            "SERVICE_INTERRUPTED", terms.restriction_reason_required, figures={"reason": standing.holds["both"]}
        )
    for scope in ("outgoing", "data") if attempt.kind == "data" else ("outgoing",):
        if scope in standing.holds:
            return refuse(
                "SERVICE_RESTRICTED", terms.restriction_reason_required, figures={"reason": standing.holds[scope]}
            )
    return None


def switches_now(*, known: Mapping[str, bool], terms: ServiceTerms) -> dict[str, bool]:
    """Every feature's state: what was switched, else the default profile (nej/4.5-i)."""
    defaults = dict.fromkeys(terms.default_profile_on.value, True)
    defaults |= dict.fromkeys(terms.default_profile_off.value, False)
    return defaults | dict(known)


def refuse_unlock(*, channel: str, identity_verified: bool, terms: ServiceTerms) -> Refusal | None:
    """Why premium numbers are not unlocked on a request, or `None` (nej/3.5)."""
    if channel not in terms.unlock_channels.value or not identity_verified:
        return refuse("IDENTITY_NOT_VERIFIED", terms.unlock_channels, figures={"channel": channel})
    return None


def closes_emergency(classes: Collection[str]) -> bool:
    """Whether a set of barred classes would close what must stay open (nej/4.8)."""
    return not ALWAYS_OPEN.isdisjoint(classes)


def suspension_limit(*, suspended_on: date, committed: bool, terms: SuspensionTerms) -> Finding[date]:
    """How long a suspension for non-use may last (nej/2.21)."""
    return restore_by(
        suspended_on=suspended_on,
        committed=committed,
        days=terms.max_suspension_not_used_with_commitment_days,
        months=terms.max_suspension_not_used_without_commitment_months,
    )
