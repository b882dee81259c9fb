"""Applications, their options and limits over a given connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.access.operations.outcome import plain
from spojka.kernel.ids import PartyId, ServiceId, uuid7

_SHOWN: Final = (
    "SELECT a.id, a.party_id, a.product, a.name, a.app_number, a.msisdn, a.consent_mode, a.webhook_url, a.opened_at,"
    " a.closed_at, s.state, s.contract_id, s.activated_at, s.ended_at, c.signed_on, c.editions,"
    " c.number AS contract_number,"
    " (SELECT d.due_at FROM deadline d WHERE d.tenant_id = a.tenant_id AND d.key = 'terminate:' || a.id"
    " AND d.state = 'pending') AS ends_at"
    " FROM application a JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.id"
    " JOIN contract c ON c.tenant_id = s.tenant_id AND c.id = s.contract_id"
)


def ending_key(application: UUID) -> str:
    """The key of the deadline that ends an application whose cancellation was asked for."""
    return f"terminate:{application}"


def add_application(
    ctx: Context, *, application: ServiceId, party: PartyId, product: str, name: str, app_number: str, msisdn: str
) -> None:
    """Write an application beside its service, which waits for activation."""
    ctx.db.execute(
        "INSERT INTO application (tenant_id, id, party_id, product, name, app_number, msisdn, consent_mode,"
        " opt_out_route, webhook_url, opened_at) VALUES (%s, %s, %s, %s, %s, %s, %s, 'attest', '', '', %s)",
        [ctx.tenant, application, party, product, name, app_number, msisdn, ctx.now],
    )


def application_row(ctx: Context, application: UUID) -> Row | None:
    """One application with its service and contract, or none; a customer reaches only its own."""
    return ctx.db.execute(
        f"{_SHOWN} WHERE a.tenant_id = %(tenant)s AND a.id = %(id)s"
        " AND (%(party)s::uuid IS NULL OR a.party_id = %(party)s)",
        {"tenant": ctx.tenant, "id": application, "party": ctx.actor.party},
    ).fetchone()


def application_rows(ctx: Context, party: UUID | None) -> list[Row]:
    """Applications of a party, or of all, oldest first; a customer reaches only its own."""
    return ctx.db.execute(
        f"{_SHOWN} WHERE a.tenant_id = %(tenant)s AND (%(party)s::uuid IS NULL OR a.party_id = %(party)s)"
        " AND (%(own)s::uuid IS NULL OR a.party_id = %(own)s) ORDER BY a.opened_at, a.id LIMIT 2000",
        {"tenant": ctx.tenant, "party": party, "own": ctx.actor.party},
    ).fetchall()


def has_application(ctx: Context, party: UUID | None) -> bool:
    """Whether a party, or anybody, has an application, open or closed."""
    row = ctx.db.execute(
        "SELECT EXISTS (SELECT FROM application WHERE tenant_id = %(tenant)s"
        " AND (%(party)s::uuid IS NULL OR party_id = %(party)s)) AS there",
        {"tenant": ctx.tenant, "party": party},
    ).fetchone()
    return row is not None and bool(row["there"])


def close_application(ctx: Context, application: UUID) -> None:
    """The application is closed now, its options end and nobody binds for it; what had ended before stays as it is."""
    ctx.db.execute(
        "UPDATE application SET closed_at = %s WHERE tenant_id = %s AND id = %s",
        [ctx.now, ctx.tenant, application],
    )
    ctx.db.execute(
        "UPDATE application_option SET state = CASE WHEN active_from IS NULL THEN 'refused' ELSE 'ended' END,"
        " active_to = CASE WHEN active_from IS NULL THEN NULL ELSE least(active_to, %(now)s) END"
        " WHERE tenant_id = %(tenant)s AND application_id = %(id)s AND state IN ('requested', 'checked', 'active')",
        {"now": ctx.now, "tenant": ctx.tenant, "id": application},
    )
    ctx.db.execute(
        "UPDATE bind_account SET closed_at = %s WHERE tenant_id = %s AND application_id = %s AND closed_at IS NULL",
        [ctx.now, ctx.tenant, application],
    )


def add_option(
    ctx: Context,
    *,
    option: UUID,
    application: ServiceId,
    kind: str,
    value: str,
    folded: str,
    state: str,
    channel: str,
    caller: str,
    evidence: Mapping[str, object],
) -> None:
    """Write an option that was asked for."""
    ctx.db.execute(
        "INSERT INTO application_option (tenant_id, id, application_id, kind, value, folded, state, reason, channel,"
        " caller, evidence, requested_at) VALUES (%s, %s, %s, %s, %s, %s, %s, '', %s, %s, %s, %s)",
        [
            ctx.tenant,
            option,
            application,
            kind,
            value,
            folded,
            state,
            channel,
            caller,
            Jsonb(plain(dict(evidence))),
            ctx.now,
        ],
    )


def option_row(ctx: Context, option: UUID) -> Row | None:
    """One option, or none; a customer reaches only its own. Whoever changes it holds its application's service."""
    return ctx.db.execute(
        "SELECT o.* FROM application_option o JOIN application a ON a.tenant_id = o.tenant_id"
        " AND a.id = o.application_id WHERE o.tenant_id = %(tenant)s AND o.id = %(id)s"
        " AND (%(party)s::uuid IS NULL OR a.party_id = %(party)s)",
        {"tenant": ctx.tenant, "id": option, "party": ctx.actor.party},
    ).fetchone()


