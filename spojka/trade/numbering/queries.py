"""Dates that numbers are bound to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.refusals import Refusal
from spojka.terms.findings import Finding
from spojka.terms.sheets import read_sheet
from spojka.trade.numbering.porting import port_in_by, refuse_early
from spojka.trade.numbering.terms import PortInTerms
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class PortInDue:
    """By when a ported number must work."""

    due_on: Finding[date]


@query("numbering.port_in_due", permission="numbering.read", refusals=("DONOR_CONTRACT_NOT_ENDED",))
def port_in_due(
    ctx: Context,
    *,
    cvop_delivered_on: date,
    donor_contract_ends_on: date,
    planned_at: datetime | None = None,
) -> PortInDue | Refusal:
    """By when a number with a delivered termination code must work; a plan before the old contract's end is refused."""
    terms = read_sheet(PortInTerms, shelf_of(ctx).bound(ctx.today))
    due = port_in_by(
        delivered_on=cvop_delivered_on,
        ends_on=donor_contract_ends_on,
        days=terms.port_in_deadline_working_days,
    )
    early = refuse_early(planned_at=planned_at, ends_on=donor_contract_ends_on, due=due) if planned_at else None
    return early or PortInDue(due)
