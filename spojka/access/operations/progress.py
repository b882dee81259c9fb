"""How far a long call has come: bulk code reports, whoever called may watch; with nobody watching it costs nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Final

Watcher = Callable[[int, int, str], None]
"""Takes how much is done, of how much (0 where unknown), and of what, in one or two words."""

_watcher: Final[ContextVar[Watcher | None]] = ContextVar("spojka_progress", default=None)


def report(done: int, total: int, what: str) -> None:
    """Tell the caller how far the work is: `report(3, 10, "invoices")`."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(done, total, what)


@contextlib.contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Let a watcher hear every `report` of the calls made inside."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)
