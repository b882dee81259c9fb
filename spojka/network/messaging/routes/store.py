"""Ways to SMS centres over a given connection, and as a sender takes them."""

from __future__ import annotations

import ssl
from typing import Final

from spojka.access.database.connections import Row
from spojka.access.database.sealing import unseal
from spojka.access.operations.context import Context
from spojka.network.messaging.sending.routes import RouteSettings
from spojka.network.messaging.smpp.clients import ClientSettings
from spojka.network.messaging.smpp.receipts import IdForm, IdForms

KEY: Final = "route-passwords.key"


def all_routes(ctx: Context) -> list[Row]:
    """Every way, by name."""
    return ctx.db.execute("SELECT * FROM message_route WHERE tenant_id = %s ORDER BY name", [ctx.tenant]).fetchall()


def route_settings(ctx: Context) -> list[RouteSettings]:
    """Every way as a sender takes it, with its password."""
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
    ]
