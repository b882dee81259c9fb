"""Carrying a bill run to its end here and now, for whoever waits for it; its deadlines go on should this process die."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR, Actor
from spojka.kernel.ids import TenantId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period
from spojka.revenue.billing.runs import CONTINUE, BillRunView

Watcher = Callable[[BillRunView], None]


def drive(
    tenant: TenantId,
    period: Period,
    *,
    now: Callable[[], datetime],
    actor: Actor = OPERATOR,
    watcher: Watcher | None = None,
) -> BillRunView | Refusal:
    """
    Do the batches of a period's bill run until it is finished, each in a transaction of its own.

    Args:
        tenant: whose.
        period: which; its run must be open (`billing.run`, `billing.close_period`).
        now: the clock.
        actor: who acts.
        watcher: hears of every batch.

    """
    given: dict[str, object] = {"period": period}
    while True:
        outcome = call(CONTINUE, given, tenant=tenant, actor=actor, now=now())
        if outcome.refusal is not None:
            return outcome.refusal
        view = outcome.result
        assert isinstance(view, BillRunView)
        if watcher is not None:
            watcher(view)
        if view.next_phase is None:
            return view
        given = {"period": period, "phase": view.next_phase, "after": view.next_after}
