"""The ways to SMS centres and MMSCs as staff see them."""

from __future__ import annotations

from spojka.access.operations.context import Context
from spojka.access.operations.registry import query
from spojka.network.messaging.routes.operations import RouteSet, route_set
from spojka.network.messaging.routes.store import all_routes


@query("connector.routes", permission="connector.routes")
def routes(ctx: Context) -> list[RouteSet]:
    """Every way: where it binds or submits, as whom, which networks it leads to; passwords are not shown."""
    return [route_set(row) for row in all_routes(ctx)]
