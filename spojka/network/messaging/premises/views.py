"""Persons, passes and rules as pages and programs see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.kernel.ids import ContractId
from spojka.network.messaging.premises.rules import Companion


@dataclass(frozen=True, slots=True)
class SafetyRulesView:
    """One version of the fire and safety rules."""

    version: int
    text: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class SitePersonView:
    """An authorised person; `known_version` of the rules was acknowledged last, `None` for none."""

    id: UUID
    contract: ContractId
    name: str
    authorised_at: datetime
    withdrawn_at: datetime | None
    known_version: int | None


@dataclass(frozen=True, slots=True)
class SiteVisitView:
    """A pass for a day, and under which version of the rules it was issued."""

    id: UUID
    person: UUID
    name: str
    on: date
    companions: list[Companion]
    version: int | None
    issued_at: datetime


@dataclass(frozen=True, slots=True)
class SiteView:
    """Everything about visits under a contract: the version in force, persons, passes."""

    contract: ContractId
    version: int | None
    persons: list[SitePersonView]
    visits: list[SiteVisitView]


def rules_view(row: Row) -> SafetyRulesView:
    """A version's row as others see it."""
    return SafetyRulesView(row["version"], row["text"], row["published_at"])


def person_view(row: Row) -> SitePersonView:
    """A person's row as others see it."""
    return SitePersonView(
        row["id"], row["contract_id"], row["name"], row["authorised_at"], row["withdrawn_at"], row["known"]
    )


def visit_view(row: Row) -> SiteVisitView:
    """A pass's row as others see it."""
    companions = [Companion(one["name"], one["acquainted"]) for one in row["companions"]]
    return SiteVisitView(
        row["id"], row["person_id"], row["name"], row["visits_on"], companions, row["version"], row["issued_at"]
    )
