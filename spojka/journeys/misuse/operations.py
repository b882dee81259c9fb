"""Cases opened from the month's counters, explained, decided; measures and penalties only within a case."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.charges.monthly import vat_rate_of
from spojka.charging.charges.store import NewCharge, put_charges
from spojka.charging.rating.kernel import COUNTERS
from spojka.journeys.misuse.queries import Case, cases, shown
from spojka.journeys.misuse.rules import messages_penalty, minutes_penalty, replaced_price, unknown_case
from spojka.journeys.misuse.terms import MisuseTerms
from spojka.kernel.ids import CaseId, ContractId, ServiceId, uuid7
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, deadline_after_days
from spojka.revenue.billing.closing import register_closer
from spojka.terms.findings import Finding, read_finding, refuse
from spojka.terms.wording import fill
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.store import hold, release_hold, service_row

RULE = "2.20-h"


def _row(ctx: Context, case: UUID) -> Row | None:
    return ctx.db.execute(
        "SELECT * FROM misuse_case WHERE tenant_id = %s AND id = %s FOR UPDATE",
        [ctx.tenant, case],
    ).fetchone()


def _proposal(terms: MisuseTerms, counters: list[int]) -> list[Finding[Money]]:
    """Penalties and the credits they come with, from the kernel's counters: (counted, excess, what the excess cost)."""
    (_, seconds, seconds_cost), (_, messages, messages_cost) = (
        counters[COUNTERS : COUNTERS + 3],
        counters[COUNTERS + 3 : COUNTERS + 6],
    )
    found: list[Finding[Money]] = []
    if seconds:
        minutes = terms.abuse_threshold_minutes_per_month
        found.append(minutes_penalty(excess_s=seconds, threshold=minutes, price=terms.penalty_minute_czk_incl_vat))
    if messages:
        limit = terms.abuse_threshold_sms_per_month
        found.append(messages_penalty(excess=messages, threshold=limit, price=terms.penalty_sms_czk_incl_vat))
    cost = seconds_cost + messages_cost
    if cost:
        found.append(replaced_price(charged=Money(cost), threshold=terms.abuse_threshold_minutes_per_month))
    return found


def evaluate_period(ctx: Context, period: Period) -> None:
    """Open a case where counters went above a threshold in a period; an undecided one is brought up to date."""
    place = COUNTERS + 2
    rows = ctx.db.execute(
        "SELECT b.service_id, b.counters, s.party_id FROM balance b"
        " JOIN service s ON s.tenant_id = b.tenant_id AND s.id = b.service_id"
        " WHERE b.tenant_id = %s AND b.period_on = %s AND (b.counters[%s] > 0 OR b.counters[%s] > 0)",
        [ctx.tenant, period.starts_on, place, place + 3],
    ).fetchall()
    terms = shelf_of(ctx).sheet(MisuseTerms, period.starts_on)
    answer_by = deadline_after_days(ctx.today, terms.default_explanation_deadline_days.value)
    clause = terms.abuse_threshold_minutes_per_month.ref.id
    ctx.db.execute(
        "INSERT INTO misuse_case (tenant_id, id, service_id, rule, period_on, state, opened_at, answer_by_on, evidence,"
        " proposal, explanation, decided_by) SELECT %s, n.id, n.service, %s, %s, 'under_review', %s, %s, n.evidence,"
        " n.proposal, '', '' FROM unnest(%s::uuid[], %s::uuid[], %s::jsonb[], %s::jsonb[])"
        " AS n(id, service, evidence, proposal) ON CONFLICT (tenant_id, service_id, rule, period_on) DO UPDATE"
        " SET evidence = excluded.evidence, proposal = excluded.proposal WHERE misuse_case.decided_at IS NULL",
        [
            ctx.tenant,
            RULE,
            period.starts_on,
            ctx.now,
            answer_by,
            [uuid7() for _ in rows],
            [row["service_id"] for row in rows],
            [Jsonb({"seconds": row["counters"][COUNTERS], "messages": row["counters"][COUNTERS + 3]}) for row in rows],
            [Jsonb([finding.stored() for finding in _proposal(terms, row["counters"])]) for row in rows],
        ],
    )
    said = {"period": period, "most": terms.abuse_threshold_minutes_per_month, "by": answer_by}
    tell(
        ctx,
        [
            NewNotice(
                kind="misuse_explain",
                channels=("email", "portal"),
                subject={"cs": "Prosíme o vysvětlení provozu", "en": "Please explain the use"},
                body={
                    "cs": fill("Provoz za {period} přesáhl {most} minut nebo SMS. Vysvětlete jej do {by}.", said, "cs"),
                    "en": fill("Use in {period} went above {most} minutes or SMS. Explain it by {by}.", said, "en"),
                },
                clauses=(clause,),
                key=f"misuse:{row['service_id']}:{period}",
                service=row["service_id"],
            )
            for row in rows
        ],
    )


