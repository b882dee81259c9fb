"""How long records of sessions are kept."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from spojka.kernel.time import add_months, end_of, start_of
from spojka.terms.clauses import Term
from spojka.terms.findings import rule
from spojka.terms.refusals import define_refusal

define_refusal(
    "SESSION_INVALID",
    cs="Relace {session} musí končit po svém začátku a její porty jít od nižšího k vyššímu.",
    en="The session {session} must end after it starts, and its ports must go from the lower to the higher.",
)
define_refusal(
    "STATIC_IP_NOT_AVAILABLE",
    cs="Pevnou adresu IP ke službě objednat nelze; síť přiděluje dočasné dynamické adresy.",
    en="A static IP address cannot be ordered; the network assigns temporary dynamic addresses.",
)


@rule(
    cs="Uchovávají se relace, které skončily od {result}: {months} měsíců",
    en="Sessions that ended since {result} are kept: {months} months",
)
def sessions_kept_from(*, today: date, months: Term[int]) -> datetime:
    """The earliest end of a session still kept: its last day of retention has not passed (nej/2.16)."""
    day = add_months(today, -months.value)
    while add_months(day, months.value) < today:
        day += timedelta(days=1)
    return start_of(day)


@rule(
    cs="Relace ze dne {ended_on} se smaže {result}: {months} měsíců",
    en="A session of {ended_on} is deleted at {result}: {months} months",
)
def session_forgotten_at(*, ended_on: date, months: Term[int]) -> datetime:
    """When the retention of a session is over: at the end of the day months after the one it ended on (nej/2.16)."""
    return end_of(add_months(ended_on, months.value))
