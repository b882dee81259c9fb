"""The words of refusals that concern consultations."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "CONSULTATION_REQUEST_NOT_WRITTEN",
    cs="O konzultaci se žádá písemně: dopisem, e-mailem nebo v portálu, s textem. Tohle ({channel}) nestačí.",
    en="A consultation is asked for in writing: by letter, by e-mail or in the portal. This ({channel}) is not.",
)
define_refusal(
    "CONSULTATION_UNKNOWN",
    cs="Konzultace {consultation} není v evidenci.",
    en="There is no consultation {consultation}.",
)
define_refusal(
    "CONSULTATION_NOT_AGREED",
    cs="Na konzultaci zatím není dohoda. Chybí: {missing}. Bez ní se neúčtuje nic.",
    en="The consultation is not agreed. Missing: {missing}. Without an agreement nothing is billed.",
)
define_refusal(
    "CONSULTATION_STATE_INVALID",
    cs="Konzultace je ve stavu {state}; tohle už s ní udělat nejde.",
    en="The consultation is {state}; this cannot be done with it any more.",
)
