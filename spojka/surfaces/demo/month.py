"""The demonstration's month: whose it is, what its calls answered, and what its tables show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from spojka.access.operations.calling import call
from spojka.access.operations.context import OPERATOR
from spojka.access.operations.outcome import Outcome
from spojka.kernel.ids import TenantId
from spojka.kernel.time import Period


class DemoFailed(RuntimeError):
    """A call of the demonstration was refused; says which and why."""


@dataclass
class Demo:
    """What the demonstration did, for its tables and its last line."""

    tenant: TenantId
    month: Period
    folder: Path
    files: list[dict[str, Any]] = field(default_factory=list)
    late: list[dict[str, Any]] = field(default_factory=list)
    rating: dict[str, Any] = field(default_factory=dict)
    bill: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)
    connector: dict[str, Any] = field(default_factory=dict)
    audit: dict[str, Any] = field(default_factory=dict)

    def do(self, name: str, given: Mapping[str, Any], *, at: datetime, key: str | None = None) -> Outcome:
        """One call as the operator; a refusal ends the demonstration."""
        outcome = call(name, given, tenant=self.tenant, actor=OPERATOR, now=at, key=key)
        if outcome.refusal is not None:
            raise DemoFailed(f"{name} was refused: {outcome.refusal.code} {dict(outcome.refusal.figures)}")
        return outcome
