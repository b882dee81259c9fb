"""Users, tokens and attempts over a given connection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Connection, Row
from spojka.kernel.ids import PartyId, SignInId, TenantId, UserId, uuid7

_COLUMNS = "u.id, u.login, u.password_hash, u.roles, u.party_id, u.language"


def insert_user(  # a user is these facts
    db: Connection,
    *,
    tenant: TenantId,
    login: str,
    password_hash: str,
    roles: Sequence[str],
    party: PartyId | None,
    language: str,
) -> UserId | None:
    """A new user, or `None` when the login is taken."""
    row = db.execute(
        "INSERT INTO user_account (tenant_id, id, login, password_hash, roles, party_id, language)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, login) DO NOTHING RETURNING id",
        [tenant, uuid7(), login, password_hash, Jsonb(list(roles)), party, language],
    ).fetchone()
    return UserId(row["id"]) if row else None


def user_by_login(db: Connection, tenant: TenantId, login: str) -> Row | None:
    """An open user's row by login."""
    return db.execute(
        f"SELECT {_COLUMNS} FROM user_account u WHERE u.tenant_id = %s AND u.login = %s AND u.closed_at IS NULL",  # noqa: S608  # constant columns
        [tenant, login],
    ).fetchone()


def user_by_session(db: Connection, tenant: TenantId, user: UserId, session: SignInId, since: datetime) -> Row | None:
    """An open user's row, by a session of theirs that has not ended and was opened after an instant."""
    return db.execute(
        f"SELECT {_COLUMNS} FROM sign_in_session s"  # noqa: S608  # constant columns
        " JOIN user_account u ON u.tenant_id = s.tenant_id AND u.id = s.user_id"
        " WHERE s.tenant_id = %s AND s.id = %s AND s.user_id = %s AND s.ended_at IS NULL AND s.opened_at > %s"
        " AND u.closed_at IS NULL",
        [tenant, session, user, since],
    ).fetchone()


def open_session(db: Connection, *, tenant: TenantId, user: UserId, at: datetime, since: datetime) -> SignInId:
    """A new session of a user; theirs that were not opened after `since` are over and forgotten."""
    db.execute(
        "DELETE FROM sign_in_session WHERE tenant_id = %s AND user_id = %s AND opened_at <= %s", [tenant, user, since]
    )
    session = SignInId(uuid7())
    db.execute(
        "INSERT INTO sign_in_session (tenant_id, id, user_id, opened_at) VALUES (%s, %s, %s, %s)",
        [tenant, session, user, at],
    )
    return session


def end_session(db: Connection, *, tenant: TenantId, login: str, session: SignInId, at: datetime) -> bool:
    """End a session of whoever has a login; true when it was open."""
    row = db.execute(
        "UPDATE sign_in_session s SET ended_at = %s FROM user_account u WHERE s.tenant_id = %s AND s.id = %s"
        " AND s.ended_at IS NULL AND u.tenant_id = s.tenant_id AND u.id = s.user_id AND u.login = %s RETURNING s.id",
        [at, tenant, session, login],
    ).fetchone()
    return row is not None


def user_by_token(db: Connection, tenant: TenantId, digest: bytes) -> Row | None:
    """The open user of an open token, by the digest of its secret."""
    return db.execute(
        f"SELECT {_COLUMNS} FROM access_token t JOIN user_account u ON u.tenant_id = t.tenant_id AND u.id = t.user_id"  # noqa: S608  # constant columns
        " WHERE t.tenant_id = %s AND t.digest = %s AND t.closed_at IS NULL AND u.closed_at IS NULL",
        [tenant, digest],
    ).fetchone()


def set_password(db: Connection, tenant: TenantId, user: UserId, password_hash: str) -> None:
    """Keep another hash; sessions that carry the old one's stamp end with it."""
    db.execute(
        "UPDATE user_account SET password_hash = %s WHERE tenant_id = %s AND id = %s",
        [password_hash, tenant, user],
    )


