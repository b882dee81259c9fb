"""Calls inwards by name: what a page asks, what a form does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from spojka.access.operations.calling import call
from spojka.access.operations.outcome import Outcome
from spojka.kernel.refusals import Refusal
from spojka.surfaces.web.visits import the_visit


class Refused(Exception):
    """A page cannot be shown; `RefusalMiddleware` turns the refusal into an answer."""

    def __init__(self, refusal: Refusal, asked: Mapping[str, object]) -> None:
        self.refusal, self.asked = refusal, asked
        super().__init__(refusal.code)


def attempt(request: HttpRequest, name: str, given: Mapping[str, Any], key: str | None = None) -> Outcome:
    """Call an operation or a query for whoever visits; a refusal is part of the answer."""
    visit = the_visit(request)
    return call(name, given, tenant=visit.tenant, actor=visit.actor, now=visit.now, key=key)


def ask(request: HttpRequest, name: str, given: Mapping[str, Any] | None = None) -> Any:
    """A query's answer; raises `Refused`."""
    asked = given or {}
    outcome = attempt(request, name, asked)
    if outcome.refusal is not None:
        raise Refused(outcome.refusal, asked)
    return outcome.result


def say(request: HttpRequest, text: str, kind: str = "good") -> None:
    """Leave a sentence for the next page that is shown."""
    request.session["said"] = [kind, text]


def may(request: HttpRequest, permission: str) -> bool:
    """Whether whoever visits holds a permission."""
    return the_visit(request).actor.may(permission)
