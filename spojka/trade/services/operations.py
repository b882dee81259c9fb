"""Services set up, held, restored and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from spojka.access.deadlines.store import cancel_deadline, set_deadline
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import add_months, end_of, next_working_day, start_of, working_days_before
from spojka.terms.findings import Finding, refuse
from spojka.trade.catalogue.terms import Catalogue
from spojka.trade.numbering.store import release
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.trade.services.rules import restore_by, set_up_by, suspension_limit
from spojka.trade.services.store import (
    activate,
    add_addon,
    end,
    end_addon,
    establish,
    hold,
    lock_service,
    planned_order,
    release_hold,
    service_row,
    set_tariff,
)
from spojka.trade.services.telling import tell_activated
from spojka.trade.services.terms import RestrictionTerms, ServiceTerms, SuspensionTerms
from spojka.trade.services.views import ServiceView, views


@dataclass(frozen=True, slots=True)
class Suspended:
    """A service is held; `restore_by` is the last day to ask for it back."""

    service: ServiceId
    reason: str
    restore_by: Finding[date]


def _view(ctx: Context, service: ServiceId) -> ServiceView:
    row = service_row(ctx, service)
    assert row is not None
    return views(ctx, [row])[0]


def _unknown(service: ServiceId) -> Refusal:
    return Refusal("SERVICE_UNKNOWN", (), {"service": service})


@operation(
    "services.activate",
    permission="services.write",
    refusals=("SERVICE_UNKNOWN", "CONTRACT_REQUIRED", "SIM_REQUIRED", "MSISDN_REQUIRED", "SERVICE_TERMINATED"),
)
def activate_service(ctx: Context, *, service: ServiceId) -> ServiceView | Refusal:
    """Switch a waiting service on and tell the customer: there is a contract, a card, a number (nej/1.5, 1.7, 2.5)."""
    lock_service(ctx, service)
    row = service_row(ctx, service)
    if row is None:
        return _unknown(service)
    service_terms = shelf_of(ctx).sheet(ServiceTerms, ctx.today)
    if row["contract_state"] == "draft":
        return refuse("CONTRACT_REQUIRED", service_terms.contract_required, figures={"contract": row["contract_id"]})
    if not row["iccid"]:
        return refuse("SIM_REQUIRED", service_terms.voice_requires)
    if not row["msisdn"]:
        return refuse("MSISDN_REQUIRED", service_terms.voice_requires)
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    if row["state"] == "waiting":
        activate(ctx, service)
        planned, order = _view(ctx, service).tariff, planned_order(ctx, service)
        set_tariff(ctx, service=service, tariff=planned, from_on=ctx.today, reason="activation", order=order)
        _forget_setup(ctx, service)
        publish(ctx, kind="service_activated", key=f"service:{service}", body={"service": service})
        tell_activated(ctx, _view(ctx, service))
    return _view(ctx, service)


def _forget_setup(ctx: Context, service: ServiceId) -> None:
    for key in ("setup-soon", "setup"):
        cancel_deadline(ctx, f"{key}:{service}")


def promise_setup(ctx: Context, service: ServiceId, ready_on: date) -> None:
    """Staff are warned before a service that waits must run, and told when it does not (nej/2.5)."""
    terms = shelf_of(ctx).sheet(ServiceTerms, ctx.today)
    due = set_up_by(ready_on=ready_on, days=terms.setup_deadline_working_days)
    before = terms.default_setup_warning_before_working_days
    unless = ("služba se zřídí", "the service is set up")
    for key, operation_name, at in (
        ("setup-soon", "services.warn_of_setup", start_of(working_days_before(due.value, before.value))),
        ("setup", "services.note_overdue_setup", end_of(due.value)),
    ):
        set_deadline(
            ctx,
            due_at=at,
            operation=operation_name,
            arguments={"service": service},
            subject=f"service:{service}",
            key=f"{key}:{service}",
            clauses=due.clauses,
            unless=unless,
        )


@operation("services.warn_of_setup", permission="services.write", refusals=("SERVICE_UNKNOWN",))
def warn_of_setup(ctx: Context, *, service: ServiceId) -> ServiceView | Refusal:
    """A waiting service must be set up by the next working day: staff are told (nej/2.5)."""
    return _tell_staff(ctx, service, "setup_due_soon")


@operation("services.note_overdue_setup", permission="services.write", refusals=("SERVICE_UNKNOWN",))
def note_overdue_setup(ctx: Context, *, service: ServiceId) -> ServiceView | Refusal:
    """A service was not set up in time: staff are told; the breach stays on record (nej/2.5)."""
    return _tell_staff(ctx, service, "setup_overdue")


def _tell_staff(ctx: Context, service: ServiceId, kind: str) -> ServiceView | Refusal:
    if service_row(ctx, service) is None:
        return _unknown(service)
    publish(ctx, kind=kind, key="work", body={"service": service})
    return _view(ctx, service)


@operation("services.register_card", permission="services.write", refusals=("SERVICE_UNKNOWN",))
def register_card(ctx: Context, *, service: ServiceId, at: datetime) -> ServiceView | Refusal:
    """The network saw the card for the first time; a later registration changes nothing (nej/3.2)."""
    if service_row(ctx, service) is None:
        return _unknown(service)
    establish(ctx, service, at)
    return _view(ctx, service)


@operation(
    "services.suspend",
    permission="services.write",
    refusals=("SERVICE_UNKNOWN", "SUSPENSION_TOO_LONG", "SERVICE_TERMINATED"),
)
def suspend(
    ctx: Context,
    *,
    service: ServiceId,
    reason: Literal["lost", "stolen", "damaged", "not_used"],
    until: date | None = None,
) -> Suspended | Refusal:
    """Interrupt a service on its holder's request, at the longest for what nej/2.21 allows."""
    lock_service(ctx, service)
    row = service_row(ctx, service)
    if row is None:
        return _unknown(service)
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    terms = shelf_of(ctx).sheet(SuspensionTerms, ctx.today)
    committed = row["committed_until"] is not None and ctx.today < row["committed_until"]
    limit = suspension_limit(suspended_on=ctx.today, committed=committed, terms=terms)
    if reason == "not_used" and until is not None and until > limit.value:
        return refuse("SUSPENSION_TOO_LONG", limit, figures={"longest": limit.value})
    last = restore_by(
        suspended_on=ctx.today,
        committed=committed,
        days=terms.restore_deadline_with_commitment_days,
        months=terms.restore_deadline_without_commitment_months,
    )
    hold(ctx, service=service, reason=reason, scope="both", clauses=last.clauses)
    set_deadline(
        ctx,
        due_at=end_of(next_working_day(last.value)),
        operation="services.note_overdue_restoration",
        arguments={"service": service},
        subject=f"service:{service}",
        key=f"restore:{service}",
        clauses=last.clauses,
        unless=("zákazník požádá o obnovení služby", "the customer asks for the service back"),
    )
    publish(ctx, kind="service_suspended", key=f"service:{service}", body={"reason": reason})
    return Suspended(service, reason, last)


