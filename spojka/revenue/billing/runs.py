"""Bill runs: opened once a period, carried on batch by batch, each in its own transaction, until nothing is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.deadlines.store import set_deadline
from spojka.access.events.store import of_key, publish
from spojka.access.operations.context import Context
from spojka.charging.charges.monthly import NotBillable
from spojka.kernel.ids import ContractId, RunId, uuid7
from spojka.kernel.money import Money
from spojka.kernel.time import Period
from spojka.revenue.billing.delivering import promise_delivery
from spojka.revenue.billing.drafting import CONTRACTS_A_BATCH, draft_page
from spojka.revenue.billing.issuing import issue_page
from spojka.revenue.billing.rules import INVOICES

State = Literal["drafting", "issuing", "finished"]
Phase = Literal["draft", "issue"]
CONTINUE: Final = "billing.continue_run"
"""The operation that does a run's next batch."""


@dataclass(frozen=True, slots=True)
class Unbilled:
    """A contract that a run could not bill, and why; its items stay open."""

    contract: ContractId
    problem: str


@dataclass(frozen=True, slots=True)
class BillRunView:
    """
    How far a run is.

    Args:
        contracts: contracts there were when it was opened.
        drafted, issued: invoices made and numbered so far.
        next_phase, next_after: what the next batch does, and the contract after which drafting goes on; `None` when
            the run is finished.
        problems: contracts it could not bill.

    """

    id: RunId
    period: Period
    state: State
    contracts: int
    drafted: int
    issued: int
    total_with_vat: Money
    started_at: datetime
    finished_at: datetime | None
    next_phase: Phase | None
    next_after: ContractId | None
    problems: list[Unbilled]


def _key(period: Period) -> str:
    return f"billing:{period}"


@dataclass(frozen=True, slots=True)
class Batch:
    """Which batch of a run: drafts of the contracts after one (`None`: from the first), or numbers for drafts."""

    phase: Phase = "draft"
    after: ContractId | None = None


def run_row(ctx: Context, period: Period) -> Row | None:
    """The run of a period, if it was ever opened."""
    return ctx.db.execute(
        "SELECT * FROM bill_run WHERE tenant_id = %s AND period_on = %s", [ctx.tenant, period.starts_on]
    ).fetchone()


def _problems(ctx: Context, period: Period) -> list[Unbilled]:
    news = {
        UUID(row["body"]["contract"]): row["body"]["problem"]
        for row in of_key(ctx, _key(period), limit=10_000)
        if row["kind"] == "contract_not_billed"
    }
    if not news:
        return []
    billed = ctx.db.execute(
        "SELECT contract_id FROM invoice WHERE tenant_id = %s AND contract_id = ANY(%s) AND period_on = %s"
        " AND kind = 'invoice'",
        [ctx.tenant, list(news), period.starts_on],
    ).fetchall()
    since = {row["contract_id"] for row in billed}
    return [Unbilled(ContractId(contract), text) for contract, text in sorted(news.items()) if contract not in since]


def view_of(ctx: Context, row: Row, following: Batch | None = None) -> BillRunView:
    """A run's row as others see it."""
    period = Period.containing(row["period_on"])
    return BillRunView(
        id=row["id"],
        period=period,
        state=row["state"],
        contracts=row["contracts"],
        drafted=row["drafted"],
        issued=row["issued"],
        total_with_vat=Money(row["gross_micros"]),
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        next_phase=following.phase if following else None,
        next_after=following.after if following else None,
        problems=_problems(ctx, period),
    )


def _promise(ctx: Context, period: Period, batch: Batch) -> None:
    """The next batch is a deadline that is due at once: whoever stops in between, it goes on."""
    set_deadline(
        ctx,
        due_at=ctx.now,
        operation=CONTINUE,
        arguments={"period": period, "phase": batch.phase, "after": batch.after},
        subject="billing",
        key=f"bill:{period}:{batch.phase}:{batch.after or 'first'}:{ctx.call_id}",
    )


_KEPT: Final = """
UPDATE deadline SET state = 'cancelled', done_at = %(now)s WHERE tenant_id = %(tenant)s AND id IN (
    SELECT id FROM deadline WHERE tenant_id = %(tenant)s AND subject = 'billing' AND operation = %(operation)s
        AND state = 'pending' AND arguments ->> 'period' = %(period)s AND arguments ->> 'phase' = %(phase)s
        AND arguments ->> 'after' IS NOT DISTINCT FROM %(after)s
    FOR UPDATE SKIP LOCKED
)
"""


def _keep_promise(ctx: Context, period: Period, batch: Batch) -> None:
    """
    Take back what was promised for a batch that is being done now.

    A promise that another process is just keeping is left to it: that process may be waiting for this one.
    """
    ctx.db.execute(
        _KEPT,
        {
            "tenant": ctx.tenant,
            "now": ctx.now,
            "operation": CONTINUE,
            "period": str(period),
            "phase": batch.phase,
            "after": None if batch.after is None else str(batch.after),
        },
    )


