"""Safety rules, authorised persons and visits over a given connection."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from psycopg.types.json import Jsonb

from spojka.access.database.connections import Row
from spojka.access.operations.context import Context
from spojka.kernel.ids import ContractId, uuid7
from spojka.network.messaging.premises.rules import Companion


def rules_row(ctx: Context) -> Row | None:
    """The version of the rules in force, or none before the first."""
    return ctx.db.execute(
        "SELECT * FROM safety_rules WHERE tenant_id = %s ORDER BY version DESC LIMIT 1", [ctx.tenant]
    ).fetchone()


def add_rules(ctx: Context, text: str) -> None:
    """Put the next version of the rules in force; whoever else publishes waits for this one."""
    ctx.db.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"safety rules {ctx.tenant}"])
    ctx.db.execute(
        "INSERT INTO safety_rules (tenant_id, version, text, published_at, published_by)"
        " SELECT %(tenant)s, 1 + coalesce(max(version), 0), %(text)s, %(now)s, %(by)s FROM safety_rules"
        " WHERE tenant_id = %(tenant)s",
        {"tenant": ctx.tenant, "text": text, "now": ctx.now, "by": ctx.actor.name},
    )


def add_person(ctx: Context, contract: ContractId, name: str) -> UUID:
    """A contract has this authorised person from now."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO site_person (tenant_id, id, contract_id, name, authorised_at, authorised_by)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [ctx.tenant, made, contract, name, ctx.now, ctx.actor.name],
    )
    return made


_PERSON = (
    "SELECT p.*, (SELECT max(a.version) FROM safety_acknowledgement a WHERE a.tenant_id = p.tenant_id"
    " AND a.person_id = p.id) AS known FROM site_person p"
    " JOIN contract c ON c.tenant_id = p.tenant_id AND c.id = p.contract_id"
    " WHERE p.tenant_id = %(tenant)s AND (%(party)s::uuid IS NULL OR c.party_id = %(party)s)"
)


def person_row(ctx: Context, person: UUID) -> Row | None:
    """An authorised person with the newest version it acknowledged, or none; a customer reaches only its own."""
    return ctx.db.execute(
        f"{_PERSON} AND p.id = %(person)s AND p.withdrawn_at IS NULL",
        {"tenant": ctx.tenant, "party": ctx.actor.party, "person": person},
    ).fetchone()


def person_rows(ctx: Context, contract: ContractId) -> list[Row]:
    """Persons of a contract, also those withdrawn, in the order they were named."""
    return ctx.db.execute(
        f"{_PERSON} AND p.contract_id = %(contract)s ORDER BY p.authorised_at, p.id LIMIT 1000",
        {"tenant": ctx.tenant, "party": ctx.actor.party, "contract": contract},
    ).fetchall()


def withdraw_person(ctx: Context, person: UUID) -> None:
    """Nobody enters in this person's name from now."""
    ctx.db.execute(
        "UPDATE site_person SET withdrawn_at = %s WHERE tenant_id = %s AND id = %s", [ctx.now, ctx.tenant, person]
    )


def add_acknowledgement(ctx: Context, person: UUID, version: int) -> None:
    """A person knows a version; the first time counts."""
    ctx.db.execute(
        "INSERT INTO safety_acknowledgement (tenant_id, person_id, version, acknowledged_at, recorded_by)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (tenant_id, person_id, version) DO NOTHING",
        [ctx.tenant, person, version, ctx.now, ctx.actor.name],
    )


def add_visit(ctx: Context, person: UUID, *, on: date, companions: Sequence[Companion], version: int | None) -> UUID:
    """Issue a pass; returns its id."""
    made = uuid7()
    ctx.db.execute(
        "INSERT INTO site_visit (tenant_id, id, person_id, visits_on, companions, version, issued_at, issued_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            ctx.tenant,
            made,
            person,
            on,
            Jsonb([dataclasses.asdict(one) for one in companions]),
            version,
            ctx.now,
            ctx.actor.name,
        ],
    )
    return made


def visit_rows(ctx: Context, contract: ContractId) -> list[Row]:
    """Passes of a contract's persons, the latest day first."""
    return ctx.db.execute(
        "SELECT v.*, p.name FROM site_visit v JOIN site_person p ON p.tenant_id = v.tenant_id AND p.id = v.person_id"
        " WHERE v.tenant_id = %s AND p.contract_id = %s ORDER BY v.visits_on DESC, v.id DESC LIMIT 500",
        [ctx.tenant, contract],
    ).fetchall()
