"""Statements of one task, kept in libpq's buffer until an answer is wanted: they leave in one system call."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, cast

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from spojka.access.database.carrying import wait_for
from spojka.access.database.connections import Connection, Row

MOST_PREPARED: Final = 200
"""Statements that the server keeps ready; more are parsed each time."""

Params = Sequence[Any] | Mapping[str, Any] | None


class Asked:
    """What was asked; its rows are waited for when they are wanted, with all that was asked before."""

    __slots__ = ("_pipe", "prepares", "result")

    def __init__(self, pipe: Pipe, prepares: Prepared | None = None) -> None:
        self._pipe = pipe
        self.prepares = prepares
        self.result: PGresult | None = None

    def fetchall(self) -> list[Row]:
        """All rows; raises what the server refuses."""
        return self._pipe.rows_of(self)

    def fetchone(self) -> Row | None:
        """The first row, where there is one."""
        return next(iter(self.fetchall()), None)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.fetchall())

    @property
    def rowcount(self) -> int:
        """Rows that were read or written."""
        result = self._pipe.result_of(self)
        return result.command_tuples if result.command_tuples is not None else result.ntuples


Prepared = tuple[str, tuple[int, ...]]
"""A statement and the types of its parameters."""


class Pipe:
    """
    One connection in libpq's pipeline mode, for one task or thread.

    It has what transactions of batches need of a connection: `execute` with rows as dictionaries. A driver that waits
    for the socket at each statement gives the interpreter away each time; this one does when an answer is wanted.

    Args:
        connection: an own one, not used for anything else from now on.

    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._pgconn = connection.pgconn
        self._pgconn.nonblocking = 1
        self._pgconn.enter_pipeline_mode()
        self._adapting = Transformer(connection)
        self._prepared: dict[Prepared, bytes] = {}
        self._pending: deque[Asked] = deque()
        self._fault: psycopg.Error | None = None
        self._kept = False
        self._poll = select.poll()
        self._poll.register(self._pgconn.socket, select.POLLIN)

    def execute(self, query: str, params: Params = None) -> Asked:
        """Ask something; it is sent when an answer is wanted or the transaction ends."""
        text, names = _compiled(query)
        values, types = self._dumped(params, names)
        key = (query, types)
        name = self._prepared.get(key)
        if name is None and len(self._prepared) >= MOST_PREPARED:
            self._pgconn.send_query_params(text, values, types)
        else:
            if name is None:
                name = self._prepared[key] = b"s%d" % len(self._prepared)
                self._pgconn.send_prepare(name, text, types)
                self._pending.append(Asked(self, key))
            self._pgconn.send_query_prepared(name, values)
        asked = Asked(self)
        self._pending.append(asked)
        self._kept = True
        return asked

    def finish(self) -> None:
        """Wait for all that was asked; raises the first thing that the server refused."""
        self._pgconn.pipeline_sync()
        self._send()
        while self._pending:
            self._read_next()
        self._read_sync()
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def rows_of(self, asked: Asked) -> list[Row]:
        """The rows of something asked."""
        result = self.result_of(asked)
        names = [_decoded(result.fname(at)) for at in range(result.nfields)]
        self._adapting.set_pgresult(result)
        return self._adapting.load_rows(0, result.ntuples, lambda values: dict(zip(names, values, strict=True)))

    def result_of(self, asked: Asked) -> PGresult:
        """The result of something asked; raises what the server refuses, of it or of anything before."""
        if asked.result is None:
            if self._kept:
                self._pgconn.send_flush_request()
                self._send()
            while asked.result is None and self._pending:
                self._read_next()
        if self._fault is not None:
            raise self._fault
        assert asked.result is not None
        return asked.result

    def _dumped(self, params: Params, names: tuple[str, ...] | None) -> tuple[Sequence[Any] | None, tuple[int, ...]]:
        if params is None:
            return None, ()
        values = [cast("Mapping[str, Any]", params)[name] for name in names] if names else cast("Sequence[Any]", params)
        made = self._adapting.dump_sequence(values, [PyFormat.TEXT] * len(values))
        return made, tuple(self._adapting.types or ())

    def _send(self) -> None:
        self._kept = False
        while self._pgconn.flush() == 1:
            if wait_for(self._pgconn.socket, self._poll, writing=True) & ~select.POLLOUT:
                self._pgconn.consume_input()

    def _read(self) -> PGresult | None:
        while self._pgconn.is_busy():
            wait_for(self._pgconn.socket, self._poll)
            self._pgconn.consume_input()
        return self._pgconn.get_result()

    def _read_next(self) -> None:
        """Read what came of the oldest question."""
        asked = self._pending.popleft()
        while (result := self._read()) is not None:
            asked.result = result
            if result.status == ExecStatus.FATAL_ERROR and self._fault is None:
                self._fault = error_from_result(result, encoding=self._connection.info.encoding)
            if result.status in (ExecStatus.FATAL_ERROR, ExecStatus.PIPELINE_ABORTED) and asked.prepares is not None:
                del self._prepared[asked.prepares]

    def _read_sync(self) -> None:
        """Read that all is done: a server that went away between the last answer and this may have done all of it."""
        result = self._read()
        if result is None or result.status != ExecStatus.PIPELINE_SYNC:
            raise psycopg.OperationalError("the connection was lost before the server said that all was done")


@lru_cache(maxsize=1024)
def _compiled(query: str) -> tuple[bytes, tuple[str, ...] | None]:
    """A statement with its places numbered as the server has them; its parameters' names, where they have any."""
    pieces = query.replace("%%", "\0").split("%")
    if len(pieces) == 1:
        return query.replace("%%", "%").encode(), None
    text, names = [pieces[0]], list[str]()
    for piece in pieces[1:]:
        if piece.startswith(("s", "b")):  # values go as text, also those that others send as they are
            text.append(f"${len(text)}{piece[1:]}")
            continue
        name, _, rest = piece[1:].partition(")s")
        if name not in names:
            names.append(name)
        text.append(f"${names.index(name) + 1}{rest}")
    return "".join(text).replace("\0", "%").encode(), tuple(names) if names else None


def _decoded(name: bytes | None) -> str:
    return name.decode() if name is not None else ""