def set_language(db: Connection, tenant: TenantId, user: UserId, language: str) -> None:
    """The language a user reads in."""
    db.execute("UPDATE user_account SET language = %s WHERE tenant_id = %s AND id = %s", [language, tenant, user])


def insert_token(db: Connection, *, tenant: TenantId, user: UserId, name: str, digest: bytes, at: datetime) -> bool:
    """Keep a token's digest; false when the user already has a token of that name or the digest is known."""
    row = db.execute(
        "INSERT INTO access_token (tenant_id, id, user_id, name, digest, made_at) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING RETURNING id",
        [tenant, uuid7(), user, name, digest, at],
    ).fetchone()
    return row is not None


def close_token(db: Connection, *, tenant: TenantId, user: UserId, name: str, at: datetime) -> bool:
    """Stop a token; true when an open one had that name."""
    row = db.execute(
        "UPDATE access_token SET closed_at = %s WHERE tenant_id = %s AND user_id = %s AND name = %s"
        " AND closed_at IS NULL RETURNING id",
        [at, tenant, user, name],
    ).fetchone()
    return row is not None


def hold_login(db: Connection, tenant: TenantId, login: str) -> None:
    """Attempts at one login wait for one another until the transaction ends, so that none slips past the count."""
    db.execute("SELECT pg_advisory_xact_lock(hashtextextended('sign in ' || %s::text || %s, 0))", [tenant, login])


def hold_place(db: Connection, tenant: TenantId, place: str) -> None:
    """Attempts from one place wait for one another until the transaction ends, so that none slips past the count."""
    db.execute("SELECT pg_advisory_xact_lock(hashtextextended('sign in from ' || %s::text || %s, 0))", [tenant, place])


def failures_from(db: Connection, tenant: TenantId, place: str, since: datetime) -> list[datetime]:
    """When attempts from a place failed after an instant."""
    rows = db.execute(
        "SELECT at FROM sign_in_failure WHERE tenant_id = %s AND place = %s AND at > %s", [tenant, place, since]
    ).fetchall()
    return [row["at"] for row in rows]


def count_failure(db: Connection, *, tenant: TenantId, place: str, at: datetime, since: datetime) -> None:
    """Count an attempt that failed against its place; failures of any place that count no more are forgotten."""
    db.execute(
        "DELETE FROM sign_in_failure f USING (SELECT id FROM sign_in_failure WHERE tenant_id = %(tenant)s"
        " AND at <= %(since)s FOR UPDATE SKIP LOCKED) AS old WHERE f.tenant_id = %(tenant)s AND f.id = old.id",
        {"tenant": tenant, "since": since},
    )
    db.execute(
        "INSERT INTO sign_in_failure (tenant_id, id, place, at) VALUES (%s, %s, %s, %s)", [tenant, uuid7(), place, at]
    )


def failures_since(db: Connection, tenant: TenantId, login: str, since: datetime) -> list[datetime]:
    """When attempts at a login failed since an instant and since its last success, in order."""
    rows = db.execute(
        "SELECT at FROM sign_in_attempt a WHERE tenant_id = %(tenant)s AND login = %(login)s AND at > %(since)s"
        " AND NOT succeeded AND NOT EXISTS (SELECT 1 FROM sign_in_attempt b WHERE b.tenant_id = a.tenant_id"
        " AND b.login = a.login AND b.succeeded AND b.at >= a.at) ORDER BY at",
        {"tenant": tenant, "login": login, "since": since},
    ).fetchall()
    return [row["at"] for row in rows]


def record_attempt(  # an attempt is these facts
    db: Connection,
    *,
    tenant: TenantId,
    login: str,
    at: datetime,
    succeeded: bool,
    address: str,
) -> None:
    """Keep one attempt."""
    db.execute(
        "INSERT INTO sign_in_attempt (tenant_id, id, login, at, succeeded, address) VALUES (%s, %s, %s, %s, %s, %s)",
        [tenant, uuid7(), login, at, succeeded, address],
    )
