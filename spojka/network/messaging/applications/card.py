"""An application as whoever decides about its messages knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from spojka.kernel.ids import PartyId, ServiceId
from spojka.kernel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Card:
    """
    An application as it stands.

    Args:
        application: its id, which is its service's.
        party: the subscriber.
        product: `SMSC`, `SMSC_PLUS`, `SMSC_EXTRA` or `MMSC`.
        app_number: its application number.
        msisdn: its number that every network reaches.
        nicknames: active ones as registered, by their folded form.
        rate_per_s: its pace.
        day_limit: parts on a Prague day.
        month_limit: parts in a calendar month.
        enforces_consent: whether a consent must be recorded (`enforce`) or the subscriber vouches (`attest`).
        state: of the service: `waiting`, `active`, `ended`.
        held: why the service is suspended, with its clauses; `None` when it is not.
        signed_on: the day of its contract.
        opt_out_stated: whether it is on record how recipients opt out who cannot answer (o2/8.1).
        version: changes whenever the card does.

    """

    application: ServiceId
    party: PartyId
    product: str
    app_number: str
    msisdn: str
    nicknames: dict[str, str]
    rate_per_s: Fraction
    day_limit: int
    month_limit: int
    enforces_consent: bool
    state: str
    held: Refusal | None
    version: str = ""
    signed_on: date = date.min
    opt_out_stated: bool = True
