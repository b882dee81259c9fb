"""Messages: how they flow now, the search, one message's life, a test message."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from spojka.journeys.overview.watching import SecondCounted, Watch
from spojka.kernel.refusals import Refusal
from spojka.kernel.time import start_of
from spojka.network.messaging.messages.queries import FoundMessages
from spojka.network.messaging.submission.queries import TextPreview
from spojka.surfaces.console.choosing import chosen, offered
from spojka.surfaces.web.calls import Refused, ask, attempt, may, say
from spojka.surfaces.web.charts import Column, Curves, drawn
from spojka.surfaces.web.labels import LABELS
from spojka.surfaces.web.lives import life_page
from spojka.surfaces.web.visits import the_visit
from spojka.surfaces.web.wording import clock, number
from spojka.terms.refusals import explain_refusal

LATELY_S: Final = 10
"""Seconds that a figure a second is the mean of."""
ROW_S: Final = 10
"""Seconds of one row of the table."""
FOUND: Final = 50
FIELDS: Final = {
    "RECIPIENT_INVALID": "to",
    "CONSENT_MISSING": "to",
    "OPT_OUT_ROUTE_MISSING": "sender",
    "CONSENT_WITHDRAWN": "to",
    "NICKNAME_ABROAD_NOT_SUPPORTED": "sender",
    "NICKNAME_NOT_ACTIVE": "sender",
    "NICKNAME_NOT_AVAILABLE": "sender",
    "SENDER_NOT_ASSIGNED": "sender",
    "MESSAGE_TOO_LONG": "text",
    "ENCODING_ERROR": "text",
    "PRIORITY_NOT_AVAILABLE": "class",
    "PRIORITY_REQUIRES_PRIORITY_URL": "class",
    "PRIORITY_URL_REQUIRES_PRIORITY": "class",
}
"""The field that a refusal is about; of all others the application."""


def only_with_messages(request: HttpRequest) -> None:
    """A provider without products that carry messages has no such pages."""
    if not the_visit(request).provider.messaging:
        raise Http404("this provider carries no messages")


@require_safe
def flow(request: HttpRequest) -> HttpResponse:
    """How messages flow now; every two seconds only the part that changes is sent again."""
    only_with_messages(request)
    found: Watch = ask(request, "messages.watch")
    lately = found.seconds[-LATELY_S:]
    shown = {
        "watch": found,
        "rates": {name: _mean(lately, name) for name in ("accepted", "sent", "delivered", "failed")},
        "seconds": _by_second(found),
        "queue": _queue(found),
        "rows": _rows(found),
        "uncertain": sum(one.parts for one in found.wrong if one.kind == "uncertain"),
        "section": "messages",
        "tab": "flow",
    }
    page = "console/messages/now.html" if "HX-Request" in request.headers else "console/messages/flow.html"
    return render(request, page, shown)


def _mean(seconds: list[SecondCounted], name: str) -> Decimal:
    return (Decimal(sum(getattr(one, name) for one in seconds)) / LATELY_S).quantize(Decimal("0.1")).normalize()


def _label(at: datetime, until: datetime) -> str:
    ago = int((until - at).total_seconds())
    return _("%(n)s s ago") % {"n": ago}


def _by_second(watch: Watch) -> Curves:
    columns = [
        Column(_label(one.at, watch.until), clock(one.at), (one.accepted, one.sent, one.delivered, one.failed))
        for one in watch.seconds
    ]
    return drawn(
        title=_("SMS in a second"),
        head=_("Second"),
        columns=columns,
        series=[_("accepted"), _("sent"), _("delivered"), _("failed")],
        say=number,
        colours=(1, 3, 2, 5),
    )


def _queue(watch: Watch) -> Curves:
    columns = [Column(_label(one.at, watch.until), clock(one.at), (one.waiting,)) for one in watch.seconds]
    return drawn(
        title=_("SMS that wait"),
        head=_("Second"),
        columns=columns,
        series=[_("waiting")],
        say=number,
        colours=(1,),
        area=True,
    )


def _rows(watch: Watch) -> list[dict[str, Any]]:
    """The same figures for a table, ten seconds a row, the latest first."""
    runs = [watch.seconds[place : place + ROW_S] for place in range(0, len(watch.seconds), ROW_S)]
    return [
        {
            "at": run[0].at,
            "waiting": run[-1].waiting,
            **{name: sum(getattr(one, name) for one in run) for name in ("accepted", "sent", "delivered", "failed")},
        }
        for run in reversed(runs)
    ]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Messages by number, reference, application, state and day, a page at a time."""
    only_with_messages(request)
    given = {name: request.GET.get(name, "").strip() for name in ("recipient", "reference", "application", "status")}
    given |= {name: request.GET.get(name, "") for name in ("from", "to", "before")}
    wanted, wrong = _wanted(given)
    application = chosen(request, given["application"])
    asks = any(value for name, value in given.items() if name != "before")
    if application.one is not None:
        wanted["application"] = application.one.id
        given["application"] = str(application.one.id)
    found = FoundMessages([], None)
    if not application.problem:
        found = ask(request, "messages.search", {**wanted, "limit": FOUND})
    more = {name: value for name, value in given.items() if value and name != "before"}
    others = {name: value for name, value in more.items() if name != "application"}
    names = _names(request, found)
    shown = {
        "given": given,
        "asks": asks,
        "wrong": wrong,
        "found": [(each, names.get(each.application, "")) for each in found.messages],
        "older": urlencode({**more, "before": str(found.next_before)}) if found.next_before else "",
        "newest": urlencode(more) if given["before"] else None,
        "statuses": LABELS["message_status"],
        "chosen": application,
        "offered": offered(request),
        "links": f"{urlencode(others)}&" if others else "",
        "section": "messages",
        "tab": "search",
    }
    return render(request, "console/messages/search.html", shown)


