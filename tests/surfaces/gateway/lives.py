"""A sender as a process of its own, whose life ends by a kill, and what still waits for it."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager

SENDER = """
import sys
from uuid import UUID
from spojka.kernel.ids import TenantId
from spojka.surfaces.gateway.dispatch import Ear, send
send(TenantId(UUID(sys.argv[1])), Ear("127.0.0.1", int(sys.argv[2])) if len(sys.argv) > 2 else None)
"""


@asynccontextmanager
async def a_life(provider, *, killed: bool, ear: int | None = None):
    """
    A sender while the block runs.

    Args:
        provider: whose.
        killed: whether it is killed at the end, or told to end.
        ear: the port that MMSCs post to, or none.

    """
    heard = [] if ear is None else [str(ear)]
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", SENDER, str(provider), *heard, stderr=-3)
    try:
        yield
    finally:
        process.send_signal(signal.SIGKILL if killed else signal.SIGTERM)
        await asyncio.wait_for(process.wait(), 30)


async def until(held, *, within_s: float = 150):
    """Wait until something holds, asked in a thread."""
    async with asyncio.timeout(within_s):
        while not await asyncio.to_thread(held):  # noqa: ASYNC110  # nobody tells a test
            await asyncio.sleep(0.02)
