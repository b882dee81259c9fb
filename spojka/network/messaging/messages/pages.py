"""The last page that each sender wrote, by which it is known whether a commit that nobody answered was carried out."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from spojka.access.operations.context import Context

KEPT: Final = timedelta(days=1)
"""A sender that wrote nothing for so long has ended."""

_PAGE: Final = """
INSERT INTO message_page (tenant_id, sender, page, at) VALUES (%s, %s, %s, %s)
ON CONFLICT (tenant_id, sender) DO UPDATE SET page = excluded.page, at = excluded.at
    WHERE message_page.page <> excluded.page
RETURNING page
"""


def write_page(ctx: Context, sender: UUID, page: UUID) -> None:
    """Let a page be a sender's last."""
    ctx.db.execute(_PAGE, [ctx.tenant, sender, page, ctx.now])


def begin_again(ctx: Context, sender: UUID, page: UUID) -> bool:
    """Let a page be a sender's last, after any try of it that still runs; false when one of them was committed."""
    return ctx.db.execute(_PAGE, [ctx.tenant, sender, page, ctx.now]).fetchone() is not None


def forget_pages(ctx: Context) -> None:
    """Forget the pages of senders that ended long ago."""
    ctx.db.execute("DELETE FROM message_page WHERE tenant_id = %s AND at < %s", [ctx.tenant, ctx.now - KEPT])
