"""How many attempts to sign in may fail from one address, whatever logins they name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from spojka.kernel.refusals import Refusal
from spojka.terms.refusals import define_refusal

PLACE_FAILURES: Final = 50
"""So many failures from one place shut it out: ten logins' worth, for a whole office may share an address."""

PLACE_WINDOW: Final = timedelta(minutes=15)
"""Only failures within so long of one another count together."""

PLACE_LOCKOUT: Final = timedelta(minutes=15)
"""How long a place is shut out, from the failure that fills the count."""

PLACE_MEMORY: Final = PLACE_WINDOW + PLACE_LOCKOUT
"""How long a failure says anything about a place; then it is forgotten."""

_HOME_BITS: Final = 64
"""Whoever has one address of IPv6 has all of its 64 bits."""

define_refusal(
    "ADDRESS_LOCKED",
    cs="Z vaší adresy selhalo {failures} přihlášení během {window_min} minut. Zkuste to znovu {until}.",
    en="{failures} attempts to sign in from your address failed within {window_min} minutes. Try again {until}.",
)


def place_of(address: str) -> str:
    """
    What stands for all addresses of one caller: the address, or the first 64 bits of one of IPv6.

    >>> [place_of(each) for each in ("203.0.113.9", "::ffff:203.0.113.9", "2001:db8::1:2", "")]
    ['203.0.113.9', '203.0.113.9', '2001:db8::/64', '']
    """
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or ip_network((known, _HOME_BITS), strict=False))


def place_lock(failed_at: Sequence[datetime], now: datetime) -> datetime | None:
    """Until when a place is shut out by its failures, or `None`; what succeeded from it counts for nothing."""
    ordered = sorted(failed_at)
    filled = [
        last for first, last in zip(ordered, ordered[PLACE_FAILURES - 1 :], strict=False) if last - first < PLACE_WINDOW
    ]
    until = filled[-1] + PLACE_LOCKOUT if filled else now
    return until if now < until else None


def refuse_place(failed_at: Sequence[datetime], now: datetime) -> Refusal | None:
    """Why nobody may try to sign in from a place now, and when they may again; or `None`."""
    until = place_lock(failed_at, now)
    if until is None:
        return None
    minutes = PLACE_WINDOW // timedelta(minutes=1)
    return Refusal("ADDRESS_LOCKED", (), {"failures": PLACE_FAILURES, "window_min": minutes, "until": until})
