"""The words of refusals that concern visits of the premises."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "SAFETY_BRIEFING_MISSING",
    cs="Požární a bezpečnostní předpisy (verze {version}) dosud nepotvrdili: {missing}. Bez toho se vstup nepovolí.",
    en="The fire and safety rules (version {version}) are not acknowledged by: {missing}. Nobody enters before that.",
)
define_refusal(
    "SAFETY_RULES_UNKNOWN",
    cs="Verze {version} předpisů neplatí; platí verze {current}.",
    en="Version {version} of the rules is not in force; version {current} is.",
)
define_refusal(
    "PERSON_NOT_AUTHORISED",
    cs="Osoba {person} není mezi oprávněnými osobami smlouvy. Účastník ji musí nejdřív uvést.",
    en="{person} is none of the contract's authorised persons. The subscriber has to name them first.",
)
define_refusal(
    "SAFETY_TEXT_MISSING",
    cs="Předpisy nemají žádný text. Uveďte ho celý.",
    en="The rules have no text. Give all of it.",
)
define_refusal(
    "VISIT_IN_THE_PAST",
    cs="Den {on} už minul. Vstup se povoluje na dnešek nebo na později.",
    en="The day {on} is over. Passes are for today or later.",
)
