"""Bill runs, watched while they go on."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from spojka.kernel.time import Period
from spojka.surfaces.web.calls import ask, attempt, may, say
from spojka.surfaces.web.visits import the_visit
from spojka.terms.refusals import explain_refusal

OFFERED: Final = 3
"""How many past months can be started from the page."""


def _over(request: HttpRequest) -> list[Period]:
    months = [Period.containing(the_visit(request).today).previous()]
    while len(months) < OFFERED:
        months.append(months[-1].previous())
    return months


@require_http_methods(["GET", "HEAD", "POST"])
def runs(request: HttpRequest) -> HttpResponse:
    """Every run with how far it is; while one goes on, only the list is sent again each second."""
    problem = ""
    if request.method == "POST":
        given = {"period": request.POST.get("period", "")}
        outcome = attempt(request, "billing.run", given, request.POST.get("key"))
        if outcome.refusal is None:
            say(request, _("The bill run goes on by itself; this page shows how far it is."))
            return redirect("console:bill-runs")
        problem = explain_refusal(outcome.refusal, the_visit(request).language)
    found = ask(request, "overview.bill_runs")
    shown = {
        "runs": found,
        "going": any(run.finished_at is None for run in found),
        "months": _over(request),
        "can_start": may(request, "billing.write"),
        "problem": problem,
        "section": "bills",
    }
    page = "console/runs.html" if "HX-Request" in request.headers else "console/bill_runs.html"
    return render(request, page, shown, status=422 if problem else 200)


@require_safe
def run(request: HttpRequest, period: str) -> HttpResponse:
    """One run, with the contracts it could not bill."""
    view = ask(request, "overview.bill_run", {"period": period})
    shown = {"view": view, "runs": [view.line], "going": view.line.finished_at is None, "section": "bills"}
    return render(request, "console/bill_run.html", shown)
