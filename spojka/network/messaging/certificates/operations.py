"""Certificates registered, approved by hand, reported, invalidated, blocked; roots trusted; ends announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from spojka.access.database.connections import Row
from spojka.access.deadlines.store import cancel_deadline, set_deadline
from spojka.access.events.store import publish
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import CertificateId, PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import day_of
from spojka.network.messaging.applications.contacts.store import contacts_at
from spojka.network.messaging.certificates.chains import OWN_TOOL, AuthorityKind, authority_of, is_authority
from spojka.network.messaging.certificates.reading import (
    CertificateNotReadable,
    ReadCertificate,
    all_parsed,
    described,
    parsed,
)
from spojka.network.messaging.certificates.rules import (
    Owner,
    Validity,
    owner_proof,
    refuse_kind,
    refuse_owner,
    refuse_remaining,
    refuse_state,
    reminders,
)
from spojka.network.messaging.certificates.store import (
    add_certificate,
    block_key,
    certificate_by_id,
    certificate_rows,
    certificates_of,
    change_register,
    closed_key,
    drop_root,
    made_by_tool,
    put_root,
    root_rows,
)
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.network.messaging.certificates.views import CertificateView, Fingerprint, known_as, status_of, view
from spojka.network.messaging.messages.lives import cancel_accepted_with
from spojka.terms.findings import refuse
from spojka.trade.notices.store import NewNotice, tell
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN, SERVICE_TERMINATED
from spojka.trade.services.store import service_row

REGISTER_REFUSALS = (
    "SERVICE_UNKNOWN",
    "SERVICE_TERMINATED",
    "CERT_NOT_READABLE",
    "CERT_NOT_FOR_CLIENTS",
    "CERT_ISSUER_NOT_SUPPORTED",
    "CERT_SELF_SIGNED_UNKNOWN",
    "CERT_REVOKED",
    "CERT_NOT_YET_VALID",
    "CERT_EXPIRED",
    "CERT_VALIDITY_TOO_SHORT",
)


@dataclass(frozen=True, slots=True)
class RootView:
    """A certificate of an authority that certificates of a kind chain to."""

    kind: str
    fingerprint: str
    subject: str
    not_after: datetime
    trusted_at: datetime
    trusted_by: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """Certificates blocked by one key, and since when; none where they had been blocked before."""

    fingerprint: str
    certificates: list[CertificateId]
    blocked_at: datetime


@dataclass(frozen=True, slots=True)
class Reminded:
    """Whether somebody was told of a certificate's end; not where it is blocked or another outlives it."""

    certificate: CertificateId
    told: bool


@operation(
    "certificates.register",
    permission="certificates.write",
    customers=True,
    refusals=(*REGISTER_REFUSALS, "CERT_OWNER_MISMATCH"),
)
def register(ctx: Context, *, application: ServiceId, certificate: str, chain: str = "") -> CertificateView | Refusal:
    """
    Register a certificate of a supported authority for an application; one that is there already stays as it is.

    Both are PEM; `chain` holds the authorities between the certificate and a root, in any order.
    """
    return _register(ctx, application, certificate, chain, {})


@operation(
    "certificates.register_generated",
    permission="certificates.write",
    customers=True,
    refusals=(*REGISTER_REFUSALS, "CERT_OWNER_MISMATCH"),
)
def register_generated(ctx: Context, *, application: ServiceId, certificate: str) -> CertificateView | Refusal:
    """Register a self-signed certificate (PEM) that our tool has just made; its key stays with the subscriber."""
    return _register(ctx, application, certificate, "", {"by_tool": True})


