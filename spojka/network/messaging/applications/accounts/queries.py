"""Accounts to bind with as their subscriber and staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.accounts.store import LongTexts, accounts_of
from spojka.network.messaging.applications.store import application_row
from spojka.network.messaging.messages.records import Class, Purpose
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account without its password; `closed_at` is there once it was revoked or set anew."""

    id: UUID
    system_id: str
    message_class: Class
    purpose: Purpose
    most_binds: int
    window: int
    long_texts: LongTexts
    set_at: datetime
    set_by: str
    closed_at: datetime | None


@query("connector.bind_accounts", permission="connector.read", customers=True, refusals=("SERVICE_UNKNOWN",))
def bind_accounts(ctx: Context, *, application: ServiceId) -> list[AccountView] | Refusal:
    """Accounts with which an application's programs bind over SMPP, the latest first; closed ones too."""
    if application_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    return [
        AccountView(
            row["id"],
            row["system_id"],
            row["message_class"],
            row["purpose"],
            row["most_binds"],
            row["window"],
            row["long_texts"],
            row["set_at"],
            row["set_by"],
            row["closed_at"],
        )
        for row in accounts_of(ctx, application)
    ]
