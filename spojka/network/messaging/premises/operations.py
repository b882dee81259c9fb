"""Rules published, persons named, briefed and let in (o2/5.2)."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ContractId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.premises.rules import Companion, refuse_visit
from spojka.network.messaging.premises.store import (
    add_acknowledgement,
    add_person,
    add_rules,
    add_visit,
    person_row,
    rules_row,
)
from spojka.network.messaging.premises.store import withdraw_person as write_withdrawal
from spojka.network.messaging.premises.terms import PremisesTerms
from spojka.network.messaging.premises.views import (
    SafetyRulesView,
    SitePersonView,
    SiteVisitView,
    person_view,
    rules_view,
)
from spojka.terms.findings import refuse
from spojka.trade.contracts import rules as _contracts  # noqa: F401  # CONTRACT_UNKNOWN
from spojka.trade.contracts.store import contract_row
from spojka.trade.publications.shelf import shelf_of


def _terms(ctx: Context) -> PremisesTerms:
    return shelf_of(ctx).sheet(PremisesTerms, ctx.today)


def _current(ctx: Context) -> int | None:
    row = rules_row(ctx)
    return None if row is None else row["version"]


@operation("connector.publish_safety_rules", permission="connector.decide", refusals=("SAFETY_TEXT_MISSING",))
def publish_rules(ctx: Context, *, text: str) -> SafetyRulesView | Refusal:
    """Put a new version of the fire and safety rules in force; everybody acknowledges it anew (o2/5.2)."""
    if not text.strip():
        return refuse("SAFETY_TEXT_MISSING", _terms(ctx).safety_briefing_required)
    add_rules(ctx, text.strip())
    row = rules_row(ctx)
    assert row is not None
    return rules_view(row)


@operation("connector.authorise_person", permission="connector.write", customers=True, refusals=("CONTRACT_UNKNOWN",))
def authorise(
    ctx: Context, *, contract: ContractId, name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]
) -> SitePersonView | Refusal:
    """Name somebody who enters the premises for the subscriber; nobody has to be named to use the service (o2/5.2)."""
    if contract_row(ctx, contract) is None:
        return Refusal("CONTRACT_UNKNOWN", (), {"contract": contract})
    row = person_row(ctx, add_person(ctx, contract, name.strip()))
    assert row is not None
    return person_view(row)


@operation(
    "connector.withdraw_person", permission="connector.write", customers=True, refusals=("PERSON_NOT_AUTHORISED",)
)
def withdraw(ctx: Context, *, person: UUID) -> SitePersonView | Refusal:
    """Let somebody enter no more; what they acknowledged and visited stays on record."""
    row = person_row(ctx, person)
    if row is None:
        return Refusal("PERSON_NOT_AUTHORISED", (), {"person": person})
    write_withdrawal(ctx, person)
    return person_view({**row, "withdrawn_at": ctx.now})


@operation(
    "connector.acknowledge_safety_rules",
    permission="connector.write",
    customers=True,
    refusals=("PERSON_NOT_AUTHORISED", "SAFETY_RULES_UNKNOWN"),
)
def acknowledge(ctx: Context, *, person: UUID, version: int) -> SitePersonView | Refusal:
    """Record that an authorised person knows the version of the rules in force, and when (o2/5.2)."""
    if person_row(ctx, person) is None:
        return Refusal("PERSON_NOT_AUTHORISED", (), {"person": person})
    current = _current(ctx)
    if version != current:
        figures = {"version": version, "current": "–" if current is None else current}
        return refuse("SAFETY_RULES_UNKNOWN", _terms(ctx).safety_briefing_required, figures=figures)
    add_acknowledgement(ctx, person, version)
    row = person_row(ctx, person)
    assert row is not None
    return person_view(row)


@operation(
    "connector.issue_visit_pass",
    permission="connector.decide",
    refusals=("PERSON_NOT_AUTHORISED", "VISIT_IN_THE_PAST", "SAFETY_BRIEFING_MISSING"),
)
def issue_pass(
    ctx: Context,
    *,
    person: UUID,
    on: date,
    companions: list[Companion] = [],  # noqa: B006  # never changed
) -> SiteVisitView | Refusal:
    """Let an authorised person in on a day, with companions, once everybody knows the rules in force (o2/5.2)."""
    row = person_row(ctx, person)
    if row is None:
        return Refusal("PERSON_NOT_AUTHORISED", (), {"person": person})
    terms, current = _terms(ctx), _current(ctx)
    if on < ctx.today:
        return refuse("VISIT_IN_THE_PAST", terms.safety_briefing_required, figures={"on": on})
    refusal = refuse_visit(row["name"], row["known"], companions, current=current, terms=terms)
    if refusal is not None:
        return refusal
    made = add_visit(ctx, person, on=on, companions=companions, version=current)
    return SiteVisitView(made, person, row["name"], on, companions, current, ctx.now)
