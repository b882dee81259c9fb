"""Carrying a bill run to its end at once, for whoever waits; its deadlines go on should this process die."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Final

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.kernel.ids import TenantId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.revenue.billing.runs import CONTINUE, BillRunView

Watcher = Callable[[BillRunView], None]
WORKERS: Final = 3
"""Pages drafted at once: while the database works on one, Python makes the documents of another."""


def drive(  # what a run needs
    tenant: TenantId,
    period: Period,
    *,
    now: Callable[[], datetime],
    actor: Actor = OPERATOR,
    workers: int = WORKERS,
    watcher: Watcher | None = None,
) -> BillRunView | Refusal:
    """
    Do the batches of a period's bill run until it is finished, each in a transaction of its own.

    Several pages are drafted at once; then the run goes on from the last of them, so that contracts made meanwhile have
    their page too.

    Args:
        tenant: whose.
        period: which; its run must be open (`billing.run`, `billing.close_period`).
        now: the clock.
        actor: who acts.
        workers: pages drafted at once.
        watcher: hears of every batch.

    """

    def do(name: str, given: Mapping[str, Any]) -> BillRunView | Refusal:
        outcome = call(name, {"period": period, **given}, tenant=tenant, actor=actor, now=now())
        view: BillRunView | Refusal = outcome.result if outcome.refusal is None else outcome.refusal
        if watcher is not None and isinstance(view, BillRunView):
            watcher(view)
        return view

    starts = call("billing.pages", {"period": period}, tenant=tenant, actor=actor, now=now()).result
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda after: do("billing.draft_page", {"after": after}), starts))
    given: dict[str, Any] = {"after": starts[-1]}
    while True:
        view = do(CONTINUE, given)
        if isinstance(view, Refusal) or view.next_phase is None:
            return view
        given = {"phase": view.next_phase, "after": view.next_after}
