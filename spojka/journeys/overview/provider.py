"""How a provider shows itself: name, contact, colour and languages, as its pack says."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.trade.publications.shelf import pack_of

SPOJKA_COLOUR = "#1b4dd8"
"""The colour of a provider that names none."""


@dataclass(frozen=True, slots=True)
class ProviderView:
    """
    A provider as its pages name it.

    Args:
        code: the tenant's code, which its addresses begin with.
        display_name: what people call it.
        legal_name: who the contract is with.
        company_id: its company number.
        support_phone: its line, or an empty text.
        web: its own pages, or an empty text.
        colour: `#rrggbb`.
        languages: the first is its own.
        messaging: whether it has products that carry messages of customers' programs.

    """

    code: str
    display_name: str
    legal_name: str
    company_id: str
    support_phone: str
    web: str
    colour: str
    languages: list[str]
    messaging: bool


@query("overview.provider", permission="publications.read", customers=True)
def provider(ctx: Context) -> ProviderView:
    """How the provider shows itself, for anybody."""
    row = ctx.db.execute("SELECT code FROM tenant WHERE id = %s", [ctx.tenant]).fetchone()
    assert row is not None
    pack = pack_of(ctx)
    facts = pack.raw["provider"]
    return ProviderView(
        code=row["code"],
        display_name=facts["display_name"],
        legal_name=facts.get("legal_name", facts["display_name"]),
        company_id=facts.get("company_id", ""),
        support_phone=facts.get("support_phone", ""),
        web=facts.get("web", ""),
        colour=facts.get("brand_colour", SPOJKA_COLOUR),
        languages=list(facts.get("languages", ["cs", "en"])),
        messaging=bool(pack.products_of("messaging")),
    )
