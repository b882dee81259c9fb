"""Contracts drafted, concluded, and their tariffs changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from spojka.access.deadlines.store import set_deadline
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ContractId, OrderId, PartyId, ServiceId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import add_months, start_of
from spojka.terms.findings import refuse
from spojka.terms.precedence import TermMissing
from spojka.trade.catalogue.terms import Catalogue, TariffTerms
from spojka.trade.contracts.drafting import Line, draft_with_service
from spojka.trade.contracts.rules import (
    refuse_documents,
    refuse_eligibility,
    refuse_proof,
    refuse_recipient,
    refuse_resources,
)
from spojka.trade.contracts.store import commit_until, conclude, contract_row, running_products
from spojka.trade.contracts.terms import ContractTerms
from spojka.trade.numbering.stock import number_for, sim_for
from spojka.trade.numbering.store import take
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import Shelf, shelf_of
from spojka.trade.services.operations import activate_service, promise_setup
from spojka.trade.services.rules import refuse_tariff_change
from spojka.trade.services.store import (
    add_addon,
    lock_service,
    service_row,
    services_of_contract,
    set_tariff,
)
from spojka.trade.services.terms import ServiceTerms
from spojka.trade.services.views import ServiceView, views

Channel = Literal["paper", "electronic", "phone"]
SIGN_REFUSALS = (
    "PARTY_UNKNOWN",
    "PRODUCT_UNKNOWN",
    "ORDERED_OTHERWISE",
    "TERMS_NOT_ATTACHED",
    "NOT_FINAL_RECIPIENT",
    "ACCEPTANCE_PROOF_MISSING",
    "TARIFF_NOT_OFFERED",
    "ELIGIBILITY_FIXED_SERVICE_MISSING",
    "SERVICE_NOT_OFFERED",
    "MSISDN_NOT_OURS",
    "MSISDN_IN_USE",
    "MSISDN_IN_QUARANTINE",
    "FOREIGN_SIM",
    "SIM_IN_USE",
    "TECHNICALLY_INFEASIBLE",
)


@dataclass(frozen=True, slots=True)
class Options:
    """
    What is chosen with the product; what is left out is chosen for the customer.

    Args:
        msisdn: the number (default: the next free one).
        iccid: the card (default: the next free one).
        tariff: default: the product's.
        addons: add-ons from the start.
        activate_on: a later day for the activation.

    """

    msisdn: str | None = None
    iccid: str | None = None
    tariff: str | None = None
    addons: tuple[str, ...] = ()
    activate_on: date | None = None


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract with its services."""

    id: ContractId
    number: str
    party: PartyId
    product: str
    state: str
    signed_on: date
    editions: list[str]
    committed_until: date | None
    services: list[ServiceView]


def shown(ctx: Context, contract: ContractId) -> Contract:
    """A contract as operations answer with it."""
    row = contract_row(ctx, contract)
    assert row is not None
    return Contract(
        contract,
        row["number"],
        row["party_id"],
        row["product"],
        row["state"],
        row["signed_on"],
        row["editions"],
        row["committed_until"],
        views(ctx, services_of_contract(ctx, contract)),
    )


def _editions(shelf: Shelf, on: date) -> list[str]:
    return [f"{edition.document}@{edition.edition}" for edition in shelf.bound(on).editions]


def _has_fixed_service(ctx: Context, party: PartyId) -> bool:
    pack = shelf_of(ctx).pack
    known = (pack.product(code) for code in running_products(ctx, party))
    return any(product is not None and product["line"] == "fixed" for product in known)


def _refuse_offer(
    ctx: Context,
    party: PartyId,
    tariff: str,
    addons: tuple[str, ...],
) -> Refusal | None:
    catalogue, terms = shelf_of(ctx).sheet(Catalogue, ctx.today), shelf_of(ctx).sheet(ServiceTerms, ctx.today)
    if tariff not in catalogue.tariff:
        return Refusal("TARIFF_NOT_OFFERED", (), {"tariff": tariff, "known": ", ".join(catalogue.tariff)})
    missing = refuse_eligibility(
        tariff=tariff,
        needs_fixed_service=catalogue.tariff[tariff].requires_fixed_service,
        has_fixed_service=_has_fixed_service(ctx, party),
    )
    if missing is not None:
        return missing
    for addon in addons:
        if addon not in catalogue.addon:
            return refuse("SERVICE_NOT_OFFERED", terms.optional_services, figures={"service": addon})
    return None


