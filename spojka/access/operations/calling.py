"""A call by name: arguments converted, permission checked, one transaction, the key answered once, one audit row."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from psycopg import Rollback
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from spojka.access.audit.store import record_call
from spojka.access.database.connections import Connection, read_only, transaction
from spojka.access.database.server import files
from spojka.access.operations.context import Actor, Context
from spojka.access.operations.digests import digest_of
from spojka.access.operations.outcome import Outcome, plain
from spojka.access.operations.registry import Operation, find
from spojka.access.operations.unauthorised import record_unauthorised
from spojka.kernel.ids import TenantId, uuid7
from spojka.kernel.refusals import Refusal
from spojka.terms.refusals import define_refusal

define_refusal(
    "NOT_AUTHORISED",
    cs="{actor} nemá oprávnění {permission}. Požádejte toho, kdo je uděluje.",
    en="{actor} lacks the permission {permission}. Ask whoever grants it.",
)
define_refusal(
    "KEY_REUSED",
    cs="Klíč {key} už patří jinému volání ({operation}). Použijte nový klíč.",
    en="The key {key} already belongs to another call ({operation}). Use a new key.",
    also=("order_id_conflict",),
)
define_refusal(
    "ANSWER_NOT_KEPT",
    cs="Volání s klíčem {key} už proběhlo a jeho odpověď obsahuje tajný údaj, proto se neuchovává. Nic dalšího se"
    " nestalo; jinou odpověď dá volání s novým klíčem.",
    en="The call with the key {key} was done already; its answer holds a secret and is not kept. Nothing more was done;"
    " a call with a new key gives another answer.",
)


_NO_TEXT: Final = re.compile("[\0\ud800-\udfff]")


class ArgumentsWrong(ValueError):
    """
    A call's arguments do not fit: unknown, missing, not convertible or no text; one message a field.

    Args:
        name: the operation.
        problems: by argument.

    """

    def __init__(self, name: str, problems: Mapping[str, str]) -> None:
        self.name, self.problems = name, dict(problems)
        super().__init__(f"{name}: " + "; ".join(f"{field}: {problem}" for field, problem in problems.items()))


def convert(called: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments converted to the declared types; raises `ArgumentsWrong` naming every field that does not fit."""
    known = {argument.name: argument for argument in called.arguments}
    problems = {name: f"unknown; known are {', '.join(known) or 'none'}" for name in given if name not in known}
    problems |= {name: "holds a character that no text may hold" for name in given if not _is_text(given[name])}
    values: dict[str, Any] = {}
    for name, argument in known.items():
        if name in problems:
            continue
        if name not in given:
            if argument.required:
                problems[name] = "is missing"
            continue
        try:
            values[name] = argument.adapter.validate_python(given[name])
        except ValidationError as bad:
            first = bad.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            problems[f"{name}.{place}" if place else name] = f"{first['msg']}; got {first['input']!r}"
    if problems:
        raise ArgumentsWrong(called.name, problems)
    return values


def _is_text(value: object) -> bool:
    """Whether all texts inside can be stored: no NUL, no half of a surrogate pair (PostgreSQL takes neither)."""
    match value:
        case str():
            return _NO_TEXT.search(value) is None
        case Mapping():
            return all(_is_text(name) and _is_text(inner) for name, inner in value.items())
        case list() | tuple() | set() | frozenset():
            return all(_is_text(inner) for inner in value)
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return all(_is_text(getattr(value, field.name)) for field in dataclasses.fields(value))
        case _:
            return True


