"""Certificates as they stand, what a contract needs of one, and the trusted roots."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from cryptography.x509 import load_der_x509_certificate

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import CertificateId, PartyId, ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates.chains import OWN_TOOL
from spojka.network.messaging.certificates.operations import RootView, roots_seen
from spojka.network.messaging.certificates.reading import DAMAGED, described
from spojka.network.messaging.certificates.rules import least_expiry_on, refuse_remaining, refuse_use
from spojka.network.messaging.certificates.store import certificates_of
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.network.messaging.certificates.views import CertificateView, pins_of, status_of, view
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse
from spojka.trade.parties.store import party_row
from spojka.trade.publications.shelf import shelf_of
from spojka.trade.services import refusals as _words  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import service_row


@dataclass(frozen=True, slots=True)
class CertificateList:
    """
    The certificates of an application, oldest first.

    Args:
        certificates: every one that was registered, whatever its state.
        lists_of_authorities_asked: whether revocation at an authority alone would stop a certificate (o2/6.2).

    """

    certificates: list[CertificateView]
    lists_of_authorities_asked: Term[bool]


@dataclass(frozen=True, slots=True)
class FitToConclude:
    """The certificate with which a contract can be concluded on a day, and the day it must last until."""

    certificate: CertificateId
    not_after: datetime
    needed_on: Finding[date]


@dataclass(frozen=True, slots=True)
class HolderView:
    """Whom a certificate of an application must name: the subscriber, and the company number where there is one."""

    name: str
    company_number: str


@dataclass(frozen=True, slots=True)
class PinView:
    """One certificate of one application as gateways judge it."""

    application: ServiceId
    kind: str
    fingerprint: str
    key_digest: str
    not_before: datetime
    not_after: datetime
    closes_at: datetime | None


@dataclass(frozen=True, slots=True)
class PinList:
    """Every pin of the provider at one version of the register."""

    version: int
    pins: list[PinView]


@dataclass(frozen=True, slots=True)
class Entered:
    """A certificate stands in nobody's way at an entry; `kind` is `""` where it is none of our tool."""

    kind: str


@query("certificates.enter", permission="users.sign_in", refusals=("CERT_SCOPE",))
def enter(ctx: Context, *, certificate: str, used_for: Literal["portal", "api"]) -> Entered | Refusal:
    """
    Whether a client certificate, DER in base64, may be shown at an entry that is no connector's (o2/6.5).

    One that the provider's own tool made serves the connectors alone. Others are not looked at: they open nothing here.
    """
    shelf = shelf_of(ctx)
    if not shelf.pack.products_of("messaging"):
        return Entered("")
    try:
        read = described(load_der_x509_certificate(b64decode(certificate, validate=True)))
    except DAMAGED:
        return Entered("")
    kind = OWN_TOOL if read.self_signed and read.by_our_tool else ""
    refusal = refuse_use(kind, used_for=used_for, terms=shelf.sheet(CertificateTerms, ctx.today))
    return Entered(kind) if refusal is None else refusal


@query("certificates.of_application", permission="certificates.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def of_application(ctx: Context, *, application: ServiceId) -> CertificateList | Refusal:
    """Every certificate of an application with how it stands now."""
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    asked = shelf_of(ctx).sheet(CertificateTerms, ctx.today).crl_checked
    return CertificateList([view(row, ctx.now) for row in certificates_of(ctx, application)], asked)


@query(
    "certificates.fit_to_conclude",
    permission="certificates.read",
    refusals=("SERVICE_UNKNOWN", "CERT_UNKNOWN", "CERT_VALIDITY_TOO_SHORT"),
)
def fit_to_conclude(ctx: Context, *, application: ServiceId, on: date | None = None) -> FitToConclude | Refusal:
    """Whether an application has a certificate with which its contract can be concluded on a day, today by default."""
    if service_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    terms = shelf_of(ctx).sheet(CertificateTerms, ctx.today)
    concluded_on = on or ctx.today
    able = [
        row
        for row in certificates_of(ctx, application)
        if row["not_before"] <= ctx.now and status_of(row, ctx.now) == "active"
    ]
    if not able:
        return refuse("CERT_UNKNOWN", terms.certificate_kinds, figures={"fingerprint": ""})
    longest = max(able, key=lambda row: row["not_after"])
    refusal = refuse_remaining(longest["not_after"], concluded_on=concluded_on, terms=terms)
    if refusal is not None:
        return refusal
    needed = least_expiry_on(concluded_on=concluded_on, months=terms.min_remaining_validity_months)
    return FitToConclude(longest["id"], longest["not_after"], needed)


@query("certificates.holder", permission="certificates.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def holder(ctx: Context, *, application: ServiceId) -> HolderView | Refusal:
    """Whom a certificate of an application must name as its holder (o2/6.1)."""
    row = service_row(ctx, application)
    party = None if row is None else party_row(ctx, PartyId(row["party_id"]))
    if party is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    return HolderView(party["name"], party["ico"] or "")


@query("certificates.roots", permission="certificates.read")
def roots(ctx: Context) -> list[RootView]:
    """The certificates of authorities that are trusted, by kind."""
    return roots_seen(ctx)


@query("certificates.pins", permission="certificates.pins")
def pins(ctx: Context) -> PinList:
    """Every certificate of the provider as its gateways hold them in memory, with the register's version."""
    held = pins_of(ctx)
    return PinList(
        held.version,
        [
            PinView(
                pin.application,
                pin.kind,
                pin.fingerprint.hex(),
                pin.key_digest.hex(),
                pin.validity.not_before,
                pin.validity.not_after,
                pin.validity.closes_at,
            )
            for of_one in held.by_fingerprint.values()
            for pin in of_one
        ],
    )
