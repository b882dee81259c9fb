"""Messages of an application: looked for, one with its life, taken back while it waits."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, get_args
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from spojka.access.operations.calling import ArgumentsWrong
from spojka.network.messaging.messages.queries import FoundMessages
from spojka.network.messaging.messages.records import Status
from spojka.surfaces.portal.connector.reaching import WAYS, own_application, own_party, shown
from spojka.surfaces.web.calls import ask, say
from spojka.surfaces.web.forms import Field, Form, instant_of_field, is_sent, press
from spojka.surfaces.web.labels import label
from spojka.surfaces.web.lives import life_page

ROWS: Final = 50
ASKED: Final = ("recipient", "reference", "status", "from_at", "to_at")


def _search_form(request: HttpRequest) -> Form:
    states = (("", _("all")), *((one, label("message_status", one)) for one in get_args(Status)))
    fields = (
        Field("recipient", _("Number"), "tel", required=False),
        Field("reference", _("Your reference"), required=False),
        Field("status", _("State"), "select", choices=states, required=False),
        Field("from_at", _("Accepted from"), "datetime-local", required=False),
        Field("to_at", _("Accepted until"), "datetime-local", required=False),
    )
    filled = tuple(replace(each, value=request.GET.get(each.name, "").strip()[:200]) for each in fields)
    return Form("search", _("Search"), filled)


def _found(request: HttpRequest, application: UUID, form: Form) -> tuple[FoundMessages | None, Form]:
    given: dict[str, object] = {field.name: field.value for field in form.fields if field.value}
    for name in ("from_at", "to_at"):
        if name in given:
            at = instant_of_field(str(given[name]))
            if at is None:
                return None, form.refused(_("Write the day and the time."), field=name)
            given[name] = at
    if request.GET.get("before"):
        given["before"] = request.GET["before"]
    try:
        return ask(request, "messages.search", {"application": application, **given, "limit": ROWS}), form
    except ArgumentsWrong as wrong:
        name = next(iter(wrong.problems))
        return None, form.refused(_("Nothing can be looked for by this."), field=name)


@require_safe
def messages(request: HttpRequest, application: UUID) -> HttpResponse:
    """Messages by number, reference, state and time, the latest first."""
    app = own_application(request, application)
    found, form = _found(request, application, _search_form(request))
    asked = {name: request.GET[name] for name in ASKED if request.GET.get(name)}
    further = ""
    if found is not None and found.next_before is not None:
        further = urlencode({**asked, "before": str(found.next_before)})
    facts = {"form": form, "found": found, "asked": asked, "further": further}
    return shown(request, "messages", app, "app-messages", facts, status=422 if form.is_wrong else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def message(request: HttpRequest, application: UUID, message: UUID) -> HttpResponse:
    """One message and its life; while it waits it can be taken back."""
    own_party(request)
    form = Form("cancel", _("Take it back"), danger=True)
    if is_sent(request, "cancel"):
        given = {"application": application, "message": message}
        outcome, form = press(request, form, "messages.cancel", given)
        if outcome is not None:
            say(request, _("The message is taken back. It reaches nobody and is not charged."))
            return redirect("portal:app-message", application=application, message=message)
    facts: dict[str, object] = {"cancel": form, "section": "connector", "ways": WAYS, "here": "app-messages"}
    if "HX-Request" not in request.headers:
        facts["app"] = own_application(request, application)
    return life_page(request, application, message, "portal/connector/message.html", facts)