def _names(request: HttpRequest, found: FoundMessages) -> dict[UUID, str]:
    """Whose the messages of a page are, by application."""
    asked = list({one.application for one in found.messages})
    if not asked:
        return {}
    lines = ask(request, "connector.find_applications", {"applications": asked, "most": len(asked)})
    return {one.id: f"{one.subscriber}: {one.name}" for one in lines}


@require_safe
def application_choices(request: HttpRequest) -> HttpResponse:
    """What a field of an application offers while somebody writes in it; only that is sent."""
    only_with_messages(request)
    found = offered(request, request.GET.get("application", ""), state=request.GET.get("state", ""))
    return render(request, "console/applications/choices.html", {"offered": found})


def _wanted(given: dict[str, str]) -> tuple[dict[str, Any], str]:
    """What is asked for, and the name of a field that could not be read."""
    wanted: dict[str, Any] = {name: given[name] for name in ("recipient", "reference") if given[name]}
    if given["status"] in LABELS["message_status"]:
        wanted["status"] = given["status"]
    try:
        wanted |= {"before": UUID(given["before"])} if given["before"] else {}
    except ValueError:
        return wanted, "before"
    for name, key, days in (("from", "from_at", 0), ("to", "to_at", 1)):
        try:
            day = datetime.strptime(given[name], "%Y-%m-%d").date() if given[name] else None  # noqa: DTZ007  # a day
            wanted |= {key: start_of(day + timedelta(days=days))} if day else {}
        except (ValueError, OverflowError):  # the first and the last days that there are have no day beside them
            return wanted, name
    return wanted, ""


@require_safe
def message(request: HttpRequest, application: UUID, message: UUID) -> HttpResponse:
    """One message's life."""
    only_with_messages(request)
    shown: dict[str, object] = {
        "section": "messages",
        "tab": "search",
        "application_page": "console:application",
        "invoice_page": "console:invoice",
        "search_page": "console:message-search",
    }
    return life_page(request, application, message, "console/messages/life.html", shown)


def _test_fields(request: HttpRequest) -> dict[str, str]:
    source = request.POST if request.method == "POST" else request.GET
    fields = {name: source.get(name, "") for name in ("application", "to", "text", "sender")}
    return fields | {
        "coding": source.get("coding", "auto"),
        "class": source.get("class", "standard"),
        "purpose": source.get("purpose", "service"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def test(request: HttpRequest) -> HttpResponse:
    """A message written by hand; it goes through the same checks as those of programs, then to its life."""
    only_with_messages(request)
    if not may(request, "messages.send"):
        figures = {"actor": the_visit(request).actor.name, "permission": "messages.send"}
        raise Refused(Refusal("NOT_AUTHORISED", (), figures), {})
    given, problem, code = _test_fields(request), "", ""
    application = chosen(request, given["application"])
    given["application"] = str(application.one.id) if application.one is not None else ""
    if request.method == "POST" and application.one is None:
        problem = application.problem or _("Choose the application")
    elif request.method == "POST":
        outcome = attempt(request, "messages.submit", _submission(given), request.POST.get("key"))
        if outcome.refusal is None:
            say(request, _("The message is accepted. What becomes of it is shown as it happens."))
            return redirect("console:message", application=given["application"], message=outcome.plain["id"])
        problem, code = explain_refusal(outcome.refusal, the_visit(request).language), outcome.refusal.code
    shown = {
        "given": given,
        "chosen": application,
        "offered": offered(request, state="active"),
        "problem": problem,
        "code": code,
        "at": FIELDS.get(code, "application") if problem else "",
        "preview": _previewed(request, given),
        "section": "messages",
        "tab": "test",
    }
    return render(request, "console/messages/test.html", shown, status=422 if problem else 200)


def _submission(given: dict[str, str]) -> dict[str, Any]:
    return {
        "application": given["application"],
        "to": given["to"],
        "text": given["text"],
        "sender": given["sender"].strip() or "auto",
        "coding": given["coding"],
        "url": given["class"],
        "purpose": given["purpose"],
        "report": True,
    }


def _previewed(request: HttpRequest, given: dict[str, str]) -> dict[str, Any]:
    """What the text would take, or why it cannot be carried; nothing before there are words and an application."""
    if not given["text"] or not given["application"]:
        return {}
    asked = {
        "application": given["application"],
        "text": given["text"],
        "to": given["to"],
        "sender": given["sender"].strip() or "auto",
        "url": given["class"],
        "coding": given["coding"],
    }
    outcome = attempt(request, "messages.preview", asked)
    if outcome.refusal is not None:
        return {"refused": explain_refusal(outcome.refusal, the_visit(request).language), "code": outcome.refusal.code}
    seen: TextPreview = outcome.result
    return {"seen": seen}


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """What the text that is being written would take; words are posted, so that no address holds them."""
    only_with_messages(request)
    given = _test_fields(request)
    application = chosen(request, given["application"])
    given["application"] = str(application.one.id) if application.one is not None else ""
    return render(request, "console/messages/preview.html", {"preview": _previewed(request, given)})
