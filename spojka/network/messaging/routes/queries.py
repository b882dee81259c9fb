"""The ways to SMS centres as staff see them."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.network.messaging.routes.operations import RouteSet
from spojka.network.messaging.routes.store import all_routes


@query("connector.routes", permission="connector.routes")
def routes(ctx: Context) -> list[RouteSet]:
    """Every way: where it binds, as whom, which networks it leads to; passwords are not shown."""
    return [
        RouteSet(
            row["name"],
            row["networks"],
            row["host"],
            row["port"],
            row["system_id"],
            row["encrypted"],
            row["window"],
            row["per_s"],
        )
        for row in all_routes(ctx)
    ]
