"""Applications: the list with its search, and everything about one of them with what can be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from spojka.access.operations.calling import ArgumentsWrong
from spojka.access.operations.outcome import Outcome
from spojka.surfaces.console.messages import only_with_messages
from spojka.surfaces.web.calls import Refused, ask, attempt, may, say
from spojka.surfaces.web.visits import the_visit
from spojka.terms.refusals import explain_refusal

SHOWN: Final = 50
LATEST: Final = 20
"""Consents, items of the inbox and complaints that the page shows; more are a call away."""


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Applications by a part of a name or a number; as somebody types, only the list is sent."""
    only_with_messages(request)
    text = request.GET.get("application", "")
    found = ask(request, "connector.find_applications", {"text": text, "most": SHOWN + 1})
    shown = {
        "text": text,
        "found": found[:SHOWN],
        "more": len(found) > SHOWN,
        "section": "applications",
    }
    typed = "HX-Request" in request.headers
    return render(request, f"console/applications/{'found' if typed else 'list'}.html", shown)


Given = Callable[[UUID, Any, QueryDict], dict[str, Any]]


def _people(fields: QueryDict) -> dict[str, Any]:
    """Whom staff act for, when they name somebody."""
    name = fields.get("caller_name", "").strip()
    return {"asked_by": {"name": name, "phone": fields.get("caller_phone", "").strip()}} if name else {}


ACTIONS: Final[Mapping[str, tuple[str, Promise, Given]]] = {
    "activate": (
        "connector.activate",
        gettext_lazy("The contract is concluded and the application runs."),
        lambda app, _party, sent: {"application": app, "presented": sent.getlist("presented"), "channel": "phone"},
    ),
    "set_limit": (
        "connector.set_limit",
        gettext_lazy("The limit is set."),
        lambda app, _party, sent: {
            "application": app,
            **{name: sent.get(name, "").strip() for name in ("period", "value", "reason")},
        },
    ),
    "grant_limit": (
        "connector.decide_limit",
        gettext_lazy("The limit is granted."),
        lambda _app, _party, sent: {"request": sent.get("request"), "granted": sent.get("value", "").strip()},
    ),
    "reject_limit": (
        "connector.decide_limit",
        gettext_lazy("The request is rejected."),
        lambda _app, _party, sent: {"request": sent.get("request"), "reason": sent.get("reason", "")},
    ),
    "add_nickname": (
        "connector.order_option",
        gettext_lazy("The nickname is asked for; it waits for its approval."),
        lambda app, _party, sent: {
            "application": app,
            "kind": "nickname",
            "nickname": sent.get("nickname", ""),
            "entitlement": sent.get("entitlement", "").strip(),
            "caller": sent.get("caller", "").strip(),
        },
    ),
    "approve": (
        "connector.decide_option",
        gettext_lazy("The option runs from now."),
        lambda _app, _party, sent: {
            "option": sent.get("option"),
            "decision": "approve",
            "reason": sent.get("reason", ""),
        },
    ),
    "reject": (
        "connector.decide_option",
        gettext_lazy("The option is refused."),
        lambda _app, _party, sent: {
            "option": sent.get("option"),
            "decision": "reject",
            "reason": sent.get("reason", ""),
        },
    ),
    "end_option": (
        "connector.end_option",
        gettext_lazy("The option has ended."),
        lambda _app, _party, sent: {"option": sent.get("option")},
    ),
    "report": (
        "certificates.report",
        gettext_lazy("The report is taken; the certificate is blocked in time."),
        lambda _app, _party, sent: {
            "fingerprint": sent.get("fingerprint", ""),
            "reason": sent.get("reason", "").strip(),
            **_people(sent),
        },
    ),
    "block": (
        "certificates.block",
        gettext_lazy("The certificate is blocked, in every application."),
        lambda _app, _party, sent: {"fingerprint": sent.get("fingerprint", "")},
    ),
    "name_contact": (
        "connector.name_contact",
        gettext_lazy("The contact person is named, and told."),
        lambda app, _party, sent: {
            "application": app,
            **{name: sent.get(name, "").strip() for name in ("name", "phone", "login")},
        },
    ),
    "set_mode": (
        "consents.set_mode",
        gettext_lazy("It is set."),
        lambda app, _party, sent: {"application": app, "mode": sent.get("mode", "")},
    ),
    "withdraw": (
        "consents.withdraw",
        gettext_lazy("The withdrawal is on record and counts from now."),
        lambda _app, party, sent: {
            "party": party,
            "recipient": sent.get("recipient", "").strip(),
            "scope": sent.get("scope", "commercial"),
            "channel": "care_line",
            "source": sent.get("source", "").strip(),
        },
    ),
    "set_webhook": (
        "connector.set_webhook",
        gettext_lazy("It is set."),
        lambda app, _party, sent: {"application": app, "url": sent.get("url", "").strip()},
    ),
    "revoke_account": (
        "connector.revoke_bind_account",
        gettext_lazy("The account is closed."),
        lambda app, _party, sent: {"application": app, "system_id": sent.get("system_id", "")},
    ),
    "set_account": (
        "connector.set_bind_account",
        gettext_lazy("The account is set."),
        lambda app, _party, sent: {
            "application": app,
            "system_id": sent.get("system_id", "").strip(),
            "message_class": sent.get("class", "standard"),
        },
    ),
}
"""What the page's forms do: the operation, what is said once it is done, and its arguments out of the form."""
SECRETS: Final = {"set_webhook": "secret", "set_account": "password"}
"""Forms whose answer holds what is shown once."""


