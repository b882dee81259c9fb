"""Where an application wants to be called: set by its subscriber or for it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.ids import ServiceId
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.applications.store import application_row
from spojka.network.messaging.webhooks import refusals as _words  # noqa: F401  # WEBHOOK_URL_INVALID
from spojka.network.messaging.webhooks.rules import wrong_for_public, wrong_url
from spojka.network.messaging.webhooks.store import set_webhook as write_webhook
from spojka.trade.services import refusals as _services  # noqa: F401  # SERVICE_UNKNOWN
from spojka.trade.services.store import lock_service

SECRET_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class WebhookSet:
    """Where an application is called, and the new secret of its signatures (hexadecimal), which is shown this once."""

    application: ServiceId
    url: str
    secret: str


@operation(
    "connector.set_webhook",
    permission="connector.write",
    customers=True,
    secret_answer=True,
    refusals=("SERVICE_UNKNOWN", "WEBHOOK_URL_INVALID"),
)
def set_webhook(ctx: Context, *, application: ServiceId, url: str) -> WebhookSet | Refusal:
    """
    Have messages and reports of an application told to an address, signed by a new secret; an empty one ends it.

    A customer names an address of the public Internet over HTTPS; the provider may name another, which is called where
    its gateway is let call private networks.
    """
    lock_service(ctx, application)
    if application_row(ctx, application) is None:
        return Refusal("SERVICE_UNKNOWN", (), {"service": application})
    wrong = wrong_url(url) if url else None
    if url and wrong is None and ctx.actor.party is not None:
        wrong = wrong_for_public(url)
    if wrong is not None:
        return Refusal("WEBHOOK_URL_INVALID", (), {"url": url[:200], "reason": wrong})
    secret = secrets.token_bytes(SECRET_BYTES) if url else None
    write_webhook(ctx, application, url=url, secret=secret)
    return WebhookSet(application, url, secret.hex() if secret is not None else "")
