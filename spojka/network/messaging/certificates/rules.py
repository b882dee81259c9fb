"""Which certificates are accepted, until when they are, and who answers for what was done with one (o2/6.1 to 6.7)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from spojka.kernel.refusals import Refusal
from spojka.kernel.time import add_months, day_of
from spojka.network.messaging.certificates import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.certificates.chains import OWN_TOOL
from spojka.network.messaging.certificates.reading import ReadCertificate
from spojka.network.messaging.certificates.terms import CertificateTerms
from spojka.terms.clauses import Term
from spojka.terms.findings import Finding, refuse, rule
from spojka.trade.parties.rules import folded

Entry = Literal["connector", "portal", "api"]
"""Where a certificate is presented."""
Party = Literal["subscriber", "operator"]
"""Who answers for a transaction."""


@dataclass(frozen=True, slots=True)
class Owner:
    """A subscriber as certificates name it: name, company number (`""` without one), and whom a consent names too."""

    name: str
    company_number: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Validity:
    """
    What decides whether a certificate opens a connection.

    Args:
        not_before, not_after: the certificate's own time; both instants are in it.
        closes_at: from when it is refused: its block, or the last instant of one that was asked for; `None` without.

    """

    not_before: datetime
    not_after: datetime
    closes_at: datetime | None


def refuse_state(validity: Validity, *, fingerprint: bytes, now: datetime, terms: CertificateTerms) -> Refusal | None:
    """Why a known certificate opens no connection at an instant, or `None` (o2/6.1, 6.2)."""
    if validity.closes_at is not None and validity.closes_at <= now:
        figures = {"fingerprint": fingerprint.hex(), "closed_at": validity.closes_at}
        return refuse("CERT_REVOKED", terms.revocation_block_max_h, figures=figures)
    if now < validity.not_before:
        return refuse("CERT_NOT_YET_VALID", terms.certificate_kinds, figures={"not_before": validity.not_before})
    if now > validity.not_after:
        return refuse("CERT_EXPIRED", terms.certificate_kinds, figures={"not_after": validity.not_after})
    return None


def refuse_kind(
    certificate: ReadCertificate, *, authority: str | None, registered_by_tool: bool, terms: CertificateTerms
) -> Refusal | None:
    """
    Why a certificate is of no accepted kind, or `None` (o2/6.1).

    Args:
        certificate: what is to be registered.
        authority: the kind of the roots it chains to.
        registered_by_tool: our tool registers it now, or did so for another application of the subscriber.
        terms: which kinds there are.

    """
    kinds = terms.certificate_kinds
    if certificate.self_signed:
        if registered_by_tool and certificate.by_our_tool and OWN_TOOL in kinds.value:
            return None
        return refuse("CERT_SELF_SIGNED_UNKNOWN", kinds)
    if authority is None or authority not in kinds.value:
        return refuse(
            "CERT_ISSUER_NOT_SUPPORTED", kinds, figures={"issuer": certificate.issuer, "kinds": ", ".join(kinds.value)}
        )
    return None


def owner_proof(certificate: ReadCertificate, owner: Owner) -> str | None:
    """
    By what a certificate shows that a subscriber holds it: `company_number`, `name`, `consent`, or `None`.

    A company number in the certificate decides alone. Names are compared by letters and digits, without case, accents.
    """
    if certificate.company_number and owner.company_number:
        return "company_number" if certificate.company_number == owner.company_number else None
    held_by = {_letters(name) for name in certificate.names}
    if _letters(owner.name) in held_by:
        return "name"
    return "consent" if held_by & {_letters(name) for name in owner.also} else None


def _letters(name: str) -> str:
    return "".join(letter for letter in folded(name) if letter.isalnum())


def refuse_owner(certificate: ReadCertificate, *, owner: Owner, terms: CertificateTerms) -> Refusal | None:
    """Why the subscriber is not seen to hold a certificate (o2/6.1, 8.4), or `None`."""
    if owner_proof(certificate, owner) is not None:
        return None
    figures = {"holder": certificate.subject, "owner": owner.name}
    return refuse("CERT_OWNER_MISMATCH", terms.certificate_owner, figures=figures)


@rule(
    cs="Při uzavření smlouvy {concluded_on} musí certifikát platit nejméně do {result}: {months} měsíců",
    en="When the contract is concluded on {concluded_on} the certificate is valid at least until {result}: {months}"
    " months",
)
def least_expiry_on(*, concluded_on: date, months: Term[int]) -> date:
    """The earliest day on which a certificate may end, given the day its contract is concluded (o2/6.1)."""
    return add_months(concluded_on, months.value)


def refuse_remaining(not_after: datetime, *, concluded_on: date, terms: CertificateTerms) -> Refusal | None:
    """Why a certificate ends too soon for a contract concluded on a day, or `None`; ending that very day is enough."""
    needed = least_expiry_on(concluded_on=concluded_on, months=terms.min_remaining_validity_months)
    expires_on = day_of(not_after)
    if expires_on >= needed.value:
        return None
    return refuse("CERT_VALIDITY_TOO_SHORT", needed, figures={"expires_on": expires_on, "needed_on": needed.value})


def refuse_use(kind: str, *, used_for: Entry, terms: CertificateTerms) -> Refusal | None:
    """Why a certificate of a kind is refused at an entry: our tool's serve the connectors alone (o2/6.5), or `None`."""
    if kind != OWN_TOOL or used_for == terms.self_signed_scope.value:
        return None
    return refuse("CERT_SCOPE", terms.self_signed_scope, figures={"used_for": used_for})


