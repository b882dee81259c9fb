"""Accounts to bind with over a given connection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.messages.records import Class, Purpose

LongTexts = Literal["payload", "parts"]
"""How a long text is delivered: whole in message_payload, or in parts with headers."""


@dataclass(frozen=True, slots=True)
class Account:
    """
    An open account.

    Args:
        id: changes whenever the account is set.
        application: whose.
        system_id: what a program binds as.
        password_hash: Argon2id.
        message_class: of everything that is sent with it.
        purpose: of everything that is sent with it.
        most_binds: sessions at once.
        window: requests without an answer in one session, either way.
        long_texts: how long texts are delivered.

    """

    id: UUID
    application: ServiceId
    system_id: str
    password_hash: str = field(repr=False)
    message_class: Class
    purpose: Purpose
    most_binds: int
    window: int
    long_texts: LongTexts


def _account(row: Row) -> Account:
    return Account(
        row["id"],
        ServiceId(row["application_id"]),
        row["system_id"],
        row["password_hash"],
        row["message_class"],
        row["purpose"],
        row["most_binds"],
        row["window"],
        row["long_texts"],
    )


def open_account(ctx: Context, system_id: str) -> Account | None:
    """The account of a system_id, or none."""
    row = ctx.db.execute(
        "SELECT * FROM bind_account WHERE tenant_id = %s AND system_id = %s AND closed_at IS NULL",
        [ctx.tenant, system_id],
    ).fetchone()
    return None if row is None else _account(row)


def still_open(ctx: Context, accounts: Sequence[UUID]) -> set[UUID]:
    """Those of the accounts that are not closed."""
    rows = ctx.db.execute(
        "SELECT id FROM bind_account WHERE tenant_id = %s AND id = ANY(%s::uuid[]) AND closed_at IS NULL",
        [ctx.tenant, arrays.of_ids(accounts)],
    ).fetchall()
    return {row["id"] for row in rows}


def accounts_of(ctx: Context, application: UUID) -> list[Row]:
    """Every account of an application, also closed ones, the latest first."""
    return ctx.db.execute(
        "SELECT * FROM bind_account WHERE tenant_id = %s AND application_id = %s"
        " ORDER BY set_at DESC, id DESC LIMIT 200",
        [ctx.tenant, application],
    ).fetchall()


def lock_system_ids(ctx: Context) -> None:
    """Let nobody else of the tenant set an account until the transaction ends."""
    ctx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"bind accounts {ctx.tenant}"])


def close_account(ctx: Context, account: UUID) -> None:
    """Nobody binds with an account any more, and sessions that did are ended within a second."""
    ctx.db.execute(
        "UPDATE bind_account SET closed_at = %s WHERE tenant_id = %s AND id = %s", [ctx.now, ctx.tenant, account]
    )


def add_account(ctx: Context, facts: dict[str, Any]) -> UUID:
    """Write an account; `facts` are its columns. Returns its id."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO bind_account (tenant_id, id, application_id, system_id, password_hash, message_class, purpose,"
        ' most_binds, "window", long_texts, set_at, set_by) VALUES (%(tenant)s, %(id)s, %(application_id)s,'
        " %(system_id)s, %(password_hash)s, %(message_class)s, %(purpose)s, %(most_binds)s, %(window)s,"
        " %(long_texts)s, %(now)s, %(by)s)",
        {**facts, "tenant": ctx.tenant, "id": made, "now": ctx.now, "by": ctx.actor.name},
    )
    return made