def call(  # a call is these facts
    name: str,
    given: Mapping[str, Any],
    *,
    tenant: TenantId,
    actor: Actor,
    now: datetime,
    key: str | None = None,
) -> Outcome:
    """
    Call an operation or query by its registered name in a transaction of its own.

    Args:
        name: like `contracts.sign`.
        given: arguments by name, as texts, JSON values or typed values.
        tenant: whose data.
        actor: who acts; one who stands for a customer may call only what is marked for customers.
        now: the instant of the call.
        key: the caller's idempotency key; a second call with it answers with the first answer, or is refused with
            `ANSWER_NOT_KEPT` where that answer was a secret.

    """
    called = find(name)
    values = convert(called, given)
    if not _is_text(key):
        raise ArgumentsWrong(name, {"key": "holds a character that no text may hold"})
    if not actor.may(called.permission) or (actor.party is not None and not called.customers):
        record_unauthorised(called, values, tenant=tenant, actor=actor, now=now)
        return refused(Refusal("NOT_AUTHORISED", (), {"actor": actor.name, "permission": called.permission}))
    with transaction(tenant) as db:
        if called.kind == "query":
            read_only(db)
        return run(called, values, Context(db, tenant, actor, now, uuid7(), files() / str(tenant)), key)


def refused(refusal: Refusal) -> Outcome:
    """The outcome of a refusal."""
    return Outcome(None, refusal, plain(refusal))


def run(called: Operation, values: Mapping[str, Any], ctx: Context, key: str | None = None) -> Outcome:
    """Run a converted call inside the transaction that `ctx` holds."""
    if called.kind == "query":
        answer = called.function(ctx, **values)
        return refused(answer) if isinstance(answer, Refusal) else Outcome(answer, None, plain(answer))
    digest = digest_of(called, values)
    if key is not None:
        earlier = _earlier(ctx.db, ctx.tenant, key, called, digest)
        if earlier is not None:
            return earlier
    outcome = _write(called, values, ctx)
    record_call(
        ctx.db,
        tenant=ctx.tenant,
        call_id=ctx.call_id,
        at=ctx.now,
        actor=ctx.actor.name,
        operation=called.name,
        digest=digest,
        outcome="ok" if outcome.refusal is None else outcome.refusal.code,
    )
    if key is not None:
        _keep_answer(ctx, key, called, outcome)
    return outcome


def _keep_answer(ctx: Context, key: str, called: Operation, outcome: Outcome) -> None:
    """A done call answers its key for good; a refused one changed nothing, so its key may be tried again."""
    if outcome.refusal is None and not called.secret_answer:
        ctx.db.execute(
            "UPDATE operation_key SET answer = %s WHERE tenant_id = %s AND key = %s",
            [Jsonb(outcome.plain), ctx.tenant, key],
        )
    elif outcome.refusal is not None:
        ctx.db.execute("DELETE FROM operation_key WHERE tenant_id = %s AND key = %s", [ctx.tenant, key])


def _write(called: Operation, values: Mapping[str, Any], ctx: Context) -> Outcome:
    outcome: Outcome | None = None
    with ctx.db.transaction() as savepoint:
        answer = called.function(ctx, **values)
        if isinstance(answer, Refusal):
            outcome = refused(answer)
            raise Rollback(savepoint)
        outcome = Outcome(answer, None, plain(answer))
    assert outcome is not None
    return outcome


def _earlier(db: Connection, tenant: TenantId, key: str, called: Operation, digest: bytes) -> Outcome | None:
    row = db.execute(
        "INSERT INTO operation_key (tenant_id, key, operation, digest) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, key) DO NOTHING RETURNING key",
        [tenant, key, called.name, digest],
    ).fetchone()
    if row is not None:
        return None
    used = db.execute(
        "SELECT operation, digest, answer FROM operation_key WHERE tenant_id = %s AND key = %s",
        [tenant, key],
    ).fetchone()
    assert used is not None
    if bytes(used["digest"]) != digest:
        return refused(Refusal("KEY_REUSED", (), {"key": key, "operation": used["operation"]}))
    if called.secret_answer:
        return refused(Refusal("ANSWER_NOT_KEPT", (), {"key": key}))
    return Outcome(None, None, used["answer"], replayed=True)
