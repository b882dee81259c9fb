"""Whether an order can be executed, what it costs, and what must be paid first."""

from __future__ import annotations

from spojka.journeys.ordering.terms import OrderTerms
from spojka.kernel.money import Money
from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse, rule
from spojka.terms.refusals import define_refusal

define_refusal(
    "ORDER_EVIDENCE_MISSING",
    cs="Objednávce ({channel}) chybí doklad: podepsaný sken, otisk souhlasu nebo záznam hovoru.",
    en="The order ({channel}) lacks its evidence: a signed scan, a consent hash or a call recording.",
)
define_refusal("ORDER_UNKNOWN", cs="Objednávka {order} není v evidenci.", en="There is no order {order}.")
define_refusal(
    "DEPOSIT_TOO_LOW",
    cs="Jistota {paid} nestačí, je potřeba {deposit}.",
    en="The deposit {paid} is not enough; {deposit} is needed.",
)
define_refusal(
    "DEPOSIT_NOT_EXACT",
    cs="Jistota {paid} je o {excess} vyšší, než je potřeba. Zaplaťte přesně {deposit}.",
    en="The deposit {paid} is {excess} more than is needed. Pay exactly {deposit}.",
)


@rule(
    cs="Odblokování č. {count}: {result}; první je zdarma ({first}), další podle ceníku ({later})",
    en="Unlocking no. {count}: {result}; the first is free ({first}), later ones cost {later}",
)
def unlock_fee(*, count: int, first: Term[Money], later: Term[Money]) -> Money:
    """What lifting the block of premium numbers costs the `count`-th time (nej/3.5)."""
    return first.value if count == 1 else later.value


@rule(
    cs="Jistota {result}: {multiple} × paušál {monthly_fee}; zaplacených vyúčtování {paid_invoices}, bez jistoty"
    " od {enough}",
    en="Deposit {result}: {multiple} × fee {monthly_fee}; {paid_invoices} invoices paid, none needed from {enough}",
)
def deposit_needed(
    *,
    monthly_fee: Term[Money],
    multiple: Term[int],
    paid_invoices: int,
    enough: Term[int],
    policy: Term[str],
) -> Money:
    """The deposit before a service beyond the default card is enabled; zero when none is needed (nej/4.5-i, 4.6)."""
    if policy.value == "never" or (policy.value == "risk_based" and paid_invoices >= enough.value):
        return Money.zero()
    return monthly_fee.value.times(multiple.value)


def refuse_evidence(*, channel: str, evidence: str, terms: OrderTerms) -> Refusal | None:
    """Refuse an order without the evidence of its channel (nej/1.9)."""
    if evidence.strip():
        return None
    return refuse("ORDER_EVIDENCE_MISSING", terms.order_channels, figures={"channel": channel})


def refuse_deposit(*, paid: Money, deposit: Finding[Money]) -> Refusal | None:
    """Refuse a deposit that is lower or higher than what was found: nothing asks for the excess (nej/4.6)."""
    figures = {"paid": paid, "deposit": deposit.value}
    if paid < deposit.value:
        return refuse("DEPOSIT_TOO_LOW", deposit, figures=figures)
    if paid > deposit.value:
        return refuse("DEPOSIT_NOT_EXACT", deposit, figures={**figures, "excess": paid - deposit.value})
    return None
