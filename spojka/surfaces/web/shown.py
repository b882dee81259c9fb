"""Pages that staff and customers share: the use of a service, an invoice, and why an amount is what it is."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from spojka.charging.rating.lines import line_words
from spojka.charging.rating.records import RatedRecord
from spojka.journeys.overview.invoices import InvoiceView
from spojka.journeys.overview.reasons import WhyView
from spojka.journeys.overview.usage import ItemisedView, KindView
from spojka.revenue.documents import isdoc, qr
from spojka.revenue.documents.pdf import Printer
from spojka.surfaces.web.calls import ask
from spojka.surfaces.web.charts import COLOURS, Column, Picture, stacked
from spojka.surfaces.web.labels import label
from spojka.surfaces.web.printing import itemised_pdf
from spojka.surfaces.web.visits import the_visit
from spojka.surfaces.web.wording import day, language, short_day, units

_STEPS: Final = {"s": 60, "B": 1024 * 1024}
"""What the scale of a picture counts in."""


@dataclass(frozen=True, slots=True)
class KindShown:
    """One kind of use with its picture."""

    kind: KindView
    picture: Picture
    used: int


def _picture(kind: KindView, itemised: ItemisedView) -> KindShown:
    names = {line.line: line.words_cs if language() == "cs" else line.words_en for line in kind.lines}
    drawn = list(names)[: COLOURS - 1] if len(names) > COLOURS else list(names)
    series = [names[line] for line in drawn] + ([_("the rest")] if len(drawn) < len(names) else [])
    by_day: dict[object, list[int]] = {}
    for total in kind.days:
        amounts = by_day.setdefault(total.on, [0] * len(series))
        amounts[drawn.index(total.line) if total.line in drawn else -1] += total.used
    period = itemised.usage.period
    days = [period.starts_on + timedelta(days=place) for place in range(period.days)]
    columns = [Column(short_day(on), day(on), tuple(by_day.get(on, [0] * len(series)))) for on in days]
    picture = stacked(
        title=label("usage_kind", kind.kind),
        head=_("Day"),
        columns=columns,
        series=series,
        say=lambda amount: units(amount, kind.unit),
        step=_STEPS.get(kind.unit, 1),
    )
    return KindShown(kind, picture, sum(line.used for line in kind.lines))


def usage_page(request: HttpRequest, service: UUID, template: str, shown: dict[str, object]) -> HttpResponse:
    """The use of a service in a month: pictures, totals by line, the itemised list."""
    itemised = ask(request, "overview.usage", _period_of(request, service))
    kinds = [_picture(kind, itemised) for kind in itemised.usage.kinds]
    return render(request, template, {**shown, "usage": itemised.usage, "records": itemised.records, "kinds": kinds})


def _period_of(request: HttpRequest, service: UUID) -> dict[str, object]:
    asked: dict[str, object] = {"service": service}
    if request.GET.get("period"):
        asked["period"] = request.GET["period"]
    return asked


CSV_HEAD: Final = ("at", "kind", "other", "line", "used", "billed", "unit", "free", "paid", "price_czk", "record")


def _csv_row(record: RatedRecord) -> Iterator[object]:
    yield record.at.isoformat()
    yield record.kind
    yield record.other or ""
    yield line_words(record.line)[language()]
    yield record.used
    yield record.billed
    yield {"voice": "s", "video": "s", "data": "B"}.get(record.kind, record.kind.upper())
    yield sum(record.units.values())
    yield record.paid
    yield f"{record.charge.value.amount:f}"
    yield record.record


def usage_csv(request: HttpRequest, service: UUID) -> HttpResponse:
    """The itemised list as CSV (RFC 4180, UTF-8): every record with its own figures, prices exact."""
    itemised: ItemisedView = ask(request, "overview.usage", _period_of(request, service))
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(CSV_HEAD)
    lines.writerows(tuple(_csv_row(record)) for record in itemised.records)
    name = f"{itemised.usage.msisdn.lstrip('+')}-{itemised.usage.period}.csv"
    return _file(text.getvalue().encode(), "text/csv; charset=utf-8", name)


def usage_pdf(request: HttpRequest, service: UUID) -> HttpResponse:
    """The itemised list as PDF."""
    itemised: ItemisedView = ask(request, "overview.usage", _period_of(request, service))
    name = f"{itemised.usage.msisdn.lstrip('+')}-{itemised.usage.period}.pdf"
    return _file(itemised_pdf(itemised, the_visit(request).provider), "application/pdf", name)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def why_record_page(request: HttpRequest, service: UUID, template: str) -> HttpResponse:
    """Why one record costs what it costs; in the sheet at the side only the answer is sent."""
    given = {
        **_period_of(request, service),
        "record": request.GET.get("record", ""),
        "source": request.GET.get("source", ""),
        "language": the_visit(request).language,
    }
    return _why(request, ask(request, "overview.why_record", given), template)


def why_line_page(request: HttpRequest, invoice: UUID, line: str, template: str) -> HttpResponse:
    """Why a line of an invoice is what it is."""
    given = {"invoice": invoice, "line": line, "language": the_visit(request).language}
    return _why(request, ask(request, "overview.why_line", given), template)


def _why(request: HttpRequest, why: WhyView, template: str) -> HttpResponse:
    page = "web/why.html" if "HX-Request" in request.headers else template
    shown = {
        "reasons": why.reasons,
        "amount": why.amount,
        "beneath": list(dict.fromkeys(sentence for reason in why.reasons[-2:] for sentence in reason.beneath)),
        "clauses": list(dict.fromkeys(clause for reason in why.reasons for clause in reason.clauses)),
    }
    return render(request, page, shown)


def invoice_page(request: HttpRequest, invoice: UUID, template: str, shown: dict[str, object]) -> HttpResponse:
    """An invoice with its lines, what was paid, and why."""
    view: InvoiceView = ask(request, "overview.invoice", {"invoice": invoice})
    whole = view.document.kind == "invoice" and view.open.micros == view.document.to_pay_micros > 0
    return render(request, template, {**shown, "invoice": view, "document": view.document, "payable": whole})


@lru_cache(maxsize=1)
def _printer() -> Printer:
    return Printer()


def invoice_pdf(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """The invoice as it was issued, as PDF."""
    view: InvoiceView = ask(request, "overview.invoice", {"invoice": invoice})
    return _file(_printer().draw(view.document), "application/pdf", f"{view.document.number}.pdf")


def invoice_qr(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """The payment of an invoice as a picture that a bank's application reads (QR Platba)."""
    view: InvoiceView = ask(request, "overview.invoice", {"invoice": invoice})
    text = qr.payment_of(view.document)
    if text is None:
        return HttpResponse(status=404)
    return HttpResponse(qr.svg(text), content_type="image/svg+xml")


def invoice_isdoc(request: HttpRequest, invoice: UUID) -> HttpResponse:
    """The invoice for an accounting program, as ISDOC."""
    view: InvoiceView = ask(request, "overview.invoice", {"invoice": invoice})
    return _file(isdoc.write(view.document), "application/xml", f"{view.document.number}.isdoc")
