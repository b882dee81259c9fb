"""Exceptions that a person at the terminal can act on, in one line."""

from __future__ import annotations

import psycopg

from spojka.access.database.server import DatabaseUnfit, HomeUnfit
from spojka.access.operations.calling import ArgumentsWrong
from spojka.access.operations.registry import OperationUnknown
from spojka.access.tenants.store import TenantUnknown
from spojka.surfaces.demo.month import DemoFailed
from spojka.surfaces.stories.fitting import DoesNotFit
from spojka.surfaces.stories.marked import StoryWrong
from spojka.trade.publications.packs import PackUnknown

ACTED_ON = (
    ArgumentsWrong,
    DatabaseUnfit,
    DemoFailed,
    DoesNotFit,
    HomeUnfit,
    OperationUnknown,
    PackUnknown,
    StoryWrong,
    TenantUnknown,
)


def explained(bad: Exception) -> str | None:
    """What to say, or `None` for an exception that only its traceback explains."""
    if isinstance(bad, DoesNotFit):
        return f"{'.'.join(map(str, bad.path))}: {bad.text}"
    if isinstance(bad, ACTED_ON):
        return str(bad)
    if isinstance(bad, psycopg.errors.UndefinedTable):
        return "the database has no tables yet; make them: spojka init"
    if isinstance(bad, psycopg.errors.UndefinedColumn):
        return f"the database is of another version, {str(bad).splitlines()[0]}; bring it up: spojka init"
    if isinstance(bad, psycopg.OperationalError):
        return f"the database cannot be reached: {str(bad).strip().splitlines()[-1]}"
    return None
