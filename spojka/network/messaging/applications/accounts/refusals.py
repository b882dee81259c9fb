"""The words of refusals about accounts to bind with."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "SYSTEM_ID_INVALID",
    cs="{system_id} nemůže být system_id: 1 až {most} písmen bez diakritiky, číslic, teček, podtržítek a pomlček.",
    en="{system_id} cannot be a system_id: 1 to {most} letters without diacritics, digits, dots, underscores, hyphens.",
)
define_refusal(
    "SYSTEM_ID_TAKEN",
    cs="system_id {system_id} už má jiná aplikace. Zvolte jiné.",
    en="The system_id {system_id} is another application's. Choose another one.",
)
define_refusal(
    "BIND_ACCOUNT_UNKNOWN",
    cs="Účet pro SMPP {system_id} není.",
    en="There is no SMPP account {system_id}.",
)
