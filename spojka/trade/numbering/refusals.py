"""Words of the refusals that numbers cause."""

from __future__ import annotations

from typing import Final

from spojka.terms.refusals import define_refusal

INVALID_NUMBER: Final = define_refusal(
    "INVALID_NUMBER",
    cs="{number} není telefonní číslo: nemá délku, jakou čísla tohoto rozsahu mají. Opravte číslo.",
    en="{number} is not a number: it does not have the length that numbers of its range have. Correct the number.",
)
"""A text that is no number, or a number of a length its range does not have (nej/3.7)."""

UNKNOWN_DESTINATION: Final = define_refusal(
    "UNKNOWN_DESTINATION",
    cs="Číslo {number} nepatří do žádného rozsahu číslovacího plánu ani pásma. Doplňte rozsah a záznam vraťte.",
    en="The number {number} belongs to no range of the number plan and no zone. Add the range and return the record.",
)
"""A well-formed number that no range or zone of the plan knows (nej/2.12)."""
