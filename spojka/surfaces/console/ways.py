"""The ways to SMS centres and MMSCs: listed, set, removed. A password is sealed when it is set and never shown."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from spojka.access.operations.calling import ArgumentsWrong
from spojka.surfaces.console.messages import only_with_messages
from spojka.surfaces.web.calls import ask, attempt, say
from spojka.surfaces.web.visits import the_visit
from spojka.terms.refusals import explain_refusal

FIELDS: Final = {
    "smpp": (
        "host",
        "port",
        "system_id",
        "encrypted",
        "window",
        "per_s",
        "multi",
        "presents",
        "queries",
        "answer_ids",
        "receipt_ids",
    ),
    "mm7": ("url", "vasp_id", "vas_id", "system_id", "window", "heard_as"),
}
"""What a way of each kind has besides its name, its networks and its passwords."""
SWITCHES: Final = ("encrypted", "queries")
ANEW: Final = {"port": "2775", "window": "10", "multi": "0", "answer_ids": "text", "receipt_ids": "text"}
AT: Final = {
    "ROUTE_NAME_INVALID": "name",
    "ROUTE_EXISTS": "name",
    "NETWORK_HAS_ROUTE": "networks",
    "ROUTE_UNKNOWN": "name",
}


@require_http_methods(["GET", "HEAD", "POST"])
def ways(request: HttpRequest) -> HttpResponse:
    """Every way with a form that sets one; an operation decides whether it can be so."""
    only_with_messages(request)
    found = ask(request, "connector.routes")
    problem, at, code = "", "", ""
    if request.method == "POST":
        problem, at, code = _do(request)
        if not problem:
            return redirect("console:ways")
    given = _form(request, found)
    shown = {
        "ways": found,
        "given": given,
        "kind": given["kind"],
        "problem": problem,
        "at": at,
        "code": code,
        "changed": next((way.name for way in found if way.name == _changed(request)), ""),
        "forms": ("text", "decimal", "hex"),
        "section": "messages",
        "tab": "ways",
    }
    return render(request, "console/messages/ways.html", shown, status=422 if problem else 200)


def _changed(request: HttpRequest) -> str:
    """The name of the way that the form changes, `""` where it sets a new one."""
    return request.POST.get("changed", "") if request.method == "POST" else request.GET.get("way", "")


def _kind(text: str) -> str:
    return text if text in FIELDS else "smpp"


def _form(request: HttpRequest, found: list[Any]) -> dict[str, str]:
    """What the form holds: what was sent, the way that is to be changed, or nothing."""
    if request.method == "POST":
        kind = _kind(request.POST.get("kind", ""))
        names = ("name", "networks", *FIELDS[kind])
        return {"kind": kind, **{name: request.POST.get(name, "").strip() for name in names}}
    way = next((one for one in found if one.name == request.GET.get("way")), None)
    if way is None:
        kind = _kind(request.GET.get("kind", ""))
        return {"kind": kind, **dict.fromkeys(("name", "networks", *FIELDS[kind]), ""), **ANEW}
    kept = {name: _said(getattr(way, name, "")) for name in FIELDS[way.kind]}
    return {"kind": way.kind, "name": way.name, "networks": ", ".join(way.networks), **ANEW, **kept}


def _said(value: object) -> str:
    """A value as a field holds it."""
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else str(value)


def _do(request: HttpRequest) -> tuple[str, str, str]:
    """Set or remove a way; returns why that is not possible, at which field, and the code."""
    key, name = request.POST.get("key"), request.POST.get("name", "").strip()
    if request.POST.get("do") == "remove":
        outcome = attempt(request, "connector.remove_route", {"name": name}, key)
        done = _("The way is removed.")
    else:
        try:
            outcome = attempt(request, "connector.set_route", _route(request), key)
        except ArgumentsWrong as wrong:
            at = next(iter(wrong.problems)).partition(".")[0]
            return _unfit(at), at, ""
        done = _("The way is set. The sender uses it once it begins anew.")
    refusal = outcome.refusal
    if refusal is not None:
        at = str(refusal.figures.get("field", "")) or AT.get(refusal.code, "name")
        incomplete = refusal.code == "ROUTE_INCOMPLETE"
        words = _incomplete(at, str(refusal.figures["reason"])) if incomplete else ""
        return words or explain_refusal(refusal, the_visit(request).language), at, refusal.code
    say(request, done)
    return "", "", ""


def _incomplete(field: str, reason: str) -> str:
    """Why a field of a way is not right, beside it; `""` for what has no words of its own."""
    return {
        ("system_id", "length"): _("Write 1 to 15 characters."),
        ("password", "length"): _("Write at most 8 characters."),
        ("heard_password", "both_or_neither"): _("Give both the name and the password, or neither."),
        ("url", "no_address"): _("Write the address as https://host/path."),
        ("host", "missing"): _("Fill this in."),
        ("port", "missing"): _("Fill this in."),
    }.get((field, reason), "")


def _unfit(field: str) -> str:
    """What a field takes that was given something else."""
    return {
        "port": _("Write a number from 1 to 65535."),
        "window": _("Write a number from 1 to 1000."),
        "multi": _("Write a number from 0 to 254."),
        "per_s": _("Write a number from 1 up, or nothing."),
        "presents": _("Write a number of 3 to 15 digits, with + or without."),
        "vasp_id": _("Write at most 64 characters."),
        "vas_id": _("Write at most 64 characters."),
        "url": _("Write at most 500 characters."),
        "heard_as": _("Write at most 255 characters, none of them a colon."),
    }.get(field, _("This cannot be so. Write it otherwise."))


def _route(request: HttpRequest) -> dict[str, Any]:
    kind = _kind(request.POST.get("kind", ""))
    given = {name: request.POST.get(name, "").strip() for name in ("name", *FIELDS[kind])}
    route: dict[str, Any] = {name: value for name, value in given.items() if value and name not in SWITCHES}
    route |= {name: "true" if given[name] else "false" for name in SWITCHES if name in given}
    route |= {name: request.POST[name] for name in ("password", "heard_password") if request.POST.get(name)}
    if request.POST.get("no_password"):
        route["password"] = ""
    route["anew"] = _changed(request) != given["name"]
    route["networks"] = [one.strip() for one in request.POST.get("networks", "").split(",") if one.strip()]
    return {**route, "kind": kind, "name": given["name"]}
