"""Who is a contact person, who speaks as one, and to whom one may be disclosed."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.contacts import refusals as _words  # noqa: F401  # the words of the codes
from spojka.network.messaging.applications.contacts.terms import ContactTerms
from spojka.terms.findings import refuse
from spojka.trade.parties.rules import folded

_E164: Final = re.compile(r"\+[1-9][0-9]{7,14}")


@dataclass(frozen=True, slots=True)
class Contact:
    """
    A contact person in `[valid_from, valid_to)`.

    Args:
        name: of the person.
        phone: E.164.
        login: whose sign-in is the person's; empty where the person has none.
        valid_from: the instant it was recorded.
        valid_to: the instant another was recorded, `None` for the present one.

    """

    name: str
    phone: str
    login: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class Requester:
    """Somebody who asks through staff, as staff made sure of: a name, and the phone E.164."""

    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Company:
    """Who a subscriber is: its name, company number (`""` without one) and seat."""

    name: str
    number: str
    seat: str


def refuse_contact(*, application: object, name: str, phone: str, terms: ContactTerms) -> Refusal | None:
    """Why somebody cannot be a contact person: no name, no phone, or a phone not in E.164 (o2/8.2), or `None`."""
    if name.strip() and phone:
        if _E164.fullmatch(phone):
            return None
        return refuse("CONTACT_PHONE_INVALID", terms.contact_person_required, figures={"phone": phone})
    return refuse("CONTACT_PERSON_MISSING", terms.contact_person_required, figures={"application": application})


def speaks(contact: Contact | None, *, login: str, for_customer: bool, asked_by: Requester | None) -> bool:
    """
    Whether who asks is the contact person.

    Args:
        contact: the one recorded at the instant of asking.
        login: who is signed in.
        for_customer: whether that login belongs to a customer; a customer is known by its login alone.
        asked_by: for staff, whom they asked for; compared by name (letter case, accents and spaces aside) and phone.

    """
    if contact is None:
        return False
    if for_customer:
        return bool(contact.login) and contact.login == login
    return asked_by is not None and (folded(asked_by.name), asked_by.phone) == (folded(contact.name), contact.phone)


def refuse_disclosure(*, phone: str, case: str, terms: ContactTerms) -> Refusal | None:
    """Why nobody is told: there is no mobile number of a complainant or no case of a message (o2/8.2), or `None`."""
    if _E164.fullmatch(phone) and case.strip():
        return None
    return refuse("DISCLOSURE_NOT_PERMITTED", terms.contact_person_required)


def disclosed(company: Company, contact: Contact, allowed: Collection[str]) -> Mapping[str, str]:
    """What a complainant is told, by name; only what the terms name (o2/8.2)."""
    told: dict[str, str] = {}
    if "company_identification" in allowed:
        told |= {"company_name": company.name, "company_number": company.number, "seat": company.seat}
    if "contact_name" in allowed:
        told["contact_name"] = contact.name
    if "contact_phone" in allowed:
        told["contact_phone"] = contact.phone
    return told