def options_of(ctx: Context, applications: Sequence[UUID]) -> list[Row]:
    """Every option of applications, in the order they were asked for."""
    return ctx.db.execute(
        "SELECT * FROM application_option WHERE tenant_id = %s AND application_id = ANY(%s) ORDER BY requested_at, id",
        [ctx.tenant, list(applications)],
    ).fetchall()


def running_option(ctx: Context, application: UUID, kind: str) -> Row | None:
    """The active option of a kind that an application has at most once, or none."""
    return ctx.db.execute(
        "SELECT * FROM application_option WHERE tenant_id = %s AND application_id = %s AND kind = %s"
        " AND active_from <= %s AND (active_to IS NULL OR active_to > %s) ORDER BY active_from DESC LIMIT 1",
        [ctx.tenant, application, kind, ctx.now, ctx.now],
    ).fetchone()


def start_option(ctx: Context, option: UUID, *, reason: str) -> None:
    """The option is active from now."""
    ctx.db.execute(
        "UPDATE application_option SET state = 'active', active_from = %s, reason = %s"
        " WHERE tenant_id = %s AND id = %s",
        [ctx.now, reason, ctx.tenant, option],
    )


def refuse_option(ctx: Context, option: UUID, *, reason: str) -> None:
    """The option was asked for and refused by a person."""
    ctx.db.execute(
        "UPDATE application_option SET state = 'refused', reason = %s WHERE tenant_id = %s AND id = %s",
        [reason, ctx.tenant, option],
    )


def stop_option(ctx: Context, option: UUID, *, at: datetime) -> None:
    """The option is active until an instant (exclusive): now, or later."""
    ctx.db.execute(
        "UPDATE application_option SET active_to = %(at)s, state = CASE WHEN %(at)s <= %(now)s THEN 'ended' ELSE state"
        " END WHERE tenant_id = %(tenant)s AND id = %(id)s",
        {"at": at, "now": ctx.now, "tenant": ctx.tenant, "id": option},
    )


def lock_nickname(ctx: Context, folded: str) -> None:
    """Let nobody else ask for a nickname until the transaction ends; whoever comes waits."""
    ctx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"nickname {ctx.tenant} {folded}"])


def holders_of_nickname(ctx: Context, folded: str) -> list[Row]:
    """Who has a nickname now or asks for it: option, application, subscriber."""
    return ctx.db.execute(
        "SELECT o.id, o.application_id, a.party_id FROM application_option o JOIN application a"
        " ON a.tenant_id = o.tenant_id AND a.id = o.application_id WHERE o.tenant_id = %s AND o.kind = 'nickname'"
        " AND o.folded = %s AND o.state IN ('requested', 'checked', 'active')"
        " AND (o.active_to IS NULL OR o.active_to > %s) ORDER BY o.id",
        [ctx.tenant, folded, ctx.now],
    ).fetchall()


