"""Nicknames as senders: those there are, whether another could be had, and a call that orders or ends one."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from spojka.surfaces.portal.connector.reaching import own_application, own_party, shown
from spojka.surfaces.web.calls import attempt, say
from spojka.surfaces.web.forms import Field, Form, is_sent, press, sent
from spojka.surfaces.web.visits import the_visit
from spojka.terms.refusals import explain_refusal

PLACES = {"CALLBACK_PHONE_INVALID": "phone"}


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found about a nickname: that it fits as it is written, or why not with the code."""

    nickname: str
    problem: str = ""
    code: str = ""
    has: bool = False


def _form() -> Form:
    fields = (
        Field("nickname", _("Nickname"), most=40, hint=_("Up to 11 letters and digits without accents.")),
        Field(
            "entitlement",
            _("What entitles you to it"),
            required=False,
            hint=_("A trade mark, a company name or a domain of yours; it is needed for protected names."),
            most=300,
        ),
        Field("phone", _("Where we call you"), "tel", completes="tel", most=30),
    )
    return Form("nickname", _("Ask to be called"), fields)


def _checked(request: HttpRequest, application: UUID) -> Checked | None:
    written = sent(request, "nickname", "entitlement")
    if not written["nickname"]:
        return None
    outcome = attempt(request, "connector.check_nickname", {"application": application, **written})
    if outcome.refusal is not None:
        words = explain_refusal(outcome.refusal, the_visit(request).language)
        return Checked(written["nickname"], words, outcome.refusal.code)
    return Checked(outcome.result.nickname, has=outcome.result.has)


def _ask(request: HttpRequest, application: UUID, form: Form) -> tuple[bool, Form]:
    written = sent(request, "nickname", "entitlement", "phone")
    checked = _checked(request, application)
    if checked is None:
        return False, form.refused(_("Write the nickname first."), field="nickname")
    if checked.problem:
        return False, form.refused(checked.problem, code=checked.code, field="nickname")
    wanted = checked.nickname + (f" ({written['entitlement']})" if written["entitlement"] else "")
    given = {"application": application, "option": "nickname", "wanted": wanted, "phone": written["phone"]}
    outcome, form = press(request, form, "connector.ask_callback", given, PLACES)
    return outcome is not None, form


@require_http_methods(["GET", "HEAD", "POST"])
def nicknames(request: HttpRequest, application: UUID) -> HttpResponse:
    """The application's nicknames, and a call that is asked for: they are ordered and ended by phone alone."""
    app = own_application(request, application)
    form, ending = _form().filled(request), Form("end", _("Ask to be called about its end"), plain=True)
    if is_sent(request, "nickname"):
        done, form = _ask(request, application, form)
        if done:
            say(request, _("We will call you. The nickname is ordered and checked on the phone."))
            return redirect("portal:app-nicknames", application=application)
    if is_sent(request, "end"):
        written = sent(request, "phone", "nickname")
        asked = _("end of the nickname %(nickname)s") % {"nickname": written["nickname"][:40]}
        given = {"application": application, "option": "nickname", "wanted": asked, "phone": written["phone"]}
        outcome, ending = press(request, ending, "connector.ask_callback", given)
        if outcome is not None:
            say(request, _("We will call you about its end."))
            return redirect("portal:app-nicknames", application=application)
    own = [one for one in app.options if one.kind == "nickname"]
    facts = {
        "form": form,
        "ending": ending,
        "nicknames": own,
        "checked": _checked(request, application) if request.method == "POST" else None,
        "support": the_visit(request).provider.support_phone,
    }
    wrong = form.is_wrong or ending.is_wrong
    return shown(request, "nicknames", app, "app-nicknames", facts, status=422 if wrong else 200)


@require_POST
def check(request: HttpRequest, application: UUID) -> HttpResponse:
    """Whether the nickname in the form could be had; only that is sent."""
    own_party(request)
    return render(request, "portal/connector/nickname_check.html", {"checked": _checked(request, application)})
