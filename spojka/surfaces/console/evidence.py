"""On whose side a reported fault lies, as staff see it: refused requests by minute and reason, also as CSV (o2/7.3)."""

from __future__ import annotations

import csv
import io
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from spojka.kernel.refusals import Refusal
from spojka.kernel.time import day_of
from spojka.network.messaging.applications.diagnosis.queries import Diagnosis
from spojka.network.messaging.outages.views import FaultTicket
from spojka.surfaces.console.messages import only_with_messages
from spojka.surfaces.web.calls import Refused, ask
from spojka.surfaces.web.labels import label
from spojka.surfaces.web.wording import language
from spojka.terms.clauses import Language

HEADS: Final[dict[Language, tuple[str, ...]]] = {
    "cs": ("minuta", "cesta", "kód", "důvod", "počet"),
    "en": ("minute", "door", "code", "reason", "count"),
}


@require_safe
def fault(request: HttpRequest, application: UUID, ticket: UUID) -> HttpResponse:
    """A reported fault, and what shows on whose side it lies."""
    only_with_messages(request)
    view = ask(request, "connector.application", {"application": application})
    one, found = _evidence(request, application, ticket)
    shown: dict[str, Any] = {
        "view": view,
        "one": one,
        "diagnosis": found,
        "more": sum(each.count for each in found.minutes) < found.refused,
        "section": "applications",
    }
    return render(request, "console/applications/fault.html", shown)


@require_safe
def listed(request: HttpRequest, application: UUID, ticket: UUID) -> HttpResponse:
    """The same minutes as CSV (RFC 4180, UTF-8), heads and reasons in the visitor's language."""
    only_with_messages(request)
    one, found = _evidence(request, application, ticket)
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEADS[language()])
    lines.writerows(
        (each.at.isoformat(), each.door, each.code, label("refused_request", each.code), each.count)
        for each in found.minutes
    )
    name = f"{'porucha' if language() == 'cs' else 'fault'}-{day_of(one.received_at)}-{one.id.hex[-12:]}.csv"
    return HttpResponse(
        text.getvalue().encode(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _evidence(request: HttpRequest, application: UUID, ticket: UUID) -> tuple[FaultTicket, Diagnosis]:
    """A fault of an application with its evidence; raises `Refused` for any other's."""
    faults: list[FaultTicket] = ask(request, "connector.faults", {"application": application})
    one = next((each for each in faults if each.id == ticket), None)
    if one is None:
        raise Refused(Refusal("FAULT_UNKNOWN", (), {"ticket": ticket}), {})
    found: Diagnosis = ask(request, "connector.fault_evidence", {"ticket": ticket})
    return one, found
