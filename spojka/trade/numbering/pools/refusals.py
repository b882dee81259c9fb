"""Words of the refusals that pools of numbers cause."""

from __future__ import annotations

from typing import Final

from spojka.terms.refusals import define_refusal

NUMBER_FORMAT_INVALID: Final = define_refusal(
    "NUMBER_FORMAT_INVALID",
    cs="Číslo {number} nepatří do čísel produktu {product}. Zvolte číslo ve tvaru {pattern}.",
    en="The number {number} is not one of the numbers of {product}. Choose a number of the form {pattern}.",
)
NUMBER_TAKEN: Final = define_refusal(
    "NUMBER_TAKEN",
    cs="Číslo {number} je obsazené, nebo po uvolnění ještě odpočívá. Zvolte jiné.",
    en="The number {number} is taken, or still rests after it was released. Choose another one.",
)
POOL_EXHAUSTED: Final = define_refusal(
    "POOL_EXHAUSTED",
    cs="V zásobě {pool} není volné číslo: všech {size} je obsazeno. Uvolněte některé, nebo zásobu rozšiřte.",
    en="There is no free number in the pool {pool}: all {size} are taken. Release one or extend the pool.",
)
