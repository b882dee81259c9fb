"""Parties over a given connection."""

from __future__ import annotations

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId
from spojka.trade.parties.rules import folded, words_of


def party_row(ctx: Context, party: PartyId) -> Row | None:
    """One party, or none; a customer sees only itself."""
    if ctx.actor.party not in (None, party):
        return None
    return ctx.db.execute("SELECT * FROM party WHERE tenant_id = %s AND id = %s", [ctx.tenant, party]).fetchone()


def put_words(ctx: Context, party: PartyId, *, name: str, email: str) -> None:
    """What a party is found by: every word of its name, and its e-mail address as a whole."""
    words = [("name", word) for word in words_of(name)] + [("email", folded(email))] * bool(email.strip())
    ctx.db.execute(
        "INSERT INTO party_word (tenant_id, kind, word, party_id) SELECT %s, n.kind, n.word, %s"
        " FROM unnest(%s::text[], %s::text[]) AS n(kind, word) ON CONFLICT DO NOTHING",
        [ctx.tenant, party, [kind for kind, _ in words], [word for _, word in words]],
    )


def change_email_word(ctx: Context, party: PartyId, email: str) -> None:
    """From now on a party is found by another e-mail address, or by none."""
    ctx.db.execute(
        "DELETE FROM party_word WHERE tenant_id = %s AND party_id = %s AND kind = 'email' AND word <> %s",
        [ctx.tenant, party, folded(email)],
    )
    put_words(ctx, party, name="", email=email)