@operation(
    "certificates.approve",
    permission="certificates.approve",
    refusals=(*REGISTER_REFUSALS, "CERT_EVIDENCE_MISSING"),
)
def approve(
    ctx: Context, *, application: ServiceId, certificate: str, evidence: str, chain: str = ""
) -> CertificateView | Refusal:
    """Register a certificate whose holder is named otherwise than the subscriber, on evidence that it is theirs."""
    if not evidence.strip():
        return refuse("CERT_EVIDENCE_MISSING", shelf_of(ctx).sheet(CertificateTerms, ctx.today).certificate_kinds)
    return _register(ctx, application, certificate, chain, {"by": "hand", "evidence": evidence.strip()})


def _register(
    ctx: Context, application: ServiceId, certificate: str, chain: str, given: dict[str, Any]
) -> CertificateView | Refusal:
    row = service_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    terms = shelf_of(ctx).sheet(CertificateTerms, ctx.today)
    try:
        whole, between = parsed(certificate), all_parsed(chain)
        read = described(whole)
    except CertificateNotReadable as bad:
        return refuse("CERT_NOT_READABLE", terms.certificate_kinds, figures={"problem": str(bad)})
    change_register(ctx)
    roots: dict[str, list[bytes]] = {}
    for root in root_rows(ctx):
        roots.setdefault(root["kind"], []).append(bytes(root["der"]))
    authority = None if read.self_signed else authority_of(whole, between, roots, ctx.now)
    party = PartyId(row["party_id"])
    by_tool = "by_tool" in given or made_by_tool(ctx, party=party, fingerprint=read.fingerprint)
    refusal = refuse_kind(read, authority=authority, registered_by_tool=by_tool, terms=terms) or _refuse_now(
        ctx, row, read, terms
    )
    if refusal is not None:
        return refusal
    owner = _owner(ctx, party)
    proof = given if given.get("by") == "hand" else {"by": owner_proof(read, owner)}
    refusal = None if proof["by"] else refuse_owner(read, owner=owner, terms=terms)
    return refusal or _keep(ctx, row, authority or OWN_TOOL, read, proof)


def _refuse_now(ctx: Context, row: Row, read: ReadCertificate, terms: CertificateTerms) -> Refusal | None:
    if not read.for_clients:
        return refuse("CERT_NOT_FOR_CLIENTS", terms.certificate_kinds)
    closing = closed_key(ctx, read.key_digest)
    if closing is not None:
        figures = {"fingerprint": read.fingerprint.hex(), "closed_at": closing}
        return refuse("CERT_REVOKED", terms.revocation_block_max_h, figures=figures)
    validity = Validity(read.not_before, read.not_after, None)
    refusal = refuse_state(validity, fingerprint=read.fingerprint, now=ctx.now, terms=terms)
    if refusal is not None:
        return refusal
    concluded = row["contract_state"] != "draft"
    if concluded and certificates_of(ctx, row["id"]):
        return None  # the months count only when the contract is concluded, not for what replaces a certificate
    concluded_on = row["signed_on"] if concluded and row["signed_on"] else ctx.today
    return refuse_remaining(read.not_after, concluded_on=concluded_on, terms=terms)


def _owner(ctx: Context, party: PartyId) -> Owner:
    row = party_row(ctx, party)
    assert row is not None
    return Owner(row["name"], row["ico"] or "")


def _keep(ctx: Context, service: Row, kind: str, read: ReadCertificate, proof: dict[str, Any]) -> CertificateView:
    application, party = ServiceId(service["id"]), PartyId(service["party_id"])
    there = [one for one in certificate_rows(ctx, read.fingerprint) if one["service_id"] == application]
    if there:
        return view(there[0], ctx.now)
    made = add_certificate(ctx, application=application, party=party, kind=kind, certificate=read, owner_proof=proof)
    terms = shelf_of(ctx).sheet(CertificateTerms, ctx.today)
    for days, at in reminders(read.not_after, now=ctx.now, days=terms.default_certificate_reminder_days.value):
        set_deadline(
            ctx,
            due_at=at,
            operation="certificates.remind",
            arguments={"certificate": made},
            subject=known_as(made),
            key=f"certificate-end:{made}:{days}",
            clauses=(terms.default_certificate_reminder_days.ref.id,),
            unless=("certifikát se zablokuje", "the certificate is blocked"),
        )
    body = {"certificate": made, "application": application, "fingerprint": read.fingerprint.hex()}
    publish(ctx, kind="certificate_registered", key=f"service:{application}", body=body)
    row = certificate_by_id(ctx, made)
    assert row is not None
    return view(row, ctx.now)


