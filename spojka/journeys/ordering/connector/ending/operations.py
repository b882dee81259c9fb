"""Applications cancelled and ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from spojka.access.database.connections import Row
from spojka.access.deadlines.store import cancel_deadline, set_deadline
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.journeys.ordering.connector.operations import shown
from spojka.journeys.ordering.connector.rules import notice_ends_at
from spojka.journeys.ordering.connector.terms import EndingTerms
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.contacts import refusals as _contacts  # noqa: F401  # NOT_CONTACT_PERSON
from spojka.network.messaging.applications.contacts.rules import Requester, speaks
from spojka.network.messaging.applications.contacts.store import contacts_at
from spojka.network.messaging.applications.queries import ApplicationView
from spojka.network.messaging.applications.store import application_row, close_application, ending_key
from spojka.network.messaging.certificates.operations import tell_contacts
from spojka.network.messaging.certificates.store import change_register
from spojka.network.messaging.messages.lives import cancel_waiting
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse
from spojka.trade.contracts.store import end_contract
from spojka.trade.numbering.pools.allocating import release_numbers
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN, SERVICE_TERMINATED
from spojka.trade.services.store import end, lock_service


@dataclass(frozen=True, slots=True)
class Cancelled:
    """
    A cancellation that was asked for.

    Args:
        ends_at: when the application ends; `None` when whoever asked may not.
        refusal: why it was not cancelled, `NOT_CONTACT_PERSON`; `None` when it was.

    """

    application: ServiceId
    ends_at: Finding[datetime] | None
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Ended:
    """An application that ended: messages that were cancelled uncharged, and numbers that rest from now."""

    application: ApplicationView
    cancelled_messages: int
    released_numbers: list[str]
    queued_at_end: Term[str]


@operation(
    "connector.cancel",
    permission="connector.cancel",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED"),
)
def cancel(ctx: Context, *, application: ServiceId, asked_by: Requester | None = None) -> Cancelled | Refusal:
    """
    Cancel an application: it ends when the notice of the general terms is over (o2/3.4).

    Only the contact person may; staff name in `asked_by` whom they act for. When somebody else asks, nothing is
    cancelled, the contact person is told, and `refusal` of the answer says `NOT_CONTACT_PERSON`: a call that was
    refused as a whole would leave no notice behind. Cancelling twice keeps the first end.
    """
    lock_service(ctx, application)
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    terms = shelf_of(ctx).sheet(EndingTerms, ctx.today)
    contact = contacts_at(ctx, [application], ctx.now).get(application)
    who = ctx.actor.name if asked_by is None else f"{asked_by.name} {asked_by.phone} ({ctx.actor.name})"
    if not speaks(contact, login=ctx.actor.name, for_customer=ctx.actor.party is not None, asked_by=asked_by):
        _tell(
            ctx,
            row,
            kind="cancellation_refused",
            subject={"cs": "Někdo chtěl zrušit vaši aplikaci", "en": "Somebody wanted to cancel your application"},
            body={
                "cs": f"O zrušení aplikace {row['name']} požádal(a) {who}. Zrušit ji může jen kontaktní osoba, služba"
                " běží dál.",
                "en": f"{who} asked to cancel the application {row['name']}. Only the contact person can; it goes on.",
            },
            clauses=(terms.cancellation_requested_by.ref.id,),
        )
        refusal = refuse("NOT_CONTACT_PERSON", terms.cancellation_requested_by, figures={"asked": who})
        return Cancelled(application, None, refusal)
    delivered_on = ctx.today
    ends = notice_ends_at(
        delivered_on=delivered_on, days=terms.notice_days_customer, asked_by=terms.cancellation_requested_by
    )
    if row["ends_at"] is None or ends.value < row["ends_at"]:
        set_deadline(
            ctx,
            due_at=ends.value,
            operation="connector.terminate",
            arguments={"application": application},
            subject=f"service:{application}",
            key=ending_key(application),
            clauses=ends.clauses,
        )
        publish(ctx, kind="cancellation_asked", key=f"service:{application}", body={"ends_at": ends.value})
    return Cancelled(application, ends, None)


def _tell(
    ctx: Context,
    row: Row,
    *,
    kind: str,
    subject: dict[str, str],
    body: dict[str, str],
    clauses: tuple[str, ...],
) -> None:
    tell_contacts(ctx, [(row["id"], row["party_id"], body)], kind=kind, subject=subject, clauses=clauses)


@operation(
    "connector.terminate",
    permission="connector.terminate",
    refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED"),
)
def terminate(ctx: Context, *, application: ServiceId, reason: str = "notice") -> Ended | Refusal:
    """
    End an application now: nothing more is sent, options end, numbers rest, its entry leaves the directory (o2/3.4).

    What waits is cancelled uncharged and reported so; received messages can be picked up until their own end, and the
    certificates are nobody's after that.
    """
    lock_service(ctx, application)
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    terms = shelf_of(ctx).sheet(EndingTerms, ctx.today)
    change_register(ctx)
    end(ctx, application)
    close_application(ctx, application)
    clauses = (terms.cancellation_requested_by.ref.id, terms.queued_at_end.ref.id)
    cancelled = cancel_waiting(ctx, application, why={"code": "SERVICE_TERMINATED", "clauses": clauses})
    numbers = release_numbers(ctx, service=application)
    end_contract(ctx, row["contract_id"])
    cancel_deadline(ctx, ending_key(application))
    _tell(
        ctx,
        row,
        kind="application_ended",
        subject={"cs": "Aplikace skončila", "en": "The application has ended"},
        body={
            "cs": f"Aplikace {row['name']} ({row['app_number']}, {row['msisdn']}) skončila. Přijaté zprávy lze"
            " vyzvednout do konce jejich uchování.",
            "en": f"The application {row['name']} ({row['app_number']}, {row['msisdn']}) has ended. Received messages"
            " can be picked up until the end of their retention.",
        },
        clauses=clauses,
    )
    publish(ctx, kind="service_ended", key=f"service:{application}", body={"reason": reason})
    return Ended(shown(ctx, application), cancelled, numbers, terms.queued_at_end)
