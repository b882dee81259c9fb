"""Reports and liability as pages and programs see them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.kernel.ids import CaseId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.messages.queries import MessageView
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding


@dataclass(frozen=True, slots=True)
class Reported:
    """
    A report as it was taken in.

    Args:
        case: its number.
        block_due_at: by when the certificate is blocked: hours from the first report of its key.
        blocked_at: since when it is blocked; `None` while it waits.
        by_contact_person: whether whoever asked is the contact person; else no window of liability begins.
        subscriber_until: the end (exclusive) of the subscriber's liability; `None` while no contact person has asked.
        revoke_at_authority: an authority issued it: have it revoked there too.
        refusal: why what was asked for was not done beyond the report, or `None`.

    """

    case: CaseId
    fingerprint: str
    block_due_at: Finding[datetime]
    blocked_at: datetime | None
    by_contact_person: bool
    subscriber_until: Finding[datetime] | None
    revoke_at_authority: bool
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report of a certificate: its case number, by whom, why, and by when the block was promised."""

    case: CaseId
    fingerprint: str
    reported_at: datetime
    reported_by: str
    by_contact_person: bool
    reason: str
    block_due_at: datetime


@dataclass(frozen=True, slots=True)
class LiabilityView:
    """
    Who answers for what is done with a certificate.

    Args:
        requested_at: the contact person's first request, `None` without one.
        subscriber_until: the end (exclusive) of the subscriber's liability; `None` while it has none.
        blocked_at: since when it is refused; `None` while it is not.
        block_due_at: the last instant of the block that was asked for.

    """

    fingerprint: str
    requested_at: datetime | None
    subscriber_until: Finding[datetime] | None
    blocked_at: datetime | None
    block_due_at: datetime | None
    reports: list[ReportView]


@dataclass(frozen=True, slots=True)
class Transactions:
    """
    What was submitted with a certificate, the latest first: the answer to a dispute (o2/6.3).

    Args:
        fingerprint: of the certificate.
        attributed_to: who answers for it, and by which clause.
        requested_at: the contact person's first request to revoke it, which alone ends that; `None` without one.
        messages: a page: when each was accepted, to whom, what it is now.
        next_before: from where the list goes on, `None` at the end.

    """

    fingerprint: str
    attributed_to: Term[str]
    requested_at: datetime | None
    messages: list[MessageView]
    next_before: UUID | None


def report_views(rows: Sequence[Row]) -> list[ReportView]:
    """Reports' rows as views."""
    return [
        ReportView(
            case=row["id"],
            fingerprint=bytes(row["fingerprint"]).hex(),
            reported_at=row["reported_at"],
            reported_by=row["reported_by"],
            by_contact_person=row["by_contact_person"],
            reason=row["reason"],
            block_due_at=row["block_due_at"],
        )
        for row in rows
    ]
