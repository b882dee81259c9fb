"""The rules in force, and who may enter under a contract."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ContractId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.premises import refusals as _words  # noqa: F401  # SAFETY_RULES_UNKNOWN
from spojka.network.messaging.premises.store import person_rows, rules_row, visit_rows
from spojka.network.messaging.premises.views import (
    SafetyRulesView,
    SiteView,
    person_view,
    rules_view,
    visit_view,
)
from spojka.trade.contracts import rules as _contracts  # noqa: F401  # CONTRACT_UNKNOWN
from spojka.trade.contracts.store import contract_row


@query("connector.safety_rules", permission="connector.read", customers=True, refusals=("SAFETY_RULES_UNKNOWN",))
def safety_rules(ctx: Context) -> SafetyRulesView | Refusal:
    """The version of the fire and safety rules in force (o2/5.2)."""
    row = rules_row(ctx)
    return rules_view(row) if row is not None else Refusal("SAFETY_RULES_UNKNOWN", (), {"version": "–", "current": "–"})


@query("connector.site", permission="connector.read", customers=True, refusals=("CONTRACT_UNKNOWN",))
def site(ctx: Context, *, contract: ContractId) -> SiteView | Refusal:
    """Authorised persons of a contract, what they acknowledged, and their passes (o2/5.2)."""
    if contract_row(ctx, contract) is None:
        return Refusal("CONTRACT_UNKNOWN", (), {"contract": contract})
    rules = rules_row(ctx)
    return SiteView(
        contract,
        None if rules is None else rules["version"],
        [person_view(row) for row in person_rows(ctx, contract)],
        [visit_view(row) for row in visit_rows(ctx, contract)],
    )
