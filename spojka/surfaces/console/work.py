"""What waits and what runs: the first page, deadlines, suspense, bill runs, the audit."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from spojka.access.operations.outcome import Outcome
from spojka.charging.usage.operations import Repaired
from spojka.journeys.overview.home import Home
from spojka.surfaces.web.calls import ask, attempt, say
from spojka.surfaces.web.charts import Column, Picture, stacked
from spojka.surfaces.web.labels import label
from spojka.surfaces.web.visits import the_visit
from spojka.surfaces.web.wording import month, number
from spojka.terms.refusals import explain_refusal

AUDIT_ROWS: Final = 100
SUSPENSE_ROWS: Final = 50


def _signed(home: Home) -> Picture:
    columns = [Column(f"{on.month}/{on.year % 100}", month(on), (count,)) for on, count in home.signed]
    return stacked(
        title=_("Contracts signed by month"),
        head=_("Month"),
        columns=columns,
        series=[_("contracts")],
        say=number,
    )


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Counts, what is due this week, contracts signed."""
    found: Home = ask(request, "overview.home")
    return render(request, "console/home.html", {"home": found, "signed": _signed(found), "section": "home"})


@require_safe
def calendar(request: HttpRequest) -> HttpResponse:
    """Everything that will happen by itself."""
    lines = ask(request, "overview.calendar")
    return render(request, "console/calendar.html", {"lines": lines, "section": "calendar"})


@require_safe
def audit(request: HttpRequest) -> HttpResponse:
    """What was called, and, when asked for, whether the chain is whole."""
    given = {name: request.GET[name] for name in ("actor", "operation", "before") if request.GET.get(name)}
    lines = ask(request, "overview.audit", {**given, "most": AUDIT_ROWS})
    shown = {
        "lines": lines,
        "older": lines[-1].at.isoformat() if len(lines) == AUDIT_ROWS else "",
        "asked": {"actor": given.get("actor", ""), "operation": given.get("operation", "")},
        "check": ask(request, "audit.verify") if "verify" in request.GET else None,
        "section": "audit",
    }
    return render(request, "console/audit.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
def suspense(request: HttpRequest) -> HttpResponse:
    """Records that wait: by reason, each with its fields, to be corrected, approved or given up."""
    reason, problem, tried = request.GET.get("reason", ""), "", request.POST.get("suspense", "")
    if request.method == "POST":
        outcome = _settle(request, tried)
        if outcome.refusal is None:
            _tell(request, outcome)
            return redirect(f"{reverse('console:suspense')}?{urlencode({'reason': request.POST.get('reason', '')})}")
        problem = explain_refusal(outcome.refusal, the_visit(request).language)
    shown = {
        "counts": ask(request, "usage.suspense_counts"),
        "records": ask(request, "usage.suspense", {"reason": reason, "limit": SUSPENSE_ROWS}),
        "reason": reason,
        "tried": tried,
        "problem": problem,
        "section": "suspense",
    }
    return render(request, "console/suspense.html", shown, status=422 if problem else 200)


def _tell(request: HttpRequest, outcome: Outcome) -> None:
    """Say what became of the record; a call that was done before says nothing again."""
    result: Repaired | None = outcome.result
    if result is None:
        return
    if "drop" in request.POST:
        say(request, _("The record is given up."))
    elif result.reason:
        say(request, f"{_('The record still waits:')} {label('suspense_reason', result.reason)}", "warn")
    else:
        say(request, _("The record was taken and is rated."))


def _settle(request: HttpRequest, suspense: str) -> Outcome:
    for name in ("drop", "approve"):
        if name in request.POST:
            return attempt(request, f"usage.{name}", {"suspense": suspense}, request.POST.get("key"))
    changes = {name[6:]: value for name, value in request.POST.items() if name.startswith("field:")}
    return attempt(request, "usage.repair", {"suspense": suspense, "changes": changes}, request.POST.get("key"))