@operation("services.note_overdue_restoration", permission="services.write", refusals=("SERVICE_UNKNOWN",))
def note_overdue(ctx: Context, *, service: ServiceId) -> ServiceView | Refusal:
    """Nobody asked for a suspended service in time: staff are told; the service stays as it is (nej/2.21)."""
    return _tell_staff(ctx, service, "restoration_overdue")


@operation(
    "services.restore",
    permission="services.write",
    refusals=("SERVICE_UNKNOWN", "NOT_SUSPENDED", "SERVICE_TERMINATED"),
)
def restore(ctx: Context, *, service: ServiceId) -> ServiceView | Refusal:
    """End an interruption that the holder asked for, on the holder's express request (nej/2.21)."""
    lock_service(ctx, service)
    row = service_row(ctx, service)
    if row is None:
        return _unknown(service)
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    released = [
        release_hold(ctx, service=service, reason=reason) for reason in ("lost", "stolen", "damaged", "not_used")
    ]
    if not any(released):
        return Refusal("NOT_SUSPENDED")
    cancel_deadline(ctx, f"restore:{service}")
    publish(ctx, kind="service_restored", key=f"service:{service}", body={"service": service})
    return _view(ctx, service)


@operation(
    "services.restrict",
    permission="services.write",
    refusals=("SERVICE_UNKNOWN", "RESTRICTION_REASON_MISSING", "EMERGENCY_MUST_STAY_OPEN"),
)
def restrict(
    ctx: Context,
    *,
    service: ServiceId,
    reason: str,
    scope: Literal["outgoing", "both", "data"] = "outgoing",
    barred: list[str] = [],  # noqa: B006  # never changed
    planned_until: datetime | None = None,
) -> ServiceView | Refusal:
    """Restrict a service for a recorded reason; emergency and harmonised numbers stay open (nej/4.8, 4.19)."""
    if service_row(ctx, service) is None:
        return _unknown(service)
    terms = shelf_of(ctx).sheet(RestrictionTerms, ctx.today)
    if not reason.strip():
        return refuse("RESTRICTION_REASON_MISSING", terms.restriction_reason_required)
    if {"emergency", "harmonised_116"} & set(barred):
        return refuse("EMERGENCY_MUST_STAY_OPEN", terms.emergency_always_open)
    clauses = [terms.restriction_reason_required.ref.id]
    hold(ctx, service=service, reason=reason, scope=scope, clauses=clauses, planned_until=planned_until)
    return _view(ctx, service)