def _refuse_party(ctx: Context, party: PartyId, product: str) -> Refusal | None:
    row = party_row(ctx, party)
    if row is None:
        return Refusal("PARTY_UNKNOWN", (), {"party": party})
    shelf = shelf_of(ctx)
    if shelf.pack.product(product) is None:
        return Refusal("PRODUCT_UNKNOWN", (), {"product": product, "known": ", ".join(shelf.pack.raw["product"])})
    otherwise = refuse_resources(product=product, facts=shelf.pack.raw["product"][product])
    if otherwise is not None:
        return otherwise
    try:
        terms: ContractTerms | None = shelf.sheet(ContractTerms, ctx.today)
    except TermMissing:
        terms = None
    missing = refuse_documents(missing=shelf.missing_kinds(product, ctx.today), on=ctx.today, terms=terms)
    if missing is not None or terms is None:
        return missing
    return refuse_recipient(roles=row["roles"], terms=terms)


@operation("contracts.draft", permission="contracts.write", refusals=SIGN_REFUSALS)
def draft(ctx: Context, *, party: PartyId, product: str, options: Options = Options()) -> Contract | Refusal:
    """Prepare a contract with its number and card reserved; nothing runs until it is concluded."""
    return _drafted(ctx, party=party, product=product, options=options, order=None)


def _drafted(
    ctx: Context, *, party: PartyId, product: str, options: Options, order: OrderId | None
) -> Contract | Refusal:
    refusal = _refuse_party(ctx, party, product)
    if refusal is not None:
        return refusal
    shelf = shelf_of(ctx)
    facts = shelf.pack.product(product)
    assert facts is not None
    tariff = options.tariff or facts["default_tariff"]
    refusal = _refuse_offer(ctx, party, tariff, options.addons)
    if refusal is not None:
        return refusal
    number = number_for(ctx, options.msisdn)
    if isinstance(number, Refusal):
        return number
    sim = sim_for(ctx, options.iccid)
    if isinstance(sim, Refusal):
        return sim
    service = ServiceId(uuid7())
    contract = draft_with_service(
        ctx,
        party=party,
        product=product,
        editions=_editions(shelf, ctx.today),
        service=Line(service, number["msisdn"], sim["imsi"], sim["iccid"], tariff),
        from_on=options.activate_on or ctx.today,
        order=order,
    )
    take(ctx, service=service, msisdn=number["msisdn"], iccid=sim["iccid"])
    for addon in options.addons:
        add_addon(ctx, service=service, addon=addon)
    return shown(ctx, contract)


@operation(
    "contracts.conclude",
    permission="contracts.write",
    refusals=("CONTRACT_UNKNOWN", "ACCEPTANCE_PROOF_MISSING", "TERMS_NOT_ATTACHED", "ORDERED_OTHERWISE"),
)
def conclude_contract(
    ctx: Context,
    *,
    contract: ContractId,
    channel: Channel = "paper",
    proof: str = "signature",
) -> Contract | Refusal:
    """Conclude a draft with the proof of acceptance; its services start today or on an agreed day (nej/3.1, 4.17)."""
    row = contract_row(ctx, contract)
    if row is None:
        return Refusal("CONTRACT_UNKNOWN", (), {"contract": contract})
    shelf = shelf_of(ctx)
    otherwise = refuse_resources(product=row["product"], facts=shelf.pack.raw["product"][row["product"]])
    if otherwise is not None:
        return otherwise
    refusal = refuse_proof(proof=proof, terms=shelf.sheet(ContractTerms, ctx.today))
    if refusal is not None:
        return refusal
    if row["state"] == "draft":
        conclude(ctx, contract=contract, channel=channel, proof=proof, editions=_editions(shelf, ctx.today))
        _commit(ctx, contract, _commitment_months(ctx, contract, shelf.sheet(Catalogue, ctx.today)))
        _start(ctx, contract, shelf.bound(ctx.today).clauses_of("default_activation_target_working_days"))
        publish(ctx, kind="contract_concluded", key=f"contract:{contract}", body={"contract": contract})
    return shown(ctx, contract)


def _commitment_months(ctx: Context, contract: ContractId, catalogue: Catalogue) -> int:
    tariffs: list[TariffTerms] = [
        catalogue.tariff[view.tariff] for view in views(ctx, services_of_contract(ctx, contract))
    ]
    return max((one.commitment_months.value for one in tariffs), default=0)


