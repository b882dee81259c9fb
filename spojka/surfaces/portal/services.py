"""One service of a customer: what can be bought and what can be switched, each button one operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from spojka.access.operations.calling import call
from spojka.access.operations.outcome import Outcome
from spojka.access.operations.registry import find
from spojka.journeys.ordering.operations import Ordered
from spojka.journeys.overview.customer import CustomerView, ServiceCard
from spojka.kernel.refusals import Refusal
from spojka.surfaces.web.calls import Refused, ask, say
from spojka.surfaces.web.visits import the_visit
from spojka.terms.clauses import Language
from spojka.terms.refusals import explain_refusal


@dataclass(frozen=True, slots=True)
class Button:
    """
    What a customer can do with a service.

    Args:
        operation: the operation it calls.
        fields: the form's fields that the operation takes.
        fixed: what is always given.
        done: what is said afterwards.

    """

    operation: str
    fields: tuple[str, ...]
    fixed: Mapping[str, Any]
    done: Promise


BUTTONS: Final[Mapping[str, Button]] = {
    "enable": Button("services.enable", ("feature",), {"channel": "electronic"}, _("It is switched on.")),
    "disable": Button("services.disable", ("feature",), {"channel": "electronic"}, _("It is switched off.")),
    "unlock": Button("services.unlock_premium", (), {"channel": "portal"}, _("Premium numbers can be called now.")),
    "lock": Button("services.lock_premium", (), {"channel": "portal"}, _("Premium numbers are blocked.")),
    "topup": Button(
        "balances.buy_topup",
        ("topup",),
        {"channel": "moje_nej_app"},
        _("The volume is bought; its price comes with the next invoice."),
    ),
    "limit_on": Button(
        "balances.switch_roaming_limit",
        (),
        {"on": True, "channel": "moje_nej_app"},
        _("The limit is on and counts from zero."),
    ),
    "limit_off": Button(
        "balances.switch_roaming_limit",
        (),
        {"on": False, "channel": "moje_nej_app"},
        _("The limit is off until you switch it on again."),
    ),
    "end_reader": Button("services.end_reader", ("party",), {}, _("This reader may not read the list any more.")),
    "tariff": Button("ordering.change_tariff", ("tariff",), {"channel": "electronic"}, _("The tariff changes today.")),
}
"""Everything a customer may do from the portal, by the button's name."""

ORDERED: Final = ("roaming", "international_calls", "mms", "premium_sms", "donor_sms", "internet_payment")
"""Features that are ordered one by one, in the order of the page."""


def _card(request: HttpRequest, service: UUID) -> ServiceCard:
    view: CustomerView = ask(request, "overview.customer", {"party": the_visit(request).actor.party})
    found = next((card for card in view.services if card.service.id == service), None)
    if found is None:
        raise Refused(Refusal("SERVICE_UNKNOWN", (), {"service": service}), {"service": service})
    return found


def _press(request: HttpRequest, service: UUID, button: Button) -> Outcome:
    """Call the button's operation for the customer, who holds its permission here and for this one alone."""
    visit, called = the_visit(request), find(button.operation)
    allowed = visit.actor.permissions | {called.permission}
    given = {name: request.POST.get(name, "") for name in button.fields}
    if "evidence" in {argument.name for argument in called.arguments}:
        given["evidence"] = f"portal session of {visit.actor.name} from {visit.address}, {visit.now.isoformat()}"
    return call(
        button.operation,
        {"service": service, **given, **button.fixed},
        tenant=visit.tenant,
        actor=replace(visit.actor, permissions=allowed),
        now=visit.now,
        key=request.POST.get("key"),
    )


def _said(button: Button, outcome: Outcome, language: Language) -> str:
    result = outcome.result
    if isinstance(result, Ordered) and result.deposit is not None:
        return f"{gettext('The order waits for a deposit.')} {result.deposit.explain(language)}"
    return str(button.done)


@require_http_methods(["GET", "HEAD", "POST"])
def service(request: HttpRequest, service: UUID) -> HttpResponse:
    """The page of one service, and its buttons."""
    visit = the_visit(request)
    card, problem = _card(request, service), ""
    if request.method == "POST":
        button = BUTTONS.get(request.POST.get("do", ""))
        outcome = _press(request, service, button) if button else None
        if button and outcome and outcome.refusal is None:
            say(request, _said(button, outcome, visit.language))
            return redirect("portal:service", service=service)
        if outcome and outcome.refusal:
            problem = explain_refusal(outcome.refusal, visit.language)
    offers = ask(request, "catalogue.offers")
    shown = {
        "card": card,
        "problem": problem,
        "topups": [offer for offer in offers if offer.kind == "topup" and offer.code in card.topups],
        "tariffs": [offer for offer in offers if offer.kind == "tariff" and offer.code != card.service.tariff],
        "features": [(name, card.service.switches[name]) for name in ORDERED if name in card.service.switches],
        "readers": ask(request, "services.readers", {"service": service}),
        "premium": card.service.switches.get("premium_90x", False),
        "section": "home",
    }
    return render(request, "portal/service.html", shown, status=422 if problem else 200)
