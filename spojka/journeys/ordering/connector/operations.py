"""Applications ordered, decided by a person where the past asks for it, and switched on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from spojka.access.database.connections import Row
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.journeys.ordering import rules as _orders  # noqa: F401  # ORDER_UNKNOWN
from spojka.journeys.ordering.connector.opening import (
    CONDITIONS,
    ContactGiven,
    Wanted,
    bundle,
    named,
    open_application,
    wanted_of,
)
from spojka.journeys.ordering.connector.rules import (
    assess,
    refuse_documents,
    refuse_obligations,
    refuse_resale,
    refuse_roles,
    refuse_unseen,
)
from spojka.journeys.ordering.connector.store import (
    CONNECTOR_ORDER,
    add_acceptance,
    execute_order_of,
    obligations_of,
    settle_order,
)
from spojka.journeys.ordering.connector.terms import ActivationTerms, AssessmentTerms
from spojka.journeys.ordering.store import add_order, order_row
from spojka.kernel.ids import ContractId, OrderId, PartyId, ServiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.contacts.queries import refuse_without_contact
from spojka.network.messaging.applications.queries import ApplicationView, application_views
from spojka.network.messaging.applications.resale.store import has_consent
from spojka.network.messaging.applications.store import application_row
from spojka.network.messaging.certificates.queries import FitToConclude, fit_to_conclude
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding
from spojka.terms.precedence import TermMissing
from spojka.trade.contracts.operations import Channel
from spojka.trade.contracts.store import conclude
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import Shelf, shelf_of
from spojka.trade.services.store import activate, lock_service, set_tariff

NUMBER_REFUSALS = ("NUMBER_FORMAT_INVALID", "NUMBER_TAKEN", "POOL_EXHAUSTED")
MESSAGING = "messaging"
"""The line of business whose products are applications."""


@dataclass(frozen=True, slots=True)
class ApplicationOrdered:
    """
    An order for an application and what came of it.

    Args:
        state: `received`: it waits to be switched on; `waiting`: a person decides; `refused`.
        assessment: the decision with what the applicant owes and owed.
        application: as it stands; `None` while a person decides, or when it was refused.

    """

    order: OrderId
    state: str
    assessment: Finding[str]
    application: ApplicationView | None


@dataclass(frozen=True, slots=True)
class Activated:
    """
    An application that runs.

    Args:
        accepted: the edition of the conditions that switching on accepts; `digest` is the SHA-256 of its text.
        certificate: the one it was concluded with; `None` when it ran before.

    """

    application: ApplicationView
    activated_at: datetime
    accepted: str
    digest: str
    accepted_by: Term[str]
    documents: Term[list[str]]
    certificate: FitToConclude | None


def shown(ctx: Context, application: ServiceId) -> ApplicationView:
    """An application as it stands."""
    row = application_row(ctx, application)
    assert row is not None
    return application_views(ctx, [row])[0]


def assessment_terms(shelf: Shelf, ctx: Context) -> AssessmentTerms | Refusal:
    """The terms by which applicants are assessed, or why nobody can be: their document is not in force."""
    try:
        return shelf.sheet(AssessmentTerms, ctx.today)
    except TermMissing:
        return Refusal("TERMS_NOT_ATTACHED", (), {"missing": CONDITIONS, "on": ctx.today})


def _refuse_applicant(ctx: Context, wanted: Wanted, party: Row | None, terms: AssessmentTerms) -> Refusal | None:
    if party is None:
        return Refusal("PARTY_UNKNOWN", (), {"party": wanted.party})
    resale = has_consent(ctx, wanted.party, wanted.on_behalf_of)
    return refuse_roles(party["roles"], terms) or refuse_resale(wanted.on_behalf_of, has_consent=resale, terms=terms)


@operation(
    "connector.order",
    permission="connector.order",
    refusals=(
        "PARTY_UNKNOWN",
        "PRODUCT_UNKNOWN",
        "TERMS_NOT_ATTACHED",
        "NOT_FINAL_RECIPIENT",
        "RESALE_NOT_PERMITTED",
        "OUTSTANDING_OBLIGATIONS",
        "CONTACT_PERSON_MISSING",
        *NUMBER_REFUSALS,
    ),
)
def order(
    ctx: Context,
    *,
    party: PartyId,
    product: str,
    name: str,
    on_behalf_of: str = "",
    contact: ContactGiven | None = None,
    app_number: str | None = None,
    msisdn: str | None = None,
    channel: Channel = "electronic",
    evidence: str = "",
    override: str = "",
) -> ApplicationOrdered | Refusal:
    """
    Order an application: the applicant is assessed, numbers are given out, and it waits to be activated (o2/3.1, 7.2).

    A debt overdue now denies it unless `override` says why not; a past delay or an open breach makes it wait for
    `connector.decide_order`.
    """
    shelf = shelf_of(ctx)
    offered = shelf.pack.products_of(MESSAGING)
    if product not in offered:
        return Refusal("PRODUCT_UNKNOWN", (), {"product": product, "known": ", ".join(offered)})
    terms = assessment_terms(shelf, ctx)
    if isinstance(terms, Refusal):
        return terms
    wanted = Wanted(party, product, name, on_behalf_of, contact, app_number, msisdn)
    refusal = _refuse_applicant(ctx, wanted, party_row(ctx, party), terms)
    if refusal is not None:
        return refusal
    owed = obligations_of(ctx, party)
    decision = assess(owed, terms)
    if not override.strip():
        refusal = refuse_obligations(owed, decision)
        if refusal is not None:
            return refusal
    made, waits = OrderId(uuid7()), decision.value == "by_person" and not override.strip()
    opened = None if waits else open_application(ctx, wanted, made)
    if isinstance(opened, Refusal):
        return opened
    asked: dict[str, Any] = {"wanted": wanted, "assessment": decision.stored(), "override": override.strip()}
    state = "waiting" if waits else "received"
    service = None if opened is None else opened[0]
    add_order(
        ctx,
        party=party,
        service=service,
        kind=CONNECTOR_ORDER,
        channel=channel,
        evidence=evidence,
        asked=asked,
        state=state,
        order=made,
    )
    publish(ctx, kind="connector_ordered", key="work", body={"order": made, "state": state})
    return ApplicationOrdered(made, state, decision, None if service is None else shown(ctx, service))


@operation(
    "connector.decide_order",
    permission="connector.decide",
    refusals=("ORDER_UNKNOWN", "REASON_MISSING", "TERMS_NOT_ATTACHED", "CONTACT_PERSON_MISSING", *NUMBER_REFUSALS),
)
def decide_order(
    ctx: Context, *, order: OrderId, decision: Literal["approve", "reject"], reason: str
) -> ApplicationOrdered | Refusal:
    """Decide an order that waits because of past delays or a breach, with a recorded reason (o2/7.2)."""
    row = order_row(ctx, order)
    if row is None or row["kind"] != CONNECTOR_ORDER or row["state"] != "waiting":
        return Refusal("ORDER_UNKNOWN", (), {"order": order})
    if not reason.strip():
        return Refusal("REASON_MISSING")
    terms = assessment_terms(shelf_of(ctx), ctx)
    if isinstance(terms, Refusal):
        return terms
    wanted = wanted_of(row["asked"]["wanted"])
    seen = assess(obligations_of(ctx, wanted.party), terms)
    asked = row["asked"] | {"assessment": seen.stored(), "decided_by": ctx.actor.name, "decided_at": ctx.now}
    service: ServiceId | None = None
    if decision == "approve":
        opened = open_application(ctx, wanted, order)
        if isinstance(opened, Refusal):
            return opened
        service = opened[0]
    state = "received" if decision == "approve" else "refused"
    settle_order(ctx, order, state=state, reason=reason.strip(), service=service, asked=asked)
    return ApplicationOrdered(order, state, seen, None if service is None else shown(ctx, service))


@operation(
    "connector.activate",
    permission="connector.activate",
    customers=True,
    refusals=(
        "SERVICE_UNKNOWN",
        "SERVICE_TERMINATED",
        "TERMS_NOT_ATTACHED",
        "TERMS_NOT_PRESENTED",
        "CONTACT_PERSON_MISSING",
        "CERT_UNKNOWN",
        "CERT_VALIDITY_TOO_SHORT",
    ),
)
def activate_application(
    ctx: Context,
    *,
    application: ServiceId,
    presented: list[str] = [],  # noqa: B006  # never changed
    channel: Channel = "electronic",
) -> Activated | Refusal:
    """
    Conclude the contract and switch an application on: by that its conditions are accepted (o2/1.1, 6.1, 8.2, 10.3).

    `presented` are the editions that were shown to whoever does it, like `o2-connector/operating-conditions@2022-11`.
    Switching on again changes nothing.
    """
    lock_service(ctx, application)
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    shelf = shelf_of(ctx)
    terms = shelf.sheet(ActivationTerms, ctx.today)
    refusal = refuse_documents(shelf.missing_kinds(row["product"], ctx.today), on=ctx.today, terms=terms)
    if refusal is not None:
        return refusal
    editions = bundle(shelf, row["product"], ctx)
    conditions = next(one for one in editions if shelf.pack.documents[one.document].kind == CONDITIONS)
    certificate: FitToConclude | None = None
    if row["state"] == "waiting":
        refusal = refuse_unseen(named(conditions), presented=presented, terms=terms)
        refusal = refusal or refuse_without_contact(ctx, application)
        if refusal is not None:
            return refusal
        fit = fit_to_conclude(ctx, application=application)
        if isinstance(fit, Refusal):
            return fit
        certificate = fit
        _start(ctx, row, channel)
        add_acceptance(
            ctx,
            contract=ContractId(row["contract_id"]),
            service=application,
            product=row["product"],
            edition=conditions,
            channel=channel,
        )
    return Activated(
        application=shown(ctx, application),
        activated_at=row["activated_at"] or ctx.now,
        accepted=named(conditions),
        digest=conditions.digest,
        accepted_by=terms.acceptance_by,
        documents=terms.required_documents,
        certificate=certificate,
    )


def _start(ctx: Context, row: Row, channel: str) -> None:
    """The contract is concluded under today's editions and its application runs from now."""
    shelf, application = shelf_of(ctx), ServiceId(row["id"])
    facts = shelf.pack.product(row["product"])
    assert facts is not None
    conclude(
        ctx,
        contract=ContractId(row["contract_id"]),
        channel=channel,
        proof=f"activation by {ctx.actor.name}",
        editions=[named(one) for one in bundle(shelf, row["product"], ctx)],
    )
    activate(ctx, application)
    set_tariff(ctx, service=application, tariff=facts["default_tariff"], from_on=ctx.today, reason="activation")
    execute_order_of(ctx, application)
    publish(ctx, kind="service_activated", key=f"service:{application}", body={"service": application})
