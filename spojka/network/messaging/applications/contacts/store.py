"""Contact persons and disclosures over a given connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ServiceId, uuid7
from spojka.network.messaging.applications.contacts.rules import Contact


def contact_of(row: Row) -> Contact:
    """A row as the rules see it."""
    return Contact(row["name"], row["phone"], row["login"], row["valid_from"], row["valid_to"])


def contacts_at(ctx: Context, applications: Sequence[UUID], at: datetime) -> dict[UUID, Contact]:
    """The contact persons of applications at an instant; one that had none is left out."""
    rows = ctx.db.execute(
        "SELECT * FROM contact_person WHERE tenant_id = %s AND service_id = ANY(%s) AND valid_from <= %s"
        " AND (valid_to IS NULL OR valid_to > %s)",
        [ctx.tenant, list(applications), at, at],
    ).fetchall()
    return {row["service_id"]: contact_of(row) for row in rows}


def contact_history(ctx: Context, application: UUID) -> list[Row]:
    """Every contact person of an application, in order of time."""
    return ctx.db.execute(
        "SELECT name, phone, login, valid_from, valid_to, named_by FROM contact_person"
        " WHERE tenant_id = %s AND service_id = %s ORDER BY valid_from",
        [ctx.tenant, application],
    ).fetchall()


def put_contact(ctx: Context, *, application: ServiceId, name: str, phone: str, login: str) -> None:
    """From now an application has this contact person; one recorded at this very instant never counted."""
    ctx.db.execute(
        "DELETE FROM contact_person WHERE tenant_id = %s AND service_id = %s AND valid_from >= %s",
        [ctx.tenant, application, ctx.now],
    )
    ctx.db.execute(
        "UPDATE contact_person SET valid_to = %s WHERE tenant_id = %s AND service_id = %s"
        " AND (valid_to IS NULL OR valid_to > %s)",
        [ctx.now, ctx.tenant, application, ctx.now],
    )
    ctx.db.execute(
        "INSERT INTO contact_person (tenant_id, id, service_id, name, phone, login, valid_from, named_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [ctx.tenant, uuid7(), application, name, phone, login, ctx.now, ctx.actor.name],
    )


def add_disclosure(
    ctx: Context, *, application: ServiceId, complainant: str, phone: str, case: str, told: Mapping[str, str]
) -> UUID:
    """Keep what was disclosed to whom; returns its id."""
    disclosure = uuid7()
    ctx.db.execute(
        "INSERT INTO contact_disclosure (tenant_id, id, service_id, complainant, phone, case_number, told, told_at,"
        " told_by) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            ctx.tenant,
            disclosure,
            application,
            complainant,
            phone,
            case,
            Jsonb(dict(told)),
            ctx.now,
            ctx.actor.name,
        ],
    )
    return disclosure


def disclosures_of(ctx: Context, application: UUID) -> list[Row]:
    """Every disclosure of an application's contact persons, newest first."""
    return ctx.db.execute(
        "SELECT id, complainant, phone, case_number, told, told_at, told_by FROM contact_disclosure"
        " WHERE tenant_id = %s AND service_id = %s ORDER BY told_at DESC, id DESC LIMIT 1000",
        [ctx.tenant, application],
    ).fetchall()
