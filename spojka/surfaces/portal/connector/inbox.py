"""What came in and waits to be picked up: looked at, and taken out where no program is to have it."""

from __future__ import annotations

from base64 import b64decode
from mimetypes import guess_extension
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from spojka.network.messaging.messages.pickup.queries import MediumView
from spojka.surfaces.portal.connector.reaching import own_application, own_party, shown
from spojka.surfaces.web.calls import ask, say
from spojka.surfaces.web.forms import Form, is_sent, press


@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: HttpRequest, application: UUID) -> HttpResponse:
    """Messages and reports that wait, the oldest first, each with the end of its time."""
    app = own_application(request, application)
    form = Form("acknowledge", _("Take the chosen out"), plain=True)
    if is_sent(request, "acknowledge"):
        items = request.POST.getlist("item")[:1000]
        given = {"application": application, "items": items}
        outcome, form = press(request, form, "messages.acknowledge", given) if items else (None, form)
        if not items:
            form = form.refused(_("Choose what to take out first."))
        if outcome is not None:
            count = len(outcome.plain["items"])
            said = ngettext("%(n)s item is taken out.", "%(n)s items are taken out.", count)
            say(request, said % {"n": count})
            return redirect("portal:app-inbox", application=application)
    after = {"after": request.GET["after"]} if request.GET.get("after") else {}
    items = ask(request, "messages.inbox", {"application": application, **after})
    webhook = ask(request, "connector.webhook", {"application": application})
    stands = ask(request, "messages.inbox_summary", {"application": application})
    further = items[-1].id if len(items) == 100 else ""
    facts = {"items": items, "form": form, "further": further, "url": webhook.url, "stands": stands}
    return shown(request, "inbox", app, "app-inbox", facts, status=422 if form.is_wrong else 200)


@require_safe
def medium(request: HttpRequest, application: UUID, item: UUID, part: int) -> HttpResponse:
    """One part of a received MMS as a file to keep; whatever it says it is, no browser opens it by itself."""
    own_party(request)
    found: MediumView = ask(request, "messages.medium", {"application": application, "item": item, "part": part})
    ending = guess_extension(found.content_type.partition(";")[0].strip()) or ""
    return HttpResponse(
        b64decode(found.data_base64),
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="mms-{str(item)[-6:]}-{part}{ending}"'},
    )
