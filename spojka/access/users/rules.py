"""Pure decisions: when a login is locked, what a password must be, and what each role may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from spojka.terms.clauses import ClauseRef, Term
from spojka.terms.findings import rule

Role = Literal["administrator", "care", "billing", "network", "auditor", "program", "customer", "user"]

PASSWORD_CHARACTERS: Final = 12
"""The fewest characters of a password (NIST SP 800-63B asks for length, not for kinds of characters)."""

SESSION_LASTS: Final = timedelta(hours=12)
"""How long somebody stays signed in without signing in again."""

TOKEN_CHARACTERS: Final = 32
"""The fewest characters of a token's secret."""

READING: Final = frozenset(
    {"overview.read", "overview.search", "deadlines.read", "publications.read", "catalogue.read", "users.own"},
)
"""What every member of staff may see."""

ROLES: Final[Mapping[Role, frozenset[str]]] = {
    "administrator": frozenset({"*"}),
    "care": READING
    | {
        "parties.*",
        "contracts.*",
        "services.*",
        "balances.*",
        "numbering.*",
        "codes.read",
        "ordering.*",
        "notices.*",
        "misuse.*",
        "connector.*",
        "certificates.*",
        "messages.*",
        "consents.*",
        "complaints.*",
        "charges.read",
        "invoices.read",
        "ledger.read",
        "payments.read",
        "usage.read",
        "rating.read",
    },
    "billing": READING
    | {
        "billing.*",
        "invoices.*",
        "payments.*",
        "charges.*",
        "ledger.*",
        "notices.*",
        "usage.read",
        "rating.read",
        "overview.bill_runs",
    },
    "network": READING
    | {
        "usage.*",
        "rating.*",
        "numbering.*",
        "services.read",
        "quality.*",
        "provisioning.*",
        "connector.read",
        "connector.routes",
        "messages.read",
    },
    "auditor": READING
    | {"audit.read", "ledger.read", "invoices.read", "charges.read", "payments.read", "notices.read", "misuse.read"},
    "program": frozenset(
        {
            "usage.*",
            "rating.read",
            "balances.*",
            "parties.*",
            "contracts.*",
            "services.*",
            "invoices.read",
            "catalogue.read",
            "users.own",
        },
    ),
    "customer": frozenset(
        {
            "overview.read",
            "invoices.read",
            "publications.read",
            "catalogue.read",
            "users.own",
            "services.readers",
            "connector.read",
            "connector.use",
            "connector.write",
            "connector.activate",
            "connector.cancel",
            "connector.options",
            "connector.directory",
            "certificates.read",
            "certificates.write",
            "certificates.report",
            "consents.read",
            "consents.write",
            "complaints.own",
            "charges.read",
            "messages.read",
            "messages.send",
            "messages.evidence",
        }
    ),
    "user": frozenset(
        {
            "overview.read",
            "publications.read",
            "catalogue.read",
            "users.own",
            "connector.read",
            "connector.use",
            "connector.cancel",
            "connector.directory",
            "certificates.read",
            "certificates.report",
            "consents.read",
            "consents.write",
            "messages.read",
            "messages.send",
            "messages.evidence",
        }
    ),
}
"""
Permissions by role; `room.*` holds all of a room. A card's codes are no part of numbering: care sees them.

`customer` acts for the subscriber; `user` uses its services and changes no contract (o2/2.1).
"""

ADMINISTRATORS_ALONE: Final = frozenset({"provider.write", "publications.write", "users.manage"})
"""What no role besides the administrator holds: the provider's terms, and who may do what."""

VISITOR_MAY: Final = frozenset({"users.sign_in", "publications.read", "catalogue.read", "connector.directory"})
"""What somebody who has not signed in may do: sign in, read published terms (nej/8.2), offer, directory (o2/8.7)."""


def permissions_of(roles: Sequence[str]) -> frozenset[str]:
    """The union of what the roles hold; an unknown role holds nothing."""
    held: frozenset[str] = frozenset()
    for role, permissions in ROLES.items():
        if role in roles:
            held |= permissions
    return held


@dataclass(frozen=True, slots=True)
class LockTerms:
    """When a login is locked and for how long (nej/4.9)."""

    default_login_failures_lockout: Term[int]
    default_login_window_min: Term[int]
    default_login_lockout_min: Term[int]


def _house(name: str, value: int) -> Term[int]:
    return Term(name, value, ClauseRef("spojka/house-rules", "1", "sign-in", "spojka"))


UNPUBLISHED: Final = LockTerms(
    _house("default_login_failures_lockout", 5),
    _house("default_login_window_min", 15),
    _house("default_login_lockout_min", 15),
)
"""The lock of a tenant that has not published any edition yet: somebody must sign in to publish the first."""


@rule(
    cs="Přihlašovací jméno je zamčeno do {result}: {failures_allowed} neúspěšných pokusů během {window_min} minut.",
    en="The login is locked until {result}: {failures_allowed} failed attempts within {window_min} minutes.",
)
def login_lock(
    *,
    failed_at: Sequence[datetime],
    failures_allowed: Term[int],
    window_min: Term[int],
    lockout_min: Term[int],
) -> datetime | None:
    """
    Until when a login is locked, counted from its failures since the last success; `None` when it never was.

    The failure that fills the count locks; the first and the last must lie less than the window apart.
    """
    count, window = failures_allowed.value, timedelta(minutes=window_min.value)
    ordered = sorted(failed_at)
    until: datetime | None = None
    for first, last in zip(ordered, ordered[count - 1 :], strict=False):
        if last - first < window:
            until = last + timedelta(minutes=lockout_min.value)
    return until


def is_weak(password: str, login: str) -> bool:
    """Whether a password is too short, or holds the login."""
    return len(password) < PASSWORD_CHARACTERS or login.casefold() in password.casefold()
