"""What went wrong: outages and the credit for them, faults, refused requests, complaints of recipients."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from spojka.surfaces.portal.connector.reaching import own_application, shown
from spojka.surfaces.web.calls import ask, say
from spojka.surfaces.web.forms import Form, is_sent, press, sent
from spojka.surfaces.web.visits import the_visit


@require_http_methods(["GET", "HEAD", "POST"])
def outages(request: HttpRequest, application: UUID) -> HttpResponse:
    """Outages with the right to a lower fee, asked for here; faults; complaints as the subscriber may see them."""
    app = own_application(request, application)
    form = Form("claim", _("Ask for the fee to be lowered"), plain=True)
    known = ask(request, "connector.outages", {"application": application})
    if is_sent(request, "claim"):
        outage = sent(request, "outage")["outage"]
        mine = {str(part) for one in known for part in one.parts}
        outcome, form = (
            press(request, form, "connector.claim_outage_credit", {"outage": outage})
            if outage in mine
            else (None, form)
        )
        if outcome is not None:
            say(request, _("The fee is lowered; the credit comes with the next invoice."))
            return redirect("portal:app-outages", application=application)
        if outage not in mine:
            form = form.refused(_("There is no such outage of this application."))
    facts = {
        "outages": list(reversed(known)),
        "faults": ask(request, "connector.faults", {"application": application}),
        "diagnosis": ask(request, "connector.diagnosis", {"application": application}),
        "complaints": _complaints(request, application),
        "form": form,
        "support": the_visit(request).provider.support_phone,
    }
    return shown(request, "outages", app, "app-outages", facts, status=422 if form.is_wrong else 200)


def _complaints(request: HttpRequest, application: UUID) -> object:
    """Cases as the subscriber may see them; `None` for a login that may not."""
    return (
        ask(request, "complaints.own", {"service": application})
        if the_visit(request).actor.may("complaints.own")
        else None
    )
