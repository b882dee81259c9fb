"""What a consultation needs before it is billed, and what it costs (o2/7.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.consultations import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.terms import ConsultationTerms
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse, rule

Channel = Literal["letter", "email", "portal", "phone"]
State = Literal["requested", "offered", "agreed", "done", "withdrawn"]
BOTH_SIDES = "acceptance"
"""What is missing of an offer that holds every point and that the subscriber has not accepted."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the provider would do, about what, for how much without VAT; empty or `None` where it is still open."""

    scope: str = ""
    content: str = ""
    price: Money | None = None


def refuse_unwritten(channel: Channel, text: str, terms: ConsultationTerms) -> Refusal | None:
    """A call by telephone opens no case, and neither does a request without words."""
    assert terms.consultation_request.value == "written", terms.consultation_request
    if channel != "phone" and text.strip():
        return None
    return refuse("CONSULTATION_REQUEST_NOT_WRITTEN", terms.consultation_request, figures={"channel": channel})


def open_points(offer: Offer, terms: ConsultationTerms) -> list[str]:
    """
    What an agreement must hold and the offer leaves open.

    Raises `AssertionError` where the terms ask for a point that an offer cannot hold.
    """
    settled = {
        "scope": bool(offer.scope.strip()),
        "content": bool(offer.content.strip()),
        "price": offer.price is not None,
    }
    assert settled.keys() >= set(terms.consultation_agreed_on.value), terms.consultation_agreed_on
    return [point for point in terms.consultation_agreed_on.value if not settled[point]]


def refuse_unagreed(offer: Offer, terms: ConsultationTerms, *, accepted: bool) -> Refusal | None:
    """Nothing is billed without an agreement of both sides on every point."""
    missing = open_points(offer, terms) or ([] if accepted else [BOTH_SIDES])
    if not missing:
        return None
    return refuse("CONSULTATION_NOT_AGREED", terms.consultation_agreed_on, figures={"missing": ", ".join(missing)})


@rule(
    cs="Odborná konzultace podle dohody č. {agreement}: {result}",
    en="Expert consultation under agreement no. {agreement}: {result}",
)
def consultation_price(*, price: Money, agreement: str, agreed_on: Term[list[str]]) -> Money:
    """What a consultation costs: the agreed price, whatever the hours it took (o2/7.4)."""
    assert agreement, agreement
    assert "price" in agreed_on.value, agreed_on
    return price
