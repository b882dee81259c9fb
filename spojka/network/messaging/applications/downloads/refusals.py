"""The words of refusals that concern the free program."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "NOT_ENTITLED",
    cs="Aplikace patří k produktům: {products}. Účastník žádnou jejich běžící aplikaci nemá.",
    en="The program belongs to: {products}. The subscriber has no running application of them.",
)
