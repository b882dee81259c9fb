"""The words of refusals about messages that are kept already."""

from __future__ import annotations

from spojka.terms.refusals import define_refusal

define_refusal(
    "MO_EXPIRED",
    cs="Zpráva {id} byla k vyzvednutí do {expires_at}; pak byla bez náhrady smazána.",
    en="The message {id} could be picked up until {expires_at}; then it was erased without compensation.",
)
define_refusal(
    "MESSAGE_NOT_FOUND",
    cs="Zprávu {id} tato aplikace nemá.",
    en="This application has no message {id}.",
)
define_refusal(
    "MESSAGE_LEFT",
    cs="Zpráva {id} už ve frontě není (stav {status}); vzít zpět ji nelze.",
    en="The message {id} is not in the queue any more (status {status}); it cannot be taken back.",
)
