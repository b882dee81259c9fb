"""Ways to SMS centres and MMSCs over a given connection, and as senders take them."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from typing import Any, Final

from psycopg import sql

from spojka.access.database.connections import Row
from spojka.access.database.sealing import unseal
from spojka.access.operations.context import Context
from spojka.network.messaging.mm7.client import Peer
from spojka.network.messaging.multimedia.ways import WaySettings
from spojka.network.messaging.sending.routes import RouteSettings
from spojka.network.messaging.smpp.clients import ClientSettings
from spojka.network.messaging.smpp.receipts import IdForm, IdForms

KEY: Final = "route-passwords.key"


def all_routes(ctx: Context) -> list[Row]:
    """Every way, by name."""
    return ctx.db.execute("SELECT * FROM message_route WHERE tenant_id = %s ORDER BY name", [ctx.tenant]).fetchall()


def put_route(ctx: Context, facts: Mapping[str, Any]) -> Row:
    """Write a way, anew or instead of what it was; its columns by their names."""
    row = ctx.db.execute(
        sql.SQL(
            "INSERT INTO message_route ({columns}) VALUES ({values}) ON CONFLICT (tenant_id, name) DO UPDATE"
            " SET ({columns}) = ROW ({new}) RETURNING *"
        ).format(
            columns=sql.SQL(", ").join(map(sql.Identifier, facts)),
            values=sql.SQL(", ").join(map(sql.Placeholder, facts)),
            new=sql.SQL(", ").join(sql.Identifier("excluded", one) for one in facts),
        ),
        facts,
    ).fetchone()
    assert row is not None, facts["name"]
    return row


def route_settings(ctx: Context) -> list[RouteSettings]:
    """Every way to SMS centres as a sender takes it, with its password."""
    return [
        RouteSettings(
            row["name"],
            tuple(row["networks"]),
            ClientSettings(
                row["host"],
                row["port"],
                row["system_id"],
                unseal(bytes(row["password"]), key=KEY),
                window=row["window"],
                tls=ssl.create_default_context() if row["encrypted"] else None,
                tls_name=row["host"] if row["encrypted"] else None,
            ),
            IdForms(IdForm(row["answer_ids"]), IdForm(row["receipt_ids"])),
            row["per_s"],
            row["queries"],
            row["multi"],
            row["presents"],
        )
        for row in all_routes(ctx)
        if row["kind"] == "smpp"
    ]


def way_settings(ctx: Context) -> list[WaySettings]:
    """Every way to MMSCs as a sender takes it, with its passwords."""
    return [
        WaySettings(
            row["name"],
            tuple(row["networks"]),
            Peer(
                row["url"],
                user=row["system_id"] or None,
                password=unseal(bytes(row["password"]), key=KEY),
                connections=row["window"],
            ),
            vasp_id=row["vasp_id"],
            vas_id=row["vas_id"],
            heard_as=row["heard_as"],
            heard_password=unseal(bytes(row["heard_password"]), key=KEY),
        )
        for row in all_routes(ctx)
        if row["kind"] == "mm7"
    ]
