"""What was reported of a certificate, and until when the subscriber answers for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates.reports.views import LiabilityView, Transactions, report_views
from spojka.network.messaging.certificates.rules import liability_ends
from spojka.network.messaging.certificates.store import certificate_rows, reports_of
from spojka.network.messaging.certificates.terms import AttributionTerms, CertificateTerms
from spojka.network.messaging.certificates.views import Fingerprint
from spojka.network.messaging.messages.finding import Wanted, accepted_with
from spojka.network.messaging.messages.lives import lives_of
from spojka.network.messaging.messages.queries import PAGE, message_view
from spojka.terms.findings import refuse
from spojka.trade.publications.shelf import shelf_of


@query("certificates.liability", permission="certificates.read", customers=True, refusals=("CERT_UNKNOWN",))
def liability(ctx: Context, *, fingerprint: Fingerprint) -> LiabilityView | Refusal:
    """Reports of a certificate, its block, and until when the subscriber answers for its use (o2/6.3, 6.4, 6.7)."""
    terms = shelf_of(ctx).sheet(CertificateTerms, ctx.today)
    rows = certificate_rows(ctx, bytes.fromhex(fingerprint))
    if not rows:
        return refuse("CERT_UNKNOWN", terms.certificate_kinds, figures={"fingerprint": fingerprint})
    row = rows[0]
    return LiabilityView(
        fingerprint=fingerprint,
        requested_at=row["revocation_asked_at"],
        subscriber_until=liability_ends(row["kind"], row["revocation_asked_at"], terms),
        blocked_at=row["blocked_at"],
        block_due_at=row["block_due_at"],
        reports=report_views(reports_of(ctx, bytes(row["key_digest"]))),
    )


@query("certificates.transactions", permission="messages.read", customers=True, refusals=("CERT_UNKNOWN",))
def transactions(
    ctx: Context,
    *,
    fingerprint: Fingerprint,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    before: UUID | None = None,
    limit: int = PAGE,
) -> Transactions | Refusal:
    """
    Messages submitted with a certificate and accepted in `[from_at, to_at)`, latest first, and who answers (o2/6.3).

    `before` goes on behind a message. They are the subscriber's, whoever held the key; only the contact person's
    request ends that (`certificates.liability`).
    """
    rows = certificate_rows(ctx, bytes.fromhex(fingerprint))
    shelf = shelf_of(ctx)
    if not rows:
        kinds = shelf.sheet(CertificateTerms, ctx.today).certificate_kinds
        return refuse("CERT_UNKNOWN", kinds, figures={"fingerprint": fingerprint})
    most = min(max(1, limit), PAGE)
    ids = accepted_with(
        ctx,
        bytes(rows[0]["fingerprint"]),
        Wanted(from_at=from_at, to_at=to_at, before=before),
        applications=[ServiceId(row["service_id"]) for row in rows],
        limit=most + 1,
    )
    return Transactions(
        fingerprint=fingerprint,
        attributed_to=shelf.sheet(AttributionTerms, ctx.today).certificate_use_attributed_to,
        requested_at=rows[0]["revocation_asked_at"],
        messages=[message_view(one) for one in reversed(lives_of(ctx, None, ids[:most]))],
        next_before=ids[most - 1] if len(ids) > most else None,
    )
