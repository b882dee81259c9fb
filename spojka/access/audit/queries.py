"""Whether the audit is whole."""

from __future__ import annotations

from dataclasses import dataclass

from spojka.access.audit.rules import FIRST_LINK, link
from spojka.access.audit.store import count_unsealed, sealed_rows
from spojka.access.operations.context import Context
from spojka.access.operations.registry import query

PAGE = 10_000


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """
    What a walk along the chain found.

    Args:
        sealed: rows whose links hold, from the first.
        unsealed: rows of the tail that no seal protects yet.
        broken_at: position of the first seal that does not fit its row, or `None`.

    """

    sealed: int
    unsealed: int
    broken_at: int | None

    @property
    def whole(self) -> bool:
        """Whether every sealed row is as it was sealed."""
        return self.broken_at is None


@query("audit.verify", permission="audit.read")
def verify(ctx: Context) -> AuditCheck:
    """Recompute every link of the tenant's audit chain and count the unsealed tail."""
    position, last = 0, FIRST_LINK
    while rows := sealed_rows(ctx.db, ctx.tenant, position, PAGE):
        for row in rows:
            gone = row["id"] is None or row["position"] != position + 1
            if gone or link(last, row) != bytes(row["link"]):
                return AuditCheck(position, count_unsealed(ctx.db, ctx.tenant), row["position"])
            position, last = row["position"], bytes(row["link"])
    return AuditCheck(position, count_unsealed(ctx.db, ctx.tenant), None)
