"""How programs of an application are reached: where they are called, and accounts that bind over SMPP."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from spojka.network.messaging.applications.queries import ApplicationView
from spojka.surfaces.portal.connector.reaching import own_application, shown
from spojka.surfaces.web.calls import ask, may, say
from spojka.surfaces.web.forms import Field, Form, chosen, is_sent, press, sent


@dataclass(frozen=True, slots=True)
class Secret:
    """What is shown this once: what it is for, and itself."""

    title: str
    name: str
    value: str
    hint: str


def _webhook_form() -> Form:
    hint = _("We send what comes in there, signed; like https://example.cz/messages.")
    return Form("webhook", _("Set it and show the secret"), (Field("url", _("Address"), "url", hint=hint, most=2000),))


def _account_form(app: ApplicationView) -> Form:
    classes = (("standard", _("standard")), ("priority", _("priority")))
    purposes = (("commercial", _("commercial messages")), ("service", _("service messages")))
    fields = (
        Field("system_id", "system_id", value=app.app_number, most=15, hint=_("Letters, digits, dots and dashes.")),
        Field("message_class", _("Class"), "select", value="standard", choices=classes),
        Field("purpose", _("What its messages are for"), "select", value="commercial", choices=purposes),
    )
    return Form("account", _("Set it and show the password"), fields, plain=True)


def _called(request: HttpRequest, application: UUID, forms: dict[str, Form]) -> Secret | None:
    """Set the webhook; the secret is in the answer alone."""
    given = {"application": application, **sent(request, "url")}
    places = {"WEBHOOK_URL_INVALID": "url"}
    outcome, forms["webhook"] = press(request, forms["webhook"], "connector.set_webhook", given, places)
    if outcome is None:
        return None
    hint = _("Your program checks our signature with it. It is shown this once; set the address again for another.")
    return Secret(_("The secret of the signatures"), _("Secret"), outcome.result.secret, hint)


def _bound(request: HttpRequest, application: UUID, forms: dict[str, Form]) -> Secret | None:
    """Set an account; its password is in the answer alone."""
    given = {"application": application, **sent(request, "system_id", "message_class", "purpose")}
    places = {"SYSTEM_ID_INVALID": "system_id", "SYSTEM_ID_TAKEN": "system_id"}
    outcome, forms["account"] = press(request, forms["account"], "connector.set_bind_account", given, places)
    if outcome is None:
        return None
    name = _("Password of %(account)s") % {"account": outcome.result.system_id}
    hint = _("It is shown this once. Setting the account again makes another and ends its sessions.")
    return Secret(_("The account is open"), name, outcome.result.password, hint)


def _ended(request: HttpRequest, application: UUID, forms: dict[str, Form]) -> str:
    """End the webhook or an account; returns what is said then, or `""` where nothing was ended."""
    if is_sent(request, "stop"):
        given = {"application": application, "url": ""}
        outcome, forms["stop"] = press(request, forms["stop"], "connector.set_webhook", given)
        return _("Nobody is called any more; programs fetch what comes in.") if outcome is not None else ""
    if is_sent(request, "revoke"):
        given = {"application": application, **sent(request, "system_id")}
        outcome, forms["revoke"] = press(request, forms["revoke"], "connector.revoke_bind_account", given)
        return _("The account is closed and its sessions end.") if outcome is not None else ""
    return ""


@require_http_methods(["GET", "HEAD", "POST"])
def programs(request: HttpRequest, application: UUID) -> HttpResponse:
    """The webhook and the accounts; secrets are shown once, in the answer to the form alone."""
    app, secret = own_application(request, application), None
    present = ask(request, "connector.webhook", {"application": application})
    forms = {
        "webhook": chosen(_webhook_form(), [("url", present.url)]).filled(request),
        "stop": Form("stop", _("Do not call any more"), plain=True),
        "account": _account_form(app).filled(request),
        "revoke": Form("revoke", _("Close"), danger=True),
    }
    if is_sent(request, "webhook"):
        secret = _called(request, application, forms)
    elif is_sent(request, "account"):
        secret = _bound(request, application, forms)
    ended = _ended(request, application, forms)
    if ended:
        say(request, ended)
        return redirect("portal:app-programs", application=application)
    facts = {
        "webhook": ask(request, "connector.webhook", {"application": application}),
        "accounts": ask(request, "connector.bind_accounts", {"application": application}),
        "forms": forms,
        "secret": secret,
        "may_set": may(request, "connector.write"),
    }
    wrong = any(form.is_wrong for form in forms.values())
    return shown(request, "programs", app, "app-programs", facts, status=422 if wrong else 200)