def add_limit(
    ctx: Context, *, application: ServiceId, period: str, asked: int, asked_by: str, granted: int | None = None
) -> UUID:
    """Write a request for a limit, or, with `granted`, a limit that the provider sets by itself from now on."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO application_limit (tenant_id, id, application_id, period, asked, granted, state, reason, asked_by,"
        " asked_at, decided_by, valid_from) VALUES (%s, %s, %s, %s, %s, %s, %s, '', %s, %s, %s, %s)",
        [
            ctx.tenant,
            made,
            application,
            period,
            asked,
            granted,
            "asked" if granted is None else "granted",
            asked_by,
            ctx.now,
            "" if granted is None else ctx.actor.name,
            None if granted is None else ctx.now,
        ],
    )
    return made


def limit_row(ctx: Context, request: UUID) -> Row | None:
    """A request for a limit, locked, or none."""
    return ctx.db.execute(
        "SELECT * FROM application_limit WHERE tenant_id = %s AND id = %s FOR UPDATE", [ctx.tenant, request]
    ).fetchone()


def decide_limit(ctx: Context, request: UUID, *, granted: int | None, reason: str) -> None:
    """A request is granted from now on, or rejected (`None`)."""
    ctx.db.execute(
        "UPDATE application_limit SET state = %s, granted = %s, reason = %s, decided_by = %s, valid_from = %s"
        " WHERE tenant_id = %s AND id = %s",
        [
            "rejected" if granted is None else "granted",
            granted,
            reason,
            ctx.actor.name,
            None if granted is None else ctx.now,
            ctx.tenant,
            request,
        ],
    )


def limit_rows(ctx: Context, application: UUID) -> list[Row]:
    """Every limit that was asked for or set, newest first."""
    return ctx.db.execute(
        "SELECT * FROM application_limit WHERE tenant_id = %s AND application_id = %s ORDER BY asked_at DESC, id DESC"
        " LIMIT 500",
        [ctx.tenant, application],
    ).fetchall()


def used_in(ctx: Context, application: UUID, *, period: str, period_on: date) -> int:
    """How much of a limit was used in a day or a month, by its first day."""
    row = ctx.db.execute(
        "SELECT used FROM message_counter WHERE tenant_id = %s AND application_id = %s AND period = %s"
        " AND period_on = %s",
        [ctx.tenant, application, period, period_on],
    ).fetchone()
    return 0 if row is None else int(row["used"])


_DIRECTORY: Final = """
SELECT p.name, a.product, a.app_number, a.msisdn, n.nicknames FROM application a
JOIN service s ON s.tenant_id = a.tenant_id AND s.id = a.id
JOIN party p ON p.tenant_id = a.tenant_id AND p.id = a.party_id
CROSS JOIN LATERAL (SELECT coalesce(jsonb_agg(o.value ORDER BY o.folded), '[]') AS nicknames,
    coalesce(array_agg(o.folded), '{}') AS folded FROM application_option o WHERE o.tenant_id = a.tenant_id
    AND o.application_id = a.id AND o.kind = 'nickname' AND o.active_from <= %(now)s
    AND (o.active_to IS NULL OR o.active_to > %(now)s)) n
WHERE a.tenant_id = %(tenant)s AND a.closed_at IS NULL AND s.state = 'active' AND a.product = ANY(%(products)s)
AND NOT EXISTS (SELECT 1 FROM hidden_entry h WHERE h.tenant_id = a.tenant_id AND h.application_id = a.id
    AND h.shown_at IS NULL)
AND (%(word)s = '' OR a.app_number = %(number)s OR a.msisdn = %(number)s OR %(nickname)s = ANY(n.folded)
    OR strpos(p.folded, %(word)s) > 0)
ORDER BY p.sort_key, p.name, a.app_number LIMIT %(most)s
"""


def directory_rows(
    ctx: Context, *, products: Sequence[str], word: str, number: str | None, nickname: str, most: int
) -> list[Row]:
    """Active applications of products that a search finds, by the order of names; all of them for an empty word."""
    given = {"now": ctx.now, "tenant": ctx.tenant, "products": list(products), "most": most}
    given |= {"word": word, "number": number, "nickname": nickname}
    return ctx.db.execute(_DIRECTORY, given).fetchall()
