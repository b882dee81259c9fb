"""A call's answer as HTTP: results as 200, refusals as 422 with clauses and words, foreign objects as 404."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from spojka.access.operations.calling import ArgumentsWrong, call
from spojka.access.operations.outcome import Outcome, plain
from spojka.access.operations.registry import OperationUnknown, find
from spojka.kernel.refusals import Refusal
from spojka.surfaces.api.tokens import Caller, language_of
from spojka.surfaces.web.presented import refuse_presented
from spojka.surfaces.web.refusing import status_of, tell_wait
from spojka.terms.refusals import explain_refusal

KEY_HEADER = "Idempotency-Key"
"""A call repeated with the same key is done once; the first answer comes again."""

SIGN_IN = "users.sign_in"
"""The operation that counts what fails from one address."""


def as_json(body: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """A body as JSON, letters as they are."""
    text = json.dumps(body, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")


def wrong(problems: Mapping[str, str]) -> HttpResponse:
    """The call's arguments do not fit: one message a field."""
    return as_json({"problems": dict(problems)}, 400)


def given_in(request: HttpRequest) -> dict[str, Any] | HttpResponse:
    """The arguments: a JSON object, or the texts of the address for a reading call."""
    if request.method == "GET":
        return {name: request.GET[name] for name in request.GET}
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        return wrong({"": "the body is not JSON"})
    return body if isinstance(body, dict) else wrong({"": "the body is not a JSON object"})


def answer(request: HttpRequest, caller: Caller, name: str, given: Mapping[str, Any]) -> HttpResponse:
    """Make one call and tell how it went."""
    foreign = refuse_presented(request, tenant=caller.tenant, now=caller.now, used_for="api")
    if foreign is not None:
        return as_refusal(request, foreign, 403)
    key = request.headers.get(KEY_HEADER) or None
    try:
        if find(name).local:  # it may name files of this machine
            return as_json({"problem": f"{name} is not offered here"}, 404)
        given = _placed(caller, name, given)
        outcome = call(name, given, tenant=caller.tenant, actor=caller.actor, now=caller.now, key=key)
    except ArgumentsWrong as bad:
        return wrong(bad.problems)
    except OperationUnknown as unknown:
        return as_json({"problem": str(unknown)}, 404)
    if outcome.refusal is not None:
        return _refused(request, caller, outcome.refusal, given)
    return as_json(_done(outcome))


def _done(outcome: Outcome) -> dict[str, Any]:
    return {"result": outcome.plain, "cites": list(outcome.cites), "replayed": outcome.replayed}


def _refused(request: HttpRequest, caller: Caller, refusal: Refusal, given: Mapping[str, Any]) -> HttpResponse:
    status = status_of(refusal)
    if status == 404 and caller.actor.party is not None:
        _report(caller, given)
    return tell_wait(as_refusal(request, refusal, status), refusal, caller.now)


def _placed(caller: Caller, name: str, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """An attempt to sign in comes from where the call does, unless a program says for whom it asks."""
    return {**given, "address": given.get("address") or caller.address} if name == SIGN_IN else given


def as_refusal(request: HttpRequest, refusal: Refusal, status: int) -> HttpResponse:
    """A refusal with its clauses, its figures, and words in the caller's language."""
    body = {
        "code": refusal.code,
        "clauses": list(refusal.clauses),
        "figures": plain(dict(refusal.figures)),
        "words": explain_refusal(refusal, language_of(request)),
    }
    return as_json({"refusal": body}, status)


def _report(caller: Caller, given: Mapping[str, Any]) -> None:
    """What a customer asked for and is not theirs is kept as a security event (nej/4.10)."""
    for name, value in given.items():
        try:
            asked = UUID(str(value))
        except ValueError:
            continue
        reported = {"kind": name, "object": asked, "address": caller.address}
        call("users.report_foreign_access", reported, tenant=caller.tenant, actor=caller.actor, now=caller.now)