@operation("certificates.block", permission="certificates.block", refusals=("CERT_UNKNOWN",))
def block(ctx: Context, *, fingerprint: Fingerprint) -> Blocked | Refusal:
    """
    Block a certificate now, in every application and with every other certificate of its key; it never opens again.

    A report's deadline does it at the last instant, where nobody did it before (o2/6.2).
    """
    change_register(ctx)
    rows = certificate_rows(ctx, bytes.fromhex(fingerprint))
    terms = shelf_of(ctx).sheet(CertificateTerms, ctx.today)
    if not rows:
        return refuse("CERT_UNKNOWN", terms.certificate_kinds, figures={"fingerprint": fingerprint})
    return Blocked(fingerprint, close_key(ctx, rows[0]["key_digest"], terms), ctx.now)


def close_key(ctx: Context, key_digest: bytes, terms: CertificateTerms) -> list[CertificateId]:
    """
    Block every certificate of a key now, tell whom it concerns; returns those that were open.

    What was accepted with one and still waits is cancelled and not charged (o2/6.2).
    """
    closed = block_key(ctx, key_digest=key_digest)
    cancel_accepted_with(
        ctx,
        {bytes(row["fingerprint"]) for row in closed},
        applications={row["service_id"] for row in closed},
        why={"code": "CERT_REVOKED", "clauses": [terms.revocation_block_max_h.ref.id]},
    )
    for row in closed:
        for days in terms.default_certificate_reminder_days.value:
            cancel_deadline(ctx, f"certificate-end:{row['id']}:{days}")
        late = row["block_due_at"] is not None and ctx.now > row["block_due_at"]
        body = {
            "certificate": row["id"],
            "application": row["service_id"],
            "fingerprint": bytes(row["fingerprint"]).hex(),
        }
        publish(ctx, kind="certificate_blocked", key=f"service:{row['service_id']}", body=body)
        if late:
            publish(ctx, kind="certificate_block_overdue", key="work", body=body)
    for key in ("certificate-block", "certificate-escalate"):
        cancel_deadline(ctx, f"{key}:{key_digest.hex()}")
    _tell_blocked(ctx, closed, terms)
    return [row["id"] for row in closed]


def _tell_blocked(ctx: Context, closed: list[Row], terms: CertificateTerms) -> None:
    subject = {"cs": "Certifikát je zablokován", "en": "A certificate is blocked"}
    tell_contacts(
        ctx,
        [
            (
                row["service_id"],
                row["party_id"],
                {
                    "cs": f"Certifikát {row['subject']} aplikace {row['service_id']} je zablokován. Zneplatněte jej i u"
                    " vydavatele, pokud jej vydala certifikační autorita.",
                    "en": f"The certificate {row['subject']} of the application {row['service_id']} is blocked. If an"
                    " authority issued it, have it revoked there too.",
                },
            )
            for row in closed
        ],
        kind="certificate_blocked",
        subject=subject,
        clauses=(terms.revocation_block_max_h.ref.id,),
    )


