"""Where the lock's terms come from: a source that a floor above registers, since editions are published there."""

from __future__ import annotations

from collections.abc import Callable

from spojka.access.operations.context import Context
from spojka.access.users.rules import UNPUBLISHED, LockTerms

LockSource = Callable[[Context], LockTerms | None]

_sources: list[LockSource] = []


def read_lock_terms_by(source: LockSource) -> LockSource:
    """Register what reads a tenant's lock terms, or `None` where none are published; the last one registered counts."""
    _sources.append(source)
    return source


def lock_terms(ctx: Context) -> LockTerms:
    """The terms that lock this tenant's logins."""
    found = _sources[-1](ctx) if _sources else None
    return found or UNPUBLISHED
