"""Setting the ways to SMS centres."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Annotated, Final, Literal

from pydantic import Field

from spojka.access.database.connections import Row
from spojka.access.database.sealing import seal
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.routes.store import KEY, all_routes
from spojka.network.messaging.smpp.fields import MOST_DESTINATIONS
from spojka.terms.refusals import define_refusal

_NAME: Final = re.compile("[a-z0-9][a-z0-9-]{0,31}")

define_refusal(
    "ROUTE_NAME_INVALID",
    cs="{name} není jméno cesty: použijte malá písmena bez diakritiky, číslice a pomlčku.",
    en="{name} is no name of a way: use small letters without diacritics, digits and a hyphen.",
)
define_refusal(
    "NETWORK_HAS_ROUTE",
    cs="K síti {network} už vede cesta {route}. Zrušte ji, nebo zvolte jinou síť.",
    en="The way {route} leads to the network {network} already. Remove it, or choose another network.",
)
define_refusal("ROUTE_UNKNOWN", cs="Cesta {name} není nastavena.", en="There is no way {name}.")

IdForm = Literal["text", "decimal", "hex"]


@dataclass(frozen=True, slots=True)
class RouteSet:
    """A way as it is set; its password is not shown."""

    name: str
    networks: list[str]
    host: str
    port: int
    system_id: str
    encrypted: bool
    window: int
    per_s: int | None
    queries: bool
    multi: int
    presents: str


def route_set(row: Row) -> RouteSet:
    """A way from its row."""
    return RouteSet(**{one.name: row[one.name] for one in fields(RouteSet)})


@operation("connector.set_route", permission="connector.routes", refusals=("ROUTE_NAME_INVALID", "NETWORK_HAS_ROUTE"))
def set_route(
    ctx: Context,
    *,
    name: str,
    networks: list[str],
    host: str,
    port: Annotated[int, Field(ge=1, le=65535)],
    system_id: Annotated[str, Field(max_length=15)],
    password: Annotated[str, Field(max_length=8)],
    encrypted: bool = False,
    window: Annotated[int, Field(ge=1, le=1000)] = 10,
    per_s: Annotated[int, Field(ge=1)] | None = None,
    answer_ids: IdForm = "text",
    receipt_ids: IdForm = "text",
    queries: bool = False,
    multi: Annotated[int, Field(ge=0, le=MOST_DESTINATIONS)] = 0,
    presents: Annotated[str, Field(pattern=r"^(\+?[0-9]{3,15})?$")] = "",
) -> RouteSet | Refusal:
    """
    Set a way to networks, anew or instead of what it was; a sender uses it when it begins.

    `networks` are names as portability data give them, `*` is all that no other way leads to (o2/3.1). `queries`: the
    centre answers what became of a message. `multi`: so many recipients it takes in one request (o2/2.2). `presents`:
    the number that recipients in other Czech networks see in place of the one they were sent from (o2/3.1).
    """
    if not _NAME.fullmatch(name):
        return Refusal("ROUTE_NAME_INVALID", (), {"name": name})
    ctx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"routes {ctx.tenant}"])
    for row in all_routes(ctx):
        taken = set(row["networks"]) & set(networks)
        if row["name"] != name and taken:
            return Refusal("NETWORK_HAS_ROUTE", (), {"network": min(taken), "route": row["name"]})
    made = ctx.db.execute(
        'INSERT INTO message_route (tenant_id, name, networks, host, port, system_id, password, encrypted, "window",'
        " per_s, answer_ids, receipt_ids, queries, multi, presents, set_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, name) DO UPDATE SET networks = excluded.networks, host = excluded.host,"
        " port = excluded.port, system_id = excluded.system_id, password = excluded.password,"
        ' encrypted = excluded.encrypted, "window" = excluded."window", per_s = excluded.per_s,'
        " answer_ids = excluded.answer_ids, receipt_ids = excluded.receipt_ids, queries = excluded.queries,"
        " multi = excluded.multi, presents = excluded.presents, set_at = excluded.set_at RETURNING *",
        [
            ctx.tenant,
            name,
            networks,
            host,
            port,
            system_id,
            seal(password, key=KEY),
            encrypted,
            window,
            per_s,
            answer_ids,
            receipt_ids,
            queries,
            multi,
            presents,
            ctx.now,
        ],
    ).fetchone()
    assert made is not None, name
    return route_set(made)


@operation("connector.remove_route", permission="connector.routes", refusals=("ROUTE_UNKNOWN",))
def remove_route(ctx: Context, *, name: str) -> RouteSet | Refusal:
    """Remove a way; messages for its networks take the way to all others, or fail without one."""
    row = ctx.db.execute(
        "DELETE FROM message_route WHERE tenant_id = %s AND name = %s RETURNING *", [ctx.tenant, name]
    ).fetchone()
    if row is None:
        return Refusal("ROUTE_UNKNOWN", (), {"name": name})
    return route_set(row)
