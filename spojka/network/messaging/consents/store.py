"""Consents and withdrawals over a given connection, for many recipients at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from spojka.access.operations.context import Context
from spojka.network.messaging.consents.standing import Pair, Standing

_STANDING = """
SELECT n.party_id, n.recipient, c.scope, c.given_at, w.withdrawn_at, a.withdrawn_at AS all_withdrawn_at,
    EXISTS (SELECT 1 FROM service s WHERE s.tenant_id = %(tenant)s AND s.msisdn = n.recipient
        AND s.party_id = n.party_id AND s.state <> 'ended') AS own
FROM unnest(%(parties)s::uuid[], %(recipients)s::text[]) AS n(party_id, recipient)
LEFT JOIN LATERAL (SELECT scope, given_at FROM consent WHERE tenant_id = %(tenant)s AND party_id = n.party_id
    AND recipient = n.recipient AND given_at < %(at)s ORDER BY given_at DESC LIMIT 1) c ON true
LEFT JOIN LATERAL (SELECT withdrawn_at FROM consent_withdrawal WHERE tenant_id = %(tenant)s AND party_id = n.party_id
    AND recipient = n.recipient AND withdrawn_at <= %(at)s ORDER BY withdrawn_at DESC LIMIT 1) w ON true
LEFT JOIN LATERAL (SELECT withdrawn_at FROM consent_withdrawal WHERE tenant_id = %(tenant)s AND party_id = n.party_id
    AND recipient = n.recipient AND withdrawn_at <= %(at)s AND scope = 'all' ORDER BY withdrawn_at DESC LIMIT 1) a
    ON true
"""


def standing(ctx: Context, pairs: Sequence[Pair]) -> Standing:
    """
    What recipients want at the instant of the call: a later consent re-opens what was withdrawn before it.

    A consent counts from after its instant, a withdrawal from its instant on.
    """
    if not pairs:
        return Standing()
    wanted = list(dict.fromkeys(pairs))
    rows = ctx.db.execute(
        _STANDING,
        {
            "tenant": ctx.tenant,
            "parties": [pair[0] for pair in wanted],
            "recipients": [pair[1] for pair in wanted],
            "at": ctx.now,
        },
    ).fetchall()
    withdrawn: dict[Pair, datetime] = {}
    consents: dict[Pair, str] = {}
    for row in rows:
        pair = (row["party_id"], row["recipient"])
        given_at, withdrawn_at, all_withdrawn_at = row["given_at"], row["withdrawn_at"], row["all_withdrawn_at"]
        if withdrawn_at is not None and (given_at is None or given_at <= withdrawn_at):
            withdrawn[pair] = withdrawn_at
        if given_at is not None and (all_withdrawn_at is None or given_at > all_withdrawn_at):
            consents[pair] = row["scope"]
    return Standing(withdrawn, consents, frozenset((row["party_id"], row["recipient"]) for row in rows if row["own"]))
