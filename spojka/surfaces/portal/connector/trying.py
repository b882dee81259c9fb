"""A message sent by hand: what the text takes is told while it is written, what cannot be taken beside its field."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from spojka.network.messaging.applications.queries import ApplicationView
from spojka.network.messaging.submission.operations import SUBMIT_REFUSALS
from spojka.network.messaging.submission.queries import TextPreview
from spojka.surfaces.portal.connector.reaching import own_application, own_party, shown
from spojka.surfaces.web.calls import attempt
from spojka.surfaces.web.forms import Field, Form, is_sent, press, sent
from spojka.surfaces.web.wording import phone

MOST_CHARACTERS: Final = 2000
WITH_PRIORITY: Final = frozenset({"SMSC_PLUS", "SMSC_EXTRA"})
PLACES: Final = {
    "RECIPIENT_INVALID": "to",
    "CONSENT_WITHDRAWN": "to",
    "CONSENT_MISSING": "to",
    "OPT_OUT_ROUTE_MISSING": "sender",
    "MESSAGE_TOO_LONG": "text",
    "ENCODING_ERROR": "text",
    "SENDER_NOT_ASSIGNED": "sender",
    "NICKNAME_NOT_AVAILABLE": "sender",
    "NICKNAME_NOT_ACTIVE": "sender",
    "NICKNAME_ABROAD_NOT_SUPPORTED": "sender",
    "PRIORITY_NOT_AVAILABLE": "url",
}
"""The field that a refusal is about; every other one is about the whole."""
assert set(PLACES) <= set(SUBMIT_REFUSALS)


def _form(app: ApplicationView) -> Form:
    senders = [("auto", _("the number that can be answered")), (app.app_number, app.app_number)]
    senders += [(app.msisdn, phone(app.msisdn)), *((one, one) for one in app.nicknames)]
    purposes = (
        ("service", _("Service: it belongs to something the recipient ordered")),
        ("commercial", _("Commercial: an offer, which needs a consent")),
    )
    codings = (
        ("auto", _("as it is written")),
        ("gsm7-translit", _("without the letters that make it longer")),
        ("ucs2", _("always in UCS-2")),
    )
    fields = [
        Field("to", _("Recipient"), "tel", hint=_("A mobile number like 601 234 567 or +420 601 234 567."), most=30),
        Field("text", _("Words"), "textarea", most=MOST_CHARACTERS),
        Field("sender", _("Sender"), "select", value="auto", choices=tuple(senders)),
        Field("coding", _("Letters"), "select", value="auto", choices=codings),
    ]
    if app.product in WITH_PRIORITY:
        classes = (("standard", _("standard")), ("priority", _("priority, which costs more")))
        fields.append(Field("url", _("Class"), "select", value="standard", choices=classes))
    fields.append(Field("purpose", _("Purpose"), "radio", value="service", choices=purposes))
    return Form("try", _("Send it"), tuple(fields))


@require_http_methods(["GET", "HEAD", "POST"])
def try_message(request: HttpRequest, application: UUID) -> HttpResponse:
    """Send one SMS by hand and be led to its life."""
    app = own_application(request, application)
    form = _form(app).filled(request)
    if is_sent(request, "try"):
        given = {"application": application, **_asked(request), **sent(request, "purpose")}
        outcome, form = press(request, form, "messages.submit", {**given, "report": True}, PLACES)
        if outcome is not None:
            return redirect("portal:app-message", application=application, message=outcome.plain["id"])
    facts = {"form": form, "preview": _previewed(request, application) if form.is_wrong else None}
    return shown(request, "try", app, "app-messages", facts, status=422 if form.is_wrong else 200)


def _asked(request: HttpRequest) -> dict[str, str]:
    written = sent(request, "to", "sender", "coding", "url") | {"text": request.POST.get("text", "")[:MOST_CHARACTERS]}
    written["text"] = written["text"].replace("\r\n", "\n")
    return {name: value for name, value in written.items() if value or name in {"to", "text"}}


def _previewed(request: HttpRequest, application: UUID) -> TextPreview | None:
    asked = _asked(request)
    if not asked["text"]:
        return None
    outcome = attempt(request, "messages.preview", {"application": application, **asked})
    found: TextPreview | None = outcome.result
    return found


@require_POST
def preview(request: HttpRequest, application: UUID) -> HttpResponse:
    """How many SMS the text in the form is, why, and at which price; only that is sent."""
    own_party(request)
    return render(request, "portal/connector/preview.html", {"preview": _previewed(request, application)})