@rule(
    cs="Komunikace s certifikátem skončí nejpozději {result}: do {hours} h od oznámení {reported_at}",
    en="Communication with the certificate ends at {result} at the latest: within {hours} h of the report at"
    " {reported_at}",
)
def blocked_by(*, reported_at: datetime, hours: Term[int]) -> datetime:
    """The last instant of a block, elapsed hours after the report; a block at that instant is on time (o2/6.2)."""
    return reported_at + timedelta(hours=hours.value)


def escalated_at(due_at: datetime, hours: Term[int]) -> datetime:
    """When staff are told that a block is still to be done: elapsed hours before its last instant (o2/6.2)."""
    return due_at - timedelta(hours=hours.value)


@rule(
    cs="Za užití certifikátu odpovídá účastník do {result}: {hours} h od žádosti kontaktní osoby {requested_at}",
    en="The subscriber answers for the certificate's use until {result}: {hours} h from the contact person's request at"
    " {requested_at}",
)
def liable_until(*, requested_at: datetime, hours: Term[int]) -> datetime:
    """The end (exclusive) of the subscriber's liability after the contact person's first request (o2/6.4, 6.7)."""
    return requested_at + timedelta(hours=hours.value)


def liability_ends(kind: str, requested_at: datetime | None, terms: CertificateTerms) -> Finding[datetime] | None:
    """The end of liability for a certificate of a kind; `None` while its contact person has asked for nothing."""
    if requested_at is None:
        return None
    hours = terms.self_signed_liability_window_h if kind == OWN_TOOL else terms.liability_window_h
    return liable_until(requested_at=requested_at, hours=hours)


def liable_party(*, started_at: datetime, completed_at: datetime, ends: datetime | None) -> Party:
    """
    Who answers for a transaction with a certificate (o2/6.3, 6.4, 6.7).

    Args:
        started_at: when the message was accepted.
        completed_at: when its last part went to the network.
        ends: the end of liability (exclusive), `None` without a request: then it is the subscriber.

    """
    return "subscriber" if ends is None or max(started_at, completed_at) < ends else "operator"


def reminders(not_after: datetime, *, now: datetime, days: Collection[int]) -> list[tuple[int, datetime]]:
    """When a certificate's end is still to be announced: days before it and the instant, the earliest first."""
    planned = [(before, not_after - timedelta(days=before)) for before in sorted(days, reverse=True)]
    return [(before, at) for before, at in planned if at > now]
