"""Consents and withdrawals over a given connection, for many recipients at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database import arrays
from spojka.access.database.connections import Row
from spojka.access.database.lines import Later
from spojka.access.operations.context import Context
from spojka.kernel.ids import PartyId, uuid7
from spojka.network.messaging.consents.rules import ConsentGiven
from spojka.network.messaging.consents.standing import Pair, Scope, Standing

_STANDING: Final = """
SELECT n.party_id, n.recipient, c.given_at, c.all_given_at, w.withdrawn_at, w.all_withdrawn_at,
    EXISTS (SELECT 1 FROM service s WHERE s.tenant_id = %(tenant)s AND s.msisdn = n.recipient
        AND s.party_id = n.party_id AND s.state <> 'ended') AS own
FROM unnest(%(parties)s::uuid[], %(recipients)s::text[]) AS n(party_id, recipient)
LEFT JOIN LATERAL (SELECT max(given_at) AS given_at, max(given_at) FILTER (WHERE scope = 'all') AS all_given_at
    FROM consent WHERE tenant_id = %(tenant)s AND party_id = n.party_id AND recipient = n.recipient
    AND given_at < %(at)s) c ON true
LEFT JOIN LATERAL (SELECT max(withdrawn_at) AS withdrawn_at,
    max(withdrawn_at) FILTER (WHERE scope = 'all') AS all_withdrawn_at
    FROM consent_withdrawal WHERE tenant_id = %(tenant)s AND party_id = n.party_id AND recipient = n.recipient
    AND withdrawn_at <= %(at)s) w ON true
