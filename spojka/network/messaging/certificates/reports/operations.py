"""A certificate reported by anyone who is known, invalidated by the contact person; staff reminded of what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from spojka.access.database.connections import Row
from spojka.access.deadlines.store import set_deadline
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import PRAGUE
from spojka.network.messaging.applications.contacts.rules import Requester, speaks
from spojka.network.messaging.applications.contacts.store import contacts_at
from spojka.network.messaging.certificates.chains import OWN_TOOL
from spojka.network.messaging.certificates.operations import close_key, tell_contacts
from spojka.network.messaging.certificates.reports.views import Reported
from spojka.network.messaging.certificates.rules import blocked_by, escalated_at, liability_ends
from spojka.network.messaging.certificates.store import (
    add_report,
    ask_block,
    certificate_rows,
    change_register,
    first_report_at,
)
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.network.messaging.certificates.views import Fingerprint, known_as
from spojka.terms.findings import Finding, refuse
from spojka.trade.publications.shelf import shelf_of


@dataclass(frozen=True, slots=True)
class Escalated:
    """Whether staff were told of a block that is still to be done."""

    fingerprint: str
    told: bool


@operation("certificates.report", permission="certificates.report", customers=True, refusals=("CERT_UNKNOWN",))
def report(
    ctx: Context, *, fingerprint: Fingerprint, reason: str = "", asked_by: Requester | None = None
) -> Reported | Refusal:
    """
    Report that a certificate may be misused: it is blocked within the hours that the terms allow (o2/6.2).

    Staff name in `asked_by` whom they report for; the contact person's report is a request too (o2/6.4).
    """
    terms = shelf_of(ctx).sheet(CertificateTerms, ctx.today)
    change_register(ctx)
    rows = certificate_rows(ctx, bytes.fromhex(fingerprint))
    if not rows:
        return refuse("CERT_UNKNOWN", terms.certificate_kinds, figures={"fingerprint": fingerprint})
    return _take(ctx, rows, reason, asked_by, terms, wants="report")


@operation("certificates.invalidate", permission="certificates.report", customers=True, refusals=("CERT_UNKNOWN",))
def invalidate(
    ctx: Context, *, fingerprint: Fingerprint, reason: str = "", asked_by: Requester | None = None
) -> Reported | Refusal:
    """
    Invalidate a certificate of our tool at once; of an authority's, file the request to block it (o2/6.4, 6.6).

    Only the contact person may. What somebody else asks for is taken as a report, and `refusal` of the answer says
    `NOT_CONTACT_PERSON`: a call that was refused as a whole would leave no report behind.
    """
    terms = shelf_of(ctx).sheet(CertificateTerms, ctx.today)
    change_register(ctx)
    rows = certificate_rows(ctx, bytes.fromhex(fingerprint))
    if not rows:
        return refuse("CERT_UNKNOWN", terms.certificate_kinds, figures={"fingerprint": fingerprint})
    return _take(ctx, rows, reason, asked_by, terms, wants="invalidation")


def _take(
    ctx: Context,
    rows: list[Row],
    reason: str,
    asked_by: Requester | None,
    terms: CertificateTerms,
    *,
    wants: Literal["report", "invalidation"],
) -> Reported:
    row, key = rows[0], bytes(rows[0]["key_digest"])
    own, by_contact = row["kind"] == OWN_TOOL, _by_contact(ctx, rows, asked_by)
    first_at = first_report_at(ctx, key)
    due = blocked_by(reported_at=first_at or ctx.now, hours=terms.revocation_block_max_h)
    who = ctx.actor.name if asked_by is None else f"{asked_by.name} {asked_by.phone} ({ctx.actor.name})"
    case = add_report(ctx, certificate=row, by=who, by_contact_person=by_contact, reason=reason, block_due_at=due.value)
    ask_block(ctx, key_digest=key, due_at=due.value, asked_at=ctx.now if by_contact else None)
    if row["blocked_at"] is None and own and by_contact and wants == "invalidation":
        close_key(ctx, key, terms)
    elif row["blocked_at"] is None and first_at is None:
        _promise(ctx, rows, due, terms)
    (after, *_) = certificate_rows(ctx, bytes(row["fingerprint"]))
    basis = terms.self_signed_invalidated_by if own else terms.revocation_requested_by
    refusal = refuse("NOT_CONTACT_PERSON", basis, figures={"asked": who})
    return Reported(
        case=case,
        fingerprint=bytes(row["fingerprint"]).hex(),
        block_due_at=due,
        blocked_at=after["blocked_at"],
        by_contact_person=by_contact,
        subscriber_until=liability_ends(row["kind"], after["revocation_asked_at"], terms),
        revoke_at_authority=not own,
        refusal=None if by_contact or wants == "report" else refusal,
    )


def _by_contact(ctx: Context, rows: list[Row], asked_by: Requester | None) -> bool:
    contacts = contacts_at(ctx, [row["service_id"] for row in rows], ctx.now)
    customer = ctx.actor.party is not None
    return any(
        speaks(contact, login=ctx.actor.name, for_customer=customer, asked_by=asked_by) for contact in contacts.values()
    )


def _promise(ctx: Context, rows: list[Row], due: Finding[datetime], terms: CertificateTerms) -> None:
    """The block comes by itself at the last instant, staff are told some hours before, the contact person now."""
    fingerprint, key = bytes(rows[0]["fingerprint"]).hex(), bytes(rows[0]["key_digest"]).hex()
    unless = ("certifikát se zablokuje dřív", "the certificate is blocked before")
    soon = escalated_at(due.value, terms.default_revocation_escalation_before_h)
    for name, operation_name, at, clauses in (
        ("certificate-escalate", "certificates.escalate", soon, (terms.default_revocation_escalation_before_h.ref.id,)),
        ("certificate-block", "certificates.block", due.value, due.clauses),
    ):
        set_deadline(
            ctx,
            due_at=at,
            operation=operation_name,
            arguments={"fingerprint": fingerprint},
            subject=known_as(rows[0]["id"]),
            key=f"{name}:{key}",
            clauses=clauses,
            unless=unless,
        )
    body = {
        "cs": f"Certifikát {rows[0]['subject']} byl oznámen jako zneužitelný. Zablokujeme jej nejpozději"
        f" {due.value.astimezone(PRAGUE):%d.%m.%Y %H:%M:%S}. Zneplatnění u vydavatele samo nestačí.",
        "en": f"The certificate {rows[0]['subject']} was reported as open to misuse. We block it by"
        f" {due.value.astimezone(PRAGUE):%Y-%m-%d %H:%M:%S}. Revoking it at its issuer alone is not enough.",
    }
    tell_contacts(
        ctx,
        [(row["service_id"], row["party_id"], body) for row in rows],
        kind="certificate_reported",
        subject={"cs": "Oznámení o certifikátu", "en": "A report on a certificate"},
        clauses=due.clauses,
    )


@operation("certificates.escalate", permission="certificates.block")
def escalate(ctx: Context, *, fingerprint: Fingerprint) -> Escalated:
    """Staff are told that a reported certificate is still open and its block is due soon (o2/6.2)."""
    open_rows = [row for row in certificate_rows(ctx, bytes.fromhex(fingerprint)) if row["blocked_at"] is None]
    for row in open_rows[:1]:
        body = {"certificate": row["id"], "fingerprint": fingerprint, "block_due_at": row["block_due_at"]}
        publish(ctx, kind="certificate_block_due_soon", key="work", body=body)
    return Escalated(fingerprint, bool(open_rows))
