"""Damages claimed and asserted."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.ledger.accounts import OTHER_INCOME, OTHER_RECEIVABLE
from spojka.charging.ledger.store import Entry, Posting, post
from spojka.journeys.complaints.queries import ClaimView, claim_view
from spojka.journeys.complaints.rules import refuse_claim, refuse_measure
from spojka.journeys.complaints.store import add_claim, assert_claim, case_row, claim_row, first_delivery
from spojka.journeys.complaints.terms import ComplaintTerms
from spojka.kernel.ids import CaseId, PartyId
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.terms.findings import refuse
from spojka.terms.wording import in_words
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.publications.shelf import shelf_of


def _claim(ctx: Context, claim: UUID) -> ClaimView:
    row = claim_row(ctx, claim)
    assert row is not None
    return claim_view(row)


@operation(
    "complaints.claim_damages",
    permission="complaints.decide",
    refusals=("COMPLAINT_UNKNOWN", "GROUND_NOT_CONTENT", "CLAIM_INCOMPLETE"),
)
def claim_damages(ctx: Context, *, case: CaseId, amount: Money, calculation: str, due_on: date) -> ClaimView | Refusal:
    """Register damages in a content case with their calculation; nothing is owed before they are asserted (o2/9.1)."""
    row = case_row(ctx, case)
    if row is None:
        return Refusal("COMPLAINT_UNKNOWN", (), {"case": case})
    terms = shelf_of(ctx).sheet(ComplaintTerms, ctx.today)
    refusal = refuse_claim(
        ground=row["ground"], amount=amount, calculation=calculation, due_on=due_on, today=ctx.today, terms=terms
    )
    if refusal is not None:
        return refusal
    made = add_claim(ctx, case=case, amount_micros=amount.micros, calculation=calculation.strip(), due_on=due_on)
    return _claim(ctx, made)


@operation(
    "complaints.assert_damages",
    permission="complaints.decide",
    refusals=("CLAIM_UNKNOWN", "NO_PRIOR_WARNING", "CLAIM_INCOMPLETE"),
)
def assert_damages(ctx: Context, *, claim: UUID) -> ClaimView | Refusal:
    """
    Assert damages after a delivered warning about content: a receivable of its own, the subscriber is told (o2/9.1).

    It stands apart from the fees of services and keeps its own due date.
    """
    row = claim_row(ctx, claim)
    if row is None or row["asserted_at"] is not None:
        return Refusal("CLAIM_UNKNOWN", (), {"claim": claim})
    terms = shelf_of(ctx).sheet(ComplaintTerms, ctx.today)
    delivered_at = first_delivery(ctx, row["service_id"], "content")
    refusal = refuse_measure("content", delivered_at=delivered_at, now=ctx.now, terms=terms)
    if refusal is not None:
        return refusal
    amount, party = Money(row["amount_micros"]), PartyId(row["party_id"])
    if row["due_on"] < ctx.today:
        return refuse("CLAIM_INCOMPLETE", terms.content_grounds, figures={"amount": amount, "due_on": row["due_on"]})
    assert_claim(ctx, claim)
    postings = (
        Posting(OTHER_RECEIVABLE, amount.micros, party),
        Posting(OTHER_INCOME, -amount.micros),
    )
    post(ctx, [Entry("damages", str(claim), ctx.today, postings)])
    sums = {"cs": in_words(amount, "cs"), "en": in_words(amount, "en")}
    days = {"cs": in_words(row["due_on"], "cs"), "en": in_words(row["due_on"], "en")}
    notice = NewNotice(
        kind="damages_asserted",
        channels=("email", "portal"),
        subject={"cs": "Náhrada škody", "en": "Damages"},
        body={
            "cs": f"Za škodu způsobenou obsahem zpráv žádáme {sums['cs']}, splatnost {days['cs']}. Výpočet:"
            f" {row['calculation']}",
            "en": f"For damage that messages did we ask {sums['en']}, due on {days['en']}. Calculation:"
            f" {row['calculation']}",
        },
        clauses=(terms.content_warning_required.ref.id,),
        key=f"damages:{claim}",
        party=party,
    )
    tell(ctx, [notice])
    return _claim(ctx, claim)
