"""Consents to serve other companies as they stand."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.kernel.ids import PartyId
from spojka.network.messaging.applications.resale.operations import ResaleConsentView, consent_view
from spojka.network.messaging.applications.resale.store import consents_of


@query("connector.resale_consents", permission="connector.read", customers=True)
def resale_consents(ctx: Context, *, party: PartyId) -> list[ResaleConsentView]:
    """Every consent that a subscriber asked for, newest first; a customer sees its own."""
    if ctx.actor.party not in (None, party):
        return []
    return [consent_view(row) for row in consents_of(ctx, party)]
