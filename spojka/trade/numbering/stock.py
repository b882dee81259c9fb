"""A number and a card for a new service: the asked ones or the next free, or why not."""

from __future__ import annotations

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.refusals import Refusal
from spojka.terms.findings import refuse
from spojka.trade.numbering.store import add_numbers, free_number, free_sim, number_row, sim_row
from spojka.trade.publications.shelf import pack_of, shelf_of


def _in_ranges(ctx: Context, msisdn: str) -> bool:
    ranges = pack_of(ctx).number_ranges
    return any(first <= msisdn <= last and len(msisdn) == len(first) for first, last in ranges)


def _infeasible(ctx: Context, missing: str) -> Refusal:
    clauses = shelf_of(ctx).bound(ctx.today).clauses_of("contract_required")
    return Refusal("TECHNICALLY_INFEASIBLE", clauses, {"missing": missing})


def number_for(ctx: Context, msisdn: str | None) -> Row | Refusal:
    """The number, locked and free; one of the provider's ranges is put into the stock when first asked for."""
    if msisdn is None:
        return free_number(ctx) or _infeasible(ctx, "MSISDN")
    row = number_row(ctx, msisdn)
    if row is None:
        if not _in_ranges(ctx, msisdn):
            return Refusal("MSISDN_NOT_OURS", (), {"msisdn": msisdn})
        add_numbers(ctx, [msisdn])
        row = number_row(ctx, msisdn)
        assert row is not None
    bound = shelf_of(ctx).bound(ctx.today)
    term = bound.term("default_msisdn_quarantine_months")
    if row["state"] == "used":
        return refuse("MSISDN_IN_USE", term, figures={"msisdn": msisdn})
    if row["state"] == "quarantine" and row["quarantined_until"] > ctx.now:
        return refuse("MSISDN_IN_QUARANTINE", term, figures={"msisdn": msisdn, "until": row["quarantined_until"]})
    return row


def sim_for(ctx: Context, iccid: str | None) -> Row | Refusal:
    """The card, locked and free."""
    if iccid is None:
        return free_sim(ctx) or _infeasible(ctx, "SIM")
    row = sim_row(ctx, iccid)
    bound = shelf_of(ctx).bound(ctx.today)
    if row is None:
        return refuse("FOREIGN_SIM", bound.term("own_sim_only"), figures={"iccid": iccid})
    if row["state"] != "free":
        return refuse("SIM_IN_USE", bound.term("default_msisdn_quarantine_months"), figures={"iccid": iccid})
    return row
