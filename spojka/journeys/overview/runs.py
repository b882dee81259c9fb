"""Bill runs: how far each is, and what could not be billed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.kernel.ids import ContractId, PartyId
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.revenue.billing.runs import run_row, view_of


@dataclass(frozen=True, slots=True)
class RunLine:
    """A bill run: how far it is."""

    id: UUID
    period_on: date
    state: str
    contracts: int
    drafted: int
    issued: int
    total: Money
    started_at: datetime
    finished_at: datetime | None

    @property
    def done_pct(self) -> int:
        """How much of it is done: drafting is the first half, issuing the second."""
        if self.finished_at is not None:
            return 100
        return min(99, (self.drafted + self.issued) * 50 // max(self.contracts, 1))


def run_lines(ctx: Context) -> list[RunLine]:
    """Bill runs, newest period first."""
    rows = ctx.db.execute(
        "SELECT id, period_on, state, contracts, drafted, issued, gross_micros, started_at, finished_at FROM bill_run"
        " WHERE tenant_id = %s ORDER BY period_on DESC LIMIT 36",
        [ctx.tenant],
    ).fetchall()
    return [
        RunLine(**{key: row[key] for key in row if key != "gross_micros"}, total=Money(row["gross_micros"]))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A contract that a run left out: whose it is, and the cause."""

    contract: ContractId
    number: str
    party: PartyId
    name: str
    problem: str


@dataclass(frozen=True, slots=True)
class RunView:
    """One run with what it left out."""

    line: RunLine
    problems: list[ProblemLine]


def run_of(ctx: Context, period: Period) -> RunView | None:
    """The run of a period, or `None` before it was started."""
    row = run_row(ctx, period)
    if row is None:
        return None
    causes = {each.contract: each.problem for each in view_of(ctx, row).problems}
    found = ctx.db.execute(
        "SELECT c.id AS contract, c.number, p.id AS party, p.name FROM contract c"
        " JOIN party p ON p.tenant_id = c.tenant_id AND p.id = c.party_id"
        " WHERE c.tenant_id = %s AND c.id = ANY(%s) ORDER BY p.sort_key, c.number LIMIT 500",
        [ctx.tenant, list(causes)],
    ).fetchall()
    problems = [ProblemLine(**each, problem=causes[each["contract"]]) for each in found]
    return RunView(next(line for line in run_lines(ctx) if line.period_on == period.starts_on), problems)