def _commit(ctx: Context, contract: ContractId, months: int) -> None:
    if months:
        commit_until(ctx, contract, add_months(ctx.today, months))


def _start(ctx: Context, contract: ContractId, clauses: Sequence[str]) -> None:
    for view in views(ctx, services_of_contract(ctx, contract)):
        starts_on = max(view.tariff_since or ctx.today, ctx.today)
        if starts_on == ctx.today and not isinstance(activate_service(ctx, service=view.id), Refusal):
            continue
        if starts_on > ctx.today:
            set_deadline(
                ctx,
                due_at=start_of(starts_on),
                operation="services.activate",
                arguments={"service": view.id},
                subject=f"service:{view.id}",
                key=f"activate:{view.id}",
                clauses=clauses,
            )
        promise_setup(ctx, view.id, starts_on)


@operation("contracts.sign", permission="contracts.write", refusals=SIGN_REFUSALS)
def sign(
    ctx: Context,
    *,
    party: PartyId,
    product: str,
    options: Options = Options(),  # frozen
    channel: Channel = "paper",
    proof: str = "signature",
) -> Contract | Refusal:
    """Draft and conclude a contract at once: from the signature to the running service."""
    return sign_on_order(ctx, party=party, product=product, options=options, channel=channel, proof=proof, order=None)


def sign_on_order(
    ctx: Context,
    *,
    party: PartyId,
    product: str,
    options: Options,
    channel: Channel,
    proof: str,
    order: OrderId | None,
) -> Contract | Refusal:
    """Sign as `contracts.sign` does; the activation points to the order that asked for it, if one did (nej/1.9)."""
    drafted = _drafted(ctx, party=party, product=product, options=options, order=order)
    if isinstance(drafted, Refusal):
        return drafted
    return conclude_contract(ctx, contract=drafted.id, channel=channel, proof=proof)


@operation(
    "contracts.change_tariff",
    permission="contracts.write",
    customers=True,
    refusals=(
        "CONTRACT_UNKNOWN",
        "SERVICE_UNKNOWN",
        "TARIFF_NOT_OFFERED",
        "ELIGIBILITY_FIXED_SERVICE_MISSING",
        "TARIFF_CHANGE_TOO_SOON",
        "CHANGE_BLOCKED_BY_COMMITMENT",
        "SERVICE_TERMINATED",
    ),
)
def change_tariff(
    ctx: Context,
    *,
    contract: ContractId,
    tariff: str,
    service: ServiceId | None = None,
) -> Contract | Refusal:
    """Change the tariff of a contract's service from today, at most once in 30 days (nej/1.8)."""
    return change_on_order(ctx, contract=contract, tariff=tariff, service=service, order=None)


def change_on_order(
    ctx: Context,
    *,
    contract: ContractId,
    tariff: str,
    service: ServiceId | None,
    order: OrderId | None,
) -> Contract | Refusal:
    """Change as `contracts.change_tariff` does; the change points to the order that asked for it (nej/1.9)."""
    if contract_row(ctx, contract) is None:
        return Refusal("CONTRACT_UNKNOWN", (), {"contract": contract})
    own = [row["id"] for row in services_of_contract(ctx, contract)]
    chosen = service or own[0]
    if chosen not in own:
        return Refusal("SERVICE_UNKNOWN", (), {"service": chosen})
    lock_service(ctx, chosen)
    row = service_row(ctx, chosen)
    assert row is not None
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    shelf = shelf_of(ctx)
    terms, catalogue = shelf.sheet(ServiceTerms, ctx.today), shelf.sheet(Catalogue, ctx.today)
    refusal = _refuse_offer(ctx, row["party_id"], tariff, ())
    if refusal is not None:
        return refusal
    view = views(ctx, [row])[0]
    present = catalogue.tariff.get(view.tariff)
    refusal = refuse_tariff_change(
        today=ctx.today,
        changed_on=view.tariff_changed_on,
        committed_until=row["committed_until"],
        target=catalogue.tariff[tariff],
        minimum_spend=present.min_monthly_spend if present else None,
        terms=terms,
    )
    if refusal is not None:
        return refusal
    set_tariff(ctx, service=chosen, tariff=tariff, from_on=ctx.today, reason="change", order=order)
    _commit(ctx, contract, catalogue.tariff[tariff].commitment_months.value)
    publish(ctx, kind="tariff_changed", key=f"service:{chosen}", body={"tariff": tariff})
    return shown(ctx, contract)
