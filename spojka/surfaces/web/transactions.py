"""What was submitted with a certificate, as a page and as CSV, and who answers for it (o2/6.3, 6.4, 6.7)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from spojka.access.operations.calling import ArgumentsWrong
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.certificates.queries import CertificateList
from spojka.network.messaging.certificates.reports.views import LiabilityView, Transactions
from spojka.network.messaging.certificates.views import CertificateView
from spojka.network.messaging.messages.queries import PAGE, MessageView
from spojka.surfaces.web.calls import Refused, ask
from spojka.surfaces.web.forms import Field, Form, instant_of_field
from spojka.surfaces.web.labels import label
from spojka.surfaces.web.wording import language
from spojka.terms.clauses import Language

ROWS: Final = 50
MOST_PAGES: Final = 1000
"""Of the CSV, of `PAGE` messages each; a longer list goes on with `before` and the id in its last line."""
HEADS: Final[dict[Language, tuple[str, ...]]] = {
    "cs": ("přijato", "odpovídá", "příjemce", "odesílatel", "síť", "díly", "stav", "značka", "aplikace", "zpráva"),
    "en": (
        "accepted_at",
        "answers",
        "recipient",
        "sender",
        "network",
        "parts",
        "state",
        "reference",
        "application",
        "message",
    ),
}
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would count out."""

Answers = Literal["before", "within", "beyond"]


def certificate_of(request: HttpRequest, application: UUID, fingerprint: str) -> CertificateView:
    """A certificate of an application; raises `Refused` for any other."""
    listed: CertificateList = ask(request, "certificates.of_application", {"application": application})
    found = next((one for one in listed.certificates if one.fingerprint == fingerprint), None)
    if found is None:
        raise Refused(Refusal("CERT_UNKNOWN", (), {"fingerprint": fingerprint}), {})
    return found


def answers_at(liability: LiabilityView, at: datetime) -> Answers:
    """Who answers for what was accepted at an instant: before the request, while the subscriber does, beyond that."""
    if liability.requested_at is None or at < liability.requested_at:
        return "before"
    if liability.subscriber_until is None or at < liability.subscriber_until.value:
        return "within"
    return "beyond"


def _asked(request: HttpRequest) -> tuple[dict[str, Any], Form]:
    """The time that is asked about, and its form with what cannot be read."""
    fields = (
        Field("from_at", _("Accepted from"), "datetime-local", required=False),
        Field("to_at", _("Accepted until"), "datetime-local", required=False),
    )
    filled = tuple(replace(each, value=request.GET.get(each.name, "").strip()[:40]) for each in fields)
    form = Form("search", _("Show"), filled)
    asked: dict[str, Any] = {}
    for field in filled:
        at = instant_of_field(field.value) if field.value else None
        if field.value and at is None:
            form = form.refused(_("Write the day and the time."), field=field.name)
        elif at is not None:
            asked[field.name] = at
    if request.GET.get("before"):
        asked["before"] = request.GET["before"]
    return asked, form


def _first(request: HttpRequest, fingerprint: str, limit: int) -> tuple[Transactions | None, dict[str, Any], Form]:
    """The page of messages that is asked for, `None` where that cannot be read; what was asked, and the form."""
    asked, form = _asked(request)
    if form.is_wrong:
        return None, asked, form
    try:
        found = ask(request, "certificates.transactions", {"fingerprint": fingerprint, **asked, "limit": limit})
    except ArgumentsWrong as wrong:
        name = next(iter(wrong.problems))
        return None, asked, form.refused(_("Nothing can be looked for by this."), field=name)
    return found, asked, form


Shown = Callable[[Mapping[str, Any], int], HttpResponse]
"""Draws the page with its facts and an HTTP status."""


def transactions_page(
    request: HttpRequest, one: CertificateView, names: Mapping[UUID, str], show: Shown
) -> HttpResponse:
    """
    Messages submitted with a certificate, the latest first, beside who answers for them.

    `names` are those of applications, by id: a certificate may be registered for several of the same subscriber.
    """
    found, _given, form = _first(request, one.fingerprint, ROWS)
    times = {field.name: field.value for field in form.fields if field.value}
    liability: LiabilityView = ask(request, "certificates.liability", {"fingerprint": one.fingerprint})
    further = ""
    if found is not None and found.next_before is not None:
        further = urlencode({**times, "before": str(found.next_before)})
    listed = found.messages if found is not None else []
    facts = {
        "one": one,
        "found": found,
        "rows": [(each, answers_at(liability, each.accepted_at), names.get(each.application, "")) for each in listed],
        "several": len({each.application for each in listed}) > 1,
        "liability": liability,
        "borne": ask(request, "messages.liability", {"fingerprint": one.fingerprint}),
        "form": form,
        "times": urlencode(times),
        "further": further,
        "is_first": "before" not in request.GET,
    }
    return show(facts, 422 if form.is_wrong else 200)


def _cell(text: str) -> str:
    """A text of somebody's as a cell that stays a text in every spreadsheet."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(one: MessageView, liability: LiabilityView) -> tuple[object, ...]:
    return (
        one.accepted_at.isoformat(),
        label("liability_answers", answers_at(liability, one.accepted_at)),
        one.recipient,
        one.sender,
        one.network,
        one.parts,
        label("message_status", one.status),
        _cell(one.reference or ""),
        one.application,
        one.id,
    )


def _lines(
    request: HttpRequest, asked: dict[str, Any], first: Transactions, liability: LiabilityView, said: Language
) -> Iterator[bytes]:
    """Lines of one page after another; they are written after the request's own language has been left."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEADS[said])
    page = first
    for _place in range(MOST_PAGES):
        with translation.override(said):
            lines.writerows([_row(one, liability) for one in page.messages])
        yield text.getvalue().encode()
        text.seek(0)
        text.truncate()
        if page.next_before is None:
            return
        page = ask(request, "certificates.transactions", {**asked, "before": page.next_before})


def transactions_csv(request: HttpRequest, one: CertificateView, page: str) -> HttpResponseBase:
    """
    The same messages as CSV (RFC 4180, UTF-8), heads and states in the visitor's language (o2/6.3).

    A time that cannot be read leads to the page (its address), which says so.
    """
    found, asked, _form = _first(request, one.fingerprint, PAGE)
    if found is None:
        return redirect(f"{page}?{request.GET.urlencode()}")
    liability: LiabilityView = ask(request, "certificates.liability", {"fingerprint": one.fingerprint})
    given = {**asked, "fingerprint": one.fingerprint, "limit": PAGE}
    name = f"{'certifikat' if language() == 'cs' else 'certificate'}-{one.fingerprint[:12]}.csv"
    return StreamingHttpResponse(
        _lines(request, given, found, liability, language()),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
