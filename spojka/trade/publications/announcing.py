"""Who must hear of a new edition: other rooms say so, each for its own, when an edition is published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from spojka.access.operations.context import Context
from spojka.terms.editions import Edition
from spojka.trade.publications.packs import PackDocument

Announce = Callable[[Context, PackDocument, Edition], None]
"""Takes the call, the document and its new edition; tells whom it concerns."""

_announced_by: Final[dict[str, Announce]] = {}


def announces_editions(announce: Announce) -> Announce:
    """Register by its name what tells of new editions."""
    _announced_by[announce.__name__] = announce
    return announce


def announce_edition(ctx: Context, document: PackDocument, edition: Edition) -> None:
    """Have everybody told whom a new edition concerns; one that another has followed already concerns nobody."""
    followed = ctx.db.execute(
        "SELECT 1 AS there FROM publication WHERE tenant_id = %s AND document = %s AND effective_from > %s"
        " AND effective_from <= %s LIMIT 1",
        [ctx.tenant, edition.document, edition.effective_from, ctx.today],
    ).fetchone()
    if followed is None:
        for announce in _announced_by.values():
            announce(ctx, document, edition)
