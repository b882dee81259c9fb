"""The contact person of an application: who it is, who may change it, and what it alone may ask for."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from spojka.network.messaging.applications.contacts.operations import ACTS_FOR_SUBSCRIBER
from spojka.surfaces.portal.connector.reaching import own_application, shown
from spojka.surfaces.web.calls import ask, may, say
from spojka.surfaces.web.forms import Field, Form, is_sent, press, sent
from spojka.surfaces.web.visits import the_visit

PLACES: Final = {"CONTACT_PERSON_MISSING": "phone", "CONTACT_PHONE_INVALID": "phone"}
"""The field that a refusal is about."""


def _form() -> Form:
    fields = (
        Field("name", _("First name and surname"), most=100, completes="name"),
        Field(
            "phone",
            _("Mobile number"),
            "tel",
            hint=_("Like 601 234 567; a foreign one with its country, like +421901234567."),
            most=30,
        ),
        Field(
            "login",
            _("Login in this portal"),
            required=False,
            hint=_("Whoever signs in with it may do what is kept for the contact person."),
            most=100,
        ),
    )
    return Form("contact", _("Name this person"), fields)


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest, application: UUID) -> HttpResponse:
    """The present contact person, those before, and the form for another one."""
    app = own_application(request, application)
    form = _form().filled(request)
    if is_sent(request, "contact"):
        given = {"application": application, **sent(request, "name", "phone", "login")}
        outcome, form = press(request, form, "connector.name_contact", given, PLACES)
        if outcome is not None:
            said = {"name": outcome.plain["name"]}
            say(request, _("%(name)s is the contact person from now on; everyone concerned is told.") % said)
            return redirect("portal:app-contact", application=application)
    people = ask(request, "connector.contacts", {"application": application})
    present = people[-1] if people and people[-1].valid_to is None else None
    login = the_visit(request).actor.name
    is_present = present is not None and bool(present.login) and present.login == login
    facts = {
        "form": form,
        "present": present,
        "former": [one for one in reversed(people) if one is not present],
        "is_present": is_present,
        "may_change": may(request, ACTS_FOR_SUBSCRIBER) or is_present,
    }
    return shown(request, "contact", app, "app-contact", facts, status=422 if form.is_wrong else 200)
