"""Setting the ways to SMS centres and MMSCs."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import Field

from spojka.access.database.connections import Row
from spojka.access.database.sealing import seal, unseal
from spojka.access.operations.context import Context
from spojka.access.operations.registry import operation
from spojka.kernel.refusals import Refusal
from spojka.network.messaging.routes.store import KEY, all_routes, put_route
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
define_refusal(
    "ROUTE_EXISTS",
    cs="Cesta {name} už je nastavena. Změňte ji, nebo zvolte jiné jméno.",
    en="There is a way {name} already. Change it, or choose another name.",
)
define_refusal("ROUTE_UNKNOWN", cs="Cesta {name} není nastavena.", en="There is no way {name}.")
define_refusal(
    "ROUTE_INCOMPLETE",
    cs="Cesta druhu {kind} nemá správně {field} ({reason}).",
    en="{field} of a way of kind {kind} is not right ({reason}).",
)

IdForm = Literal["text", "decimal", "hex"]
Kind = Literal["smpp", "mm7"]
LONGEST_SYSTEM_ID: Final = 15
LONGEST_PASSWORD: Final = 8
"""Characters of SMPP 3.4 (5.2.1, 5.2.2)."""
PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class RouteSet:
    """A way as it is set; its passwords are not shown."""

    name: str
    kind: Kind
    networks: list[str]
    host: str
    port: int
    system_id: str
    encrypted: bool
    window: int
    per_s: int | None
    answer_ids: IdForm
    receipt_ids: IdForm
    queries: bool
    multi: int
    presents: str
    url: str
    vasp_id: str
    vas_id: str
    heard_as: str


def route_set(row: Row) -> RouteSet:
    """A way from its row."""
    return RouteSet(**{one.name: row[one.name] for one in fields(RouteSet)})


@operation(
    "connector.set_route",
    permission="connector.routes",
    refusals=("ROUTE_NAME_INVALID", "ROUTE_EXISTS", "ROUTE_INCOMPLETE", "NETWORK_HAS_ROUTE"),
)
def set_route(
    ctx: Context,
    *,
    name: str,
    networks: list[str],
    kind: Kind = "smpp",
    host: str = "",
    port: Annotated[int, Field(ge=1, le=65535)] | None = None,
    system_id: Annotated[str, Field(max_length=255)] = "",
    password: Annotated[str, Field(max_length=255)] | None = None,
    encrypted: bool = False,
    window: Annotated[int, Field(ge=1, le=1000)] = 10,
    per_s: Annotated[int, Field(ge=1)] | None = None,
    answer_ids: IdForm = "text",
    receipt_ids: IdForm = "text",
    queries: bool = False,
    multi: Annotated[int, Field(ge=0, le=MOST_DESTINATIONS)] = 0,
    presents: Annotated[str, Field(pattern=r"^(\+?[0-9]{3,15})?$")] = "",
    url: Annotated[str, Field(max_length=500)] = "",
    vasp_id: Annotated[str, Field(max_length=64)] = "",
    vas_id: Annotated[str, Field(max_length=64)] = "",
    heard_as: Annotated[str, Field(max_length=255, pattern="^[^:]*$")] = "",
    heard_password: Annotated[str, Field(max_length=255)] | None = None,
    anew: bool = False,
) -> RouteSet | Refusal:
    """
    Set a way to networks, anew or instead of what it was (with `anew` never that); a sender uses it when it begins.

    `networks` are names as portability data give them, `*` is all that no other way leads to (o2/3.1). `kind` is `smpp`
    to an SMS centre (`host`, `port`, `system_id`, `password`) or `mm7` to an MMSC (`url`, `vasp_id`, `vas_id`, and
    `system_id` with `password` where it asks for a name). `queries`: the centre answers what became of a message.
    `multi`: so many recipients it takes in one request (o2/2.2). `presents`: the number that recipients in other Czech
    networks see in place of the one they were sent from (o2/3.1). `window`: requests that run at once. An MMSC posts to
    `/mm7/NAME` of the sender, and says `heard_as` and `heard_password`; without them it must show a certificate. A
    password that is not given stays as it was, unless the way leads elsewhere now; an empty one clears it, as no
    `heard_as` does `heard_password`.
    """
    if not _NAME.fullmatch(name):
        return Refusal("ROUTE_NAME_INVALID", (), {"name": name})
    if kind == "mm7":
        host, port, encrypted = _place_of(url)
    ctx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"routes {ctx.tenant}"])
    present = all_routes(ctx)
    known = next((row for row in present if row["name"] == name), None)
    if known is not None and anew:
        return Refusal("ROUTE_EXISTS", (), {"name": name})
    password = _kept_at(known, host, port, encrypted=encrypted) if password is None else password
    heard_password = _heard(known, heard_as) if heard_password is None else heard_password
    wrong = _wrong_place(host, port, kind=kind) or _wrong_names(kind=kind, system_id=system_id, password=password)
    if wrong is None and bool(heard_as) != bool(heard_password):
        wrong = "heard_password", "both_or_neither"
    if wrong is not None:
        return Refusal("ROUTE_INCOMPLETE", (), {"kind": kind, "field": wrong[0], "reason": wrong[1]})
    for row in present:
        taken = set(row["networks"]) & set(networks)
        if row["name"] != name and row["kind"] == kind and taken:
            return Refusal("NETWORK_HAS_ROUTE", (), {"network": min(taken), "route": row["name"]})
    facts = {
        "tenant_id": ctx.tenant,
        "name": name,
        "kind": kind,
        "networks": networks,
        "host": host,
        "port": port,
        "system_id": system_id,
        "password": seal(password or "", key=KEY),
        "encrypted": encrypted,
        "window": window,
        "per_s": per_s,
        "answer_ids": answer_ids,
        "receipt_ids": receipt_ids,
        "queries": queries,
        "multi": multi,
        "presents": presents,
        "url": url if kind == "mm7" else "",
        "vasp_id": vasp_id,
        "vas_id": vas_id,
        "heard_as": heard_as,
        "heard_password": seal(heard_password, key=KEY),
        "set_at": ctx.now,
    }
    return route_set(put_route(ctx, facts))


def _kept_at(known: Row | None, host: str, port: int | None, *, encrypted: bool) -> str | None:
    """The password that a way has; `None` where it is to lead elsewhere, or in clear, and so must be given again."""
    kept = _kept(known, "password")
    stays = known is None or ((known["host"], known["port"]) == (host, port) and encrypted >= known["encrypted"])
    return kept if stays or not kept else None


def _kept(known: Row | None, column: str) -> str:
    """The password that a way has, `""` without one or without a way."""
    return "" if known is None else unseal(bytes(known[column]), key=KEY)


def _heard(known: Row | None, heard_as: str) -> str:
    """The password that an MMSC goes on saying with a name; without a name none."""
    return _kept(known, "heard_password") if heard_as else ""


def _place_of(url: str) -> tuple[str, int | None, bool]:
    """Host and port of an address, and whether what goes there is encrypted."""
    at = urlsplit(url)
    return at.hostname or "", _port_of(url), at.scheme == "https"


def _port_of(url: str) -> int | None:
    """The port of an address of HTTP, or `None` where it is none."""
    try:
        at = urlsplit(url)
        return PORTS[at.scheme] if at.port is None else at.port
    except (ValueError, KeyError):
        return None


def _wrong_place(host: str, port: int | None, *, kind: Kind) -> tuple[str, str] | None:
    """Which field does not say where the other side is, and why."""
    if host and port:
        return None
    if kind == "mm7":
        return "url", "no_address"
    return "host" if not host else "port", "missing"


def _wrong_names(*, kind: Kind, system_id: str, password: str | None) -> tuple[str, str] | None:
    """Which field is missing or cannot be carried by SMPP, and why."""
    if password is None:
        return "password", "missing"
    if kind == "mm7":
        return None
    if not 0 < len(system_id) <= LONGEST_SYSTEM_ID:
        return "system_id", "length"
    return ("password", "length") if len(password) > LONGEST_PASSWORD else None


@operation("connector.remove_route", permission="connector.routes", refusals=("ROUTE_UNKNOWN",))
def remove_route(ctx: Context, *, name: str) -> RouteSet | Refusal:
    """Remove a way; messages for its networks take the way to all others, or fail without one."""
    row = ctx.db.execute(
        "DELETE FROM message_route WHERE tenant_id = %s AND name = %s RETURNING *", [ctx.tenant, name]
    ).fetchone()
    if row is None:
        return Refusal("ROUTE_UNKNOWN", (), {"name": name})
    return route_set(row)
