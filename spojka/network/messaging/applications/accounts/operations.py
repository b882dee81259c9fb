"""Accounts to bind with over SMPP, set and revoked by the subscriber or for it."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.access.users.passwords import Secret, hash_password
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.accounts import refusals as _words  # noqa: F401  # the words of the codes below
from spojka.network.messaging.applications.accounts.store import (
    LongTexts,
    add_account,
    close_account,
    lock_system_ids,
    open_account,
)
from spojka.network.messaging.applications.store import application_row
from spojka.network.messaging.messages.records import Class, Purpose
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN, SERVICE_TERMINATED

MOST_SYSTEM_ID: Final = 15
"""Characters of a system_id (SMPP 3.4, 5.2.1)."""
PASSWORD_CHARACTERS: Final = 8
"""Characters of a password: as many as the protocol carries (SMPP 3.4, 5.2.2)."""
_SYSTEM_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,15}")
_SIGNS: Final = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Signs of passwords; those that are easily taken for others are left out."""


@dataclass(frozen=True, slots=True)
class AccountSet:
    """An account that is open now; its password is shown this once."""

    id: UUID
    application: ServiceId
    system_id: str
    password: str
    message_class: Class
    purpose: Purpose
    most_binds: int
    window: int
    long_texts: LongTexts


@operation(
    "connector.set_bind_account",
    permission="connector.write",
    customers=True,
    secret_answer=True,
    refusals=("SERVICE_UNKNOWN", "SERVICE_TERMINATED", "SYSTEM_ID_INVALID", "SYSTEM_ID_TAKEN"),
)
def set_bind_account(
    ctx: Context,
    *,
    application: ServiceId,
    system_id: str = "",
    message_class: Class = "standard",
    purpose: Purpose = "commercial",
    most_binds: Annotated[int, Field(ge=1, le=16)] = 4,
    window: Annotated[int, Field(ge=1, le=1000)] = 50,
    long_texts: LongTexts = "payload",
) -> AccountSet | Refusal:
    """
    Let programs of an application bind over SMPP; anew, the account gets another password and its sessions end.

    Without a `system_id` it is the application's number. `message_class` takes the place of the address that HTTPS has
    for priority messages, so an application that sends both kinds has two accounts (o2/2.2).
    """
    lock_system_ids(ctx)
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    if row["state"] == "ended":
        return Refusal("SERVICE_TERMINATED", (), {"ended_on": row["ended_at"]})
    wanted = system_id or str(row["app_number"])
    if not _SYSTEM_ID.fullmatch(wanted):
        return Refusal("SYSTEM_ID_INVALID", (), {"system_id": wanted[:64], "most": MOST_SYSTEM_ID})
    known = open_account(ctx, wanted)
    if known is not None and known.application != application:
        return Refusal("SYSTEM_ID_TAKEN", (), {"system_id": wanted})
    if known is not None:
        close_account(ctx, known.id)
    password = "".join([secrets.choice(_SIGNS) for _ in range(PASSWORD_CHARACTERS)])
    facts = {
        "application_id": application,
        "system_id": wanted,
        "password_hash": hash_password(Secret(password)),
        "message_class": message_class,
        "purpose": purpose,
        "most_binds": most_binds,
        "window": window,
        "long_texts": long_texts,
    }
    made = add_account(ctx, facts)
    return AccountSet(made, application, wanted, password, message_class, purpose, most_binds, window, long_texts)


@dataclass(frozen=True, slots=True)
class AccountRevoked:
    """An account that nobody binds with any more."""

    id: UUID
    application: ServiceId
    system_id: str
    closed_at: datetime


@operation(
    "connector.revoke_bind_account",
    permission="connector.write",
    customers=True,
    refusals=("SERVICE_UNKNOWN", "BIND_ACCOUNT_UNKNOWN"),
)
def revoke_bind_account(ctx: Context, *, application: ServiceId, system_id: str = "") -> AccountRevoked | Refusal:
    """Close an account; its sessions are unbound within a second. Without a `system_id` that of the number."""
    lock_system_ids(ctx)
    row = application_row(ctx, application)
    if row is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    wanted = system_id or str(row["app_number"])
    known = open_account(ctx, wanted)
    if known is None or known.application != application:
        return Refusal("BIND_ACCOUNT_UNKNOWN", (), {"system_id": wanted[:64]})
    close_account(ctx, known.id)
    return AccountRevoked(known.id, application, wanted, ctx.now)