def tell_contacts(
    ctx: Context,
    told: list[tuple[UUID, UUID, dict[str, str]]],
    *,
    kind: str,
    subject: dict[str, str],
    clauses: tuple[str, ...],
) -> None:
    """Tell applications' contact persons by text message, and their subscribers by e-mail and in the portal."""
    contacts = contacts_at(ctx, [application for application, _, _ in told], ctx.now)
    notices = []
    for place, (application, party, body) in enumerate(told):
        key = f"{kind}:{ctx.call_id}:{place}"
        own = NewNotice(
            kind=kind,
            channels=("email", "portal"),
            subject=subject,
            body=body,
            clauses=clauses,
            key=key,
            party=PartyId(party),
        )
        notices.append(own)
        if application in contacts:
            notices.append(
                NewNotice(
                    kind=kind,
                    channels=("sms",),
                    subject=subject,
                    body=body,
                    clauses=clauses,
                    key=f"{key}:contact",
                    party=PartyId(party),
                    recipient=contacts[application].phone,
                )
            )
    tell(ctx, notices)


@operation("certificates.remind", permission="certificates.block")
def remind(ctx: Context, *, certificate: CertificateId) -> Reminded:
    """Tell the contact person that a certificate ends soon, unless it is blocked or another one outlives it."""
    row = certificate_by_id(ctx, certificate)
    if row is None or status_of(row, ctx.now) != "active":
        return Reminded(certificate, told=False)
    others = certificates_of(ctx, row["service_id"])
    if any(one["not_after"] > row["not_after"] and status_of(one, ctx.now) == "active" for one in others):
        return Reminded(certificate, told=False)
    ends_on = day_of(row["not_after"])
    body = {
        "cs": f"Certifikátu {row['subject']} aplikace {row['service_id']} končí platnost {ends_on:%d.%m.%Y}."
        " Zaregistrujte včas nový, jinak se aplikace nepřipojí.",
        "en": f"The certificate {row['subject']} of the application {row['service_id']} ends on {ends_on}. Register a"
        " new one in time, or the application will not connect.",
    }
    terms = shelf_of(ctx).sheet(CertificateTerms, ctx.today)
    tell_contacts(
        ctx,
        [(row["service_id"], row["party_id"], body)],
        kind="certificate_ends",
        subject={"cs": "Certifikát brzy skončí", "en": "A certificate ends soon"},
        clauses=(terms.default_certificate_reminder_days.ref.id,),
    )
    return Reminded(certificate, told=True)


@operation(
    "certificates.trust_root", permission="certificates.trust", refusals=("CERT_NOT_READABLE", "CERT_ROOT_INVALID")
)
def trust_root(ctx: Context, *, kind: AuthorityKind, certificates: str) -> list[RootView] | Refusal:
    """Certificates that chain to these roots (PEM, one or more) are of a kind from now on; returns all roots."""
    try:
        roots = [(one, described(one)) for one in all_parsed(certificates)]
    except CertificateNotReadable as bad:
        return Refusal("CERT_NOT_READABLE", (), {"problem": str(bad)})
    if not roots:
        return Refusal("CERT_NOT_READABLE", (), {"problem": "there is no certificate in it"})
    for whole, read in roots:
        if not is_authority(whole):
            return Refusal("CERT_ROOT_INVALID", (), {"subject": read.subject})
    change_register(ctx)
    for _, read in roots:
        put_root(ctx, kind=kind, root=read)
    return roots_seen(ctx)


@operation("certificates.distrust_root", permission="certificates.trust", refusals=("CERT_UNKNOWN",))
def distrust_root(ctx: Context, *, fingerprint: Fingerprint) -> list[RootView] | Refusal:
    """No certificate is registered by this root any more; those registered before stay. Returns the roots left."""
    change_register(ctx)
    if not drop_root(ctx, bytes.fromhex(fingerprint)):
        return Refusal("CERT_UNKNOWN", (), {"fingerprint": fingerprint})
    return roots_seen(ctx)


def roots_seen(ctx: Context) -> list[RootView]:
    """The trusted roots, by kind."""
    return [
        RootView(
            row["kind"],
            bytes(row["fingerprint"]).hex(),
            row["subject"],
            row["not_after"],
            row["trusted_at"],
            row["trusted_by"],
        )
        for row in root_rows(ctx)
    ]
