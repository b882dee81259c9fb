"""One application of the visitor's, and the ways between its pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from spojka.kernel.ids import PartyId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.queries import ApplicationView
from spojka.surfaces.web.calls import Refused, ask
from spojka.surfaces.web.visits import the_visit

WAYS: Final[tuple[tuple[str, Promise], ...]] = (
    ("application", _("Overview")),
    ("app-messages", _("Messages")),
    ("app-inbox", _("Inbox")),
    ("app-certificates", _("Certificates")),
    ("app-programs", _("Programs")),
    ("app-nicknames", _("Nicknames")),
    ("app-contact", _("Contact person")),
    ("app-outages", _("Outages and complaints")),
)
"""Pages of an application, in their order: the address's name and the word."""


def own_party(request: HttpRequest) -> PartyId:
    """The subscriber that the visitor stands for; for anybody else there is no such page."""
    visit = the_visit(request)
    party = visit.actor.party
    if party is None:
        refusal = Refusal("NOT_AUTHORISED", (), {"actor": visit.actor.name, "permission": "connector.read"})
        raise Refused(refusal, {})
    return party


def own_application(request: HttpRequest, application: UUID) -> ApplicationView:
    """An application of the visitor's; raises `Refused` for another's, as for one that never was."""
    own_party(request)
    found: ApplicationView = ask(request, "connector.application", {"application": application})
    return found


def shown(
    request: HttpRequest, template: str, app: ApplicationView, here: str, facts: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page of an application, with the ways to its other pages."""
    given = {"app": app, "ways": WAYS, "here": here, "section": "connector", **facts}
    return render(request, f"portal/connector/{template}.html", given, status=status)