@operation("services.lift", permission="services.write", refusals=("SERVICE_UNKNOWN", "NOT_SUSPENDED"))
def lift(ctx: Context, *, service: ServiceId, reason: str) -> ServiceView | Refusal:
    """Lift a restriction that a reason had put on."""
    if service_row(ctx, service) is None:
        return _unknown(service)
    if not release_hold(ctx, service=service, reason=reason):
        return Refusal("NOT_SUSPENDED")
    return _view(ctx, service)


@operation(
    "services.add_addon",
    permission="services.write",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "SERVICE_NOT_OFFERED", "SERVICE_TERMINATED"),
)
def order_addon(ctx: Context, *, service: ServiceId, addon: str) -> ServiceView | Refusal:
    """An add-on runs from today and repeats every period."""
    row = service_row(ctx, service)
    if row is None:
        return _unknown(service)
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    terms = shelf_of(ctx).sheet(ServiceTerms, ctx.today)
    if addon not in shelf_of(ctx).sheet(Catalogue, ctx.today).addon:
        return refuse("SERVICE_NOT_OFFERED", terms.optional_services, figures={"service": addon})
    add_addon(ctx, service=service, addon=addon)
    return _view(ctx, service)


@operation(
    "services.remove_addon",
    permission="services.write",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "SERVICE_NOT_ENABLED"),
)
def remove_addon(ctx: Context, *, service: ServiceId, addon: str) -> ServiceView | Refusal:
    """An add-on ends with the period that runs: nothing of it was in vain."""
    if service_row(ctx, service) is None:
        return _unknown(service)
    first_of_next = add_months(ctx.today.replace(day=1), 1)
    if not end_addon(ctx, service=service, addon=addon, on=first_of_next):
        return Refusal("SERVICE_NOT_ENABLED", (), {"service": addon})
    return _view(ctx, service)


@operation("services.end", permission="services.write", refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED"))
def end_service(ctx: Context, *, service: ServiceId, reason: str = "notice") -> ServiceView | Refusal:
    """End a service now: its number rests in quarantine, its card is void (nej/2.8, 7.1)."""
    lock_service(ctx, service)
    row = service_row(ctx, service)
    if row is None:
        return _unknown(service)
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    terms = shelf_of(ctx).sheet(ServiceTerms, ctx.today)
    end(ctx, service)
    _forget_setup(ctx, service)
    until = add_months(ctx.today, terms.default_msisdn_quarantine_months.value)
    release(ctx, service=service, quarantined_until=start_of(until))
    publish(ctx, kind="service_ended", key=f"service:{service}", body={"reason": reason})
    return _view(ctx, service)
