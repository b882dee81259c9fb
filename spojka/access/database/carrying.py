"""Synchronous code in the loop's own thread: where it waits for a socket or for a thread, the loop goes on."""

from __future__ import annotations

import asyncio
import select
import sys
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from greenlet import getcurrent, greenlet

T = TypeVar("T")


class _Carried(greenlet):
    """Code that is carried; its parent is the one that awaits for it."""


async def carried(call: Callable[[], T]) -> T:
    """
    Carry out a call in the loop's own thread, and give what it returns or raises.

    No thread is woken, and none has to wait for the interpreter. The call may wait by `wait_for` and `beside` alone:
    whatever else blocks, blocks the loop.
    """
    code = _Carried(call)
    code.gr_context = getcurrent().gr_context
    found: Any = code.switch()
    while not code.dead:
        try:
            came = await found
        except BaseException:  # noqa: BLE001  # it is for the code that waits
            found = code.throw(*sys.exc_info())
        else:
            found = code.switch(came)
    result: T = found
    return result


def wait_for(socket: int, poll: select.poll, *, writing: bool = False) -> int:
    """Wait until a socket can be read, or written where that is wanted; returns what it is ready for."""
    if isinstance(getcurrent(), _Carried):
        return _awaited(_ready(socket, writing=writing))
    if not writing:
        return poll.poll()[0][1]
    poll.modify(socket, select.POLLIN | select.POLLOUT)
    ready = poll.poll()[0][1]
    poll.modify(socket, select.POLLIN)
    return ready


def beside(call: Callable[[], T]) -> T:
    """Do what blocks: in a thread of its own where that would block the loop."""
    if isinstance(getcurrent(), _Carried):
        return _awaited(asyncio.to_thread(call))
    return call()


def _awaited(awaitable: Awaitable[T]) -> T:
    parent = getcurrent().parent
    assert parent is not None
    result: T = parent.switch(awaitable)
    return result


async def _ready(socket: int, *, writing: bool) -> int:
    loop = asyncio.get_running_loop()
    ready: asyncio.Future[int] = loop.create_future()

    def tell(event: int) -> None:
        if not ready.done():
            ready.set_result(event)

    loop.add_reader(socket, tell, select.POLLIN)
    if writing:
        loop.add_writer(socket, tell, select.POLLOUT)
    try:
        return await ready
    finally:
        loop.remove_reader(socket)
        if writing:
            loop.remove_writer(socket)
