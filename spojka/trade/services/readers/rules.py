"""Whether a list may be read."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from spojka.kernel.refusals import Refusal
from spojka.terms.clauses import Term
from spojka.terms.findings import refuse
from spojka.terms.refusals import define_refusal
from spojka.trade.services.readers.terms import Who

define_refusal(
    "READERS_NOT_OFFERED",
    cs="Výpis smí číst jen {readers}; nikoho dalšího k tomu zmocnit nelze.",
    en="Only {readers} may read the list; nobody else can be authorised.",
)
define_refusal(
    "READER_IS_HOLDER",
    cs="Zákazník {party} je držitelem smlouvy a výpis čte i bez zmocnění.",
    en="The customer {party} holds the contract and reads the list without being authorised.",
)
define_refusal(
    "READER_UNKNOWN",
    cs="Zákazník {party} výpis této služby číst nesmí, není co ukončit.",
    en="The customer {party} may not read this service's list; there is nothing to end.",
)

LIST_OF: Final = "overview.usage"
"""What an authorisation allows."""


def refuse_reading(
    *, service: UUID, actor: str, authorised_for: Collection[UUID], readers: Term[list[Who]]
) -> Refusal | None:
    """
    Why somebody who does not hold the contract may not read a service's list, or `None` (nej/3.8).

    Whoever reads another list of the same holder is told that this one is not for them; for everybody else there is no
    such service.

    Args:
        service: whose list.
        actor: who asks.
        authorised_for: services of the same holder that they were authorised for.
        readers: who may read a list.

    """
    allowed = authorised_for if "authorised" in readers.value else ()
    if service in allowed:
        return None
    if allowed:
        return refuse("NOT_AUTHORISED", readers, figures={"actor": actor, "permission": f"{LIST_OF} {service}"})
    return Refusal("SERVICE_UNKNOWN", (), {"service": service})
