"""Which message a complaint is about, and what may be done about it when. Pure (o2/8.1, o2/9.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from uuid import UUID

from spojka.journeys.complaints import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.journeys.complaints.terms import ComplaintTerms
from spojka.kernel.ids import ServiceId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse
from spojka.trade.parties.rules import folded

Ground = Literal["SPAM", "HARM_PROVIDER", "HARM_SUBSCRIBERS", "SERVICE_IMPACT", "UNLAWFUL"]
"""Unsolicited messages, and what their content may be: it harms, disturbs services, breaks the law."""
Kind = Literal["spam", "content"]
"""The kinds of grounds that are warned of apart."""
MatchedBy = Literal["text", "quote", "time", "named"]

BEFORE: Final = timedelta(hours=72)
"""So long before the instant a complainant names may the message have been accepted."""
AFTER: Final = timedelta(hours=1)
"""So much may the complainant's clock be slow."""


def kind_of(ground: Ground) -> Kind:
    """The kind of a ground; a warning serves one kind alone."""
    return "spam" if ground == "SPAM" else "content"


@dataclass(frozen=True, slots=True)
class Logged:
    """A message of the log as a complaint is matched: its words are `None` once erased."""

    id: UUID
    application: ServiceId
    accepted_at: datetime
    text: str | None


@dataclass(frozen=True, slots=True)
class Matched:
    """The message a complaint is about, and what shows it."""

    message: Logged
    by: MatchedBy


def match(logged: Sequence[Logged], *, text: str, happened_at: datetime) -> Matched | None:
    """
    The message that a complainant means, of those sent to that number: the same text, a quote of it, the nearest.

    A text that differs from every message leaves the nearest in time: people retell what they got.
    """

    def near(one: Logged) -> tuple[timedelta, int]:
        return abs(one.accepted_at - happened_at), one.id.int

    within = sorted((one for one in logged if -AFTER <= happened_at - one.accepted_at <= BEFORE), key=near)
    said = folded(text)
    ways: tuple[tuple[MatchedBy, list[Logged]], ...] = (
        ("text", [one for one in within if said and one.text is not None and folded(one.text) == said]),
        ("quote", [one for one in within if said and one.text is not None and said in folded(one.text)]),
        ("time", within),
    )
    return next((Matched(found[0], by) for by, found in ways if found), None)


def required_warning(kind: Kind, terms: ComplaintTerms) -> Term[bool]:
    """The term that asks for a warning first."""
    return terms.warning_required_before_suspension if kind == "spam" else terms.content_warning_required


def refuse_measure(
    kind: Kind, *, delivered_at: datetime | None, now: datetime, terms: ComplaintTerms
) -> Refusal | None:
    """
    Why a service cannot be suspended or ended, nor damages asserted, or `None`.

    Args:
        kind: of the ground.
        delivered_at: when the first warning of this kind to this service was delivered.
        now: of the decision, which must be strictly later.
        terms: what binds.

    """
    required = required_warning(kind, terms)
    if not required.value or (delivered_at is not None and now > delivered_at):
        return None
    return refuse("NO_PRIOR_WARNING", required, figures={"ground": kind, "delivered_at": delivered_at or "—"})


def refuse_claim(
    *, ground: Ground, amount: Money, calculation: str, due_on: date, today: date, terms: ComplaintTerms
) -> Refusal | None:
    """Why damages cannot be claimed, or `None`: they are about content, with an amount, its calculation, a day."""
    if kind_of(ground) != "content":
        return refuse("GROUND_NOT_CONTENT", terms.content_grounds, figures={"ground": ground})
    if amount.micros <= 0 or not calculation.strip() or due_on < today:
        return refuse("CLAIM_INCOMPLETE", terms.content_grounds, figures={"amount": amount, "due_on": due_on})
    return None