def open_run(ctx: Context, period: Period) -> Row:
    """Open the run of a period, or open it again for contracts that it left out; its first batch is promised."""
    row = ctx.db.execute(
        "INSERT INTO bill_run (tenant_id, id, period_on, state, contracts, drafted, issued, gross_micros, started_at)"
        " SELECT %(tenant)s, %(id)s, %(period_on)s, 'drafting', count(*), 0, 0, 0, %(now)s FROM contract"
        " WHERE tenant_id = %(tenant)s AND state <> 'draft' AND signed_on < %(ends_on)s"
        " ON CONFLICT (tenant_id, period_on) DO UPDATE SET contracts = excluded.contracts, finished_at = NULL,"
        " state = CASE WHEN bill_run.state = 'finished' THEN 'drafting' ELSE bill_run.state END RETURNING *",
        {
            "tenant": ctx.tenant,
            "id": uuid7(),
            "period_on": period.starts_on,
            "now": ctx.now,
            "ends_on": period.ends_on,
        },
    ).fetchone()
    assert row is not None
    _promise(ctx, period, Batch())
    return row


def _lock(ctx: Context, period: Period, *, alone: bool) -> None:
    """Drafting may go on in several processes at once; ending it and issuing may not."""
    kind = "" if alone else "_shared"
    name = f"bill run {ctx.tenant} {period}"
    ctx.db.execute(f"SELECT pg_advisory_xact_lock{kind}(hashtextextended(%s, 0))", [name])


def report(ctx: Context, period: Period, problems: Sequence[NotBillable]) -> None:
    """Tell which contracts could not be billed."""
    for one in problems:
        publish(
            ctx,
            kind="contract_not_billed",
            key=_key(period),
            body={"contract": one.contract, "problem": one.problem},
        )


def _draft_next(ctx: Context, run: Row, period: Period, after: ContractId | None) -> Batch:
    """Draft one page and count it; what comes after it."""
    page = draft_page(ctx, run=run["id"], period=period, after=after)
    report(ctx, period, page.problems)
    ctx.db.execute(
        "UPDATE bill_run SET drafted = drafted + %s, gross_micros = gross_micros + %s WHERE tenant_id = %s AND id = %s",
        [page.drafted, page.gross_micros, ctx.tenant, run["id"]],
    )
    return Batch("issue") if page.last is None else Batch("draft", page.last)


def page_starts(ctx: Context, period: Period) -> list[ContractId | None]:
    """The contracts after which each page of a period's drafts begins, the first from the beginning."""
    rows = ctx.db.execute(
        "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM contract WHERE tenant_id = %s"
        " AND state <> 'draft' AND signed_on < %s) AS placed WHERE place %% %s = 0 ORDER BY id",
        [ctx.tenant, period.ends_on, CONTRACTS_A_BATCH],
    ).fetchall()
    return [None, *(ContractId(row["id"]) for row in rows)]


def draft_one_page(ctx: Context, period: Period, after: ContractId | None) -> BillRunView | None:
    """Draft one page and promise nothing; `None` when the run was never opened or drafts no more."""
    _lock(ctx, period, alone=False)
    run = run_row(ctx, period)
    if run is None or run["state"] != "drafting":
        return None
    following = _draft_next(ctx, run, period, after)
    row = run_row(ctx, period)
    assert row is not None
    return view_of(ctx, row, following)


def _issue_next(ctx: Context, run: Row, period: Period) -> Batch | None:
    """Issue one page and count it; nothing comes after the last."""
    page = issue_page(ctx, run=run["id"], series=INVOICES)
    if not page.issued:
        ctx.db.execute(
            "UPDATE bill_run SET state = 'finished', finished_at = %s WHERE tenant_id = %s AND id = %s",
            [ctx.now, ctx.tenant, run["id"]],
        )
        promise_delivery(ctx, period)
        publish(ctx, kind="bill_run_finished", key=_key(period), body={"run": run["id"], "period": period})
        return None
    ctx.db.execute(
        "UPDATE bill_run SET state = 'issuing', issued = issued + %s WHERE tenant_id = %s AND id = %s",
        [page.issued, ctx.tenant, run["id"]],
    )
    body = {"run": run["id"], "first": page.first, "last": page.last, "count": page.issued}
    publish(ctx, kind="invoices_issued", key=_key(period), body=body)
    return Batch("issue")


def continue_run(ctx: Context, period: Period, batch: Batch) -> BillRunView | None:
    """
    Do one batch of a run and promise the one after it; a finished run stays as it is.

    Several processes may carry one run on at the same time: drafts are made once a contract, and numbers are given by
    one process at a time, after every page was drafted. `None` when the run was never opened.
    """
    _lock(ctx, period, alone=batch.phase == "issue")
    run = run_row(ctx, period)
    if run is None:
        return None
    _keep_promise(ctx, period, batch)
    following: Batch | None = None
    if run["state"] == "drafting" and batch.phase == "draft":
        following = _draft_next(ctx, run, period, batch.after)
    elif run["state"] != "finished":
        following = _issue_next(ctx, run, period) if batch.phase == "issue" else Batch("issue")
    row = run_row(ctx, period)
    assert row is not None
    if following is not None:
        _promise(ctx, period, following)
    return view_of(ctx, row, following)
