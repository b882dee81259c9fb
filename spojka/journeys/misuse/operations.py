"""Cases opened for what a month's use hit, explained, decided; measures and penalties only within a case."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.charging.charges.monthly import vat_rate_of
from spojka.charging.charges.store import NewCharge, put_charges
from spojka.charging.rating.runs import run_rating
from spojka.journeys.misuse.hits import EXCESS, Hit, excess_hits, forwarding_hits
from spojka.journeys.misuse.queries import Case, cases, shown
from spojka.journeys.misuse.rules import unknown_case
from spojka.journeys.misuse.terms import MisuseTerms
from spojka.kernel.ids import CaseId, ContractId, ServiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import Period, deadline_after_days
from spojka.revenue.billing.closing import register_closer
from spojka.terms.findings import read_finding, refuse
from spojka.terms.wording import fill
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.publications.packs import MOBILE
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services.store import hold, release_hold, service_row

_OPEN = ("under_review", "restricted", "interrupted")


def _row(ctx: Context, case: UUID) -> Row | None:
    return ctx.db.execute(
        "SELECT * FROM misuse_case WHERE tenant_id = %s AND id = %s FOR UPDATE",
        [ctx.tenant, case],
    ).fetchone()


def evaluate_period(ctx: Context, period: Period) -> None:
    """
    Open a case for what a period's use hit; one that is not decided yet is brought up to date.

    While the period runs, cases open for what is above a monthly amount already; shares are known when it is over.
    A provider without mobile services has no such use.
    """
    shelf = shelf_of(ctx)
    if not shelf.pack.products_of(MOBILE):
        return
    terms = shelf.sheet(MisuseTerms, period.starts_on)
    answer_by = deadline_after_days(ctx.today, terms.default_explanation_deadline_days.value)
    hits = excess_hits(ctx, period, terms)
    if ctx.now >= period.ends_at:
        hits += forwarding_hits(ctx, period, terms)
    ctx.db.execute(
        "INSERT INTO misuse_case (tenant_id, id, service_id, rule, period_on, state, opened_at, answer_by_on, evidence,"
        " proposal, explanation, decided_by) SELECT %s, n.id, n.service, n.rule, %s, 'under_review', %s, %s,"
        " n.evidence, n.proposal, '', '' FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::jsonb[], %s::jsonb[])"
        " AS n(id, service, rule, evidence, proposal) ON CONFLICT (tenant_id, service_id, rule, period_on) DO UPDATE"
        " SET evidence = excluded.evidence, proposal = excluded.proposal WHERE misuse_case.decided_at IS NULL",
        [
            ctx.tenant,
            period.starts_on,
            ctx.now,
            answer_by,
            [uuid7() for _ in hits],
            [hit.service for hit in hits],
            [hit.rule for hit in hits],
            [Jsonb(dict(hit.evidence)) for hit in hits],
            [Jsonb([finding.stored() for finding in hit.proposal]) for hit in hits],
        ],
    )
    tell(ctx, [_please_explain(hit, period, answer_by) for hit in hits])


def _please_explain(hit: Hit, period: Period, answer_by: date) -> NewNotice:
    said = {"period": period, "by": answer_by, **hit.said}
    return NewNotice(
        kind="misuse_explain",
        channels=("email", "portal"),
        subject={"cs": "Prosíme o vysvětlení provozu", "en": "Please explain the use"},
        body={"cs": fill(hit.words["cs"], said, "cs"), "en": fill(hit.words["en"], said, "en")},
        clauses=(hit.clause,),
        key=f"misuse:{hit.rule}:{hit.service}:{period}",
        service=hit.service,
    )


register_closer("misuse", evaluate_period)


@operation("misuse.evaluate", permission="misuse.write")
def evaluate(ctx: Context, *, period: Period) -> list[Case]:
    """
    Look at what a period has come to so far and open cases; its close does so by itself (nej/2.20-h, 3.6).

    In a period that runs a case is open for measures and for the explanation; its penalty is decided when it is over.
    """
    evaluate_period(ctx, period)
    return cases(ctx, period=period)


@operation("misuse.decide", permission="misuse.write", refusals=("CASE_UNKNOWN", "PERIOD_RUNS"))
def decide(
    ctx: Context,
    *,
    case: CaseId,
    decision: Literal["explained", "not_explained"],
    explanation: str = "",
) -> Case | Refusal:
    """
    Decide a case: explained cancels the penalty; else it is billed instead of the ordinary price (nej/2.20-h).

    The penalty is for all that a month came to, so it is decided when the month is over, on the month rated anew; an
    explanation is accepted at any time.
    """
    if decision == "not_explained":
        _rate_anew(ctx, case)
    row = _row(ctx, case)
    if row is None or row["state"] not in _OPEN:
        return unknown_case(case, shelf_of(ctx).bound(ctx.today).clauses_of("default_restricted_classes"))
    if decision == "not_explained":
        period = Period.containing(row["period_on"])
        if ctx.now < period.ends_at:
            most = shelf_of(ctx).sheet(MisuseTerms, period.starts_on).abuse_threshold_minutes_per_month
            return refuse("PERIOD_RUNS", most, figures={"period": str(period), "ends_on": period.ends_on})
        put_charges(ctx, _penalties(ctx, _up_to_date(ctx, row, period)))
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


def _rate_anew(ctx: Context, case: CaseId) -> None:
    """Rate the service of an open case for its whole period, before the case is locked: a close locks so too."""
    row = ctx.db.execute(
        "SELECT service_id, period_on FROM misuse_case WHERE tenant_id = %s AND id = %s AND rule = %s"
        " AND state = ANY(%s)",
        [ctx.tenant, case, EXCESS, list(_OPEN)],
    ).fetchone()
    if row is not None and ctx.now >= Period.containing(row["period_on"]).ends_at:
        run_rating(ctx, Period.containing(row["period_on"]), [str(row["service_id"])])


def _up_to_date(ctx: Context, row: Row, period: Period) -> Row:
    """A case with what its whole period came to: late records and units that lost their cover included."""
    if row["rule"] != EXCESS:
        return row
    hits = excess_hits(ctx, period, shelf_of(ctx).sheet(MisuseTerms, period.starts_on), row["service_id"])
    evidence = dict(hits[0].evidence) if hits else row["evidence"]
    proposal = [finding.stored() for finding in hits[0].proposal] if hits else []
    ctx.db.execute(
        "UPDATE misuse_case SET evidence = %s, proposal = %s WHERE tenant_id = %s AND id = %s",
        [Jsonb(evidence), Jsonb(proposal), ctx.tenant, row["id"]],
    )
    found = _row(ctx, row["id"])
    assert found is not None
    return found


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
    if row is None or row["service_id"] != service or row["state"] not in _OPEN:
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
