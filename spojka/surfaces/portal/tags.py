"""What templates of the portal ask beside values: whether there is a connector, what to do about a hold."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import NameOID
from django import template
from django.utils.translation import gettext as _

from spojka.access.operations.calling import call
from spojka.kernel.money import Money
from spojka.surfaces.web.labels import LABELS
from spojka.surfaces.web.visits import Visit
from spojka.surfaces.web.wording import money

register = template.Library()


@register.filter
def sends_messages(visit: Visit) -> bool:
    """Whether the visitor's customer has an application of the messaging connector."""
    if not visit.actor.may("connector.read"):
        return False
    outcome = call("connector.any", {}, tenant=visit.tenant, actor=visit.actor, now=visit.now)
    return bool(outcome.result)


@register.filter
def remedy(reason: str) -> str:
    """What ends a hold for a reason."""
    words = LABELS["held_remedy"].get(reason)
    return str(words) if words is not None else _("Call us; we say what ends it.")


@register.filter
def crowns(text: str) -> str:
    """A stored amount as `200.00 CZK` in the visitor's words."""
    return money(Money.czk(text.removesuffix(" CZK")))


@register.filter
def called(subject: str) -> str:
    """The common name within a certificate's subject (RFC 4514), or all of it where there is none."""
    try:
        names = x509.Name.from_rfc4514_string(subject).get_attributes_for_oid(NameOID.COMMON_NAME)
    except ValueError:
        return subject
    return str(names[0].value) if names else subject


@register.filter
def spelled(name: str) -> str:
    """A certificate's name (RFC 4514) with the company number under its own word, in place of a row of digits."""
    try:
        read = x509.Name.from_rfc4514_string(name)
    except ValueError:
        return name
    words = {NameOID.ORGANIZATION_IDENTIFIER: _("company number"), NameOID.COMMON_NAME: "CN"}
    return ", ".join(f"{words.get(one.oid, one.rfc4514_attribute_name)}: {one.value!s}" for one in read)
