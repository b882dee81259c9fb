"""Consents and withdrawals over a given connection, for many recipients at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
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


def withdraw(ctx: Context, stops: Sequence[tuple[ServiceId, str, str]], *, channel: str) -> None:
    """
    Recipients want no more commercial messages from the subscribers of applications, from the instant of the call.

    Args:
        ctx: the call.
        stops: application, recipient, and what it rests on.
        channel: how it was said.

    """
    if not stops:
        return
    ctx.db.execute(
        "INSERT INTO consent_withdrawal (tenant_id, id, party_id, recipient, scope, withdrawn_at, channel, source,"
        " recorded_at) SELECT %s, n.id, a.party_id, n.recipient, 'commercial', %s, %s, n.source, %s"
        " FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[]) AS n(id, application, recipient, source)"
        " JOIN application a ON a.tenant_id = %s AND a.id = n.application",
        [
            ctx.tenant,
            ctx.now,
            channel,
            ctx.now,
            [uuid7() for _ in stops],
            [one[0] for one in stops],
            [one[1] for one in stops],
            [one[2] for one in stops],
            ctx.tenant,
        ],
    )