"""


def standing(ctx: Context, pairs: Sequence[Pair], *, at: datetime | None = None) -> Later[Standing]:
    """
    What recipients want at an instant, that of the call unless given: a later consent re-opens what was withdrawn.

    A consent counts from after its instant, a withdrawal from its instant on. A consent to commercial messages re-opens
    these alone; a withdrawal of commercial messages leaves a consent to all standing for the others.
    """
    if not pairs:
        return Standing
    wanted = list(dict.fromkeys(pairs))
    asked = ctx.db.execute(
        _STANDING,
        {
            "tenant": ctx.tenant,
            "parties": arrays.of_ids([pair[0] for pair in wanted]),
            "recipients": arrays.of_texts([pair[1] for pair in wanted]),
            "at": at or ctx.now,
        },
    )
    return lambda: _standing_of(asked.fetchall())


def _standing_of(rows: Sequence[Row]) -> Standing:
    withdrawn: dict[Pair, datetime] = {}
    withdrawn_all: dict[Pair, datetime] = {}
    consents: dict[Pair, Scope] = {}
    for row in rows:
        pair = (row["party_id"], row["recipient"])
        if _stands(row["all_given_at"], row["all_withdrawn_at"]):
            consents[pair] = "all"
        elif row["all_withdrawn_at"] is not None:
            withdrawn_all[pair] = row["all_withdrawn_at"]
        if _stands(row["given_at"], row["withdrawn_at"]):
            consents.setdefault(pair, "commercial")
        elif row["withdrawn_at"] is not None:
            withdrawn[pair] = row["withdrawn_at"]
    own = frozenset((row["party_id"], row["recipient"]) for row in rows if row["own"])
    return Standing(withdrawn, withdrawn_all, consents, own)


def _stands(given_at: datetime | None, withdrawn_at: datetime | None) -> bool:
    return given_at is not None and (withdrawn_at is None or given_at > withdrawn_at)


def add_consents(ctx: Context, party: PartyId, given: Sequence[ConsentGiven]) -> list[UUID]:
    """Write consents of recipients to a subscriber; returns their ids."""
    if not given:
        return []
    ids = [uuid7() for _ in given]
    ctx.db.execute(
        "INSERT INTO consent (tenant_id, id, party_id, recipient, scope, given_at, channel, wording, evidence,"
        " recorded_at, recorded_by) SELECT %s, n.id, %s, n.recipient, n.scope, n.given_at, n.channel, n.wording,"
        " n.evidence, %s, %s FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::text[],"
        " %s::text[], %s::jsonb[]) AS n(id, recipient, scope, given_at, channel, wording, evidence)",
        [
            ctx.tenant,
            party,
            ctx.now,
            ctx.actor.name,
            ids,
            [one.recipient for one in given],
            [one.scope for one in given],
            [one.given_at for one in given],
            [one.channel.strip() for one in given],
            [one.wording.strip() for one in given],
            [Jsonb(_evidence(one)) for one in given],
        ],
    )
    return ids


def _evidence(one: ConsentGiven) -> Mapping[str, str]:
    if not one.evidence_sha256:
        return {}
    return {"sha256": one.evidence_sha256, "name": one.evidence_name}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """
    A recipient takes a consent back.

    Args:
        party: the subscriber.
        recipient: E.164.
        scope: commercial messages, or all.
        withdrawn_at: when it was said, from when it counts.
        channel: `sms`, `mms`, `link`, `api` or `care_line`.
        source: what it rests on: the id of a message, of a call.

    """

    party: PartyId
    recipient: str
    scope: Scope
    withdrawn_at: datetime
    channel: str
    source: str


def add_withdrawals(ctx: Context, said: Sequence[Withdrawal]) -> list[UUID]:
    """Write withdrawals, each as it was said; returns their ids."""
    if not said:
        return []
    ids = [uuid7() for _ in said]
    ctx.db.execute(
        "INSERT INTO consent_withdrawal (tenant_id, id, party_id, recipient, scope, withdrawn_at, channel, source,"
        " recorded_at) SELECT %s, n.id, n.party, n.recipient, n.scope, n.at, n.channel, n.source, %s"
        " FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[])"
        " AS n(id, party, recipient, scope, at, channel, source)",
        [
            ctx.tenant,
            ctx.now,
            ids,
            [one.party for one in said],
            [one.recipient for one in said],
            [one.scope for one in said],
            [one.withdrawn_at for one in said],
            [one.channel for one in said],
            [one.source for one in said],
        ],
    )
    return ids


_GIVEN: Final = (
    "SELECT id, recipient, 'consent' AS kind, scope, given_at AS at, channel, wording, evidence, '' AS source,"
    " recorded_at, recorded_by FROM consent WHERE tenant_id = %(tenant)s AND party_id = %(party)s{narrowed}"
    " ORDER BY given_at DESC, id DESC LIMIT %(limit)s"
)
_TAKEN_BACK: Final = (
    "SELECT id, recipient, 'withdrawal', scope, withdrawn_at, channel, '', '{{}}'::jsonb, source, recorded_at, ''"
    " FROM consent_withdrawal WHERE tenant_id = %(tenant)s AND party_id = %(party)s{narrowed}"
    " ORDER BY withdrawn_at DESC, id DESC LIMIT %(limit)s"
)


def history(
    ctx: Context,
    party: PartyId,
    *,
    recipient: str | None,
    before: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Row]:
    """What recipients said to a subscriber (or one of them), consents and withdrawals, the latest first."""

    def narrowed(at: str) -> str:
        to_one = " AND recipient = %(recipient)s" if recipient is not None else ""
        earlier = f" AND ({at}, id) < (%(before)s, %(before_id)s)" if before is not None else ""
        return to_one + earlier

    given = _GIVEN.format(narrowed=narrowed("given_at"))
    taken_back = _TAKEN_BACK.format(narrowed=narrowed("withdrawn_at"))
    said = {"tenant": ctx.tenant, "party": party, "limit": limit, "recipient": recipient}
    if before is not None:
        said |= {"before": before[0], "before_id": before[1]}
    return ctx.db.execute(
        f"({given}) UNION ALL ({taken_back}) ORDER BY at DESC, id DESC LIMIT %(limit)s",
        said,
    ).fetchall()


def set_consent_mode(ctx: Context, application: UUID, *, mode: str, opt_out_route: str) -> None:
    """From now an application's messages need a consent on record, or not, and recipients opt out by a way."""
    ctx.db.execute(
        "UPDATE application SET consent_mode = %s, opt_out_route = %s WHERE tenant_id = %s AND id = %s",
        [mode, opt_out_route, ctx.tenant, application],
    )


def application_of(ctx: Context, application: UUID) -> Row | None:
    """Whose an application is and how it treats consents; a customer reaches only its own."""
    return ctx.db.execute(
        "SELECT id, party_id, consent_mode, opt_out_route FROM application WHERE tenant_id = %(tenant)s"
        " AND id = %(id)s AND (%(party)s::uuid IS NULL OR party_id = %(party)s)",
        {"tenant": ctx.tenant, "id": application, "party": ctx.actor.party},
    ).fetchone()
