"""The database from a loop of asyncio: in threads, each call in a transaction of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Final, TypeVar

from spojka.access.database.connections import transaction
from spojka.access.database.server import files
from spojka.access.operations.context import Actor, Context
from spojka.kernel.ids import TenantId, uuid7

PROGRAM: Final = Actor("connector", frozenset({"messages.*"}))
READERS: Final = 3
AWAY_S: Final = 2
"""Where the database is not to be had for so long, whoever asks is told so."""

Result = TypeVar("Result")


class Reader:
    """Runs reading and small writing in threads, each in a transaction of its own."""

    def __init__(self, tenant: TenantId, *, now: Callable[[], datetime]) -> None:
        self.tenant, self.now = tenant, now
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="connector")

    async def do(self, work: Callable[[Context], Result]) -> Result:
        """The result of what is done in one transaction; raises what kept it from being done."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.do_here, work)

    def do_here(self, work: Callable[[Context], Result]) -> Result:
        """The same in this thread."""
        with transaction(self.tenant, wait_s=AWAY_S) as db:
            return work(Context(db, self.tenant, PROGRAM, self.now(), uuid7(), files() / str(self.tenant)))

    def close(self) -> None:
        """Wait for what runs."""
        self._threads.shutdown()
