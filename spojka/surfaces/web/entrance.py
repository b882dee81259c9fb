"""The way in and out, the choice of language, the provider's colour."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from spojka.access.tenants.store import all_tenants
from spojka.access.users.operations import SignIn
from spojka.access.users.rules import PASSWORD_CHARACTERS
from spojka.surfaces.web.calls import attempt, say
from spojka.surfaces.web.presented import refuse_presented
from spojka.surfaces.web.refusing import status_of, tell_wait
from spojka.surfaces.web.visits import LANGUAGE_COOKIE, Visit, open_session, session_of, the_visit
from spojka.terms.refusals import explain_refusal

_COLOUR: Final = re.compile(r"^#[0-9a-fA-F]{6}$")
_YEAR_S: Final = 365 * 24 * 60 * 60


def _safe_next(request: HttpRequest, fallback: str) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    fits = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if fits else fallback


@require_safe
def providers(request: HttpRequest) -> HttpResponse:
    """The providers of this installation; a single one is entered at once."""
    known = all_tenants()
    if len(known) == 1:
        return redirect(f"/{known[0]['code']}/")
    return render(request, "web/providers.html", {"providers": known})


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Where a visitor belongs: customers to the portal, staff to the console, others to the way in."""
    visit = the_visit(request)
    if visit.user is None:
        return render(request, "web/sign_in.html", {"next": "", "login": ""})
    return redirect("portal:home" if visit.is_customer else "console:home")


@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for login and password, and try them."""
    visit = the_visit(request)
    shown = {"next": _safe_next(request, ""), "login": request.POST.get("login", "").strip()}
    if request.method != "POST":
        return render(request, "web/sign_in.html", shown)
    foreign = refuse_presented(request, tenant=visit.tenant, now=visit.now, used_for="portal")
    if foreign is not None:
        problem = explain_refusal(foreign, visit.language)
        return render(request, "web/sign_in.html", {**shown, "problem": problem}, status=403)
    given = {"login": shown["login"], "password": request.POST.get("password", ""), "address": visit.address}
    outcome = attempt(request, "users.sign_in", given)
    answer: SignIn | None = outcome.result
    if answer is not None and answer.user is not None and answer.session is not None:
        open_session(request, visit.tenant, answer.user, answer.session)
        return HttpResponseRedirect(shown["next"] or reverse("front"))
    refusal = outcome.refusal
    if refusal is None:
        return render(request, "web/sign_in.html", {**shown, "problem": _sign_in_problem(answer)}, status=422)
    shown["problem"] = explain_refusal(refusal, visit.language)
    return tell_wait(render(request, "web/sign_in.html", shown, status=status_of(refusal)), refusal, visit.now)


def _sign_in_problem(answer: SignIn | None) -> str:
    assert answer is not None
    wrong = _("The login or the password does not fit.")
    if answer.locked_until is not None:
        return f"{wrong} {_('The login is locked for a while now.')}"
    said = ngettext("%(count)s attempt failed so far.", "%(count)s attempts failed so far.", answer.failures)
    return f"{wrong} {said % {'count': answer.failures}}"


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, here and for whoever has a copy of its cookie."""
    if the_visit(request).user is not None:
        attempt(request, "users.sign_out", {"session": session_of(request)})
    request.session.flush()
    return redirect("front")


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """The visitor's own login: change the password, which ends all other sessions."""
    visit = the_visit(request)
    if visit.user is None:
        return redirect("sign-in")
    problems: dict[str, str] = {}
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("present", "new")}
        outcome = attempt(request, "users.change_password", given)
        if outcome.refusal is None:
            open_session(request, visit.tenant, outcome.result, session_of(request))
            say(request, _("The password is changed. Other sessions have ended."))
            return redirect("account")
        field = "present" if outcome.refusal.code == "PASSWORD_WRONG" else "new"
        problems = {field: explain_refusal(outcome.refusal, visit.language)}
    layout = "portal/base.html" if visit.is_customer else "console/base.html"
    return render(
        request,
        "web/account.html",
        {"layout": layout, "problems": problems, "characters": PASSWORD_CHARACTERS},
        status=422 if problems else 200,
    )


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Write the pages in another language from now on."""
    visit: Visit = the_visit(request)
    chosen = "en" if request.POST.get("language") == "en" else "cs"
    if visit.user is not None:
        attempt(request, "users.choose_language", {"language": chosen})
    response = HttpResponseRedirect(_safe_next(request, reverse("front")))
    response.set_cookie(
        LANGUAGE_COOKIE,
        chosen,
        max_age=_YEAR_S,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
    return response


@require_safe
def brand(request: HttpRequest) -> HttpResponse:
    """The provider's colour as a style sheet."""
    colour = the_visit(request).provider.colour
    text = f":root {{ --brand: {colour}; }}\n" if _COLOUR.match(colour) else ""
    return HttpResponse(text, content_type="text/css", headers={"Cache-Control": "public, max-age=3600"})
