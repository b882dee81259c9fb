"""A subscriber's applications: all of them, and one with its traffic, limits, options and end."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from spojka.kernel.time import PRAGUE, Period
from spojka.network.messaging.applications.queries import LimitsView, LimitView
from spojka.network.messaging.messages.traffic.store import Minute
from spojka.surfaces.portal.connector.reaching import own_application, own_party, shown
from spojka.surfaces.web.calls import Refused, ask, attempt, may, say
from spojka.surfaces.web.charts import Column, Picture, stacked
from spojka.surfaces.web.forms import Field, Form, is_sent, press, sent, tell
from spojka.surfaces.web.visits import the_visit
from spojka.surfaces.web.wording import instant, number
from spojka.terms.findings import Finding

MINUTES: Final = 60


@dataclass(frozen=True, slots=True)
class LimitShown:
    """A limit with the share of it that is used, in whole per cent."""

    limit: LimitView
    used_pct: int
    left_pct: int


def _bar(limit: LimitView) -> LimitShown:
    used = 100 if limit.limit == 0 else min(100, limit.used * 100 // limit.limit)
    return LimitShown(limit, used, 100 - used)


def _hour(minutes: list[Minute]) -> Picture:
    columns = []
    for each in minutes:
        name = f"{each.at.astimezone(PRAGUE):%-H:%M}"
        columns.append(Column(name, name, (each.open, each.delivered, each.failed)))
    return stacked(
        title=_("Messages accepted in the last hour, by minute"),
        head=_("Minute"),
        columns=columns,
        series=[_("waiting or on their way"), _("delivered"), _("not delivered")],
        say=number,
    )


@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """Every application of the subscriber."""
    given = {"party": own_party(request)}
    facts = {
        "applications": ask(request, "connector.applications", given),
        "program": ask(request, "connector.mms_application", given),
        "section": "connector",
    }
    return render(request, "portal/connector/applications.html", facts)


@require_POST
def mms_application(request: HttpRequest) -> HttpResponse:
    """The free program for MMS as a file; taking it is kept on record (o2/8.8)."""
    given = {"party": own_party(request)}
    outcome = attempt(request, "connector.download_application", given)
    if outcome.refusal is not None:
        raise Refused(outcome.refusal, given)
    return HttpResponse(
        b64decode(outcome.result.content_base64),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{outcome.result.filename}"'},
    )


def _limit_form() -> Form:
    periods = (("day", _("a day")), ("month", _("a month")))
    fields = (
        Field("period", _("Limit for"), "select", value="day", choices=periods),
        Field("value", _("SMS that you want to be able to send"), "number", most=13),
    )
    return Form("limit", _("Ask for this limit"), fields, plain=True)


def _end_form() -> Form:
    return Form("cancel", _("End this application"), danger=True)


def _activate(request: HttpRequest, application: UUID, form: Form) -> tuple[bool, Form]:
    """Switch the application on with the editions that the page showed; returns whether it runs, and the form."""
    given = {"application": application, "presented": request.POST.getlist("presented")}
    outcome, form = press(request, form, "connector.activate", given)
    return outcome is not None, form


@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, application: UUID) -> HttpResponse:
    """One application; it is switched on here, a limit is asked for, and its end."""
    app = own_application(request, application)
    forms = {
        "activate": Form("activate", _("Accept the conditions and switch it on")),
        "limit": _limit_form().filled(request),
        "end": _end_form(),
    }
    if is_sent(request, "activate"):
        runs, forms["activate"] = _activate(request, application, forms["activate"])
        if runs:
            say(request, _("The contract is concluded and the application runs: it can send from now on."))
            return redirect("portal:application", application=application)
    if is_sent(request, "limit"):
        given = {"application": application, **sent(request, "period", "value")}
        outcome, forms["limit"] = press(request, forms["limit"], "connector.ask_limit", given)
        if outcome is not None:
            say(request, _("The request is on its way. What comes of it appears here."))
            return redirect("portal:application", application=application)
    if is_sent(request, "cancel"):
        outcome, forms["end"] = press(
            request, forms["end"], "connector.cancel", {"application": application}, repeats=False
        )
        if outcome is not None and outcome.result is not None and outcome.result.refusal is not None:
            forms["end"] = tell(request, forms["end"], outcome.result.refusal)
        elif outcome is not None:
            ends: Finding[Any] | None = outcome.result.ends_at if outcome.result is not None else None
            said = _("The application ends on %(at)s.") % {"at": instant(ends.value)} if ends else _("It is asked for.")
            say(request, said)
            return redirect("portal:application", application=application)
    limits: LimitsView = ask(request, "connector.limits", {"application": application})
    contacts = ask(request, "connector.contacts", {"application": application})
    certificates = ask(request, "certificates.of_application", {"application": application}).certificates
    month = {"party": own_party(request), "period": Period.containing(the_visit(request).today)}
    facts = {
        "arrived": ask(request, "messages.arrivals", {**month, "application": application}),
        "hour": _hour(ask(request, "messages.traffic", {"application": application, "minutes": MINUTES})),
        "limits": [_bar(one) for one in limits.limits],
        "asked": limits.requests,
        "contact": contacts[-1] if contacts and contacts[-1].valid_to is None else None,
        "certificate": next((one for one in certificates if one.status == "active"), None),
        "options": app.options,
        "conditions": ask(request, "connector.documents", {"application": application})
        if app.state == "waiting"
        else [],
        "may_activate": may(request, "connector.activate"),
        "forms": forms,
        "support": the_visit(request).provider.support_phone,
    }
    wrong = any(form.is_wrong for form in forms.values())
    return shown(request, "application", app, "application", facts, status=422 if wrong else 200)
