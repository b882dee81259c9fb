"""The lock of the way in, read from what the tenant has published (nej/4.9)."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.users.locks import read_lock_terms_by
from spojka.access.users.rules import LockTerms
from spojka.terms.precedence import TermMissing
from spojka.trade.publications.shelf import shelf_of


@read_lock_terms_by
def published_lock_terms(ctx: Context) -> LockTerms | None:
    """The tenant's lock terms today, or `None` before it has published any."""
    try:
        return shelf_of(ctx).sheet(LockTerms, ctx.today)
    except TermMissing:
        return None