register_closer("misuse", evaluate_period)


@operation("misuse.evaluate", permission="misuse.write")
def evaluate(ctx: Context, *, period: Period) -> list[Case]:
    """Look at a period's counters and open cases; what a period's close does by itself (nej/2.20-h)."""
    evaluate_period(ctx, period)
    return cases(ctx, period=period)


@operation("misuse.decide", permission="misuse.write", refusals=("CASE_UNKNOWN",))
def decide(
    ctx: Context,
    *,
    case: CaseId,
    decision: Literal["explained", "not_explained"],
    explanation: str = "",
) -> Case | Refusal:
    """Decide a case: explained cancels the penalty; else it is billed instead of the ordinary price (nej/2.20-h)."""
    row = _row(ctx, case)
    if row is None or row["state"] not in {"under_review", "restricted", "interrupted"}:
        return unknown_case(case)
    if decision == "not_explained":
        put_charges(ctx, _penalties(ctx, row))
    release_hold(ctx, service=row["service_id"], reason="misuse")
    state = "explained" if decision == "explained" else "closed"
    ctx.db.execute(
        "UPDATE misuse_case SET state = %s, explanation = %s, decided_at = %s, decided_by = %s"
        " WHERE tenant_id = %s AND id = %s",
        [state, explanation, ctx.now, ctx.actor.name, ctx.tenant, case],
    )
    decided = _row(ctx, case)
    assert decided is not None
    return shown(decided)


def _penalties(ctx: Context, row: Row) -> list[NewCharge]:
    service = service_row(ctx, row["service_id"])
    assert service is not None
    rate = vat_rate_of(shelf_of(ctx), service["product"], ctx.today, service["signed_on"])
    charges = []
    for number, stored in enumerate(row["proposal"]):
        finding = read_finding(stored)
        credit = finding.value.micros < 0
        words = (
            {"cs": "Nahrazeno sankcí", "en": "Replaced by the penalty"}
            if credit
            else {"cs": "Provoz nad 10 000 minut nebo SMS", "en": "Use above 10,000 minutes or SMS"}
        )
        charges.append(
            NewCharge(
                contract=ContractId(service["contract_id"]),
                service=ServiceId(row["service_id"]),
                group="credit" if credit else "penalty",
                line=f"misuse.{finding.rule.name}",
                period_on=row["period_on"],
                billable_on=ctx.today,
                quantity=1,
                unit="item",
                amount_micros=finding.value.micros,
                vat_rate_pct=rate.value,
                words=words,
                finding=stored,
                clauses=finding.clauses,
                key=f"misuse:{row['id']}:{number}",
            ),
        )
    return charges


@operation("misuse.measure", permission="misuse.write", refusals=("MISUSE_CASE_REQUIRED",))
def measure(
    ctx: Context,
    *,
    service: ServiceId,
    action: Literal["restrict", "interrupt"],
    case: CaseId | None = None,
) -> Case | Refusal:
    """Restrict or interrupt a service within a case; the customer is told, emergency stays open (nej/2.20)."""
    row = _row(ctx, case) if case is not None else None
    terms = shelf_of(ctx).sheet(MisuseTerms, ctx.today)
    if row is None or row["service_id"] != service or row["state"] not in {"under_review", "restricted", "interrupted"}:
        return refuse("MISUSE_CASE_REQUIRED", terms.default_restricted_classes)
    scope = "outgoing" if action == "restrict" else "both"
    clauses = [terms.default_restricted_classes.ref.id, terms.restriction_reason_required.ref.id]
    release_hold(ctx, service=service, reason="misuse")
    hold(ctx, service=service, reason="misuse", scope=scope, clauses=clauses)
    state = "restricted" if action == "restrict" else "interrupted"
    ctx.db.execute(
        "UPDATE misuse_case SET state = %s WHERE tenant_id = %s AND id = %s",
        [state, ctx.tenant, case],
    )
    tell(
        ctx,
        [
            NewNotice(
                kind="misuse_measure",
                channels=("email", "portal"),
                subject={"cs": "Omezení služby", "en": "Service restricted"},
                body={
                    "cs": "Službu jsme kvůli podezření ze zneužití omezili. Tísňová volání fungují dál.",
                    "en": "We restricted the service on suspicion of misuse. Emergency calls still work.",
                },
                clauses=tuple(clauses),
                key=f"misuse-measure:{case}:{action}:{ctx.now.isoformat()}",
                service=service,
            ),
        ],
    )
    decided = _row(ctx, row["id"])
    assert decided is not None
    return shown(decided)
