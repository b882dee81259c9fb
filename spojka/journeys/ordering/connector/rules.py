"""Whether an applicant gets a service, whether it may be switched on, and when a notice is over (o2/3.4, 7.2, 10.3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from spojka.journeys.ordering.connector import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.journeys.ordering.connector.terms import ActivationTerms, AssessmentTerms
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import start_of
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse, rule
from spojka.trade.contracts import rules as _contracts  # noqa: F401  # TERMS_NOT_ATTACHED, NOT_FINAL_RECIPIENT

Decision = Literal["accepted", "by_person", "denied"]


@dataclass(frozen=True, slots=True)
class Obligations:
    """
    What a party owes and owed over all its accounts.

    Args:
        overdue: unpaid after the end of its due day.
        settled_defaults: invoices that were paid late.
        open_breaches: services held for a breach.

    """

    overdue: Money
    settled_defaults: int
    open_breaches: int


@rule(
    cs="Po splatnosti {overdue} (snese se {tolerated}), dřívějších prodlení {settled_defaults}, otevřených porušení"
    " {open_breaches}",
    en="Overdue {overdue} ({tolerated} is tolerated), earlier delays {settled_defaults}, open breaches {open_breaches}",
)
def order_decision(
    *,
    overdue: Money,
    settled_defaults: int,
    open_breaches: int,
    denies: Term[bool],
    bound: Term[list[str]],
    tolerated: Term[Money],
    decided: Term[str],
) -> str:
    """
    What becomes of an order: `denied` for a debt overdue now, `by_person` for past ones and breaches (o2/7.2).

    `bound` says that an applicant is bound as a subscriber is (o2/2.1).
    """
    if not denies.value or "applicant" not in bound.value:
        return "accepted"
    if overdue > tolerated.value:
        return "denied"
    past = settled_defaults > 0 or open_breaches > 0
    return "by_person" if past and decided.value == "by_person" else "accepted"


def assess(owed: Obligations, terms: AssessmentTerms) -> Finding[str]:
    """The decision about an order with the figures it was made on (o2/7.2)."""
    return order_decision(
        overdue=owed.overdue,
        settled_defaults=owed.settled_defaults,
        open_breaches=owed.open_breaches,
        denies=terms.may_refuse_for_obligations,
        bound=terms.subscriber_includes,
        tolerated=terms.default_overdue_tolerated,
        decided=terms.default_past_defaults_decided,
    )


def refuse_obligations(owed: Obligations, decision: Finding[str]) -> Refusal | None:
    """Refuse what a debt overdue now denies (o2/7.2)."""
    if decision.value != "denied":
        return None
    return refuse("OUTSTANDING_OBLIGATIONS", decision, figures={"overdue": owed.overdue})


def refuse_roles(roles: Sequence[str], terms: AssessmentTerms) -> Refusal | None:
    """Refuse a party that is no final recipient (o2/8.4)."""
    if terms.final_recipient_only.value and "customer" not in roles:
        return refuse("NOT_FINAL_RECIPIENT", terms.final_recipient_only, figures={"roles": ", ".join(roles)})
    return None


def refuse_resale(company: str, *, has_consent: bool, terms: AssessmentTerms) -> Refusal | None:
    """Refuse to serve another company than the subscriber without the provider's consent for it (o2/8.4)."""
    if not company.strip() or has_consent or not terms.resale_needs_consent.value:
        return None
    return refuse("RESALE_NOT_PERMITTED", terms.resale_needs_consent, figures={"company": company.strip()})


def refuse_documents(missing: Sequence[str], *, on: date, terms: ActivationTerms) -> Refusal | None:
    """Refuse to switch on while a document of the contract is not in force (o2/1.1, 1.3)."""
    if not missing:
        return None
    figures = {"missing": ", ".join(missing), "on": on}
    return refuse("TERMS_NOT_ATTACHED", terms.required_documents, figures=figures)


def refuse_unseen(edition: str, *, presented: Collection[str], terms: ActivationTerms) -> Refusal | None:
    """Refuse to switch on unless the conditions in force were shown to whoever does it (o2/10.3)."""
    if edition in presented:
        return None
    return refuse("TERMS_NOT_PRESENTED", terms.acceptance_by, figures={"edition": edition})


@rule(
    cs="Výpověď doručená {delivered_on} končí {result}: {days} dní ode dne po doručení; požádat může {asked_by}",
    en="A notice delivered on {delivered_on} ends at {result}: {days} days from the day after delivery; {asked_by} may"
    " ask",
)
def notice_ends_at(*, delivered_on: date, days: Term[int], asked_by: Term[str]) -> datetime:  # noqa: ARG001  # o2/3.4
    """The instant at which a cancelled service ends: the start of the day after the notice's last one (o2/3.4)."""
    return start_of(delivered_on + timedelta(days=days.value + 1))
