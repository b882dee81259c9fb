"""What was reported of a certificate, and until when the subscriber answers for it."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates.reports.views import LiabilityView, report_views
from spojka.network.messaging.certificates.rules import liability_ends
from spojka.network.messaging.certificates.store import certificate_rows, reports_of
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.network.messaging.certificates.views import Fingerprint
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