@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest, application: UUID) -> HttpResponse:
    """Everything about one application; each form is one operation, and a refusal stands at its form."""
    only_with_messages(request)
    view = ask(request, "connector.application", {"application": application})
    done, problem, code, secret = request.POST.get("do", ""), "", "", ""
    if request.method == "POST":
        if done not in ACTIONS:
            return redirect("console:application", application=application)
        outcome, problem = _try(request, done, view)
        code = outcome.refusal.code if outcome and outcome.refusal else ""
        if outcome is not None and outcome.refusal is None:
            secret = str(getattr(outcome.result, SECRETS.get(done, ""), "") or "")
            if not secret:
                say(request, str(ACTIONS[done][1]))
                return redirect("console:application", application=application)
            view = ask(request, "connector.application", {"application": application})
    shown = {
        "view": view,
        **_seen(request, view),
        "done": done,
        "at": request.POST.get("at", ""),
        "problem": problem,
        "code": code,
        "secret": secret,
        "sent": request.POST,
        "section": "applications",
    }
    return render(request, "console/applications/one.html", shown, status=422 if problem else 200)


def _try(request: HttpRequest, done: str, view: Any) -> tuple[Outcome | None, str]:
    """Do what a form asks; a sentence says why it was not done."""
    operation, _said, given = ACTIONS[done]
    asked = given(view.id, view.party, request.POST)
    try:
        outcome = attempt(request, operation, asked, request.POST.get("key"))
    except ArgumentsWrong:
        return None, _("Something is missing or cannot be read. Nothing has changed.")
    if outcome.refusal is not None and outcome.refusal.code == "NOT_AUTHORISED":
        raise Refused(outcome.refusal, asked)
    if outcome.refusal is not None:
        return outcome, explain_refusal(outcome.refusal, the_visit(request).language)
    return outcome, ""


def _seen(request: HttpRequest, view: Any) -> dict[str, Any]:
    """What other rooms know of an application, as far as whoever visits may see it."""
    asked: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
        ("limits", "connector.read", "connector.limits", {"application": view.id}),
        ("contacts", "connector.read", "connector.contacts", {"application": view.id}),
        ("webhook", "connector.read", "connector.webhook", {"application": view.id}),
        ("accounts", "connector.read", "connector.bind_accounts", {"application": view.id}),
        ("certificates", "certificates.read", "certificates.of_application", {"application": view.id}),
        ("consents", "consents.read", "consents.of", {"party": view.party, "limit": LATEST}),
        ("inbox", "messages.read", "messages.inbox", {"application": view.id, "limit": LATEST}),
        ("diagnosis", "connector.read", "connector.diagnosis", {"application": view.id}),
        ("faults", "connector.read", "connector.faults", {"application": view.id}),
        ("complaints", "complaints.read", "complaints.cases", {"service": view.id}),
    )
    found = {name: ask(request, query, given) if may(request, needs) else None for name, needs, query, given in asked}
    switches = view.state == "waiting" and may(request, "connector.activate")
    found["conditions"] = ask(request, "connector.documents", {"application": view.id}) if switches else None
    return {**found, "waiting_options": [one for one in view.options if one.state in {"requested", "checked"}]}
