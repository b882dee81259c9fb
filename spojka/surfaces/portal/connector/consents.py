"""Consents of recipients and their withdrawals: put on record one by one or as a list, and what holds for a number."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from spojka.access.operations.calling import ArgumentsWrong
from spojka.network.messaging.consents.operations import MOST_AT_ONCE, Recorded
from spojka.surfaces.portal.connector.reaching import own_party
from spojka.surfaces.web.calls import Refused, ask, attempt, say
from spojka.surfaces.web.forms import Field, Form, instant_of_field, is_sent, press, sent
from spojka.surfaces.web.labels import label
from spojka.surfaces.web.visits import the_visit
from spojka.terms.refusals import explain_refusal

MOST_BYTES: Final = 4 * 1024 * 1024
"""Of an uploaded list; more comes in several."""
MOST_EVIDENCE_BYTES: Final = 20 * 1024 * 1024
COLUMNS: Final = ("recipient", "given_at", "channel", "scope", "wording", "evidence_sha256", "evidence_name")
NEEDED: Final = ("recipient", "given_at", "channel")
SHOWN: Final = 50
PLACES: Final = {
    "RECIPIENT_INVALID": "recipient",
    "CONSENT_IN_FUTURE": "given_at",
    "CONSENT_NOT_PROVABLE": "wording",
    "WITHDRAWAL_IN_FUTURE": "at",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a list that was left out: its number in the file, the recipient as written, why, and the code."""

    number: int
    recipient: str
    problem: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: how many were put on record, and the lines that were left out."""

    recorded: int
    left_out: list[Line]


def _scopes() -> tuple[tuple[str, str], ...]:
    return tuple((one, label("consent_scope", one)) for one in ("all", "commercial"))


def _record_form() -> Form:
    channels = tuple((one, label("consent_channel", one)) for one in ("web", "paper", "call", "sms", "other"))
    fields = (
        Field("recipient", _("Recipient"), "tel", most=30),
        Field("given_at", _("Agreed on"), "datetime-local"),
        Field("channel", _("How"), "select", value="web", choices=channels),
        Field("scope", _("To what"), "select", value="all", choices=_scopes()),
        Field("wording", _("Words that were agreed to"), "textarea", required=False, most=2000),
        Field(
            "proof",
            _("File that proves it"),
            "file",
            required=False,
            hint=_("The file stays with you: only its digest and name are kept."),
        ),
    )
    return Form("record", _("Put it on record"), fields)


def _list_form() -> Form:
    hint = _("UTF-8, at most %(n)s lines, with the head %(head)s.") % {"n": MOST_AT_ONCE, "head": ",".join(COLUMNS)}
    return Form("list", _("Take the list in"), (Field("file", _("List as CSV"), "file", hint=hint),), plain=True)


def _withdraw_form() -> Form:
    fields = (
        Field("recipient", _("Recipient"), "tel", most=30),
        Field("scope", _("Of what"), "select", value="commercial", choices=tuple(reversed(_scopes()))),
        Field("at", _("Said on"), "datetime-local", required=False, hint=_("Now, unless you know when.")),
        Field("source", _("How you learnt it"), required=False, most=300),
    )
    return Form("withdraw", _("Put the withdrawal on record"), fields, danger=True)


def _proof(request: HttpRequest) -> tuple[str, str, str]:
    """The digest and name of an uploaded proof, and why it cannot be taken; the file itself is kept nowhere."""
    upload = request.FILES.get("proof")
    if upload is None:
        return "", "", ""
    if not upload.size:
        return "", "", _("The file is empty.")
    if upload.size > MOST_EVIDENCE_BYTES:
        most = MOST_EVIDENCE_BYTES // 1024**2
        return (
            "",
            "",
            _("The file has more than %(n)s MB. Choose a smaller one; nothing is on record yet.") % {"n": most},
        )
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest(), (upload.name or "")[:200], ""


def _record(request: HttpRequest, form: Form) -> tuple[bool, Form]:
    written = sent(request, "recipient", "given_at", "channel", "scope", "wording")
    at = instant_of_field(written["given_at"])
    if at is None:
        return False, form.refused(_("Write the day and the time."), field="given_at")
    digest, name, problem = _proof(request)
    if problem:
        return False, form.refused(problem, field="proof")
    consent = {**written, "given_at": at, "evidence_sha256": digest, "evidence_name": name}
    given = {"party": own_party(request), "consents": [consent]}
    outcome, form = press(request, form, "consents.record", given)
    if outcome is None:
        return False, form
    refusal = outcome.result.results[0].refusal if outcome.result is not None else None
    if refusal is None:
        return True, form
    words = explain_refusal(refusal, the_visit(request).language)
    return False, form.refused(words, code=refusal.code, field=PLACES.get(refusal.code))


def _rows(request: HttpRequest) -> tuple[list[Mapping[str, Any]], str]:
    """The lines of an uploaded list by its head, and why it cannot be read, or `""`."""
    upload = request.FILES.get("file")
    if upload is None or not upload.size:
        return [], _("Choose a file first.")
    if upload.size > MOST_BYTES:
        return [], _("The file is too long. Take it in as several.")
    try:
        lines = csv.DictReader(io.StringIO(upload.read(MOST_BYTES).decode("utf-8-sig"), newline=""), strict=True)
        missing = [name for name in NEEDED if name not in (lines.fieldnames or ())]
        if missing:
            return [], _("The head lacks %(names)s.") % {"names": ", ".join(missing)}
        rows: list[Mapping[str, Any]] = list(lines)
    except (UnicodeDecodeError, csv.Error):
        return [], _("This is no CSV in UTF-8.")
    if len(rows) > MOST_AT_ONCE:
        return [], _("The list has more than %(n)s lines. Take it in as several.") % {"n": MOST_AT_ONCE}
    return rows, "" if rows else _("The list is empty.")


def _import(request: HttpRequest, form: Form) -> tuple[Imported | None, Form]:
    rows, problem = _rows(request)
    if problem:
        return None, form.refused(problem, field="file")
    consents, numbers, left_out = [], [], []
    for number, row in enumerate(rows, start=2):
        at = instant_of_field((row["given_at"] or "").strip())
        scope = (row.get("scope") or "all").strip()
        if at is None or scope not in dict(_scopes()):
            problem = _("The day is not like 2026-06-01T09:00.") if at is None else _("The scope is all or commercial.")
            left_out.append(Line(number, (row["recipient"] or "")[:40], problem))
            continue
        known = {name: (row.get(name) or "").strip() for name in COLUMNS}
        consents.append({**known, "given_at": at, "scope": scope})
        numbers.append(number)
    try:
        outcome = attempt(request, "consents.record", {"party": own_party(request), "consents": consents})
    except ArgumentsWrong:
        return None, form.refused(_("The list holds what no text may hold."), field="file")
    if outcome.refusal is not None:
        raise Refused(outcome.refusal, {})
    recorded: Recorded = outcome.result
    for number, one in zip(numbers, recorded.results, strict=True):
        if one.refusal is not None:
            words = explain_refusal(one.refusal, the_visit(request).language)
            left_out.append(Line(number, one.recipient[:40], words, one.refusal.code))
    return Imported(recorded.recorded, sorted(left_out, key=lambda each: each.number)), form


def _withdraw(request: HttpRequest, form: Form) -> tuple[bool, Form]:
    written = sent(request, "recipient", "scope", "source", "at")
    said_at = written.pop("at")
    at: datetime | None = instant_of_field(said_at)
    if said_at and at is None:
        return False, form.refused(_("Write the day and the time."), field="at")
    given = {"party": own_party(request), **written, "channel": "api"} | ({"at": at} if at is not None else {})
    outcome, form = press(request, form, "consents.withdraw", given, PLACES)
    return outcome is not None, form


@require_http_methods(["GET", "HEAD", "POST"])
def consents(request: HttpRequest) -> HttpResponse:
    """The register of the subscriber, or what holds for one number with its whole history."""
    party = own_party(request)
    forms = {
        "record": _record_form().filled(request),
        "list": _list_form(),
        "withdraw": _withdraw_form().filled(request),
    }
    imported = None
    if is_sent(request, "record"):
        done, forms["record"] = _record(request, forms["record"])
        if done:
            say(request, _("The consent is on record."))
            return redirect("portal:consents")
    if is_sent(request, "list"):
        imported, forms["list"] = _import(request, forms["list"])
    if is_sent(request, "withdraw"):
        done, forms["withdraw"] = _withdraw(request, forms["withdraw"])
        if done:
            say(request, _("The withdrawal is on record; nothing more leaves for this number."))
            return redirect("portal:consents")
    wrong = any(form.is_wrong for form in forms.values())
    facts = {**_register(request, party), "forms": forms, "imported": imported, "section": "connector"}
    if imported is not None:
        said = ngettext("%(n)s consent is on record.", "%(n)s consents are on record.", imported.recorded)
        facts["imported_words"] = said % {"n": imported.recorded}
    return render(request, "portal/connector/consents.html", facts, status=422 if wrong else 200)


def _register(request: HttpRequest, party: Any) -> dict[str, Any]:
    """What the register holds, of all or of the number that is looked for."""
    number = request.GET.get("recipient", "").strip()[:40]
    asked: dict[str, Any] = {"party": party, "limit": SHOWN + 1} | ({"recipient": number} if number else {})
    at = instant_of_field(request.GET.get("before", ""))
    if at is not None and request.GET.get("before_id"):
        asked |= {"before": at, "before_id": request.GET["before_id"]}
    listed = ask(request, "consents.of", asked)
    standing, problem = None, ""
    if number:
        outcome = attempt(request, "consents.standing", {"party": party, "recipient": number})
        standing = outcome.result
        problem = explain_refusal(outcome.refusal, the_visit(request).language) if outcome.refusal else ""
    return {
        "number": number,
        "standing": standing,
        "number_problem": problem,
        "statements": listed[:SHOWN],
        "older": listed[SHOWN - 1] if len(listed) > SHOWN else None,
    }
