"""A connection that one task keeps: what its transaction asks and writes goes to the database in few ways there."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Final, TypeVar, cast

import psycopg
from psycopg.pq import TransactionStatus

from spojka.access.database.carrying import beside
from spojka.access.database.connections import Connection, connect
from spojka.access.database.pipes import Pipe
from spojka.kernel.ids import TenantId

T = TypeVar("T")
Later = Callable[[], T]
"""The answer to what was asked: calling it waits for it. Questions asked before go to the database with it."""

WENT_AWAY: Final = ("08", "57")
"""Classes of SQLSTATE that say that the server went away, not that it refused."""


class Line:
    """
    Transactions of one task or thread, one after the other, over a connection of its own.

    Statements are sent when the first answer is wanted or the transaction ends, all that wait together. So a
    transaction that asks everything first and then writes takes two ways to the database: the scope, its questions;
    and what it writes, with its end. A statement's error comes up with the next answer, or at the end.
    """

    def __init__(self) -> None:
        self._connection: Connection | None = None
        self._pipe: Pipe | None = None

    @contextlib.contextmanager
    def transaction(self, tenant: TenantId) -> Iterator[Connection]:
        """One transaction within a tenant's scope; of a connection it gives `execute` and what that answers."""
        if self._connection is None or self._pipe is None or self._connection.closed:
            self._connection = beside(lambda: connect(autocommit=True))
            self._pipe = Pipe(self._connection)
        connection, pipe = self._connection, self._pipe
        try:
            pipe.execute("BEGIN")
            pipe.execute("SELECT set_config('spojka.tenant', %s, true)", [str(tenant)])
            yield cast("Connection", pipe)
            pipe.execute("COMMIT")
            pipe.finish()
        except BaseException as fault:
            if not isinstance(fault, Exception) or (isinstance(fault, psycopg.OperationalError) and is_lost(fault)):
                self.close()  # it is lost, or whoever waited was cancelled half-way through the answers
            else:
                self._undo(connection, pipe)
            if isinstance(fault, psycopg.errors.FeatureNotSupported):
                self.close()  # a statement made ready before its table was changed: a new connection makes it anew
            raise

    def _undo(self, connection: Connection, pipe: Pipe) -> None:
        try:
            with contextlib.suppress(psycopg.Error):  # the one that is being raised
                pipe.finish()
            if connection.info.transaction_status != TransactionStatus.IDLE:
                pipe.execute("ROLLBACK")
                pipe.finish()
        except psycopg.Error:  # it went away: so did what was done
            self.close()

    def close(self) -> None:
        """Close the connection; the next transaction opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = self._pipe = None


def is_lost(fault: psycopg.OperationalError) -> bool:
    """Whether the connection went away, so that nobody knows of a transaction's end; else the server refused it."""
    return fault.sqlstate is None or fault.sqlstate.startswith(WENT_AWAY)
