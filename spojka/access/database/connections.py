"""Connections and transactions under the ordinary role, scoped to one tenant once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from spojka.access.database.server import APP_ROLE, owner_url, refuse_unfit
from spojka.kernel.ids import TenantId

TRIES_S: Final = 3
"""A pool whose server is away begins anew so often, so that it is back within about two seconds of its server."""

PATIENCE: Final = {
    "keepalives_idle": "5",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}
"""A server of another host that falls silent without a word is lost after 20 seconds, unless its URL says otherwise."""
_SERVERS_PATIENCE: Final = (
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=20000"
)
"""So is a client whose host fell silent, so that what it held is free again."""

Row = dict[str, Any]
Connection = psycopg.Connection[Row]


class NoTenantInScope(RuntimeError):
    """A query ran outside any tenant's scope: a surface forgot to name the tenant."""


class ScopeChanged(RuntimeError):
    """A transaction that already works for one tenant was asked to work for another."""


def app_conninfo(url: str) -> str:
    """A connection string that works as the ordinary role."""
    said = psycopg.conninfo.conninfo_to_dict(url)
    patience = {name: value for name, value in PATIENCE.items() if name not in said}
    options = f"-c role={APP_ROLE} -c timezone=UTC -c jit=off {_SERVERS_PATIENCE}"
    return psycopg.conninfo.make_conninfo(url, **patience, options=options)


def connect(*, autocommit: bool = False) -> Connection:
    """A new connection as the ordinary role; rows are dicts."""
    _checked()
    return psycopg.connect(app_conninfo(owner_url()), row_factory=dict_row, autocommit=autocommit)


@lru_cache(maxsize=1)
def _checked() -> bool:
    with psycopg.connect(owner_url(), autocommit=True) as owner:
        refuse_unfit(owner)
    return True


@lru_cache(maxsize=1)
def pool() -> ConnectionPool[Connection]:
    """This process's pool of connections as the ordinary role."""
    _checked()
    made: ConnectionPool[Connection] = ConnectionPool(
        lambda: app_conninfo(owner_url()),
        kwargs={"row_factory": dict_row},
        min_size=1,
        max_size=8,
        open=True,
        check=ConnectionPool.check_connection,
        reconnect_timeout=TRIES_S,
        reconnect_failed=ConnectionPool.check,
    )
    return made


def close_pool() -> None:
    """Close this process's pool, if one is open."""
    if pool.cache_info().currsize:
        pool().close()
        pool.cache_clear()


_ENTER: Final = (  # one way to the database and back; `CASE` reads the setting before it is made
    "SELECT p.present, CASE WHEN coalesce(p.present, '') = '' THEN set_config('spojka.tenant', %s, true) END"
    " FROM (SELECT current_setting('spojka.tenant', true) AS present OFFSET 0) AS p"
)


_READ_ONLY: Final = "SELECT set_config('transaction_read_only', 'on', true)"


def read_only(connection: Connection) -> None:
    """Let the rest of the transaction write nothing: the server refuses whatever would."""
    connection.execute(_READ_ONLY)


def enter_scope(connection: Connection, tenant: TenantId) -> None:
    """Work for a tenant until the transaction ends; raises `ScopeChanged` for a second tenant."""
    row = connection.execute(_ENTER, [str(tenant)]).fetchone()
    present = row["present"] if row else None
    if present and present != str(tenant):
        raise ScopeChanged(f"this transaction works for {present}, not for {tenant}")


def require_scope(connection: Connection) -> TenantId:
    """The tenant the transaction works for; raises `NoTenantInScope`."""
    row = connection.execute("SELECT current_setting('spojka.tenant', true)::text AS tenant").fetchone()
    if not row or not row["tenant"]:
        raise NoTenantInScope("no tenant in scope; open the transaction with transaction(tenant)")
    return TenantId(UUID(row["tenant"]))


@contextlib.contextmanager
def transaction(tenant: TenantId | None, *, wait_s: int | None = None) -> Iterator[Connection]:
    """
    One transaction from the pool; `None` works on the tables that belong to no tenant.

    Raises `psycopg_pool.PoolTimeout` where no connection is to be had within `wait_s`, or half a minute.
    """
    with pool().connection(timeout=wait_s) as connection, connection.transaction():
        if tenant is not None:
            enter_scope(connection, tenant)
        yield connection
