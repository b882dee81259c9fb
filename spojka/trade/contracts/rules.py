"""Whether a contract can be concluded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse
from spojka.terms.refusals import define_refusal
from spojka.trade.contracts.terms import ContractTerms

define_refusal(
    "TERMS_NOT_ATTACHED",
    cs="Smlouvu nelze uzavřít: k {on} není v platnosti {missing}. Nejdřív dokument zveřejněte.",
    en="The contract cannot be concluded: {missing} is not in force on {on}. Publish it first.",
    also=("terms_missing",),
)
define_refusal(
    "NOT_FINAL_RECIPIENT",
    cs="Službu si může objednat jen konečný příjemce, ne {roles}.",
    en="Only a final recipient can order the service, not a {roles}.",
)
define_refusal(
    "ACCEPTANCE_PROOF_MISSING",
    cs="Chybí doklad, že zákazník podmínky přijal: podpis, otisk souhlasu nebo záznam hovoru.",
    en="The proof that the customer accepted the terms is missing: a signature, a consent hash or a call recording.",
)
define_refusal(
    "CONTRACT_UNKNOWN",
    cs="Smlouva {contract} není v evidenci.",
    en="There is no contract {contract}.",
)
define_refusal(
    "PRODUCT_UNKNOWN",
    cs="Produkt {product} poskytovatel nenabízí. Nabízí: {known}.",
    en="The provider does not offer the product {product}. It offers: {known}.",
)
define_refusal(
    "ORDERED_OTHERWISE",
    cs="Produkt {product} má vlastní objednávku, protože potřebuje: {resources}. Použijte ji.",
    en="The product {product} has an order of its own, because it needs: {resources}. Use that.",
)

SIGNED_WITH: Final = frozenset({"sim", "msisdn"})
"""What signing itself finds for a service: a card and a number of the stock."""


def refuse_resources(*, product: str, facts: Mapping[str, Any]) -> Refusal | None:
    """Refuse to sign a product whose services need more than a card and a number of the stock, as the pack says."""
    needed = [one for one in facts["resources"] if one not in SIGNED_WITH]
    if not needed:
        return None
    return Refusal("ORDERED_OTHERWISE", (), {"product": product, "resources": ", ".join(needed)})


def refuse_documents(*, missing: Sequence[str], on: date, terms: ContractTerms | None) -> Refusal | None:
    """Refuse while a document that the product needs is not in force (nej/1.2)."""
    if not missing:
        return None
    figures = {"missing": ", ".join(missing), "on": on}
    return refuse("TERMS_NOT_ATTACHED", terms.required_documents if terms else None, figures=figures)


def refuse_recipient(*, roles: Sequence[str], terms: ContractTerms) -> Refusal | None:
    """Refuse a party that is a reseller or an operator and no customer (nej/1.3)."""
    if terms.final_recipient_only.value and "customer" not in roles:
        return refuse("NOT_FINAL_RECIPIENT", terms.final_recipient_only, figures={"roles": ", ".join(roles)})
    return None


def refuse_proof(*, proof: str, terms: ContractTerms) -> Refusal | None:
    """Refuse a conclusion without proof of acceptance (nej/3.1)."""
    if terms.acceptance_proof_required.value and not proof.strip():
        return refuse("ACCEPTANCE_PROOF_MISSING", terms.acceptance_proof_required)
    return None


def refuse_eligibility(*, tariff: str, needs_fixed_service: Term[bool], has_fixed_service: bool) -> Refusal | None:
    """Refuse a tariff kept for customers of the fixed service to whoever has none that runs (nej/2.1)."""
    if needs_fixed_service.value and not has_fixed_service:
        return refuse("ELIGIBILITY_FIXED_SERVICE_MISSING", needs_fixed_service, figures={"tariff": tariff})
    return None
