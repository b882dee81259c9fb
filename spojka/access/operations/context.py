"""What every operation is given: the transaction, the tenant, who acts, and what time it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from spojka.access.database.connections import Connection
from spojka.kernel.ids import PartyId, TenantId
from spojka.kernel.time import day_of


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Who acts.

    Args:
        name: `operator`, a user's login, `deadline`, or a customer's login.
        permissions: names of what is allowed; `*` allows all of the tenant.
        party: the customer a portal user stands for; rules narrow what is seen to it.

    """

    name: str
    permissions: frozenset[str] = frozenset()
    party: PartyId | None = None

    def may(self, permission: str) -> bool:
        """Whether a permission is held; `contracts.*` holds every one that starts so."""
        room = permission.partition(".")[0]
        return bool({"*", permission, f"{room}.*"} & self.permissions)


OPERATOR = Actor("operator", frozenset({"*"}))
"""Acts with all permissions of its tenant: stories and the command line."""

DEADLINE = Actor("deadline", frozenset({"*"}))
"""Acts when a deadline is due."""


@dataclass(frozen=True, slots=True)
class Context:
    """
    One call's surroundings.

    Args:
        db: a connection inside the call's transaction, scoped to the tenant.
        tenant: whose data it is.
        actor: who acts.
        now: the instant of the call; nothing below reads a clock.
        call_id: this call's id, new for each.
        files: the folder of this tenant's segments and documents.

    """

    db: Connection
    tenant: TenantId
    actor: Actor
    now: datetime
    call_id: UUID
    files: Path

    @property
    def today(self) -> date:
        """The Prague day of `now`."""
        return day_of(self.now)
